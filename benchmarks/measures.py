"""What is compared: named distributions of a database, and how far two of them are apart.

A measure is a plain function from a `Database` to a dict of named `Counts`. `measures_of` names
all measures of a folder; to add one, write such a function and list it there.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import partial
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from coding import CodedTable, Database
    from folder import Folder, Relation
    from numpy.typing import NDArray

    Named = dict[str, "Counts"]
    Measure = Callable[[Database], Named]

TRIPLES = 150
_DENSE = 2**18
_BLOCK = 4096


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


def own_columns(database: Database, table: str, groups: Sequence[tuple[str, ...]]) -> Named:
    """Count combinations of columns of one table."""
    coded = database.tables[table]
    return {
        " × ".join(group): counts_of(
            [coded.codes[name] for name in group], [coded.sizes[name] for name in group]
        )
        for group in groups
    }


def parent_by_child(database: Database, relation: Relation) -> Named:
    """Count each column of the parent by each column of the child, once a child row."""
    child, parent = database.tables[relation.child], database.tables[relation.parent]
    rows = child.parents[relation]
    linked = rows >= 0
    above = {name: codes[rows[linked]] for name, codes in parent.codes.items()}
    below = {name: codes[linked] for name, codes in child.codes.items()}
    return {
        f"{a} × {b}": counts_of([above[a], below[b]], [parent.sizes[a], child.sizes[b]])
        for a in above
        for b in below
    }


def child_counts(database: Database, relation: Relation) -> Named:
    """Count parents by their number of child rows, 0 included."""
    rows = database.tables[relation.child].parents[relation]
    children = np.bincount(rows[rows >= 0], minlength=database.tables[relation.parent].rows)
    return {"children": Counts(np.bincount(children).astype(float))}


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


def measures_of(folder: Folder, *, seed: int) -> dict[str, Measure]:
    """Name all measures of a folder.

    Args:
        folder: The description.
        seed: Fixes which triples of columns are counted where there are more than 150.

    Returns:
        For each line of the report, the function that counts its distributions.
    """
    found: dict[str, Measure] = {}
    for table in folder.measured:
        columns = folder.columns(table)
        for ways in (1, 2, 3):
            if groups := _groups(columns, ways, seed, table):
                found[f"{table}: {ways}-way"] = partial(own_columns, table=table, groups=groups)
    for relation in (r for table in folder.measured for r in folder.parents(table)):
        child, parent = relation.child, relation.parent
        if sum(r.parent == parent for r in folder.parents(child)) > 1:
            parent = f"{parent} ({', '.join(relation.child_key)})"
        if folder.columns(relation.parent) and folder.columns(child):
            found[f"{parent} × {child}: 2-way"] = partial(parent_by_child, relation=relation)
        found[f"{parent} → {child}: child counts"] = partial(child_counts, relation=relation)
        if folder.columns(child):
            of = child if len(folder.parents(child)) == 1 else f"{child} of one {parent}"
            found[f"{of}: sibling pairs"] = partial(sibling_pairs, relation=relation)
            found[f"{of}: sibling agreement"] = partial(sibling_agreement, relation=relation)
    return found


def _groups(columns: Sequence[str], ways: int, seed: int, table: str) -> list[tuple[str, ...]]:
    groups = list(combinations(columns, ways))
    if ways < 3 or len(groups) <= TRIPLES:
        return groups
    rng = np.random.default_rng([seed, zlib.crc32(table.encode())])
    return [groups[i] for i in np.sort(rng.choice(len(groups), TRIPLES, replace=False))]
