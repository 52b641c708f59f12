"""Who did what to whom: the links between victims and traffickers of a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthcase.core.streams import stream
from synthcase.datasets.countries import REGION_SIZE
from synthcase.datasets.draws import Bools, Floats, Ints, choose_rows, gumbel, per_kind, rake, text
from synthcase.datasets.network_types import NETWORK_TYPES, YEARS
from synthcase.datasets.trafficker_rows import ROLES
from synthcase.datasets.victim_rows import CLOSED

if TYPE_CHECKING:
    from synthcase.datasets.case_rows import Cases
    from synthcase.datasets.trafficker_rows import Traffickers
    from synthcase.datasets.victim_rows import Victims

__all__ = ["PARENT_GAP", "Links", "draw_links", "link_columns"]

PARENT_GAP = (15, 45)
"""Least and largest difference in age between a parent and a child, in years."""

RELATIONS = (
    "parent", "other_family", "partner", "friend", "acquaintance", "employer", "stranger",
)  # fmt: skip
_PARENT, _OTHER_FAMILY, _PARTNER, _FRIEND, _ACQUAINTANCE, _EMPLOYER, _STRANGER = range(7)
_ROLE = ("recruiter", "transporter", "exploiter", "controller")
_FAMILY, _COUPLE, _KNOWN, _UNKNOWN = range(4)

_AGE_CLASSES = (12, 18)
_BY_AGE = np.array([[0.89, 0.0, 0.05, 0.06], [0.58, 0.15, 0.11, 0.16], [0.065, 0.18, 0.255, 0.50]])
_OF_OTHERS = np.array([0.05, 0.02, 0.33, 0.60])
_MORE_LINKS = 2.1
_NO_LINK = 0.03


@dataclass(frozen=True, kw_only=True)
class Links:
    """Draws for each link, arrays of shape `(links,)`."""

    victim: Ints
    trafficker: Ints
    relation: Ints
    role: Ints
    online: Bools


@dataclass(frozen=True)
class _Pairs:
    """What matters between each victim and each trafficker of one case: rows × columns."""

    near: Floats
    parent: Bools
    partner: Floats


def draw_links(
    cases: Cases, victims: Victims, traffickers: Traffickers, ages: Ints, seed: int
) -> Links:
    """Draw the links of all cases.

    Args:
        cases: The cases.
        victims: The victims.
        traffickers: The traffickers.
        ages: Age of each victim when the case was opened.
        seed: Seed of the simulation.

    Returns:
        Links inside cases only; every trafficker has at least one.
    """
    rng = stream(seed, "datasets", "links")
    by_kind = _relation_table(cases, victims)
    age_class = np.digitize(victims.age, _AGE_CLASSES)
    wanted = choose_rows(rng, by_kind[cases.kind[victims.case], age_class])
    victim, trafficker, first = _who(rng, (cases, victims, traffickers), ages, wanted)
    kind = cases.kind[victims.case[victim]]
    recruits = first & (rng.random(len(victim)) < 0.8)
    others = 0.5 * by_kind[kind, age_class[victim]] + 0.5 * _OF_OTHERS
    others[age_class[victim] == 0, _COUPLE] = 0.0
    group = np.where(first, wanted[victim], choose_rows(rng, others))
    relation = _relations(rng, group, kind, traffickers.age[trafficker])
    relation = _parents(rng, relation, victim, trafficker, (victims, traffickers, ages))
    return Links(
        victim=victim,
        trafficker=trafficker,
        relation=relation,
        role=_roles(rng, recruits, traffickers.role[trafficker]),
        online=_online(rng, cases, kind, victims.case[victim]),
    )


def _relation_table(cases: Cases, victims: Victims) -> Floats:
    """Return the recruiter's relation by network type and age class, shape `(types, 3, 4)`.

    The odds between ages are those of the published table; the margins are each type's own.
    """
    age_class = np.digitize(victims.age, _AGE_CLASSES)
    kind = cases.kind[victims.case]
    tables = []
    for at, network in enumerate(NETWORK_TYPES):
        relation = np.array(network.relation, dtype=float) / sum(network.relation)
        ages = np.bincount(age_class[kind == at], minlength=3) + 1e-9
        tables.append(rake(_BY_AGE * relation, ages / ages.sum(), relation) + 1e-12 * _BY_AGE)
    return np.array(tables)


def _who(
    rng: np.random.Generator,
    drawn: tuple[Cases, Victims, Traffickers],
    ages: Ints,
    wanted: Ints,
) -> tuple[Ints, Ints, Bools]:
    """Choose the linked pairs of every case, and whether each is the victim's first."""
    cases, victims, traffickers = drawn
    degree = 1 + rng.poisson(_MORE_LINKS, len(victims.case))
    degree[rng.random(len(degree)) < _NO_LINK] = 0
    ends, others = np.cumsum(cases.victims), np.cumsum(cases.traffickers)
    found: list[tuple[Ints, Ints, Bools]] = []
    for end, size, other, count in zip(
        ends.tolist(),
        cases.victims.tolist(),
        others.tolist(),
        cases.traffickers.tolist(),
        strict=True,
    ):
        if count:
            v, t = np.arange(end - size, end), np.arange(other - count, other)
            pairs = _pairs(victims, traffickers, ages, v, t)
            rows, columns, first = _of_case(rng, pairs, degree[v], wanted[v], traffickers.role[t])
            found.append((v[rows], t[columns], first))
    if not found:
        none = np.zeros(0, dtype=np.int64)
        return none, none, none > 0
    return (
        np.concatenate([part[0] for part in found]),
        np.concatenate([part[1] for part in found]),
        np.concatenate([part[2] for part in found]),
    )


