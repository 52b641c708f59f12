"""The traffickers: one row for each person in a case; a few persons are in several cases."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthcase.core.streams import stream
from synthcase.datasets.countries import COUNTRIES, REGION_SIZE, share
from synthcase.datasets.draws import Bools, Ints, choose, choose_rows, gumbel, text
from synthcase.datasets.network_types import NETWORK_TYPES
from synthcase.datasets.victim_rows import GENDERS

if TYPE_CHECKING:
    from synthcase.datasets.case_rows import Cases
    from synthcase.datasets.victim_rows import Victims

__all__ = [
    "ROLES",
    "TRAFFICKER_AGE_STARTS",
    "Traffickers",
    "draw_traffickers",
    "trafficker_columns",
]

ROLES = ("leader", "recruiter", "exploiter", "transporter", "controller")
TRAFFICKER_AGE_STARTS = (30, 39, 48)
_AGE_BANDS = ("under_30", "30-38", "39-47", "48+")
_AGES = ((19, 29, 9.6), (30, 38, 37.4), (39, 47, 40.4), (48, 65, 11.1))
_TWO_CASES, _THREE_CASES = 0.10, 0.02


@dataclass(frozen=True, kw_only=True)
class Traffickers:
    """Draws for each person in a case, arrays of shape `(rows,)`."""

    case: Ints
    person: Ints
    gender: Ints
    age: Ints
    citizenship: Ints
    role: Ints
    former_victim: Bools
    convicted_before: Bools


def draw_traffickers(cases: Cases, victims: Victims, seed: int) -> Traffickers:
    """Draw the traffickers of all cases.

    Args:
        cases: The cases.
        victims: The victims.
        seed: Seed of the simulation.

    Returns:
        The rows, case by case; rows with the same `person` are one person.
    """
    rng = stream(seed, "datasets", "traffickers")
    case = np.repeat(np.arange(len(cases.kind)), cases.traffickers)
    gender = _genders(rng, cases, victims, case)
    bands = choose(rng, [weight for *_, weight in _AGES], len(case))
    first, last = (np.array([band[i] for band in _AGES])[bands] for i in (0, 1))
    age = first + np.floor(rng.random(len(case)) * (last - first + 1)).astype(np.int64)
    citizenship = _citizenship(rng, cases, case)
    person, age = _same_persons(rng, cases, case, np.stack([gender, citizenship]), age)
    women = gender[_first_rows(person)] == 0
    former = rng.random(len(women)) < np.where(women, 0.08, 0.01)
    return Traffickers(
        case=case,
        person=person,
        gender=gender,
        age=age,
        citizenship=citizenship,
        role=_roles(rng, cases, case, gender),
        former_victim=former[person],
        convicted_before=_convicted_before(rng, cases.year[case], person),
    )


def _genders(rng: np.random.Generator, cases: Cases, victims: Victims, case: Ints) -> Ints:
    """Draw 45 % women in families and 30 % over all, more where more victims are women."""
    women = np.bincount(victims.case, victims.gender == 0, len(cases.kind)) / cases.victims
    lean = 0.05 + women
    family = np.array([network.family for network in NETWORK_TYPES])[cases.kind]
    wanted = np.where(family, 0.45, 0.225)
    chance = np.zeros(len(cases.kind))
    for at in range(len(NETWORK_TYPES)):
        rows = (cases.kind == at) & (cases.traffickers > 0)
        if rows.any():
            usual = np.average(lean[rows], weights=cases.traffickers[rows])
            chance[rows] = np.minimum(wanted[rows] * lean[rows] / usual, 0.95)
    return np.where(rng.random(len(case)) < chance[case], 0, 1)


def _citizenship(rng: np.random.Generator, cases: Cases, case: Ints) -> Ints:
    """Draw citizenship: mostly the country of origin, or its region."""
    origin = cases.origin[case]
    everywhere = np.broadcast_to(share(), (len(case), len(COUNTRIES)))
    region = np.arange(len(COUNTRIES)) // REGION_SIZE
    inside = everywhere * (region[None, :] == (origin // REGION_SIZE)[:, None])
    near = choose_rows(rng, inside)
    abroad = choose_rows(rng, everywhere)
    where = choose(rng, (0.69, 0.20, 0.05, 0.06), len(case))
    return np.choose(where, [origin, near, cases.destination[case], abroad])


def _same_persons(
    rng: np.random.Generator, cases: Cases, case: Ints, same: Ints, age: Ints
) -> tuple[Ints, Ints]:
    """Make one person of rows in different cases that could be one.

    Of all persons 10 % are in two cases or more, 2 % in three. Rows of one person agree in kind of
    case, gender, citizenship and year of birth, and lie at most four years apart.

    Returns:
        Number of the person of each row, and ages made consistent.
    """
    persons = len(case) / (1.0 + _TWO_CASES + _THREE_CASES)
    quota = {2: round(_THREE_CASES * persons), 1: round((_TWO_CASES - _THREE_CASES) * persons)}
    alike = defaultdict[tuple[int, ...], list[int]](list)
    order = rng.permutation(len(case)).tolist()
    keys = list(zip(cases.kind[case].tolist(), *same.tolist(), strict=True))
    for row in order:
        alike[keys[row]].append(row)
    year, person, age = cases.year[case], np.arange(len(case)), age.copy()
    taken = set[int]()
    for more, head in ((more, head) for more in quota for head in order):
        if not quota[more]:
            continue
        group = _partners(head, alike[keys[head]], taken, (case, year, age), more)
        if len(group) == more:
            quota[more] -= 1
            taken.update([head, *group])
            person[group] = head
            age[group] = age[head] + year[group] - year[head]
    return np.unique(person, return_inverse=True)[1].astype(np.int64), age


def _partners(
    head: int, rows: list[int], taken: set[int], known: tuple[Ints, Ints, Ints], more: int
) -> list[int]:
    """Return up to `more` free rows of other cases that may be the same person as `head`."""
    case, year, age = known
    if head in taken:
        return []
    found, used = [], {int(case[head])}
    for row in rows:
        apart = int(year[row] - year[head])
        fits = row not in taken and abs(apart) <= 4 and age[head] + apart >= 18
        if fits and int(case[row]) not in used:
            found.append(row)
            used.add(int(case[row]))
            if len(found) == more:
                break
    return found


def _first_rows(person: Ints) -> Ints:
    return np.unique(person, return_index=True)[1]


def _roles(rng: np.random.Generator, cases: Cases, case: Ints, gender: Ints) -> Ints:
    """Draw the main role: most groups of three or more have one leader, usually a man."""
    role = choose(rng, (0.40, 0.30, 0.22, 0.08), len(case)) + 1
    led = (cases.traffickers >= 3) & (rng.random(len(cases.kind)) < 0.85)
    rank = 2.0 * (gender == 1) + gumbel(rng, (len(case),))
    best = np.full(len(cases.kind), -np.inf)
    np.maximum.at(best, case, rank)
    return np.where(led[case] & (rank == best[case]), 0, role)


def _convicted_before(rng: np.random.Generator, year: Ints, person: Ints) -> Bools:
    """Draw prior convictions: 25 % of first cases, 60 % of later ones."""
    first = np.full(int(person.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, person, year)
    chance = np.where(year > first[person], 0.6, 0.25)
    return np.asarray(rng.random(len(year)) < chance)


def trafficker_columns(traffickers: Traffickers) -> dict[str, object]:
    """Return the columns of table `trafficker` as text, keys excepted."""
    yes_no = ("no", "yes")
    band = np.digitize(traffickers.age, TRAFFICKER_AGE_STARTS)
    return {
        "person_id": [f"P{number + 1:06d}" for number in traffickers.person.tolist()],
        "gender": text(GENDERS, traffickers.gender),
        "age_band": text(_AGE_BANDS, band.astype(np.int64)),
        "citizenship": text(COUNTRIES, traffickers.citizenship),
        "role_main": text(ROLES, traffickers.role),
        "former_victim": text(yes_no, traffickers.former_victim),
        "prior_conviction": text(yes_no, traffickers.convicted_before),
    }
