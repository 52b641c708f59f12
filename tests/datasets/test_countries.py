"""The invented countries: no one of them has a special place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthcase.core.streams import stream
from synthcase.datasets.countries import (
    COUNTRIES,
    NON_PUNISHMENT,
    REGION_SIZE,
    REGIONS,
    ROUTES,
    ring_offset,
    route_pairs,
    share,
    somebody_near,
)

countries = st.integers(0, len(COUNTRIES) - 1)


def test_fifteen_countries_in_three_regions():
    assert len(set(COUNTRIES)) == 15 == REGION_SIZE * len(REGIONS)
    assert len(NON_PUNISHMENT) == 6


@given(start=countries, end=countries)
def test_the_way_there_is_the_way_back(start, end):
    offset = ring_offset(start, end)
    assert -7 <= offset <= 7
    assert (start + offset) % len(COUNTRIES) == end
    assert ring_offset(end, start) == -offset


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_has_the_same_shares_of_origins_and_of_destinations(route):
    pairs = route_pairs(route)
    assert pairs.sum(axis=0) == pytest.approx(share(), abs=1e-9)
    assert pairs.sum(axis=1) == pytest.approx(share(), abs=1e-9)
    assert pairs == pytest.approx(pairs.T, abs=1e-9)


def test_routes_differ_in_distance():
    distance = np.array([[abs(ring_offset(i, j)) for j in range(15)] for i in range(15)])
    found = {route: set(distance[route_pairs(route) > 0].tolist()) for route in ROUTES}
    assert found["domestic"] == {0}
    assert found["neighbour"] == {1, 2}
    assert found["far_land"] == {3, 4, 5, 6}
    assert found["far_air"] == {4, 5, 6, 7}


def test_a_foreign_companion_leaves_the_shares_of_countries_unchanged():
    rng = stream(0, "test")
    origin = rng.choice(len(COUNTRIES), 60_000, p=share())
    other = somebody_near(rng, origin)
    assert np.bincount(other) / len(other) == pytest.approx(share(), abs=0.006)
    assert (other // REGION_SIZE == origin // REGION_SIZE).mean() == pytest.approx(0.87, abs=0.02)