def _pairs(victims: Victims, traffickers: Traffickers, ages: Ints, v: Ints, t: Ints) -> _Pairs:
    gender, other = victims.gender[v][:, None], traffickers.gender[t][None, :]
    country, theirs = victims.citizenship[v][:, None], traffickers.citizenship[t][None, :]
    gap = traffickers.age[t][None, :] - ages[v][:, None]
    near = (
        -3.5 * ((gender == 1) & (other == 0))
        - 0.1 * ((gender == 0) & (other == 0))
        + 0.5 * (country // REGION_SIZE == theirs // REGION_SIZE)
    )
    parent = (country == theirs) & (gap >= PARENT_GAP[0]) & (gap <= PARENT_GAP[1])
    return _Pairs(near, parent, 2.5 * (gender != other) + 1.0 * (np.abs(gap) < 15))


def _of_case(
    rng: np.random.Generator, pairs: _Pairs, degree: Ints, wanted: Ints, role: Ints
) -> tuple[Ints, Ints, Bools]:
    """Choose pairs of one case: for each victim a first trafficker that fits, then others."""
    size, count = pairs.near.shape
    fit = np.zeros((size, count)) + 1.5 * (role == 1)[None, :]
    fit[wanted == _FAMILY] += 2.5 * pairs.parent[wanted == _FAMILY]
    fit[wanted == _COUPLE] += pairs.partner[wanted == _COUPLE]
    first = (pairs.near + fit + gumbel(rng, fit.shape)).argmax(axis=1)
    score = pairs.near + gumbel(rng, fit.shape)
    score[np.arange(size), first] = np.inf
    rank = np.empty_like(score, dtype=np.int64)
    np.put_along_axis(rank, np.argsort(-score, axis=1), np.arange(count)[None, :], axis=1)
    linked = rank < degree[:, None]
    # Nobody is listed as a trafficker without a victim.
    alone = np.flatnonzero(~linked.any(axis=0))
    linked[(pairs.near + gumbel(rng, fit.shape))[:, alone].argmax(axis=0), alone] = True
    rows, columns = np.nonzero(linked)
    return rows, columns, columns == first[rows]


def _relations(rng: np.random.Generator, group: Ints, kind: Ints, age: Ints) -> Ints:
    """Draw the relation inside its group; it leans on the trafficker's age."""
    level = rng.random(len(group))
    friend = np.where(level < np.where(age < 35, 0.7, 0.35), _FRIEND, _ACQUAINTANCE)
    employs = per_kind([network.employer for network in NETWORK_TYPES], kind)
    stranger = np.where(level < employs * np.where(age < 35, 0.7, 1.15), _EMPLOYER, _STRANGER)
    family = np.where(level < 0.7, _PARENT, _OTHER_FAMILY)
    return np.choose(group, [family, np.full(len(group), _PARTNER), friend, stranger])


def _parents(
    rng: np.random.Generator,
    relation: Ints,
    victim: Ints,
    trafficker: Ints,
    drawn: tuple[Victims, Traffickers, Ints],
) -> Ints:
    """Keep at most one father and one mother a victim, of her citizenship and a fitting age."""
    victims, traffickers, ages = drawn
    gap = traffickers.age[trafficker] - ages[victim]
    same = victims.citizenship[victim] == traffickers.citizenship[trafficker]
    able = (relation == _PARENT) & same & (gap >= PARENT_GAP[0]) & (gap <= PARENT_GAP[1])
    rank = np.where(able, rng.random(len(victim)), -1.0)
    best = np.full((len(victims.case), 3), -0.5)
    np.maximum.at(best, (victim, traffickers.gender[trafficker]), rank)
    kept = able & (rank == best[victim, traffickers.gender[trafficker]])
    return np.where((relation == _PARENT) & ~kept, _OTHER_FAMILY, relation)


def _roles(rng: np.random.Generator, recruits: Bools, main: Ints) -> Ints:
    """Draw what the trafficker did to this victim: mostly what he mainly does."""
    by_main = {"exploiter": (0, 1, 8, 1), "transporter": (0, 8, 1, 1), "controller": (0, 1, 2, 7)}
    weights = np.array([by_main.get(role, (0, 3, 4, 3)) for role in ROLES], dtype=float)
    return np.where(recruits, 0, choose_rows(rng, weights[main]))


def _online(rng: np.random.Generator, cases: Cases, kind: Ints, case: Ints) -> Bools:
    """Draw recruitment online, which grows with the years."""
    usual = per_kind([network.online for network in NETWORK_TYPES], kind)
    grown = 0.5 + cases.year[case] / (len(YEARS) - 1)
    return np.asarray(rng.random(len(kind)) < np.minimum(usual * grown, 0.95))


def link_columns(links: Links) -> dict[str, object]:
    """Return the columns of table `victim_trafficker` as text, keys excepted."""
    online = text(("no", "yes"), links.online)
    return {
        "relation": text(RELATIONS, links.relation),
        "role_toward_victim": text(_ROLE, links.role),
        "recruited_online": np.where(links.role == 0, online, CLOSED),
    }
