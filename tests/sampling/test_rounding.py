import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthcase.core.streams import stream
from synthcase.model.nouns import ONE
from synthcase.model.quantise import whole
from synthcase.sampling.rounding import draw, draw_one_by_one, shuffled_within


def shares_of(rng, groups, states, alpha=1.0, zeros=0.0):
    p = rng.dirichlet(np.full(states, alpha), groups) + 1e-12
    p[rng.random(p.shape) < zeros] = 0
    p[p.sum(1) == 0, 0] = 1
    return whole(p)


@st.composite
def draws(draw_from):
    rng = np.random.default_rng(draw_from(st.integers(0, 2**32)))
    groups = draw_from(st.integers(1, 40))
    states = draw_from(st.integers(1, 12))
    rows = draw_from(st.sampled_from([0, 1, 2, 7, 60, 400]))
    shares = shares_of(
        rng,
        groups,
        states,
        alpha=draw_from(st.sampled_from([0.01, 0.3, 1.0, 50.0])),
        zeros=draw_from(st.sampled_from([0.0, 0.4, 0.9])),
    )
    return rng.integers(0, groups, rows), shares, draw_from(st.integers(0, 2**32))


@given(draws())
def test_every_row_gets_a_state_that_its_group_can_have(case):
    groups, shares, seed = case
    found = draw(groups, shares, stream(seed, "test"))
    assert found.dtype == np.int16
    assert found.shape == groups.shape
    assert (shares[groups, found] > 0).all()


@given(draws())
def test_totals_are_near_what_is_expected_whatever_the_groups(case):
    groups, shares, seed = case
    found = draw(groups, shares, stream(seed, "test"))
    expected = np.bincount(groups, minlength=len(shares)) @ shares.astype(np.int64) / ONE
    off = np.bincount(found, minlength=shares.shape[1]) - expected
    assert np.abs(off).max() <= shares.shape[1]


@given(draws())
def test_one_stream_gives_one_draw(case):
    groups, shares, seed = case
    once, again = (draw(groups, shares, stream(seed, "test")) for _ in range(2))
    np.testing.assert_array_equal(once, again)


@pytest.mark.parametrize(("groups", "rows"), [(1, 1000), (30, 300), (600, 300), (600, 20_000)])
def test_totals_are_within_four_rows_of_the_expected_ones(groups, rows):
    rng = np.random.default_rng(groups)
    shares = shares_of(rng, groups, 9)
    member = rng.integers(0, groups, rows)
    expected = np.bincount(member, minlength=groups) @ shares.astype(np.int64) / ONE
    for seed in range(5):
        found = draw(member, shares, stream(seed, "test"))
        assert np.abs(np.bincount(found, minlength=9) - expected).max() < 4


def test_a_large_group_gets_its_counts_within_four_rows():
    rng = np.random.default_rng(0)
    shares = shares_of(rng, 12, 7)
    member = rng.integers(0, 12, 30_000)
    counts = np.zeros((12, 7))
    np.add.at(counts, (member, draw(member, shares, stream(0, "test"))), 1)
    expected = np.bincount(member)[:, None] * (shares / ONE)
    assert np.abs(counts - expected).max() < 4


@pytest.mark.parametrize("rows", [1, 7, 200])
def test_each_row_has_the_chances_of_its_group(rows):
    # in every position of the line, first and last group, small and large
    rng = np.random.default_rng(rows)
    shares = shares_of(rng, 5, 4)
    groups = np.sort(rng.integers(0, 5, rows))
    seeds = 3000
    tally = np.zeros((5, 4))
    for seed in range(seeds):
        np.add.at(tally, (groups, draw(groups, shares, stream(seed, "chances"))), 1)
    number = np.bincount(groups, minlength=5)[:, None] * seeds
    p = shares / ONE
    z = (tally - number * p) / np.sqrt(np.maximum(number * p * (1 - p), 1))
    assert np.abs(z).max() < 4.5


