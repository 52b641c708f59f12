"""Counting planned tables: integers only, each weight a whole number of count units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthcase.errors import InternalError
from synthcase.plans.nouns import VOTE, PlannedTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthcase.measurement.view import TableView
    from synthcase.schema.layout import Layout

    Counts = NDArray[np.int64]

_CHUNK = 1 << 20
_ROWS_LIMIT = 1 << 31


@dataclass(frozen=True)
class Pairs:
    """Pairs of rows, sorted by weight.

    Attributes:
        left: Rows of the first axis' table.
        right: Rows of the second axis' table.
        share: Weight of each run of pairs: one vote divided by this.
        ends: Where each run starts, and the end of the last.
        both: Each pair stands for both of its orders.
    """

    left: Counts
    right: Counts
    share: Counts
    ends: Counts
    both: bool = False

    def swapped(self) -> Pairs:
        """Return the same pairs in the other order."""
        return Pairs(self.right, self.left, self.share, self.ends)


def count(
    layout: Layout, views: Mapping[str, TableView], tables: list[PlannedTable], *, votes: bool
) -> Iterator[tuple[PlannedTable, Counts]]:
    """Count the tables of one relation (same kind, same tables on the axes) in one pass.

    Args:
        layout: The attributes.
        views: Records arranged for counting.
        tables: Planned tables of one relation.
        votes: Rows weigh a share of their case's vote; else 1.

    Yields:
        Each table with its exact cells in count units, int64 `(cells,)`. Secret: noise must be
        added before anything else sees them.

    Raises:
        InternalError: If the records are too many for 64-bit counts.

    Privacy:
        The cells are exact and secret: noise comes before anything else sees them.
    """
    found = {table.id: np.zeros(table.size, dtype=np.int64) for table in tables}
    vote = VOTE if votes else 1
    for pairs in _relation(layout, views, tables[0], votes=votes):
        for table in tables:
            found[table.id] += _count_one(layout, views, table, pairs, vote)
    for table in tables:
        yield table, found[table.id]


def _count_one(
    layout: Layout, views: Mapping[str, TableView], table: PlannedTable, pairs: Pairs, vote: int
) -> Counts:
    if table.kind == "rows":
        return _histogram(np.zeros(len(pairs.left), dtype=np.int64), pairs, 1, vote)
    if len(table.axes) == 1:
        ((name, attribute),) = table.axes
        return _histogram(views[name].codes[attribute][pairs.left], pairs, table.size, vote)
    same = table.axes[0] == table.axes[1]
    packed = same and pairs.both and table.kind == "sibling"
    weight = 2 * vote if pairs.both and same else vote
    total = _histogram(
        _cells(layout, views, table, pairs, packed=packed), pairs, table.size, weight
    )
    if pairs.both and not same:
        turned = pairs.swapped()
        total += _histogram(
            _cells(layout, views, table, turned, packed=False), turned, table.size, weight
        )
    return total


def _cells(
    layout: Layout,
    views: Mapping[str, TableView],
    table: PlannedTable,
    pairs: Pairs,
    *,
    packed: bool,
) -> Counts:
    """Return the cell of each pair, `table.size` for a pair that is in no cell."""
    (one, first), (two, second) = table.axes[:2]
    left = views[one].codes[first][pairs.left].astype(np.int64)
    right = views[two].codes[second][pairs.right].astype(np.int64)
    if table.kind in ("agreement", "met"):
        return np.where((left == right) & (left < table.size), left, table.size)
    states = layout.by_name[two].attribute(second).size
    if not packed:
        return left * states + right
    low, high = np.minimum(left, right), np.maximum(left, right)
    return np.asarray(low * states - low * (low - 1) // 2 + high - low)


def _histogram(cells: NDArray[np.integer], pairs: Pairs, size: int, vote: int) -> Counts:
    total = np.zeros(size + 1, dtype=np.int64)
    for share, start, end in zip(pairs.share, pairs.ends[:-1], pairs.ends[1:], strict=True):
        total += (vote // int(share)) * np.bincount(cells[start:end], minlength=size + 1)
    return total[:size]


def _relation(
    layout: Layout, views: Mapping[str, TableView], table: PlannedTable, *, votes: bool
) -> Iterator[Pairs]:
    names = [name for name, _ in table.axes]
    row = views[names[-1]]
    if any(view.rows >= _ROWS_LIMIT for view in views.values()):
        raise InternalError("a table has more rows than 64-bit counts of votes can hold")
    if table.kind in ("rows", "one_way", "own"):
        rows = np.arange(row.rows)
        yield _sorted(rows, rows, row.share)
    elif table.kind == "ancestor":
        rows = np.arange(row.rows)
        yield _sorted(_up(layout, views, names[1], names[0], rows), rows, row.share)
    elif table.kind in ("link", "ends", "met"):
        yield _linked(row, far_only=table.kind == "link")
    elif names[0] == names[-1]:
        yield from _all_pairs(row) if votes else _chain(row)
    else:
        left = views[names[0]]
        above = layout.by_name[names[0]].parent
        if above is None:
            raise InternalError(f"{names[0]} has no parent")
        shares = views[above].share
        yield from _across(left, row, shares) if votes else _first_two(left, row)


def _linked(link: TableView, *, far_only: bool) -> Pairs:
    """Return the far end and the link, or both ends, of every link inside a group."""
    if link.other is None:
        raise InternalError("a table without two ends is no link")
    rows = np.flatnonzero(link.other >= 0)
    far = link.other[rows]
    left, right = (far, rows) if far_only else (link.parent[rows], far)
    return _sorted(left, right, link.share[rows])


def _up(
    layout: Layout, views: Mapping[str, TableView], name: str, ancestor: str, rows: Counts
) -> Counts:
    while name != ancestor:
        rows = views[name].parent[rows]
        above = layout.by_name[name].parent
        if above is None:
            raise InternalError(f"{ancestor} is no ancestor")
        name = above
    return rows


def _sorted(left: Counts, right: Counts, share: Counts, *, both: bool = False) -> Pairs:
    if len(share) and (share == share[0]).all():
        return Pairs(left, right, share[:1], np.array([0, len(share)]), both)
    order = np.argsort(share, kind="stable")
    values, starts = np.unique(share[order], return_index=True)
    return Pairs(left[order], right[order], values, np.append(starts, len(order)), both)


def _batches(numbers: Counts) -> Iterator[tuple[int, int]]:
    """Cut a list of amounts into runs of about `_CHUNK` in all."""
    ends = np.searchsorted(
        np.cumsum(numbers), np.arange(_CHUNK, int(numbers.sum()) + _CHUNK, _CHUNK)
    )
    edges = np.unique(np.append([0, len(numbers)], np.minimum(ends + 1, len(numbers))))
    yield from zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)


def _expand(numbers: Counts) -> tuple[Counts, Counts]:
    """Return, for amounts n_i, the index i repeated n_i times and 0 … n_i−1 beside it."""
    index = np.repeat(np.arange(len(numbers)), numbers)
    return index, np.arange(len(index)) - np.repeat(np.cumsum(numbers) - numbers, numbers)


def _all_pairs(row: TableView) -> Iterator[Pairs]:
    """Yield every unordered pair of siblings; ordered, each weighs its row's share / (k − 1)."""
    groups = np.flatnonzero(row.size > 1)
    sizes, first = row.size[groups], row.first[groups]
    for low, high in _batches(sizes * (sizes - 1) // 2):
        member, place = _expand(sizes[low:high])
        group, later = _expand(np.repeat(sizes[low:high], sizes[low:high]) - 1 - place)
        left = first[low:high][member[group]] + place[group]
        right = left + 1 + later
        lefts, rights = row.order[left], row.order[right]
        share = row.share[lefts] * (sizes[low:high][member[group]] - 1)
        yield _sorted(lefts, rights, share, both=True)


def _chain(row: TableView) -> Iterator[Pairs]:
    """Yield the adjacent pairs of siblings in secret order."""
    parent = row.parent[row.order]
    at = np.flatnonzero(parent[1:] == parent[:-1])
    yield _sorted(row.order[at], row.order[at + 1], np.ones(len(at), dtype=np.int64))


def _across(left: TableView, right: TableView, above: Counts) -> Iterator[Pairs]:
    """Yield every pair of rows of two child tables of one parent; it weighs w·w′."""
    groups = np.flatnonzero((left.size > 0) & (right.size > 0))
    numbers = left.size[groups] * right.size[groups]
    for low, high in _batches(numbers):
        group, place = _expand(numbers[low:high])
        at = groups[low:high][group]
        one = left.order[left.first[at] + place // right.size[at]]
        two = right.order[right.first[at] + place % right.size[at]]
        share = left.share[one] * (right.share[two] // above[at])
        yield _sorted(one, two, share)


def _first_two(left: TableView, right: TableView) -> Iterator[Pairs]:
    """Yield one pair a parent: of each child table the first row in secret order."""
    at = np.flatnonzero((left.size > 0) & (right.size > 0))
    yield _sorted(
        left.order[left.first[at]], right.order[right.first[at]], np.ones(len(at), dtype=np.int64)
    )
