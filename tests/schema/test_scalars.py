from datetime import date
from fractions import Fraction

import pytest
from pydantic import TypeAdapter, ValidationError

from synthcase.schema.scalars import (
    Day,
    Number,
    Text,
    Texts,
    Truth,
    Whole,
    WholeOrNothing,
    mapping_or_list,
)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Text, "NO", "NO"),
        (Whole, "-12", -12),
        (WholeOrNothing, "null", None),
        (WholeOrNothing, "", None),
        (WholeOrNothing, "3", 3),
        (Number, "0.1", Fraction(1, 10)),
        (Number, "1.0e-05", Fraction(1, 100_000)),
        (Day, "2014-05-31", date(2014, 5, 31)),
        (Truth, "true", True),
        (Truth, "false", False),
        (Texts, "a", ("a",)),
        (Texts, ["a", "b"], ("a", "b")),
    ],
)
def test_text_becomes_a_value(kind, text, value):
    assert TypeAdapter(kind).validate_python(text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Text, ["a"]), (Whole, "1.0"), (Whole, "1_0"), (Whole, " 1"), (Whole, "٣"), (Whole, ""),
        (Whole, "9" * 13), (WholeOrNothing, "none"), (Number, "1/3"), (Number, "nan"),
        (Number, "0x1"), (Number, "1e999"), (Number, "9" * 31), (Day, "2014-02-30"),
        (Day, "20140531"), (Day, "2014-5-31"), (Truth, "yes"), (Truth, "True"), (Texts, [["a"]]),
        (Texts, {"a": "b"}), (Whole, None), (Number, 1.5), (Day, None), (Truth, True),
    ],
)  # fmt: skip
def test_what_is_no_such_value_is_refused(kind, text):
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(text)


def test_a_list_and_a_mapping_are_told_apart():
    assert [mapping_or_list(value) for value in ([], {}, "x")] == ["list", "mapping", "mapping"]
