"""Second parents, filled at random: this release does not learn which ends go together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]

_TRIES = 50


def second_parents(
    parent: Integers,
    case_of_parent: Integers | None,
    case_of_other: Integers,
    start: int,
    rng: np.random.Generator,
) -> Integers:
    """Choose a second parent for each row, no pair twice.

    Args:
        parent: First parent of each row, sorted, `(rows,)`.
        case_of_parent: Case of each first parent, when both ends belong to one case; None when the
            second parents stand in a tree of their own.
        case_of_other: Case of each possible second parent, sorted, `(others,)`.
        start: Row of the first possible second parent in its whole table.
        rng: The stream.

    Returns:
        Row of the second parent in its whole table; −1 where none is left for the row, `(rows,)`.

    Privacy:
        Post-processing of Measurements.
    """
    place = np.arange(len(parent)) - np.searchsorted(parent, parent)
    if case_of_parent is None:
        first = np.zeros(len(parent), dtype=np.int64)
        number = np.full(len(parent), len(case_of_other))
    else:
        case = case_of_parent[parent]
        first = np.searchsorted(case_of_other, case)
        number = np.searchsorted(case_of_other, case, side="right") - first
    chosen = np.where(place < number, 0, -1)
    open_rows = np.flatnonzero(chosen == 0)
    for _ in range(_TRIES):
        chosen[open_rows] = first[open_rows] + rng.integers(0, number[open_rows])
        twice = _repeated(parent, chosen)
        open_rows = np.flatnonzero(twice)
        if not len(open_rows):
            break
    for row in open_rows:
        chosen[row] = _left_over(parent, chosen, int(row), int(first[row]), int(number[row]))
    return np.where(chosen < 0, -1, chosen + start)


def _repeated(parent: Integers, chosen: Integers) -> NDArray[np.bool_]:
    """Say which rows repeat the pair of an earlier row."""
    order = np.lexsort((chosen, parent))
    same = (parent[order][1:] == parent[order][:-1]) & (chosen[order][1:] == chosen[order][:-1])
    found = np.zeros(len(parent), dtype=bool)
    found[order[1:][same & (chosen[order][1:] >= 0)]] = True
    return found


def _left_over(parent: Integers, chosen: Integers, row: int, first: int, number: int) -> int:
    low, high = np.searchsorted(parent, [parent[row], parent[row] + 1])
    taken = set(np.delete(chosen[low:high], row - low).tolist())
    return next((other for other in range(first, first + number) if other not in taken), -1)
