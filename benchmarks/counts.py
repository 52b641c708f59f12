"""Named distributions of a database, and how far two of them are apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from coding import CodedTable, Database
    from numpy.typing import NDArray

    Named = dict[str, "Counts"]
    Measure = Callable[[Database], Named]
    Columns = Mapping[str, tuple[NDArray[np.int32], int]]

_DENSE = 2**18


@dataclass(frozen=True)
class Counts:
    """A table of counts, flat.

    Attributes:
        weights: The counts, `(cells,)`.
        cells: Number of the cell of each count, increasing; None when all cells are there.
    """

    weights: NDArray[np.float64]
    cells: NDArray[np.int64] | None = None


def tvd(one: Counts, other: Counts) -> float:
    """Return the total variation distance, half the L1 distance of the normalised tables.

    An empty table is at distance 0 of another empty one and at 1 of any other.
    """
    totals = one.weights.sum(), other.weights.sum()
    if not all(totals):
        return float(any(totals))
    shares = (one.weights / totals[0], other.weights / totals[1])
    if one.cells is not None and other.cells is not None:
        cells = np.union1d(one.cells, other.cells)
        spread = np.zeros((2, len(cells)))
        for row, found, share in zip(spread, (one.cells, other.cells), shares, strict=True):
            row[np.searchsorted(cells, found)] = share
    else:
        spread = np.zeros((2, max(len(share) for share in shares)))
        for row, share in zip(spread, shares, strict=True):
            row[: len(share)] = share
    return float(np.abs(spread[0] - spread[1]).sum() / 2)


def distance(one: Named, other: Named) -> float:
    """Return the plain mean distance over all distributions of one measure."""
    return float(np.mean([tvd(one[name], other[name]) for name in one]))


def counts_of(columns: Sequence[NDArray[np.int32]], sizes: Sequence[int]) -> Counts:
    """Count the combinations of some columns.

    Args:
        columns: Codes, each `(rows,)`.
        sizes: Number of codes of each.

    Returns:
        All cells where they are few; otherwise those that occur.
    """
    cell = columns[0].astype(np.int64)
    total = sizes[0]
    for codes, size in zip(columns[1:], sizes[1:], strict=True):
        cell = cell * size + codes
        total *= size
    if total <= _DENSE:
        return Counts(np.bincount(cell, minlength=total).astype(float))
    cells, counts = np.unique(cell, return_counts=True)
    return Counts(counts.astype(float), cells)


def columns_at(table: CodedTable, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Columns:
    """Return codes and number of codes of each column, at some rows of a table."""
    return {name: (codes[rows], table.sizes[name]) for name, codes in table.codes.items()}


def crossed(left: Columns, right: Columns) -> Named:
    """Count each column of one side by each column of the other, row by row.

    Args:
        left: Codes `(rows,)` and number of codes by column.
        right: The same for the same rows.

    Returns:
        A table of counts for each pair of columns.
    """
    return {
        f"{a} × {b}": counts_of([codes_a, codes_b], [size_a, size_b])
        for a, (codes_a, size_a) in left.items()
        for b, (codes_b, size_b) in right.items()
    }
