import pytest
from pydantic import TypeAdapter, ValidationError

from synthcase.schema.column_forms import AnyColumn, LikeForm
from synthcase.schema.domains import DateBins, Flags, NumberBins, Values

COLUMN = TypeAdapter(AnyColumn)


@pytest.mark.parametrize(
    ("form", "domain"),
    [
        ({"kind": "categorical", "values": ["a"]}, Values(("a",))),
        ({"kind": "ordinal", "values": ["a"]}, Values(("a",), ordered=True)),
        ({"kind": "binary"}, Values(("no", "yes"), binary=True)),
        ({"kind": "binary", "values": ["0", "1"]}, Values(("0", "1"), binary=True)),
        ({"kind": "multi", "values": ["a"], "separator": "|"}, Flags(("a",), "|")),
        ({"kind": "multi", "flags": {"a": "x", "b": "y"}}, Flags(("a", "b"), None, ("x", "y"))),
    ],
)
def test_each_kind_has_its_domain(form, domain):
    assert COLUMN.validate_python(form | {"else": "a"}).domain() == domain


def test_bins_of_numbers_and_dates():
    number = COLUMN.validate_python({"kind": "number", "bins": ["0", "0.25"], "else": "x"}).domain()
    assert isinstance(number, NumberBins)
    assert number.decimals == 2
    for bins in (["2014-01-01", "2015-01-01"], {"from": "2014", "to": "2014", "by": "year"}):
        date = COLUMN.validate_python({"kind": "date", "bins": bins, "else": "x"}).domain()
        assert isinstance(date, DateBins)
        assert date.by == ("year" if isinstance(bins, dict) else "edges")


def test_a_copy_has_a_form_of_its_own():
    assert isinstance(COLUMN.validate_python({"like": "t.a", "else": "b"}), LikeForm)


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "binary", "values": ["a"], "else": "a"},
        {"kind": "binary", "values": ["a", "b", "c"], "else": "a"},
        {"kind": "categorical", "else": "a"},
        {"kind": "categorical", "values": ["a"]},
        {"kind": "categorical", "values": "a", "else": "a"},
        {"kind": "number", "bins": {"from": "1"}, "else": "a"},
        {"kind": "date", "bins": "2014", "else": "a"},
        {"kind": "free text", "else": "a"},
        {"else": "a"},
        "binary",
    ],
)
def test_what_is_no_column_is_refused(form):
    with pytest.raises(ValidationError):
        COLUMN.validate_python(form)