def test_two_columns_with_the_same_shares_do_not_go_together():
    # groups in a fixed order would get the same pattern in every column
    shares = whole(np.tile([0.7, 0.3], (600, 1)))
    groups = np.random.default_rng(0).integers(0, 600, 300)
    found = [
        np.corrcoef(*(draw(groups, shares, stream(seed, name)) for name in ("one", "two")))[0, 1]
        for seed in range(100)
    ]
    assert abs(np.mean(found)) < 0.03
    assert np.std(found) < 0.1


def test_what_a_small_group_prefers_is_not_washed_out():
    # the classes of children: thousands of groups of few rows, each with classes of its own
    rng = np.random.default_rng(0)
    shares = shares_of(rng, 3000, 96, alpha=0.05)
    groups = rng.integers(0, 3000, 600)
    p = shares / ONE
    hits = [p[groups, draw(groups, shares, stream(seed, "test"))].sum() for seed in range(40)]
    assert np.mean(hits) == pytest.approx((p[groups] ** 2).sum(), rel=0.025)


def test_rounding_is_steadier_than_independent_draws():
    rng = np.random.default_rng(0)
    shares = shares_of(rng, 100, 6)
    groups = rng.integers(0, 100, 2000)
    expected = (shares / ONE)[groups].sum(0)
    off = {
        name: np.mean(
            [np.abs(np.bincount(states(seed), minlength=6) - expected).mean() for seed in range(10)]
        )
        for name, states in {
            "rounded": lambda seed: draw(groups, shares, stream(seed, "a")),
            "alone": lambda seed: draw_one_by_one(shares[groups], stream(seed, "a")),
        }.items()
    }
    assert off["rounded"] * 5 < off["alone"]


def test_a_run_of_equal_rows_is_in_random_order():
    # nobody may read a state off the place of a row
    shares = whole(np.array([[0.5, 0.5]]))
    first = [draw(np.zeros(10, int), shares, stream(seed, "order"))[0] for seed in range(400)]
    assert 0.4 < np.mean(first) < 0.6


def test_extreme_shares():
    rng = np.random.default_rng(0)
    sure = np.array([[ONE, 0, 0], [0, 0, ONE]], dtype=np.int32)
    groups = rng.integers(0, 2, 500)
    np.testing.assert_array_equal(draw(groups, sure, stream(0, "a")), groups * 2)
    rare = np.array([[ONE - 1, 1, 0]], dtype=np.int32)
    found = draw(np.zeros(100_000, int), rare, stream(0, "a"))
    assert (found == 0).sum() >= 99_999
    assert (found < 2).all()


@given(st.integers(0, 2**32), st.integers(0, 50))
def test_shuffled_within_sorts_by_group(seed, rows):
    groups = np.random.default_rng(seed).integers(0, 5, rows)
    order = shuffled_within(groups, stream(seed, "a"))
    assert sorted(order.tolist()) == list(range(rows))
    assert (np.diff(groups[order]) >= 0).all()


def test_shuffled_within_mixes():
    groups = np.zeros(6, dtype=np.int64)
    places = [shuffled_within(groups, stream(seed, "a")).tolist().index(0) for seed in range(600)]
    assert np.bincount(places, minlength=6).min() > 60


def test_independent_draws_follow_their_shares():
    shares = np.repeat(whole(np.array([[0.1, 0.0, 0.6, 0.3]])), 40_000, axis=0)
    found = np.bincount(draw_one_by_one(shares, stream(1, "a")), minlength=4)
    assert found[1] == 0
    np.testing.assert_allclose(found / 40_000, [0.1, 0, 0.6, 0.3], atol=0.012)


SCRIPT = """
import hashlib
import numpy as np
from synthcase.core.streams import stream
from synthcase.model.quantise import whole
from synthcase.sampling.rounding import draw
rng = np.random.Generator(np.random.Philox(key=3))
shares = whole(rng.random((50, 7)))
found = draw(rng.integers(0, 50, 500), shares, stream(4, "a", 1))
print(hashlib.sha256(found.tobytes()).hexdigest())
"""


def test_another_process_draws_the_same():
    said = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        ).stdout
        for seed in ("0", "77")
    }
    assert len(said) == 1
    assert len(said.pop().strip()) == 64
