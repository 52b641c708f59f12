from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthcase.errors import SchemaError
from synthcase.schema.domains import DateBins, Flags, NumberBins, Values, date_bins, period


def test_kinds_have_the_words_of_the_file():
    days = DateBins((date(2014, 1, 1), date(2015, 1, 1)))
    domains = [Values(("a",)), Values(("a",), ordered=True), Values(("a", "b"), binary=True)]
    domains += [NumberBins((Fraction(0), Fraction(1))), days, Flags(("a",))]
    kinds = [domain.kind for domain in domains]
    assert kinds == ["categorical", "ordinal", "binary", "number", "date", "multi"]


@pytest.mark.parametrize(
    ("edges", "decimals", "labels"),
    [
        ((0, 9, 18, 100), 0, ("0-8", "9-17", "18-100")),
        ((0, 1, 2), 0, ("0", "1-2")),
        ((-3, -1, 0), 0, ("-3--2", "-1-0")),
        ((Fraction(1, 2), 1, 2), 1, ("0.5-0.9", "1.0-2.0")),
        ((Fraction(-1, 2), 0), 2, ("-0.50-0.00",)),
    ],
)
def test_labels_of_numbers(edges, decimals, labels):
    assert NumberBins(tuple(map(Fraction, edges)), decimals).labels == labels


@given(st.sets(st.integers(-50, 50), min_size=2), st.integers(0, 3))
def test_labels_of_numbers_differ(edges, decimals):
    labels = NumberBins(tuple(map(Fraction, sorted(edges))), decimals).labels
    assert len(set(labels)) == len(labels) == len(edges) - 1


@pytest.mark.parametrize(
    ("edges", "decimals"),
    [
        ((), 0),
        ((1,), 0),
        ((1, 1), 0),
        ((2, 1), 0),
        ((Fraction(1, 2), 1), 0),
        ((0, 1), 13),
        ((0, 1), -1),
    ],
)
def test_bins_that_are_none(edges, decimals):
    with pytest.raises(SchemaError):
        NumberBins(tuple(map(Fraction, edges)), decimals)


def test_labels_of_dates():
    assert date_bins("2013", "2014", "year").labels == ("2013", "2014")
    assert date_bins("2014-04", "2014-12-31", "quarter").labels == ("2014-Q2", "2014-Q3", "2014-Q4")
    assert date_bins("2014-11", "2015-Q1", "month").labels == (
        *("2014-11", "2014-12"),
        *("2015-01", "2015-02", "2015-03"),
    )
    days = DateBins((date(2014, 5, 1), date(2014, 5, 16)))
    assert (days.labels, days.last) == (("2014-05-01/2014-05-15",), date(2014, 5, 15))


@given(st.integers(1900, 2050), st.integers(1, 20), st.sampled_from(["year", "quarter", "month"]))
def test_periods_lie_side_by_side(year, years, by):
    bins = date_bins(str(year), str(year + years - 1), by)
    assert len(bins.labels) == years * {"year": 1, "quarter": 4, "month": 12}[by]
    for (low, high), label in zip(pairwise(bins.edges), bins.labels, strict=True):
        first, last = period(label)
        assert first == low
        assert (high - last).days == 1


@pytest.mark.parametrize(
    ("first", "last", "by"),
    [
        ("2014-02", "2014", "year"),
        ("2014", "2014-11", "quarter"),
        ("2014-01-02", "2014", "month"),
        ("2015", "2014", "year"),
        ("20x4", "2014", "year"),
        ("2014", "9999", "year"),
        ("2014", "9999-12-31", "month"),
    ],
)
def test_spans_that_are_none(first, last, by):
    with pytest.raises(SchemaError):
        date_bins(first, last, by)


def test_flags_are_in_a_cell_or_in_columns():
    assert Flags(("a", "b")).separator == ";"
    Flags(("a", "b"), None, ("x", "y"))
    for wrong in (
        {"separator": None},
        {"separator": ""},
        {"separator": ";", "columns": ("x", "y")},
        {"separator": None, "columns": ("x",)},
        {"separator": None, "columns": ("x", "x")},
        {"separator": "a"},
    ):
        with pytest.raises(SchemaError):
            Flags(("a", "b"), **wrong)


@pytest.mark.parametrize("labels", [(), ("a", "a")])
def test_lists_of_values_are_not_empty_and_have_no_double(labels):
    with pytest.raises(SchemaError):
        Values(labels)
    with pytest.raises(SchemaError):
        Flags(labels)
