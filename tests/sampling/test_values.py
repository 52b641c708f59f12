from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthcase.errors import SchemaError
from synthcase.sampling.values import companion, flag_values, values_of
from synthcase.schema.domains import DateBins, Flags, NumberBins, Values
from synthcase.schema.nouns import Column, Missing


def column(domain, *kinds):
    missing = tuple(Missing(kind, ()) for kind in kinds)
    return Column(name="x", domain=domain, otherwise=domain.labels[0], missing=missing)


def rng(seed=0):
    return np.random.Generator(np.random.Philox(seed))


@given(
    st.lists(st.integers(-500, 500), min_size=2, max_size=6, unique=True).map(sorted),
    st.integers(0, 2),
    st.integers(0, 10),
)
def test_a_number_lies_in_its_bin_on_the_grid_of_its_decimals(units, decimals, seed):
    scale = 10**decimals
    edges = tuple(Fraction(unit, scale) for unit in units)
    domain = NumberBins(edges, decimals)
    codes = np.repeat(np.arange(len(edges), dtype=np.int16), 20)
    values = values_of(column(domain, "unknown"), codes, rng(seed)).to_pylist()
    for code, value in zip(codes, values, strict=True):
        if code == len(edges) - 1:
            assert value is None
            continue
        exact = Fraction(str(value))
        assert (exact * scale).denominator == 1
        assert edges[code] <= exact
        last = code == len(edges) - 2
        assert exact <= edges[code + 1] if last else exact < edges[code + 1]


def test_every_number_of_a_bin_occurs_both_ends_included():
    domain = NumberBins((Fraction(0), Fraction(3), Fraction(5)))
    values = values_of(column(domain), np.repeat(np.array([0, 1], np.int16), 200), rng())
    assert set(values.to_pylist()[:200]) == {0, 1, 2}
    assert set(values.to_pylist()[200:]) == {3, 4, 5}


@given(
    st.lists(st.dates(date(1, 1, 1), date(2100, 1, 1)), min_size=2, max_size=5, unique=True),
    st.integers(0, 10),
)
def test_a_day_lies_in_its_bin(days, seed):
    edges = tuple(sorted(days))
    codes = np.repeat(np.arange(len(edges), dtype=np.int16), 10)
    values = values_of(column(DateBins(edges), "unknown"), codes, rng(seed)).to_pylist()
    for code, value in zip(codes, values, strict=True):
        if code == len(edges) - 1:
            assert value is None
        else:
            assert edges[code] <= value <= edges[code + 1] - timedelta(days=1)


def test_labels_are_kept_as_a_dictionary():
    values = values_of(column(Values(("a", "b")), "unknown"), np.array([1, 2, 0], np.int16), rng())
    assert values.to_pylist() == ["b", None, "a"]
    assert values.dictionary.to_pylist() == ["a", "b"]


def test_the_companion_names_the_kind():
    found = companion(("unknown", "withheld"), np.array([0, 1, 2, 3], np.int16), 2)
    assert found.to_pylist() == [None, None, "unknown", "withheld"]


def test_several_values_stand_in_one_cell():
    one = column(Flags(("debt", "threats", "drugs")), "not_asked")
    codes = {
        "x": np.array([0, 0, 0, 1], np.int16),
        "x.debt": np.array([1, 0, 1, 2], np.int16),
        "x.threats": np.array([0, 0, 1, 2], np.int16),
        "x.drugs": np.array([1, 0, 2, 2], np.int16),
    }
    (cells,), status = flag_values(one, codes, 4)
    assert cells.to_pylist() == ["debt;drugs", "", "debt;threats", None]
    assert status.tolist() == [0, 0, 0, 1]


def test_flag_columns_of_the_source_stay_columns():
    one = column(Flags(("debt", "threats"), None, ("m_debt", "m_threats")), "unknown")
    codes = {
        "x": np.array([0, 0, 1], np.int16),
        "x.debt": np.array([1, 0, 2], np.int16),
        "x.threats": np.array([2, 1, 2], np.int16),
    }
    flags, _ = flag_values(one, codes, 3)
    assert [flag.to_pylist() for flag in flags] == [[1, 0, None], [0, 1, None]]


def test_flags_of_no_row_are_no_rows():
    one = column(Flags(("debt", "threats")))
    nothing = np.zeros(0, np.int16)
    (cells,), _ = flag_values(one, {"x.debt": nothing, "x.threats": nothing}, 0)
    assert cells.to_pylist() == []


def test_many_flags_keep_their_patterns_apart():
    labels = tuple(f"v{n}" for n in range(70))
    one = column(Flags(labels))
    chosen = np.eye(70, dtype=np.int16)
    (cells,), _ = flag_values(
        one, {f"x.{label}": chosen[:, n] for n, label in enumerate(labels)}, 70
    )
    assert cells.to_pylist() == list(labels)


def test_numbers_that_no_file_holds_exactly_are_refused():
    domain = NumberBins((Fraction(0), Fraction(10**16)))
    with pytest.raises(SchemaError, match="too many digits"):
        values_of(column(domain), np.zeros(1, np.int16), rng())


@given(st.integers(-(10**9), 10**9), st.integers(1, 6))
def test_a_float_on_the_grid_prints_as_its_decimal(units, decimals):
    assert Decimal(str(units / 10.0**decimals)) == Decimal(units).scaleb(-decimals)
