"""The journeys: chains of legs from where somebody lived to where they were exploited."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from synthcase.core.streams import stream
from synthcase.datasets.countries import COUNTRIES, ring_offset
from synthcase.datasets.draws import Bools, Ints, choose_rows, per_kind, starts_run, text
from synthcase.datasets.network_types import NETWORK_TYPES
from synthcase.datasets.victim_rows import CLOSED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthcase.datasets.case_rows import Cases
    from synthcase.datasets.network_types import NetworkType
    from synthcase.datasets.victim_rows import Victims

__all__ = ["Legs", "draw_legs", "leg_columns"]

_MODES = ("foot", "road", "rail", "sea", "air")
_DOCUMENTS = ("valid", "forged", "none")
_COMPANY = ("trafficker", "other_victims", "alone")
_MOST_LEGS = 6
_BY_DISTANCE = np.array(
    [
        [0.15, 0.50, 0.35, 0.0, 0.0],
        [0.12, 0.63, 0.20, 0.05, 0.0],
        [0.0, 0.60, 0.22, 0.18, 0.0],
        [0.0, 0.0, 0.0, 0.0, 1.0],
    ]
)


@dataclass(frozen=True, kw_only=True)
class Legs:
    """Draws for each leg, arrays of shape `(legs,)`; legs of one victim stand in order.

    Attributes:
        travel: Months from recruitment to the last border, shape `(victims,)`.
    """

    victim: Ints
    number: Ints
    start: Ints
    end: Ints
    mode: Ints
    offset: Ints
    document: Ints
    company: Ints
    travel: Ints

    @property
    def border(self) -> Bools:
        """Whether each leg crosses a border."""
        return np.asarray(self.start != self.end)


def draw_legs(cases: Cases, victims: Victims, seed: int) -> Legs:
    """Draw the journeys of all victims.

    Args:
        cases: The cases.
        victims: The victims.
        seed: Seed of the simulation.

    Returns:
        The legs, victim by victim; a victim has none to six.
    """
    rng = stream(seed, "datasets", "journeys")
    stops = _all_stops(rng, cases, victims)
    legs = np.array([len(stop) - 1 for stop in stops], dtype=np.int64)
    victim = np.repeat(np.arange(len(stops)), legs)
    start = np.array([at for stop in stops for at in stop[:-1]], dtype=np.int64)
    end = np.array([at for stop in stops for at in stop[1:]], dtype=np.int64)
    number = _counted(legs) + 1
    distance = np.array(
        [abs(ring_offset(a, b)) for a, b in zip(start, end, strict=True)], dtype=int
    )
    mode = _modes(rng, distance, cases.kind[victims.case[victim]])
    offset, travel = _offsets(rng, victims, victim, start != end)
    minor = victims.age[victim] < 18
    return Legs(
        victim=victim,
        number=number,
        start=start,
        end=end,
        mode=mode,
        offset=offset,
        document=_documents(rng, mode, minor),
        company=_company(rng, mode, minor, cases.victims[victims.case[victim]] > 1),
        travel=travel,
    )


def _counted(sizes: Ints) -> Ints:
    """Return 0, 1, 2, … within each group of the given sizes."""
    ends = np.cumsum(sizes)
    return np.arange(int(sizes.sum())) - np.repeat(ends - sizes, sizes)


def _all_stops(rng: np.random.Generator, cases: Cases, victims: Victims) -> list[list[int]]:
    """Return the countries each victim passed, first to last."""
    kind = cases.kind[victims.case]
    extra = rng.poisson(per_kind([network.extra_legs for network in NETWORK_TYPES], kind))
    # Victims of one case mostly travel the same way: they share the numbers that choose it.
    together = rng.random((len(cases.kind), 8))[victims.case]
    own = rng.random((len(victims.case), 8))
    way = np.where((rng.random(len(victims.case)) < 0.7)[:, None], together, own)
    detours = rng.random((len(victims.case), _MOST_LEGS, 3))
    by_air = cases.route[victims.case] == 3
    return [
        _stops(
            _steps(a, b, numbers, by_air=air),
            a,
            NETWORK_TYPES[k],
            iter(more[:count]),
        )
        for a, b, air, k, count, numbers, more in zip(
            victims.start.tolist(),
            victims.destination.tolist(),
            by_air.tolist(),
            kind.tolist(),
            extra.tolist(),
            way.tolist(),
            detours.tolist(),
            strict=True,
        )
    ]


def _steps(start: int, end: int, numbers: list[float], *, by_air: bool) -> list[int]:
    """Return the steps around the sea that lead from one country to another."""
    offset = ring_offset(start, end)
    if abs(offset) <= 2:
        return [offset] if offset else []
    if by_air:
        return _flight(offset, numbers)
    sign, left, steps = (1 if offset > 0 else -1), abs(offset), list[int]()
    for number in numbers:
        long = left > 1 and (number < 0.75 or ceil((left - 1) / 2) > _MOST_LEGS - 1 - len(steps))
        steps.append(sign * (1 + long))
        left -= 1 + long
        if not left:
            break
    return steps


def _flight(offset: int, numbers: list[float]) -> list[int]:
    """Return one direct flight, or a flight to a neighbour of the destination and a ride."""
    if numbers[0] < 0.7:
        return [offset]
    ride = (1 if numbers[1] < 0.5 else 2) * (1 if offset > 0 else -1)
    return [offset - ride, ride]


def _stops(
    steps: list[int], start: int, network: NetworkType, extra: Iterator[list[float]]
) -> list[int]:
    """Return the countries passed, with extra legs: detours over a third country, or at home."""
    at_end = 0
    for kind, where, which in extra:
        if len(steps) + at_end >= network.most_legs:
            break
        borders = [i for i, step in enumerate(steps) if abs(step) <= 2]
        if borders and kind < network.mobility:
            i = borders[int(where * len(borders))]
            steps[i : i + 1] = _detour(steps[i], which)
        else:
            at_end += 1
    at_end = max(at_end, network.fewest_legs - len(steps))
    stops = [start]
    for step in steps + [0] * at_end:
        stops.append((stops[-1] + step) % len(COUNTRIES))
    return stops


def _detour(step: int, which: float) -> list[int]:
    """Split a step between neighbours into two over a country that borders both."""
    sign = 1 if step > 0 else -1
    if abs(step) == 2:
        return [sign, sign]
    return [2 * sign, -sign] if which < 0.5 else [-sign, 2 * sign]


def _modes(rng: np.random.Generator, distance: Ints, kind: Ints) -> Ints:
    weights = _BY_DISTANCE[np.minimum(distance, 3)]
    county = [network.name for network in NETWORK_TYPES].index("county_lines")
    weights[(kind == county) & (distance == 0)] = (0.0, 0.2, 0.8, 0.0, 0.0)
    return choose_rows(rng, weights)


def _offsets(
    rng: np.random.Generator, victims: Victims, victim: Ints, border: Bools
) -> tuple[Ints, Ints]:
    """Draw the month of each leg after recruitment, and the month of the last border."""
    wait = np.where(border, rng.geometric(0.6, len(victim)) - 1, rng.geometric(0.3, len(victim)))
    first = starts_run(victim)
    wait = np.minimum(np.where(first, rng.integers(0, 3, len(victim)), wait), 12)
    total = np.cumsum(wait)
    before = np.maximum.accumulate(np.where(first, total - wait, 0))
    offset = total - before
    travel = np.zeros(len(victims.case), dtype=np.int64)
    np.maximum.at(travel, victim[border], offset[border])
    # A move inside the destination happens before the exploitation ends.
    return np.minimum(offset, (travel + victims.duration)[victim]), travel


def _documents(rng: np.random.Generator, mode: Ints, minor: Bools) -> Ints:
    weights = np.where(minor[:, None], (0.5, 0.2, 0.3), (0.65, 0.15, 0.2))
    weights[:, 2] *= np.array([3.0, 1.0, 0.8, 1.5, 0.0])[mode]
    return choose_rows(rng, weights)


def _company(rng: np.random.Generator, mode: Ints, minor: Bools, others: Bools) -> Ints:
    weights = np.tile(np.array([0.5, 0.3, 0.2]), (len(mode), 1))
    weights[~others, 1] = 0.0
    weights[mode == _MODES.index("air"), 2] = 0.5
    weights[minor, 2] *= 0.4
    return choose_rows(rng, weights)


def leg_columns(legs: Legs) -> dict[str, object]:
    """Return the columns of table `journey_leg` as text, the victim's key excepted."""
    return {
        "leg_no": legs.number.astype(str),
        "from_country": text(COUNTRIES, legs.start),
        "to_country": text(COUNTRIES, legs.end),
        "mode": text(_MODES, legs.mode),
        "month_offset": legs.offset.astype(str),
        "border_crossed": text(("no", "yes"), legs.border),
        "document_status": np.where(legs.border, text(_DOCUMENTS, legs.document), CLOSED),
        "accompanied_by": text(_COMPANY, legs.company),
    }
