"""Second parents, filled at random: this release does not learn which ends go together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthcase.sampling.rounding import shuffled_within

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]

_TRIES = 50


@dataclass(frozen=True)
class Ends:
    """The possible second parents of each first parent: consecutive rows of their table.

    Attributes:
        first: The first of them, a row of the whole table, `(first parents,)`.
        number: How many there are, `(first parents,)`.
        itself: Row of the first parent where both parents are of one table: it is no end of its
            own, and not among the `number`. None otherwise.
    """

    first: Integers
    number: Integers
    itself: Integers | None = None


def ends_in_case(
    case: Integers, case_of_other: Integers, start: int, *, same: bool = False
) -> Ends:
    """Return the ends that stand in one case with each first parent.

    Args:
        case: Case of each first parent, `(first parents,)`.
        case_of_other: Case of each row of the second parents' table in the chunk, sorted.
        start: Rows of that table in earlier chunks.
        same: Both parents are of one table.

    Returns:
        The possible ends.
    """
    first = np.searchsorted(case_of_other, case)
    number = np.searchsorted(case_of_other, case, side="right") - first
    if same:
        return Ends(first + start, number - 1, np.arange(len(case)) + start)
    return Ends(first + start, number)


def ends_anywhere(parents: int, others: int) -> Ends:
    """Return all rows of a table in another tree as possible ends of each first parent."""
    return Ends(np.zeros(parents, dtype=np.int64), np.full(parents, others))


def where_they_fit(
    numbers: Integers, ends: Ends, classes: Integers, rng: np.random.Generator
) -> Integers:
    """Let first parents of one class exchange their numbers of links, so that more find an end.

    A class tells how many links its rows have, and not how many other ends stand in the case of
    each. Rows exchange in random pairs and only where that helps: the rest stays chance.

    Args:
        numbers: Number of links of each first parent.
        ends: Its possible ends.
        classes: Its class.
        rng: The stream.

    Returns:
        Numbers of links, none above the number of possible ends.

    Privacy:
        Post-processing of Measurements.
    """
    found = numbers.copy()
    for turn in range(_TRIES):
        if (found <= ends.number).all():
            break
        order = shuffled_within(classes, rng)[turn % 2 :]
        pairs = order[: len(order) // 2 * 2].reshape(-1, 2)
        pairs = pairs[classes[pairs[:, 0]] == classes[pairs[:, 1]]]
        now, turned, possible = found[pairs], found[pairs[:, ::-1]], ends.number[pairs]
        gain = np.maximum(now - possible, 0).sum(1) - np.maximum(turned - possible, 0).sum(1)
        found[pairs[gain > 0]] = turned[gain > 0]
    return np.minimum(found, ends.number)


def second_parents(parent: Integers, ends: Ends, rng: np.random.Generator) -> Integers:
    """Choose a second parent for each row, no pair twice.

    Args:
        parent: First parent of each row, sorted, none more often than it has ends, `(rows,)`.
        ends: The possible ends of each first parent.
        rng: The stream.

    Returns:
        Row of the second parent in its whole table, `(rows,)`.

    Privacy:
        Post-processing of Measurements.
    """
    first, number = ends.first[parent], ends.number[parent]
    chosen = np.zeros(len(parent), dtype=np.int64)
    again = np.arange(len(parent))
    for _ in range(_TRIES):
        chosen[again] = first[again] + rng.integers(0, number[again])
        again = np.flatnonzero(_repeated(parent, chosen))
        if not len(again):
            break
    for row in again:
        low, high = np.searchsorted(parent, [parent[row], parent[row] + 1])
        taken = set(np.delete(chosen[low:high], row - low).tolist())
        options = range(first[row], first[row] + number[row])
        chosen[row] = next(other for other in options if other not in taken)
    return chosen if ends.itself is None else chosen + (chosen >= ends.itself[parent])


def _repeated(parent: Integers, chosen: Integers) -> NDArray[np.bool_]:
    """Say which rows repeat the pair of an earlier row."""
    order = np.lexsort((chosen, parent))
    same = (parent[order][1:] == parent[order][:-1]) & (chosen[order][1:] == chosen[order][:-1])
    found = np.zeros(len(parent), dtype=bool)
    found[order[1:][same]] = True
    return found
