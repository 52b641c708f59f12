"""How much noise each table gets: from public numbers alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, pi, sqrt

from synthcase.errors import UsageError
from synthcase.planning.candidates import Candidate
from synthcase.plans.nouns import RHO_GRID

SHARES = {
    "rows": 0.01,
    "own": 0.34,
    "ancestor": 0.28,
    "sibling": 0.35,
    "agreement": 0.08,
    "co_child": 0.08,
    "link": 0.12,
    "ends": 0.12,
    "met": 0.05,
}
"""Share of the budget of each kind of table beside one-ways, before renormalising."""
ONE_WAY_ERROR = 0.12
ONE_WAYS_ONLY = 0.8
_SIGMA_BITS = 10


@dataclass(frozen=True)
class Weighted:
    """A candidate with its public mass and sensitivity.

    Attributes:
        candidate: The table.
        mass: Expected sum of its cells, in units of one vote or row.
        delta_squared: Δ² by protected kind, in squared count units.
        unit: Count units of one vote or row.
    """

    candidate: Candidate
    mass: float
    delta_squared: Mapping[str, Fraction]
    unit: int

    @property
    def worst(self) -> Fraction:
        """The largest Δ² over protected kinds."""
        return max(self.delta_squared.values())


def one_way_share(weighted: Sequence[Weighted], rho: float) -> float:
    """Return the share of ρ for one-way tables: small where they are sharp anyway.

    The expected error e1 of a one-way table, had it all of ρ, decides: the share is e1/0.12,
    at least 0.1; above 0.8 pairs are not worth counting (1.0 is returned).

    Privacy:
        Reads no record.
    """
    ones = [item for item in weighted if item.candidate.kind == "one_way"]
    errors = [
        sqrt(2 / pi) * item.candidate.size * sqrt(float(item.worst) * len(ones) / (2 * rho))
        / (2 * item.unit * max(item.mass, 1.0))
        for item in ones
    ]  # fmt: skip
    if not errors:
        return 1.0
    share = max(0.1, sum(errors) / len(errors) / ONE_WAY_ERROR)
    return 1.0 if share > ONE_WAYS_ONLY else share


def allot(weighted: Sequence[Weighted], rho: Fraction) -> dict[str, Fraction]:
    """Return σ of every table, so that the prices add up to at most ρ for each protected kind.

    Args:
        weighted: Tables with mass and sensitivity.
        rho: The budget of one protected unit.

    Returns:
        σ in count units by table id, dyadic, rounded up.

    Raises:
        UsageError: If ρ is below the rounding of so many prices.

    Privacy:
        Reads no record.
    """
    shares = _shares(weighted, float(rho))
    planned = [item for item in weighted if shares.get(item.candidate.id)]
    room = rho - Fraction(len(planned), RHO_GRID)  # each price is rounded up to the grid
    if room <= 0:
        raise UsageError("ε is too small to count so many tables.", todo="Plan with a larger ε.")
    found = {}
    for item, share in _filled(planned, shares):
        sigma = sqrt(float(item.worst) / (2 * float(room) * share))
        found[item.candidate.id] = _dyadic_up(sigma, bits=0 if item.unit > 1 else _SIGMA_BITS)
    return found


def _filled(
    planned: Sequence[Weighted], shares: Mapping[str, float]
) -> Iterator[tuple[Weighted, float]]:
    """Yield every table with its share of ρ, so that each protected kind spends all of its own.

    All shares grow together until one kind has spent everything; then those of the tables that
    cost it nothing go on growing.
    """
    waiting = list(planned)
    left: dict[str, float] = defaultdict(lambda: 1.0)
    while waiting:
        used: dict[str, float] = defaultdict(float)
        for item in waiting:
            for kind, squared in item.delta_squared.items():
                used[kind] += shares[item.candidate.id] * float(squared / item.worst)
        first = min(used, key=lambda kind: left[kind] / used[kind])
        growth = left[first] / used[first]
        for item in [item for item in waiting if first in item.delta_squared]:
            share = shares[item.candidate.id] * growth
            for kind, squared in item.delta_squared.items():
                left[kind] -= share * float(squared / item.worst)
            yield item, share
        waiting = [item for item in waiting if first not in item.delta_squared]


def _shares(weighted: Sequence[Weighted], rho: float) -> dict[str, float]:
    ones = one_way_share(weighted, rho)
    kinds: dict[str, list[Weighted]] = defaultdict(list)
    for item in weighted:
        if ones < 1 or item.candidate.kind in ("rows", "one_way"):
            kinds[item.candidate.kind].append(item)
    others = {kind: SHARES[kind] for kind in kinds if kind not in ("rows", "one_way")}
    rest = 1.0 - ones - SHARES["rows"] if others else 0.0
    part = {"one_way": 1.0 - SHARES["rows"] - rest, "rows": SHARES["rows"]}
    part |= {kind: rest * share / sum(others.values()) for kind, share in others.items()}
    found: dict[str, float] = {}
    for kind, items in kinds.items():
        wishes = {item.candidate.id: _wish(item) for item in items}
        total = sum(wishes.values())
        found |= {name: part[kind] * wish / total for name, wish in wishes.items()}
    return found


def _wish(item: Weighted) -> float:
    power = 2 / 3 if item.candidate.kind == "one_way" else 1 / 2
    return float(item.candidate.size**power * max(item.mass, 1.0) ** (-1 / 3))


def _dyadic_up(sigma: float, *, bits: int) -> Fraction:
    """Round up to a multiple of 2^-bits: exact as a float, and never less noise than asked for."""
    return Fraction(ceil(sigma * 1.000001 * 2**bits), 2**bits)
