"""The draws themselves, as properties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthcase.core.streams import stream
from synthcase.datasets.draws import (
    check_lengths,
    choose,
    choose_rows,
    clustered_normal,
    count_distribution,
    normal_cdf,
    per_kind,
    quantile,
    rake,
    starts_run,
    text,
)
from synthcase.errors import InternalError

weights = st.lists(st.floats(0, 10), min_size=1, max_size=6).filter(lambda w: sum(w) > 0.1)


@given(weights=weights, seed=st.integers(0, 50))
def test_a_category_without_weight_is_never_chosen(weights, seed):
    drawn = choose(stream(seed, "test"), weights, 200)
    assert all(weights[code] > 0 for code in set(drawn.tolist()))
    rows = choose_rows(stream(seed, "test"), np.tile(weights, (200, 1)).astype(float))
    assert all(weights[code] > 0 for code in set(rows.tolist()))


def test_categories_have_their_shares():
    share = np.array([0.1, 0.6, 0.3])
    drawn = np.bincount(choose(stream(0, "test"), share, 20_000)) / 20_000
    assert np.abs(drawn - share).max() < 0.015
    drawn = np.bincount(choose_rows(stream(0, "rows"), np.tile(share, (20_000, 1)))) / 20_000
    assert np.abs(drawn - share).max() < 0.015


@given(
    low=st.integers(0, 5),
    width=st.integers(1, 300),
    position=st.floats(0.02, 0.9),
    shape=st.floats(0.3, 5),
)
def test_a_cut_count_has_exactly_the_wanted_mean_and_range(low, width, position, shape):
    mean = low + position * width
    distribution = count_distribution(mean, low, low + width, shape)
    assert distribution.sum() == pytest.approx(1)
    assert distribution @ np.arange(low + width + 1) == pytest.approx(mean, rel=1e-6)
    assert (distribution[:low] == 0).all()
    assert (distribution >= 0).all()


@given(level=st.floats(0, 1), table=weights)
def test_a_quantile_is_a_number_of_the_table(level, table):
    (number,) = quantile(np.array(table), np.array([level])).tolist()
    assert 0 <= number < len(table)


def test_the_normal_distribution_function():
    known = normal_cdf(np.array([[-1.959964, 0.0, 1.0]]))
    assert known == pytest.approx(np.array([[0.025, 0.5, 0.841345]]), abs=1e-6)


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.9])
def test_rows_of_a_group_are_correlated_as_asked(correlation):
    group = np.repeat(np.arange(20_000), 2)
    drawn = clustered_normal(stream(1, "test"), group, 20_000, correlation).reshape(-1, 2)
    assert np.corrcoef(drawn.T)[0, 1] == pytest.approx(correlation, abs=0.03)
    assert drawn.var() == pytest.approx(1, abs=0.03)


def test_a_raked_table_has_both_margins_and_the_odds_of_its_seed():
    seed = np.array([[4.0, 1.0], [1.0, 2.0]])
    raked = rake(seed, np.array([0.3, 0.7]), np.array([0.6, 0.4]))
    assert raked.sum(axis=1) == pytest.approx([0.3, 0.7])
    assert raked.sum(axis=0) == pytest.approx([0.6, 0.4])
    odds = raked[0, 0] * raked[1, 1] / (raked[0, 1] * raked[1, 0])
    assert odds == pytest.approx(8)


def test_an_empty_row_stays_empty_when_raked():
    raked = rake(np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([0.0, 1.0]), np.array([0.5, 0.5]))
    assert raked.tolist() == [[0.0, 0.0], [0.5, 0.5]]


def test_small_helpers():
    assert starts_run(np.array([1, 1, 2, 2, 1])).tolist() == [True, False, True, False, True]
    assert starts_run(np.zeros(0, dtype=np.int64)).tolist() == []
    assert per_kind([(1, 2), (3, 4)], np.array([1, 0])).tolist() == [[3.0, 4.0], [1.0, 2.0]]
    assert text(("no", "yes"), np.array([True, False])).tolist() == ["yes", "no"]


def test_columns_of_different_length_are_a_bug():
    check_lengths({"a": np.zeros(2), "b": np.ones(2)})
    with pytest.raises(InternalError):
        check_lengths({"a": np.zeros(2), "b": np.ones(3)})
