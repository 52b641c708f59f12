"""Rows of one parent: siblings of one table, and rows of two tables that share the parent."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from counts import Counts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coding import CodedTable, Database
    from counts import Named
    from folder import Relation
    from numpy.typing import NDArray

_BLOCK = 4096


def sibling_pairs(database: Database, relation: Relation) -> Named:
    """Count a column of one row by a column of another row of the same parent.

    Every ordered pair of rows of one parent weighs one, so a group of n weighs n (n - 1).
    """
    coded = database.tables[relation.child]
    return {f"{a} × {b}": Counts(table.ravel()) for a, b, table in _siblings(coded, relation)}


def sibling_agreement(database: Database, relation: Relation) -> Named:
    """Count the pairs of siblings that are equal in a column, and those that differ.

    The distance of two such tables is the difference of their shares of equal pairs.
    """
    found = {}
    for a, b, table in _siblings(database.tables[relation.child], relation):
        if a == b:
            equal = float(np.trace(table))
            found[a] = Counts(np.array([equal, table.sum() - equal]))
    return found


def _siblings(
    coded: CodedTable, relation: Relation
) -> Iterator[tuple[str, str, NDArray[np.float64]]]:
    """Yield the table of each ordered pair of columns over ordered pairs of siblings.

    With C[g, v] the number of rows of group g with value v, all pairs are CᵀC; the pairs of a row
    with itself are taken off again.
    """
    starts = dict(zip(coded.codes, np.cumsum([0, *coded.sizes.values()]), strict=False))
    width = sum(coded.sizes.values())
    parents = coded.parents[relation]
    _, group, sizes = np.unique(parents, return_inverse=True, return_counts=True)
    kept = np.flatnonzero((parents >= 0) & (sizes[group] > 1))
    kept = kept[np.argsort(group[kept], kind="stable")]
    _, group = np.unique(group[kept], return_inverse=True)
    places = [
        codes[kept] + start
        for codes, start in zip(coded.codes.values(), starts.values(), strict=True)
    ]
    pairs = np.zeros((width, width))
    for low, high in _blocks(group):
        block = np.zeros((group[high - 1] - group[low] + 1, width))
        for place in places:
            np.add.at(block, (group[low:high] - group[low], place[low:high]), 1.0)
        pairs += block.T @ block
    for a, place_a in zip(starts, places, strict=True):
        for b, place_b in zip(starts, places, strict=True):
            rows = slice(starts[a], starts[a] + coded.sizes[a])
            columns = slice(starts[b], starts[b] + coded.sizes[b])
            itself = np.bincount(
                (place_a - starts[a]).astype(np.int64) * coded.sizes[b] + place_b - starts[b],
                minlength=coded.sizes[a] * coded.sizes[b],
            )
            yield a, b, pairs[rows, columns] - itself.reshape(coded.sizes[a], coded.sizes[b])


def _blocks(group: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Cut sorted rows into blocks of whole groups."""
    if not len(group):
        return
    first = np.arange(0, group[-1] + 1, _BLOCK)
    edges = [*np.searchsorted(group, first), len(group)]
    yield from pairwise(edges)


def co_children(database: Database, one: Relation, other: Relation) -> Named:
    """Count a column of one child table by a column of another, for rows of the same parent.

    Every pair of rows of one parent weighs one. With C[g, v] the number of rows of parent g with
    value v in one table, and D in the other, all pairs are CᵀD.

    Args:
        database: The coded tables.
        one: A reference to the parent.
        other: A reference of another table to the same parent.
    """
    left, right = (database.tables[relation.child] for relation in (one, other))
    pairs = np.zeros((sum(left.sizes.values()), sum(right.sizes.values())))
    parents = database.tables[one.parent].rows
    for low in range(0, parents, _BLOCK):
        high = min(low + _BLOCK, parents)
        pairs += _profile(left, one, low, high).T @ _profile(right, other, low, high)
    return {
        f"{a} × {b}": Counts(pairs[rows, columns].ravel())
        for a, rows in _places(left).items()
        for b, columns in _places(right).items()
    }


def _places(table: CodedTable) -> dict[str, slice]:
    """Return where the values of each column stand when all columns stand side by side."""
    edges = np.cumsum([0, *table.sizes.values()]).tolist()
    return {name: slice(*edge) for name, edge in zip(table.sizes, pairwise(edges), strict=True)}


def _profile(table: CodedTable, relation: Relation, low: int, high: int) -> NDArray[np.float64]:
    """Count the children of some parents by value, `(parents, values of all columns)`."""
    parents = table.parents[relation]
    rows = np.flatnonzero((parents >= low) & (parents < high))
    found = np.zeros((high - low, sum(table.sizes.values())))
    for name, place in _places(table).items():
        np.add.at(found, (parents[rows] - low, table.codes[name][rows] + place.start), 1.0)
    return found
