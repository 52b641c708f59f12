"""Journeys: steps that lead where they should, detours that change nothing, order in time."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthcase.core.streams import stream
from synthcase.datasets.case_rows import draw_cases
from synthcase.datasets.countries import COUNTRIES, ring_offset
from synthcase.datasets.journey_rows import (
    _company,
    _counted,
    _detour,
    _documents,
    _flight,
    _offsets,
    _steps,
    _stops,
    draw_legs,
    leg_columns,
)
from synthcase.datasets.network_types import NETWORK_TYPES
from synthcase.datasets.victim_rows import draw_victims

FOOT, ROAD, RAIL, SEA, AIR = range(5)
country = st.integers(0, len(COUNTRIES) - 1)
numbers = st.lists(st.floats(0, 0.999), min_size=8, max_size=8)


@given(start=country, end=country, numbers=numbers, by_air=st.booleans())
def test_steps_lead_from_one_country_to_the_other(start, end, numbers, by_air):
    steps = _steps(start, end, numbers, by_air=by_air)
    assert (start + sum(steps)) % len(COUNTRIES) == end
    assert len(steps) <= 6
    assert 0 not in steps
    assert by_air or all(abs(step) <= 2 for step in steps)


@given(start=country, end=country, numbers=numbers, extra=st.integers(0, 6), kind=st.integers(0, 9))
def test_extra_legs_keep_both_ends_and_stay_within_the_most(start, end, numbers, extra, kind):
    network = NETWORK_TYPES[kind]
    steps = _steps(start, end, numbers, by_air=False)
    least = max(len(steps), network.fewest_legs)
    stops = _stops(list(steps), start, network, iter([numbers[:3]] * extra))
    assert (stops[0], stops[-1]) == (start, end)
    assert least <= len(stops) - 1 <= max(least, network.most_legs)


@pytest.mark.parametrize("step", [-2, -1, 1, 2])
@pytest.mark.parametrize("which", [0.1, 0.9])
def test_a_detour_passes_a_third_country_that_borders_both(step, which):
    first, second = _detour(step, which)
    assert first + second == step
    assert {abs(first), abs(second)} <= {1, 2}
    assert first != step


def test_a_flight_is_direct_or_ends_with_a_ride_from_a_neighbour():
    assert _flight(6, [0.2, 0.9]) == [6]
    assert _flight(6, [0.8, 0.2]) == [5, 1]
    assert _flight(-6, [0.8, 0.9]) == [-4, -2]


def test_whoever_stays_where_they_are_has_no_leg():
    cases = replace(draw_cases(3, 1, (9,)), route=np.zeros(3, dtype=np.int64))
    victims = draw_victims(cases, 1)
    still = replace(victims, start=victims.destination)
    found = [draw_legs(cases, still, seed) for seed in range(30)]
    legs = next(legs for legs in found if not len(legs.victim))
    assert legs.travel.tolist() == [0] * len(still.case)
    assert {len(column) for column in leg_columns(legs).values()} == {0}
    assert not any(legs.border.any() for legs in found)


def test_numbers_count_the_legs_of_each_victim():
    assert _counted(np.array([2, 0, 3])).tolist() == [0, 1, 0, 1, 2]
    assert _counted(np.array([0, 0])).tolist() == []


def test_months_never_go_back_and_travel_ends_at_the_last_border():
    cases = draw_cases(40, 8, range(10))
    victims = draw_victims(cases, 8)
    victim = np.repeat(np.arange(len(victims.case)), 3)
    border = np.tile([True, True, False], len(victims.case))
    offset, travel = _offsets(stream(1, "test"), victims, victim, border)
    offset = offset.reshape(-1, 3)
    assert (np.diff(offset, axis=1) >= 0).all()
    assert (travel == offset[:, 1]).all()
    assert (offset[:, 2] <= travel + victims.duration).all()


def test_nobody_flies_without_a_document_and_a_single_victim_travels_with_no_other():
    rows = 2000
    minor = np.arange(rows) % 2 == 0
    rng = stream(2, "test")
    assert set(_documents(rng, np.full(rows, AIR), minor).tolist()) == {0, 1}
    assert 2 in _documents(rng, np.full(rows, FOOT), minor)
    company = _company(rng, np.full(rows, ROAD), minor, np.zeros(rows, dtype=bool))
    assert set(company.tolist()) == {0, 2}
    alone = company == 2
    assert alone[minor].mean() < alone[~minor].mean()


def test_a_document_is_asked_for_at_a_border_only():
    cases = draw_cases(20, 5, range(10))
    legs = draw_legs(cases, draw_victims(cases, 5), 5)
    columns = leg_columns(legs)
    at_border = columns["border_crossed"] == "yes"
    assert ((columns["document_status"] == "n.a.") == ~at_border).all()
    assert at_border.any()
    assert all(
        (ring_offset(a, b) != 0) == crossed
        for a, b, crossed in zip(legs.start, legs.end, at_border, strict=True)
    )
