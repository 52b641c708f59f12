"""What rows have to do with rows two or more references above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from counts import columns_at, crossed

if TYPE_CHECKING:
    from coding import Database
    from counts import Named
    from folder import Folder, Relation

    Path = tuple[Relation, ...]


def far_paths(folder: Folder, table: str) -> list[Path]:
    """Return all ways of two or more references from a table up to a table above it."""
    return [path for path in _ways(folder, table) if len(path) > 1]


def _ways(folder: Folder, table: str) -> list[Path]:
    found: list[Path] = []
    for relation in folder.parents(table):
        found.append((relation,))
        found += [(relation, *way) for way in _ways(folder, relation.parent)]
    return found


def by_hops(database: Database, path: Path) -> Named:
    """Count each column at the end of a way by each column at its beginning, once a lower row.

    Args:
        database: The coded tables.
        path: References, the lowest first; rows that lead nowhere are left out.
    """
    low, high = database.tables[path[0].child], database.tables[path[-1].parent]
    rows = np.arange(low.rows)
    for relation in path:
        rows = np.append(database.tables[relation.child].parents[relation], -1)[rows]
    known = rows >= 0
    return crossed(columns_at(high, rows[known]), columns_at(low, known))
