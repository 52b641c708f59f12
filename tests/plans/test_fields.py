from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthcase.errors import FileProblem, InternalError
from synthcase.plans.fields import Fields, decimal_text


def fields(**values):
    return Fields(values, "x.json", values)


class TestDecimalText:
    @given(st.floats(-1e12, 1e12), st.integers(0, 6))
    def test_is_never_below_the_number_and_writes_itself_again(self, value, places):
        text = decimal_text(value, places)
        assert Fraction(text) >= Fraction(repr(value))
        assert decimal_text(float(text), places) == text

    def test_a_number_that_is_not_finite_is_a_bug(self):
        with pytest.raises(InternalError):
            decimal_text(float("inf"), 2)


class TestFields:
    @pytest.mark.parametrize("value", [None, [], "text", {"a": 1}, {"a": 1, "b": 2, "c": 3}])
    def test_refuses_another_set_of_fields(self, value):
        with pytest.raises(FileProblem, match="a, b"):
            Fields(value, "x.json", ["a", "b"])

    @pytest.mark.parametrize(
        ("read", "bad"),
        [
            (lambda f: f.text("a"), 1),
            (lambda f: f.text("a"), "x" * 20_001),
            (lambda f: f.text("a"), "\x1b[31m"),
            (lambda f: f.text("a"), "one\ntwo"),
            (lambda f: f.text("a"), "\u202egpj"),
            (lambda f: f.long_text("a", 3), "four"),
            (lambda f: f.one_of("a", ["x"]), "y"),
            (lambda f: f.hash("a"), "A" * 64),
            (lambda f: f.whole("a"), True),
            (lambda f: f.whole("a"), -1),
            (lambda f: f.whole("a", most=3), 4),
            (lambda f: f.fraction("a"), "0.5"),
            (lambda f: f.number("a"), "1e5"),
            (lambda f: f.number("a"), "nan"),
            (lambda f: f.items("a"), {}),
            (lambda f: f.texts("a"), [1]),
            (lambda f: f.mapping("a"), []),
            (lambda f: f.wholes("a"), {"k": False}),
            (lambda f: f.words("a"), {"k": 1}),
            (lambda f: f.fractions("a"), {"k": "-1/2"}),
            (lambda f: f.numbers("a"), {"k": "x"}),
        ],
    )
    def test_refuses_another_kind_and_never_quotes(self, read, bad):
        with pytest.raises(FileProblem) as caught:
            read(fields(a=bad))
        assert "four" not in str(caught.value)
        assert "y" not in str(caught.value).split("one of")[-1][:3]

    def test_reads_each_kind(self):
        read = fields(
            t="x", n=None, w={"k": 2}, d="5.91", f="1/2", h="a" * 64, m={"k": "1/3"}, l=["u"],
            s={"k": "v"}, q={"k": "0.5"},
        )  # fmt: skip
        assert read.text("t") == "x"
        assert read.optional("n", read.text) is None
        assert read.optional("t", read.text) == "x"
        assert read.wholes("w") == {"k": 2}
        assert read.number("d") == 5.91
        assert read.fraction("f") == Fraction(1, 2)
        assert read.hash("h") == "a" * 64
        assert read.fractions("m") == {"k": Fraction(1, 3)}
        assert read.texts("l") == ("u",)
        assert read.words("s") == {"k": "v"}
        assert read.numbers("q") == {"k": 0.5}
