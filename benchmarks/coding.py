"""Tables as integer codes: encoded once, then cut into subsets, halves and shuffles."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from folder import FolderError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd
    from folder import Column, Folder, Relation
    from numpy.typing import NDArray

    Codes = NDArray[np.int32]
    Rows = NDArray[np.int64]
    Places = NDArray[np.float64]


@dataclass(frozen=True)
class CodedTable:
    """One table as codes.

    Attributes:
        rows: Number of rows.
        codes: Code of each measured column, `(rows,)`: values or bins, then missing, then outside.
        sizes: Number of codes of each measured column, fixed by the domain.
        parents: For each relation to a parent, the parent's row, -1 where there is none, `(rows,)`.
        orders: Each column that orders the children as numbers, NaN where missing, `(rows,)`.
    """

    rows: int
    codes: Mapping[str, Codes]
    sizes: Mapping[str, int]
    parents: Mapping[Relation, Rows]
    orders: Mapping[str, Places] = field(default_factory=dict)


@dataclass(frozen=True)
class Database:
    """All measured tables of a folder as codes."""

    folder: Folder
    tables: Mapping[str, CodedTable]

    @property
    def cases(self) -> int:
        """Number of rows of the first root."""
        return self.tables[self.folder.roots[0]].rows


def encode(folder: Folder, frames: Mapping[str, pd.DataFrame]) -> Database:
    """Turn tables of text into codes.

    Args:
        folder: The description; the codes are made from it alone.
        frames: All measured tables as text, empty where missing.

    Returns:
        The coded tables. A reference to a parent that does not exist counts as none.

    Raises:
        FolderError: If the key of a parent is not unique.
    """
    tables = {}
    for name in folder.measured:
        about, frame = folder.tables[name], frames[name]
        columns = folder.columns(name)
        tables[name] = CodedTable(
            rows=len(frame),
            codes={column: _codes(about.columns[column], frame[column]) for column in columns},
            sizes={column: about.columns[column].states + 2 for column in columns},
            parents={
                relation: _parent_rows(
                    _joined(frame, relation.child_key),
                    _joined(frames[relation.parent], relation.parent_key),
                    relation,
                )
                for relation in folder.parents(name)
            },
            orders={
                column: _numbers(frame[column])
                for relation in folder.parents(name)
                for column in relation.order
            },
        )
    return Database(folder, tables)


def _joined(frame: pd.DataFrame, key: Iterable[str]) -> pd.Index:
    import pandas as pd

    parts = [frame[name].to_numpy(dtype=object) for name in key]
    return pd.Index(["\x1f".join(row) for row in zip(*parts, strict=True)], dtype=object)


def _parent_rows(child: pd.Index, parent: pd.Index, relation: Relation) -> Rows:
    if not parent.is_unique:
        raise FolderError(f"table {relation.parent}: its key is not unique")
    return parent.get_indexer(child).astype(np.int64)


def _codes(column: Column, cells: pd.Series[str]) -> Codes:
    """Return values or bins by position, then missing, then what the domain does not hold."""
    import pandas as pd

    if column.values:
        codes = pd.Index(column.values).get_indexer(pd.Index(cells))
    else:
        codes = bins_of(column, _numbers(cells))
    codes = np.where(codes < 0, column.states + 1, codes)
    return np.where(cells.to_numpy() == "", column.states, codes).astype(np.int32)


def _numbers(cells: pd.Series[str]) -> Places:
    import pandas as pd

    return pd.to_numeric(cells, errors="coerce").to_numpy(dtype=float)


def bins_of(column: Column, numbers: Places) -> Rows:
    """Return the bin of each number, -1 for what is missing or outside the domain."""
    edges = np.array([float(edge) for edge in column.edges])
    codes = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, column.states - 1)
    codes[~((numbers >= edges[0]) & (numbers <= edges[-1]))] = -1
    return codes


def owners(database: Database) -> dict[str, Rows]:
    """Return for each row the row of the first root it descends from, -1 for none.

    A link row belongs to the case of its first parent that has one. Tables that do not descend
    from the first root, such as a second root, are left out.
    """
    root = database.folder.roots[0]
    found = {root: np.arange(database.cases)}
    for name in database.folder.measured:
        if name not in database.tables:
            continue
        above = [r for r in database.folder.parents(name) if r.parent in found]
        for relation in above:
            rows = database.tables[name].parents[relation]
            owner = np.append(found[relation.parent], -1)[rows]
            known = found.get(name, np.full(len(rows), -1))
            found[name] = np.where(known >= 0, known, owner)
    return found


def rows_of(database: Database, cases: Rows) -> dict[str, Rows]:
    """Return the rows that belong to some cases; of other roots and their tables, all rows.

    Args:
        database: The coded tables.
        cases: Rows of the first root.

    Returns:
        Row numbers of every table, in their old order.
    """
    chosen = np.zeros(database.cases + 1, dtype=bool)
    chosen[cases] = True
    owner = owners(database)
    return {
        name: np.flatnonzero(chosen[owner[name]]) if name in owner else np.arange(table.rows)
        for name, table in database.tables.items()
    }


def subset(database: Database, cases: Rows) -> Database:
    """Return the cases and all that descends from them; of other roots, all rows."""
    rows = rows_of(database, cases)
    place = {}
    for name, table in database.tables.items():
        place[name] = np.full(table.rows + 1, -1)
        place[name][rows[name]] = np.arange(len(rows[name]))
    return Database(
        database.folder,
        {
            name: CodedTable(
                rows=len(rows[name]),
                codes={column: codes[rows[name]] for column, codes in table.codes.items()},
                sizes=table.sizes,
                parents={
                    relation: place[relation.parent][parents[rows[name]]]
                    for relation, parents in table.parents.items()
                },
                orders={column: places[rows[name]] for column, places in table.orders.items()},
            )
            for name, table in database.tables.items()
        },
    )


def halves(database: Database, rng: np.random.Generator) -> tuple[Database, Database]:
    """Split the cases at random into two halves, each with all that descends from it."""
    order = rng.permutation(database.cases)
    middle = len(order) // 2
    return subset(database, np.sort(order[:middle])), subset(database, np.sort(order[middle:]))


def shuffled(database: Database, rng: np.random.Generator) -> Database:
    """Shuffle every column, key and place by itself: all margins stay, all else goes."""
    return Database(
        database.folder,
        {
            name: CodedTable(
                rows=table.rows,
                codes={column: rng.permutation(codes) for column, codes in table.codes.items()},
                sizes=table.sizes,
                parents={r: rng.permutation(parents) for r, parents in table.parents.items()},
                orders={n: rng.permutation(places) for n, places in table.orders.items()},
            )
            for name, table in database.tables.items()
        },
    )
