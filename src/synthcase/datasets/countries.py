"""Fifteen invented countries around an inland sea, and the ways between them.

The codes are from the block that ISO 3166 leaves to users and will never assign. Country number
`i` borders `i ± 1` and `i ± 2`, counted around the sea: no country has a special place, and the
pairs of origin and destination are drawn so that **every route shape has the same shares of
origins and the same shares of destinations**. No country can therefore belong to a kind of case.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from synthcase.datasets.draws import choose_rows, rake

if TYPE_CHECKING:
    from synthcase.datasets.draws import Floats, Ints

__all__ = [
    "COUNTRIES",
    "NON_PUNISHMENT",
    "REGIONS",
    "ROUTES",
    "ring_offset",
    "route_pairs",
    "share",
    "somebody_near",
]

COUNTRIES = (
    "XA",
    "XB",
    "XD",
    "XE",
    "XF",
    "XG",
    "XH",
    "XJ",
    "XM",
    "XP",
    "XQ",
    "XR",
    "XT",
    "XW",
    "XY",
)
REGIONS = ("north_shore", "east_shore", "west_shore")
REGION_SIZE = 5
ROUTES = ("domestic", "neighbour", "far_land", "far_air")
NON_PUNISHMENT = frozenset({1, 4, 6, 9, 11, 14})
"""Numbers of the countries whose law has a non-punishment clause: six of fifteen, 40 %."""

_SIZES = (10, 5, 8, 4, 7, 6, 9, 5, 6, 8, 4, 7, 5, 9, 7)
_DISTANCES = {
    "domestic": (0,),
    "neighbour": (1, 2),
    "far_land": (3, 4, 5, 6),
    "far_air": (4, 5, 6, 7),
}


def share() -> Floats:
    """Return the share of cases whose origin is each country, whatever the kind of case."""
    return np.array(_SIZES, dtype=float) / sum(_SIZES)


def ring_offset(start: int, end: int) -> int:
    """Return how far `end` lies from `start` around the sea: -7 to 7, negative is clockwise."""
    count = len(COUNTRIES)
    return (end - start + count // 2) % count - count // 2


@cache
def route_pairs(route: str) -> Floats:
    """Return the probability of each origin and destination for a route shape.

    Args:
        route: One of `ROUTES`.

    Returns:
        A symmetric table, shape `(origins, destinations)`, whose margins are `share()` both ways.
    """
    count = len(COUNTRIES)
    allowed = np.array(
        [[abs(ring_offset(i, j)) in _DISTANCES[route] for j in range(count)] for i in range(count)]
    )
    return rake(allowed.astype(float), share(), share(), rounds=500)


def somebody_near(rng: np.random.Generator, origin: Ints) -> Ints:
    """Draw another citizenship: 80 % from the region of origin, 20 % from anywhere.

    Args:
        rng: A seeded generator.
        origin: Country number, shape `(rows,)`.

    Returns:
        Country numbers, shape `(rows,)`; with origins drawn by `share()` they have its shares.
    """
    everywhere = np.broadcast_to(share(), (len(origin), len(COUNTRIES)))
    region = np.arange(len(COUNTRIES)) // REGION_SIZE
    inside = everywhere * (region[None, :] == (origin // REGION_SIZE)[:, None])
    inside = inside / inside.sum(axis=1, keepdims=True)
    return choose_rows(rng, 0.8 * inside + 0.2 * everywhere)
