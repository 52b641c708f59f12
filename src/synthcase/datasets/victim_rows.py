"""The victims: alike inside a case, and following the kind of case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthcase.core.streams import stream
from synthcase.datasets.countries import COUNTRIES, NON_PUNISHMENT, route_pairs, somebody_near
from synthcase.datasets.draws import (
    Bools,
    Floats,
    Ints,
    check_lengths,
    choose_rows,
    clustered_normal,
    normal_cdf,
    per_kind,
    quantile,
    text,
)
from synthcase.datasets.network_types import NETWORK_TYPES, NetworkType

if TYPE_CHECKING:
    from synthcase.datasets.case_rows import Cases

__all__ = ["AGE_BANDS", "GENDERS", "Victims", "age_band", "draw_victims", "victim_columns"]

GENDERS = ("female", "male", "other")
AGE_BANDS = ("0-8", "9-17", "18-20", "21-23", "24-26", "27-29", "30-38", "39-47", "48+")
CLOSED = "n.a."
"""How a cell is written whose question does not apply."""

_AGE_STARTS = (9, 18, 21, 24, 27, 30, 39, 48)
_EDUCATION = ("none", "primary", "secondary", "tertiary")
_VULNERABILITY = (
    *("poverty", "care_home", "disability", "addiction"),
    *("irregular_status", "homeless", "none_recorded"),
)
_IDENTIFIED = ("victim", "offender_first", "witness")
_SHARED_CITIZENSHIP = {True: 0.905, False: 0.72}
_AGE_SPREAD = {True: 4.0, False: 8.0}
_LONGEST = 120


@dataclass(frozen=True, kw_only=True)
class Victims:
    """Draws for each victim, arrays of shape `(victims,)`."""

    case: Ints
    gender: Ints
    age: Ints
    citizenship: Ints
    start: Ints
    destination: Ints
    severity: Floats
    duration: Ints
    waited: Ints
    ended: Ints
    education: Ints
    vulnerability: Ints
    sees_self: Bools
    identified: Ints
    assisted: Bools
    testified: Bools
    paid: Bools
    spared: Bools
    punished: Bools

    def __post_init__(self) -> None:
        """Check that all arrays are about the same victims."""
        check_lengths(vars(self))


def age_band(age: Ints) -> Ints:
    """Return the number of the band of each age in years."""
    return np.digitize(age, _AGE_STARTS).astype(np.int64)


def draw_victims(cases: Cases, seed: int) -> Victims:
    """Draw the victims of all cases.

    Args:
        cases: The cases.
        seed: Seed of the simulation.

    Returns:
        The victims, case by case.
    """
    rng = stream(seed, "datasets", "victims")
    case = np.repeat(np.arange(len(cases.kind)), cases.victims)
    kind = cases.kind[case]
    age = _ages(rng, cases, case)
    citizenship, start, destination = _countries(rng, cases, case)
    duration, waited, ended = _times(rng, cases, case)
    sees_self = rng.random(len(case)) < per_kind(
        [network.sees_self for network in NETWORK_TYPES], kind
    )
    identified = _identified(rng, kind)
    spared, punished = _consequences(rng, identified, destination)
    return Victims(
        case=case,
        gender=_genders(rng, cases, case),
        age=age,
        citizenship=citizenship,
        start=start,
        destination=destination,
        severity=cases.severity[case] + rng.standard_normal(len(case)),
        duration=duration,
        waited=waited,
        ended=ended,
        education=_education(rng, kind, age),
        vulnerability=_vulnerability(rng, kind, age),
        sees_self=sees_self,
        identified=identified,
        assisted=rng.random(len(case)) < np.where(identified == 1, 0.6, 0.85),
        testified=_testified(rng, kind, sees_self),
        paid=rng.random(len(case)) < per_kind([network.paid for network in NETWORK_TYPES], kind),
        spared=spared,
        punished=punished,
    )


def _genders(rng: np.random.Generator, cases: Cases, case: Ints) -> Ints:
    level = normal_cdf(clustered_normal(rng, case, len(cases.kind), 0.3))
    gender = np.where(
        level < per_kind([network.female for network in NETWORK_TYPES], cases.kind[case]), 0, 1
    )
    return np.where(rng.random(len(case)) < 0.003, 2, gender)


def _ages(rng: np.random.Generator, cases: Cases, case: Ints) -> Ints:
    kind = cases.kind[case]
    tables = [_age_table(network) for network in NETWORK_TYPES]
    alike = np.array(
        [
            _alike(table, _AGE_SPREAD[n.family])
            for n, table in zip(NETWORK_TYPES, tables, strict=True)
        ]
    )
    level = normal_cdf(clustered_normal(rng, case, len(cases.kind), alike[kind]))
    age = np.zeros(len(case), dtype=np.int64)
    for at, table in enumerate(tables):
        age[kind == at] = quantile(table, level[kind == at])
    return age


def _age_table(network: NetworkType) -> Floats:
    table = np.zeros(100)
    for first, last, weight in network.ages:
        table[first : last + 1] += weight / (last - first + 1)
    return np.asarray(table / table.sum())


def _alike(table: Floats, spread: float) -> float:
    """Return the correlation that leaves about `spread` years of deviation inside a case."""
    years = np.arange(len(table))
    variance = table @ years**2 - (table @ years) ** 2
    return float(np.clip(1.0 - spread**2 / variance, 0.1, 0.97))


def _countries(rng: np.random.Generator, cases: Cases, case: Ints) -> tuple[Ints, Ints, Ints]:
    """Draw citizenship, where the journey starts, and where the exploitation is."""
    origin, destination = cases.origin[case], cases.destination[case]
    family = per_kind([network.family for network in NETWORK_TYPES], cases.kind[case]) > 0
    shared = np.where(family, _SHARED_CITIZENSHIP[True], _SHARED_CITIZENSHIP[False])
    citizenship = np.where(rng.random(len(case)) < shared, origin, somebody_near(rng, origin))
    domestic = cases.route[case] == 0
    elsewhere = choose_rows(rng, route_pairs("neighbour")[destination])
    moved = ~domestic & (rng.random(len(case)) < 0.1)
    # A domestic case stays in one country, also for those who hold another passport.
    return (
        citizenship,
        np.where(domestic, destination, citizenship),
        np.where(moved, elsewhere, destination),
    )


def _times(rng: np.random.Generator, cases: Cases, case: Ints) -> tuple[Ints, Ints, Ints]:
    """Draw months of exploitation, months until the case opened, and the month it ended."""
    level = clustered_normal(rng, case, len(cases.kind), 0.5)
    months = per_kind([network.months for network in NETWORK_TYPES], cases.kind[case]) * np.exp(
        0.8 * level
    )
    opened = (2010 + cases.year) * 12 + rng.integers(0, 12, len(cases.kind))
    waited = np.minimum(rng.geometric(0.5, len(case)) - 1, 6)
    duration = np.clip(np.round(months), 1, _LONGEST).astype(np.int64)
    return duration, waited, opened[case] - waited


def _education(rng: np.random.Generator, kind: Ints, age: Ints) -> Ints:
    by_age = np.array(
        [[0.4, 0.6, 0, 0], [0.15, 0.65, 0.2, 0], [0.06, 0.26, 0.68, 0], [0.05, 0.25, 0.55, 0.15]]
    )
    weights = by_age[np.digitize(age, (10, 15, 18))]
    names = [network.name for network in NETWORK_TYPES]
    skilled = (kind == names.index("scam_call_centre")) & (age >= 18)
    kept_home = per_kind([network.family for network in NETWORK_TYPES], kind) > 0
    weights[skilled] = (0.0, 0.05, 0.4, 0.55)
    weights[kept_home] *= (3.0, 1.0, 0.5, 0.3)
    return choose_rows(rng, weights)


def _vulnerability(rng: np.random.Generator, kind: Ints, age: Ints) -> Ints:
    weights = per_kind([network.vulnerability for network in NETWORK_TYPES], kind)
    weights[age >= 21, _VULNERABILITY.index("care_home")] = 0.0
    weights[age < 12, _VULNERABILITY.index("addiction")] = 0.0
    return choose_rows(rng, weights)


def _identified(rng: np.random.Generator, kind: Ints) -> Ints:
    first = per_kind([network.offender_first for network in NETWORK_TYPES], kind)
    return choose_rows(rng, np.stack([0.95 - first, first, np.full(len(kind), 0.05)], axis=1))


def _consequences(
    rng: np.random.Generator, identified: Ints, destination: Ints
) -> tuple[Bools, Bools]:
    """Draw who is spared by a non-punishment clause and, of the others, who is punished."""
    clause = np.isin(destination, list(NON_PUNISHMENT))
    spared = (identified == 1) & (rng.random(len(identified)) < np.where(clause, 0.7, 0.1))
    # 15 % of all first identified as offenders; a third of them are spared before it comes to it.
    punished = (identified == 1) & ~spared & (rng.random(len(identified)) < 0.227)
    return spared, punished


def _testified(rng: np.random.Generator, kind: Ints, sees_self: Bools) -> Bools:
    """Draw who testifies: half as often as usual where somebody sees no victim in themselves."""
    usual, seen = (
        per_kind([network.testified for network in NETWORK_TYPES], kind),
        per_kind([network.sees_self for network in NETWORK_TYPES], kind),
    )
    willing = usual * (1.0 - 0.5 * (1.0 - seen)) / seen
    return np.asarray(rng.random(len(kind)) < np.where(sees_self, willing, 0.5 * usual))


def victim_columns(victims: Victims, age_when_found: Ints) -> dict[str, object]:
    """Return the columns of table `victim` as text, keys excepted.

    Args:
        victims: The victims.
        age_when_found: Age when the case was opened, shape `(victims,)`.
    """
    yes_no = ("no", "yes")
    accused = victims.identified == 1
    return {
        "gender": text(GENDERS, victims.gender),
        "age_at_recruitment": victims.age.astype(str),
        "age_band": text(AGE_BANDS, age_band(age_when_found)),
        "minor": text(yes_no, victims.age < 18),
        "citizenship": text(COUNTRIES, victims.citizenship),
        "education": text(_EDUCATION, victims.education),
        "vulnerability": text(_VULNERABILITY, victims.vulnerability),
        "sees_self_as_victim": text(yes_no, victims.sees_self),
        "identified_as": text(_IDENTIFIED, victims.identified),
        "non_punishment_applied": np.where(accused, text(yes_no, victims.spared), CLOSED),
        "punished_for_offence": np.where(accused, text(yes_no, victims.punished), CLOSED),
        "assisted": text(yes_no, victims.assisted),
        "testified": text(yes_no, victims.testified),
        "paid_recruiter": text(yes_no, victims.paid),
        "duration_months": victims.duration.astype(str),
    }
