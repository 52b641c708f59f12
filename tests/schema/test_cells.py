from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthcase.schema.cells import IMPOSSIBLE, OUTSIDE, choice_of, flag_of, number_of, state_of
from synthcase.schema.columns import Column, Missing
from synthcase.schema.domains import DateBins, Flags, NumberBins, Values, date_bins


def column(domain, *missing, otherwise=None):
    kinds = tuple(Missing(kind, texts) for kind, texts in missing)
    return Column(name="c", domain=domain, missing=kinds, otherwise=otherwise or domain.labels[0])


def states(made, *texts):
    find = state_of(made)
    return [find(text) for text in texts]


def test_exact_text_comes_before_text_without_blanks():
    made = column(Values(("a", " a", "b")), ("unknown", ("", "?")))
    assert states(made, "a", " a", "a ", " b ", "", "  ", "? ", "B", "c") == [
        *(0, 1, 0, 2, 3, 3, 3, OUTSIDE, OUTSIDE)
    ]


def test_usual_words_for_yes_and_no_are_taken_where_the_values_are_such_words():
    texts = ("yes", "No", "TRUE", "0", "1.0", "n", "maybe")
    assert states(column(Values(("no", "yes"), binary=True)), *texts) == [1, 0, 1, 0, 1, 0, OUTSIDE]
    assert states(column(Values(("1", "0"), binary=True)), "yes", "false") == [0, 1]
    assert states(column(Values(("on", "off"), binary=True)), "yes", "on") == [OUTSIDE, 0]
    assert states(column(Values(("no", "yes"))), "true") == [OUTSIDE]


AGE = column(
    NumberBins((Fraction(0), Fraction(9), Fraction(18), Fraction(100))), ("unknown", ("99",))
)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("0", 0), ("8", 0), ("8.99", 0), ("9", 1), ("+9", 1), ("9.0", 1), ("09", 1), ("1e1", 1),
        (" 17 ", 1), ("18", 2), ("100", 2), ("100.0", 2), ("99", 3), ("0-8", 0), ("18-100", 2),
        ("-1", OUTSIDE), ("100.01", OUTSIDE), ("1e300", OUTSIDE), ("1e999", OUTSIDE), ("", OUTSIDE),
        ("nan", IMPOSSIBLE), ("inf", IMPOSSIBLE), ("1_0", IMPOSSIBLE), ("1,5", IMPOSSIBLE),
        ("0x1", IMPOSSIBLE), ("٣", IMPOSSIBLE), ("9" * 200, IMPOSSIBLE), ("forty", IMPOSSIBLE),
        ("8.99999999999999999999999999", 0), ("8.9999999999999999999999999e0", 0),
        ("100.00000000000000000000001", OUTSIDE),
    ],
)  # fmt: skip
def test_numbers(text, state):
    assert states(AGE, text) == [state]


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-5, max_value=20, places=30))
def test_a_number_falls_into_the_bin_that_holds_it_exactly(number):
    edges = (Fraction(0), Fraction(1, 10), Fraction(3, 10), Fraction(18))
    exact = Fraction(number)
    inside = [at for at in range(3) if edges[at] <= exact < edges[at + 1]]
    wanted = inside[0] if inside else 2 if exact == 18 else OUTSIDE
    assert states(column(NumberBins(edges, decimals=1)), f"{number:f}") == [wanted]


def test_number_of_is_none_for_what_is_no_number():
    assert number_of(" 2.50 ") == 2.5
    assert number_of("2.5.1") is None


YEARS = column(date_bins("2013", "2015", "year"), ("unknown", ("1900-01-01",)))
HALVES = column(DateBins((date(2014, 1, 1), date(2014, 7, 1), date(2015, 1, 1))))


@pytest.mark.parametrize(
    ("made", "text", "state"),
    [
        (YEARS, "2013", 0), (YEARS, "2014-05", 1), (YEARS, "2014-Q4", 1), (YEARS, "2015-12-31", 2),
        (YEARS, "2014-05-01 23:59:59", 1), (YEARS, "2014-05-01T00:00:00.000+02:00", 1),
        (YEARS, "1900-01-01", 3), (YEARS, "2012-12-31", OUTSIDE), (YEARS, "2016", OUTSIDE),
        (YEARS, "", OUTSIDE), (YEARS, "2014-02-30", IMPOSSIBLE), (YEARS, "2014-13", IMPOSSIBLE),
        (YEARS, "2014-Q5", IMPOSSIBLE), (YEARS, "01/05/2014", IMPOSSIBLE),
        (YEARS, "0000", IMPOSSIBLE),
        (YEARS, "2014-05-01 x", IMPOSSIBLE), (YEARS, "2014" * 20, IMPOSSIBLE),
        (HALVES, "2014-06-30", 0), (HALVES, "2014-Q3", 1), (HALVES, "2014", IMPOSSIBLE),
        (HALVES, "2014-07-01/2014-12-31", 1), (HALVES, "2015-01-01", OUTSIDE),
    ],
)  # fmt: skip
def test_dates(made, text, state):
    assert states(made, text) == [state]


@given(st.dates(date(2013, 1, 1), date(2015, 12, 31)))
def test_a_day_falls_into_its_period(day):
    for by in ("year", "quarter", "month"):
        domain = date_bins("2013", "2015", by)
        state = states(column(domain), day.isoformat())[0]
        assert domain.edges[state] <= day < domain.edges[state + 1]
        assert states(column(domain), domain.labels[state]) == [state]
        assert domain.last == domain.edges[-1] - timedelta(days=1)


def test_flags_of_a_cell_may_be_words_numbers_or_the_value_itself():
    made = column(
        Flags(("debt", "0"), None, ("a", "b")), ("unknown", ("x",)), ("withheld", ("WH",))
    )
    find = flag_of(made, "debt")
    assert [find(t) for t in ("1", "Yes", "debt", "Debt", "", "0", "FALSE", "x", "WH", "?")] == [
        *(1, 1, 1, 1, 0, 0, 0, 2, 3, OUTSIDE)
    ]
    assert flag_of(made, "0")("0") == 0


def test_values_of_a_cell_are_split_and_stripped():
    made = column(
        Flags(("a", "b c")), ("unknown", ("",)), ("withheld", ("WH",)), otherwise="withheld"
    )
    find = choice_of(made)
    assert find("b c ; a").chosen == (0, 1)
    assert (find("WH").status, find("").status, find("zz").status, find("a;zz").status) == (
        2,
        1,
        2,
        0,
    )
    assert [find(t).listed for t in ("a;WH", "a;zz", "zz")] == [True, False, False]
