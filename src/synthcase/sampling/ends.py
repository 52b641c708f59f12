"""Who is linked with whom inside a group: each row chooses others, the liked ones more often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Group:
    """Which rows may be linked: those with one parent.

    Attributes:
        one: Parent of each row of the first end, sorted, `(rows of one,)`.
        two: Parent of each row of the second end, sorted, `(rows of two,)`.
        alone: Both ends are rows of one table, and nobody is linked to herself.
    """

    one: Integers
    two: Integers
    alone: bool = False


@dataclass(frozen=True)
class Liking:
    """How much rows like each other.

    Attributes:
        affinity: By member of the ensemble and classes of both ends, `(members, first, second)`.
        one: Member · classes + class of each row of the first end.
        two: The same for the second end.
    """

    affinity: NDArray[np.int32]
    one: Integers
    two: Integers

    def of(self, near: Integers, far: Integers) -> Integers:
        """Return how much rows of the first end like rows of the second, at least 1."""
        _, first, second = self.affinity.shape
        member, of_near = np.divmod(self.one[near], first)
        liked = self.affinity[member, of_near, self.two[far] % second]
        return np.asarray(liked, dtype=np.int64)


def choose(
    group: Group, numbers: Integers, liking: Liking, rng: np.random.Generator
) -> tuple[Integers, Integers]:
    """Choose the other ends of each row, none twice.

    Args:
        group: Who may be linked with whom.
        numbers: How many links each row of the first end wishes for; it gets fewer where there are
            fewer others.
        liking: How much they like each other.
        rng: The stream.

    Returns:
        Rows of both ends of each link, `(links,)`, sorted by the first.

    Privacy:
        Post-processing of Measurements.
    """
    near = np.flatnonzero(numbers > 0)
    first = np.searchsorted(group.two, group.one[near])
    size = np.searchsorted(group.two, group.one[near], side="right") - first
    ends = np.cumsum(size)
    rows = np.repeat(np.arange(len(near)), size)
    far = first[rows] + np.arange(len(rows)) - np.repeat(ends - size, size)
    weight = liking.of(near[rows], far)
    if group.alone:
        weight[near[rows] == far] = 0
    left = numbers[near].copy()
    taken = np.zeros(len(rows), dtype=bool)
    while len(rows):
        steps = np.append(0, np.cumsum(weight))
        before, whole = steps[ends - size], steps[ends] - steps[ends - size]
        open_rows = np.flatnonzero((left > 0) & (whole > 0))
        if not len(open_rows):
            break
        points = before[open_rows] + rng.integers(0, whole[open_rows])
        picked = np.searchsorted(steps[1:], points, side="right")
        taken[picked] = True
        weight[picked] = 0
        left[open_rows] -= 1
    return near[rows[taken]], far[taken]
