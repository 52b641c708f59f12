"""Ordered children: what follows what, where a sequence begins and ends, and gaps in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from convert import typical
from counts import Counts, columns_at, counts_of, crossed
from folder import BINS, NUMERIC

if TYPE_CHECKING:
    from coding import Database
    from counts import Named
    from folder import Folder, Relation
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]

_BACK, _BEYOND, _UNKNOWN = 0, BINS + 1, BINS + 2


def in_order(database: Database, relation: Relation) -> tuple[Rows, NDArray[np.bool_]]:
    """Sort the rows of a table by parent and then by its order columns.

    Rows without a parent are left out; a missing place comes last; rows with equal places keep
    the order of the file.

    Args:
        database: The coded tables.
        relation: A reference that orders the children.

    Returns:
        Row numbers in order, and whether each begins the sequence of its parent.
    """
    table = database.tables[relation.child]
    parents = table.parents[relation]
    keys = [table.orders[name] for name in reversed(relation.order)]
    rows = np.lexsort((*keys, parents))
    rows = rows[parents[rows] >= 0]
    return rows, np.diff(parents[rows], prepend=-1) != 0


def places_within(parents: Rows) -> NDArray[np.float64]:
    """Return the place of each row among the rows of its parent, from 1, in their order."""
    rows = np.argsort(parents, kind="stable")
    begins = np.flatnonzero(np.diff(parents[rows], prepend=-2))
    places = np.empty(len(rows))
    lengths = np.diff(begins, append=len(rows))
    places[rows] = np.arange(len(rows)) - np.repeat(begins, lengths) + 1
    return places


def _steps(database: Database, relation: Relation) -> tuple[Rows, Rows]:
    """Return each row but the last of its sequence, and the row that follows it."""
    rows, begins = in_order(database, relation)
    later = np.flatnonzero(~begins)
    return rows[later - 1], rows[later]


def transitions(database: Database, relation: Relation) -> Named:
    """Count each column of a row by each column of the row that follows it."""
    table = database.tables[relation.child]
    before, after = _steps(database, relation)
    return crossed(columns_at(table, before), columns_at(table, after))


def first_state(database: Database, relation: Relation) -> Named:
    """Count each column of the rows that begin a sequence."""
    rows, begins = in_order(database, relation)
    return _one_way(database, relation, rows[begins])


def last_state(database: Database, relation: Relation) -> Named:
    """Count each column of the rows that end a sequence."""
    rows, begins = in_order(database, relation)
    ends = np.append(begins[1:], values=True)[: len(rows)]
    return _one_way(database, relation, rows[ends])


def _one_way(database: Database, relation: Relation, rows: Rows) -> Named:
    chosen = columns_at(database.tables[relation.child], rows)
    return {name: counts_of([codes], [size]) for name, (codes, size) in chosen.items()}


def timed(folder: Folder, relation: Relation) -> tuple[str, ...]:
    """Return the columns whose gaps are measured: numbers that order the children after another.

    The first order column is a place in the sequence: its gaps are all one.
    """
    columns = folder.tables[relation.child].columns
    return tuple(name for name in relation.order[1:] if columns[name].kind in NUMERIC)


def gaps(database: Database, relation: Relation) -> Named:
    """Count the differences between a row and the one before it, in each timed column.

    Ten bins of equal width reach from 0 to the range of the column in `domain.yaml` divided by the
    typical number of children: the gap of rows that stand evenly over the whole range. One more bin
    takes what is beyond, one what goes back, one what is missing at either end.
    """
    folder = database.folder
    before, after = _steps(database, relation)
    found = {}
    for name in timed(folder, relation):
        column = folder.tables[relation.child].columns[name]
        places = database.tables[relation.child].orders[name]
        gap = places[after] - places[before]
        width = float(column.high - column.low) / typical(folder, relation) / BINS
        bins = np.minimum(gap / width if width else gap, BINS)
        code = np.where(gap < 0, _BACK, np.floor(np.nan_to_num(bins)) + 1)
        code = np.where(np.isnan(gap), _UNKNOWN, code).astype(np.int64)
        found[name] = Counts(np.bincount(code, minlength=_UNKNOWN + 1).astype(float))
    return found
