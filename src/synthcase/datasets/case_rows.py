"""The cases: what is drawn first, and everything else depends on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthcase.core.streams import stream
from synthcase.datasets.countries import COUNTRIES, REGION_SIZE, REGIONS, ROUTES, route_pairs
from synthcase.datasets.draws import (
    Bools,
    Floats,
    Ints,
    check_lengths,
    choose,
    choose_rows,
    count_distribution,
    normal_cdf,
    per_kind,
    quantile,
    text,
)
from synthcase.datasets.network_types import NETWORK_TYPES, YEARS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from synthcase.datasets.network_types import Sizes

__all__ = ["OUTCOMES", "PROCEEDS", "SOURCES", "Cases", "case_columns", "draw_cases"]

SOURCES = ("hotline", "case_management", "court")
OUTCOMES = ("convicted", "pending", "acquitted", "discontinued")
PROCEEDS = ("none_found", "under_50k", "50k_to_200k", "200k_to_700k")
_ESTIMATES = ("1", "2-5", "6-20", "21-100", "101+")
_NO_TRAFFICKER = 0.05
_SIZE_CORRELATION = 0.45


@dataclass(frozen=True, kw_only=True)
class Cases:
    """Draws for each case, arrays of shape `(cases,)`; numbers refer to the lists of values."""

    kind: Ints
    year: Ints
    source: Ints
    route: Ints
    origin: Ints
    destination: Ints
    detected: Ints
    victims: Ints
    traffickers: Ints
    family: Bools
    joint: Bools
    severity: Floats
    months: Ints
    proceeds: Ints
    outcome: Ints
    estimate: Ints

    def __post_init__(self) -> None:
        """Check that all arrays are about the same cases."""
        check_lengths(vars(self))


def draw_cases(n_cases: int, seed: int, kinds: Collection[int]) -> Cases:
    """Draw the cases.

    Args:
        n_cases: How many.
        seed: Seed of the simulation.
        kinds: Numbers of the network types that may occur.

    Returns:
        The cases, sizes of their groups included.
    """
    rng = stream(seed, "datasets", "cases")
    shares = [network.share if at in kinds else 0.0 for at, network in enumerate(NETWORK_TYPES)]
    kind = choose(rng, shares, n_cases)
    route = choose_rows(rng, per_kind([network.routes for network in NETWORK_TYPES], kind))
    pairs = np.array([route_pairs(name).ravel() for name in ROUTES])
    origin, destination = np.divmod(choose_rows(rng, pairs[route]), len(COUNTRIES))
    victims, traffickers = _group_sizes(rng, kind)
    joint = rng.random(n_cases) < per_kind([network.joint for network in NETWORK_TYPES], kind)
    is_family = per_kind([network.family for network in NETWORK_TYPES], kind) > 0
    return Cases(
        kind=kind,
        year=choose_rows(rng, per_kind([network.years for network in NETWORK_TYPES], kind)),
        source=choose(rng, (0.4, 0.4, 0.2), n_cases),
        route=route,
        origin=origin,
        destination=destination,
        detected=np.where(rng.random(n_cases) < 0.9, destination, origin),
        victims=victims,
        traffickers=traffickers,
        family=rng.random(n_cases) < np.where(is_family, 0.9, 0.1),
        joint=joint,
        severity=rng.standard_normal(n_cases),
        months=_months(rng, joint, traffickers),
        proceeds=_proceeds(rng, victims),
        outcome=_outcomes(rng, kind, joint, traffickers),
        estimate=_estimates(rng, victims),
    )


def _group_sizes(rng: np.random.Generator, kind: Ints) -> tuple[Ints, Ints]:
    """Draw numbers of victims and traffickers, correlated inside a kind."""
    first = rng.standard_normal(len(kind))
    second = rng.standard_normal(len(kind))
    mixed = _SIZE_CORRELATION * first + np.sqrt(1.0 - _SIZE_CORRELATION**2) * second
    victims = _counts([n.victims for n in NETWORK_TYPES], kind, normal_cdf(first))
    traffickers = _counts([n.traffickers for n in NETWORK_TYPES], kind, normal_cdf(mixed))
    identified = rng.random(len(kind)) >= _NO_TRAFFICKER
    return victims, np.where(identified, traffickers, 0)


def _counts(sizes: Sequence[Sizes], kind: Ints, level: Floats) -> Ints:
    found = np.zeros(len(kind), dtype=np.int64)
    for at, size in enumerate(sizes):
        rows = kind == at
        distribution = count_distribution(size.mean, size.low, size.high, size.shape)
        found[rows] = quantile(distribution, level[rows])
    return found


def _months(rng: np.random.Generator, joint: Bools, traffickers: Ints) -> Ints:
    level = np.log(14.0) + 0.4 * joint + 0.03 * traffickers + 0.5 * rng.standard_normal(len(joint))
    return np.asarray(np.clip(np.round(np.exp(level)), 6, 48), dtype=np.int64)


def _proceeds(rng: np.random.Generator, victims: Ints) -> Ints:
    level = 0.6 * np.log(victims) + rng.standard_normal(len(victims))
    return np.digitize(level, (0.3, 1.5, 2.6)).astype(np.int64)


def _estimates(rng: np.random.Generator, victims: Ints) -> Ints:
    estimated = victims + np.floor(-0.4 * victims * np.log1p(-rng.random(len(victims))))
    return np.asarray(np.digitize(estimated, (2, 6, 21, 101)), dtype=np.int64)


def _outcomes(rng: np.random.Generator, kind: Ints, joint: Bools, traffickers: Ints) -> Ints:
    """Draw outcomes: convictions are commoner after joint investigations and in larger groups."""
    usual = per_kind([network.traffickers.mean for network in NETWORK_TYPES], kind)
    larger = np.clip(0.02 * (traffickers - usual), -0.12, 0.12)
    convicted = np.clip(0.579 + 0.15 * (joint - 0.25) + larger, 0.05, 0.95)
    rest = np.array([0.0, 0.5875, 0.1250, 0.2875])
    weights = (1.0 - convicted)[:, None] * rest
    weights[:, 0] = convicted
    # Where nobody is identified, nobody can be convicted or acquitted.
    weights[traffickers == 0] = (0.0, 0.3, 0.0, 0.7)
    return choose_rows(rng, weights)


def case_columns(cases: Cases) -> dict[str, object]:
    """Return the columns of table `case` as text, keys excepted."""
    yes_no = ("no", "yes")
    return {
        "network_type": text([network.name for network in NETWORK_TYPES], cases.kind),
        "source": text(SOURCES, cases.source),
        "year_opened": text([str(year) for year in YEARS], cases.year),
        "country_detected": text(COUNTRIES, cases.detected),
        "origin_region": text(REGIONS, cases.origin // REGION_SIZE),
        "route": text(ROUTES, cases.route),
        "organised_family": text(yes_no, cases.family),
        "joint_investigation": text(yes_no, cases.joint),
        "investigation_months": cases.months.astype(str),
        "proceeds_eur_band": text(PROCEEDS, cases.proceeds),
        "n_victims_estimated_band": text(_ESTIMATES, cases.estimate),
        "outcome": text(OUTCOMES, cases.outcome),
    }
