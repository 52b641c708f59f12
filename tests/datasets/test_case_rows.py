"""The cases: sizes inside the range of their kind, routes that agree with the two countries."""

from dataclasses import replace

import numpy as np
import pytest

from synthcase.core.streams import stream
from synthcase.datasets.case_rows import (
    OUTCOMES,
    _counts,
    _estimates,
    _outcomes,
    _proceeds,
    case_columns,
    draw_cases,
)
from synthcase.datasets.countries import ring_offset
from synthcase.datasets.network_types import NETWORK_TYPES
from synthcase.errors import InternalError

KINDS = range(len(NETWORK_TYPES))
DISTANCES = ({0}, {1, 2}, {3, 4, 5, 6}, {4, 5, 6, 7})


@pytest.fixture(scope="module")
def cases():
    return draw_cases(300, 2, KINDS)


def test_one_case_has_one_of_everything():
    case = draw_cases(1, 0, KINDS)
    assert {len(column) for column in vars(case).values()} == {1}
    assert case.victims[0] >= 1
    assert {len(column) for column in case_columns(case).values()} == {1}


def test_only_the_kinds_asked_for_are_drawn():
    assert set(draw_cases(50, 1, (4,)).kind.tolist()) == {4}
    assert set(draw_cases(200, 1, (4, 9)).kind.tolist()) == {4, 9}


def test_a_route_is_as_long_as_its_name_says(cases):
    for route, start, end in zip(cases.route, cases.origin, cases.destination, strict=True):
        assert abs(ring_offset(start, end)) in DISTANCES[route]
    assert set(cases.route.tolist()) == {0, 1, 2, 3}


def test_a_case_is_detected_at_one_end_of_its_route(cases):
    at_end = cases.detected == cases.destination
    assert (at_end | (cases.detected == cases.origin)).all()
    abroad = cases.origin != cases.destination
    assert 0.8 < at_end[abroad].mean() < 1


def test_the_lowest_and_the_highest_level_give_the_limits_of_a_kind():
    kind = np.array(KINDS)
    sizes = [network.victims for network in NETWORK_TYPES]
    assert _counts(sizes, kind, np.zeros(10)).tolist() == [size.low for size in sizes]
    assert _counts(sizes, kind, np.ones(10)).tolist() == [size.high for size in sizes]


def test_where_nobody_is_identified_nobody_is_convicted_or_acquitted():
    kind, none = np.zeros(2000, dtype=np.int64), np.zeros(2000, dtype=np.int64)
    rng = stream(1, "test")
    outcome = _outcomes(rng, kind, none > 0, none)
    assert {OUTCOMES[at] for at in set(outcome.tolist())} == {"pending", "discontinued"}
    outcome = _outcomes(rng, kind, none > 0, none + 3)
    assert set(outcome.tolist()) == {0, 1, 2, 3}


def test_proceeds_grow_with_the_victims_and_estimates_are_never_below_them():
    rng, rows = stream(2, "test"), 2000
    few, many = (_proceeds(rng, np.full(rows, size)) for size in (1, 40))
    assert many.mean() > few.mean() + 1
    assert set(few.tolist()) | set(many.tolist()) == {0, 1, 2, 3}
    assert _estimates(rng, np.full(rows, 6)).min() == 2
    assert _estimates(rng, np.full(rows, 101)).min() == 4


def test_arrays_of_different_length_are_a_bug(cases):
    with pytest.raises(InternalError):
        replace(cases, year=cases.year[1:])
