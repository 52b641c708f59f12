"""Records arranged for counting: kept rows, who stands beside whom, and each row's weight."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from synthcase.planning.owning import between, is_cut
from synthcase.plans.nouns import VOTE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthcase.records.nouns import Records
    from synthcase.schema.layout import CountBins, Layout

    Rows = NDArray[np.int64]


@dataclass(frozen=True, repr=False)
class TableView:
    """One table arranged for counting.

    Attributes:
        codes: State of every attribute in each kept row, counts included.
        parent: Kept row of the parent; zeros for a root.
        share: The row's weight is one vote divided by this (1 for weight-1 rows).
        order: Kept rows, sorted by parent, then by secret order where there is one.
        first: For each parent, where its children start in `order`.
        size: For each parent, its number of kept children.
        other: For a link inside a case, the row of the other end; −1 where that stands in
            another case. None for other tables.
    """

    codes: Mapping[str, NDArray[np.int16]]
    parent: Rows
    share: Rows
    order: Rows
    first: Rows
    size: Rows
    other: Rows | None = None

    @property
    def rows(self) -> int:
        """Number of kept rows."""
        return len(self.parent)

    def __repr__(self) -> str:
        """Show nothing."""
        return "<rows arranged for counting: hidden>"


def vote_view(records: Records) -> dict[str, TableView]:
    """Arrange records for one case, one vote: no row is cut, a row weighs 1/Π max(k, c).

    Args:
        records: Real records.

    Returns:
        A view of each measured table.

    Privacy:
        Sees real codes; what it returns stays inside the measurement.
    """
    views: dict[str, TableView] = {}
    rows = {name: np.arange(table.rows) for name, table in records.tables.items()}
    for layout in records.layout.tables:
        views[layout.name] = _arrange(records, layout.name, rows, views, typical=layout.typical)
    return _with_ends(records, _with_counts(records.layout, views))


def person_view(records: Records, key: bytes) -> dict[str, TableView]:
    """Arrange records for weight-1 rows: rows that leave with a person are cut to the cap.

    Rows between the cases and the persons that nobody stands under are left out.

    Args:
        records: Real records.
        key: 32 fresh random bytes. A row's place depends on the key and its own key alone, so that
            the order of the others is the same with and without it.

    Returns:
        A view of each measured table.

    Privacy:
        Sees real codes; what it returns stays inside the measurement.
    """
    views: dict[str, TableView] = {}
    rows: dict[str, Rows] = {}
    occupied = _occupied(records)
    for layout in records.layout.tables:
        name = layout.name
        table = records.tables[name]
        secret = _secret_order(key, name, table.keys)
        kept = np.arange(table.rows)
        if table.parent is not None and layout.parent is not None:
            kept = kept[np.isin(table.parent, rows[layout.parent])]
            if between(records.schema, name):
                kept = kept[occupied[name][kept]]
            if is_cut(records.schema, name):
                kept = _cut(kept, table.parent, secret, records.schema.cap(name))
        rows[name] = kept
        views[name] = _arrange(records, name, rows, views, secret=secret)
    return _with_counts(records.layout, views)


def _occupied(records: Records) -> dict[str, NDArray[np.bool_]]:
    """Say for each table above persons which rows somebody stands under, bool `(rows,)`."""
    persons = {person.table for person in records.schema.protect.persons}
    found: dict[str, NDArray[np.bool_]] = {}
    for layout in reversed(records.layout.tables):
        table = records.tables[layout.name]
        if table.parent is None or layout.parent is None:
            continue
        holding = np.ones(table.rows, bool) if layout.name in persons else found.get(layout.name)
        if holding is not None:
            empty = np.zeros(records.tables[layout.parent].rows, bool)
            found.setdefault(layout.parent, empty)[table.parent[holding]] = True
    return found


def _cut(kept: Rows, parent: Rows, secret: NDArray[np.uint64], cap: int) -> Rows:
    order = kept[np.lexsort((secret[kept, 1], secret[kept, 0], parent[kept]))]
    return np.sort(order[_rank_in_run(parent[order]) < cap])


def _rank_in_run(sorted_values: Rows) -> Rows:
    """Return the place of each value in its run of equal values, from 0."""
    at = np.arange(len(sorted_values))
    if not len(at):
        return at
    new = np.append(True, sorted_values[1:] != sorted_values[:-1])
    return np.asarray(at - np.maximum.accumulate(np.where(new, at, 0)))


def _secret_order(key: bytes, table: str, keys: NDArray[np.object_]) -> NDArray[np.uint64]:
    prefix = hashlib.sha256(key + table.encode() + b"\x00")
    digests = bytearray()
    for text in keys:
        own = prefix.copy()
        own.update(str(text).encode())
        digests += own.digest()[:16]
    return np.frombuffer(bytes(digests), dtype="<u8").reshape(-1, 2)


def _arrange(
    records: Records,
    name: str,
    rows: Mapping[str, Rows],
    above: Mapping[str, TableView],
    *,
    typical: int | None = None,
    secret: NDArray[np.uint64] | None = None,
) -> TableView:
    table, kept = records.tables[name], rows[name]
    codes = {attribute: states[kept] for attribute, states in table.codes.items()}
    parent_name = records.layout.by_name[name].parent
    if table.parent is None or parent_name is None:
        none = np.zeros(len(kept), dtype=np.int64)
        return TableView(
            codes, none, none + 1, np.arange(len(kept)), none[:1], none[:1] + len(kept)
        )
    parent = np.searchsorted(rows[parent_name], table.parent[kept])
    size = np.bincount(parent, minlength=above[parent_name].rows).astype(np.int64)
    if secret is None:
        order = np.argsort(parent, kind="stable")
    else:
        order = np.lexsort((secret[kept, 1], secret[kept, 0], parent))
    share = np.ones(len(kept), dtype=np.int64)
    if typical is not None:
        share = above[parent_name].share[parent] * np.maximum(size, typical)[parent]
        # beyond that a weight is 0, even doubled, and products fit 64 bits
        share = np.minimum(share, 2 * VOTE + 1)
    return TableView(codes, parent, share, order, np.cumsum(size) - size, size)


def _with_counts(layout: Layout, views: dict[str, TableView]) -> dict[str, TableView]:
    for table in layout.tables:
        codes = dict(views[table.name].codes)
        for child in layout.children(table.name):
            if child.counts is not None:
                codes[f"#{child.name}"] = count_codes(child.counts, views[child.name].size)
        old = views[table.name]
        views[table.name] = replace(old, codes=codes)
    return views


def _with_ends(records: Records, views: dict[str, TableView]) -> dict[str, TableView]:
    """Give each link the row of its other end, where both ends stand in one group.

    A link between two groups would let one case change what is counted for another.
    """
    for table in records.layout.tables:
        other = records.tables[table.name].other
        if table.second is None or other is None or table.parent is None:
            continue
        link = views[table.name]
        together = views[table.parent].parent[link.parent] == views[table.second].parent[other]
        views[table.name] = replace(link, other=np.where(together, other, -1))
    return views


def count_codes(bins: CountBins, numbers: Rows) -> NDArray[np.int16]:
    """Return the bin of each number of children, `(parents,)`.

    Privacy:
        Sees real numbers of children; what it returns stays inside the measurement.
    """
    starts = np.array([low for low, _ in bins.ranges])
    return (np.searchsorted(starts, numbers, side="right") - 1).astype(np.int16)
