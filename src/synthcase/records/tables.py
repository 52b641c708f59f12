"""One table of a source, read by its schema: coded cells, keys and references; the text is gone.

Privacy:
    Sees real cells, turns them into codes batch by batch, and shows none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthcase.records.boundary import values_hidden
from synthcase.schema.cells import number_of
from synthcase.schema.coding import Scan, scan
from synthcase.schema.domains import period
from synthcase.schema.rules import Derived

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from synthcase.records.sources import Source
    from synthcase.schema.columns import Column
    from synthcase.schema.nouns import Schema
    from synthcase.schema.tables import Table

SEPARATOR = "\x1f"
"""Stands between the parts of a composite key."""


@dataclass(frozen=True, repr=False)
class Keys:
    """Keys of rows, or references to keys.

    Attributes:
        texts: The parts of each row joined by U+001F: large strings, `(rows,)`.
        partial: Rows in which a part is empty, bool `(rows,)`.
    """

    texts: pa.Array
    partial: NDArray[np.bool_]


@dataclass(frozen=True, repr=False)
class RawTable:
    """A table as it was read, before its references are followed.

    Attributes:
        table: What the schema says of it.
        rows: Number of rows.
        keys: Its keys; None if a column of them is missing from the source.
        references: For each parent the references to it; None as above.
        order: Where a row stands among its siblings, float64 `(rows,)`; None without order.
        scans: Coded cells by column.
        copied: Columns of a look-up table as they are, its key included.
    """

    table: Table
    rows: int
    keys: Keys | None
    references: tuple[Keys | None, ...]
    order: NDArray[np.float64] | None
    scans: Mapping[str, Scan]
    copied: Mapping[str, list[str]]


def derived_columns(schema: Schema, table: Table) -> frozenset[str]:
    """Return the names of the derived columns of a table, which are computed and not read."""
    rules = [rule for rule in schema.rules if isinstance(rule, Derived)]
    return frozenset(rule.target for rule in rules if rule.table == table.name)


def wanted_columns(schema: Schema, table: Table) -> tuple[str, ...]:
    """Return the columns of the source that a table needs, keys first."""
    left_out = derived_columns(schema, table)
    found = [*table.key]
    for parent in table.parents:
        found += [*parent.columns, *([parent.order] if parent.order else [])]
    for column in table.columns:
        found += column.source_names if column.name not in left_out else ()
    return tuple(dict.fromkeys([*found, *table.copied]))


def read_table(
    source: Source, table: Table, available: Sequence[str], columns: Sequence[Column]
) -> RawTable:
    """Read one table batch by batch; what was text is kept as codes, except keys.

    Args:
        source: Where it comes from.
        table: What the schema says of it.
        available: The columns of the source to read, at least one; keys and references that need
            another one are left out.
        columns: The columns to code; the source has them.

    Returns:
        The coded table.

    Raises:
        DataProblem: If the source cannot be read. It never quotes a cell.
    """
    parts = _Parts(table, tuple(available), tuple(columns))
    with values_hidden(f"table {table.name}"):
        for batch in source.batches(table.name, parts.there):
            parts.add({name: _filled(array) for name, array in batch.items()})
        return parts.whole()


class _Parts:
    """Collects the coded batches of one table."""

    def __init__(self, table: Table, there: tuple[str, ...], columns: tuple[Column, ...]) -> None:
        self._table, self.there, self._columns = table, there, columns
        named = (table.key, *(parent.columns for parent in table.parents))
        self._named = [names if set(names) <= set(there) else () for names in named]
        self._order = next((p.order for p in table.parents if p.order in there), None)
        self._rows = 0
        self._keys: list[list[Keys]] = [[] for _ in named]
        self._places: list[NDArray[np.float64]] = []
        self._scans: dict[str, list[Scan]] = {column.name: [] for column in columns}
        self._copied: dict[str, list[str]] = {name: [] for name in there if table.lookup}

    def add(self, cells: Mapping[str, pa.Array]) -> None:
        self._rows += len(cells[self.there[0]])
        for parts, names in zip(self._keys, self._named, strict=True):
            if names:
                parts.append(_keys(cells, names))
        if self._order is not None:
            self._places.append(_places(cells[self._order]))
        for column in self._columns:
            self._scans[column.name].append(_scan(column, cells))
        for name, texts in self._copied.items():
            texts.extend(cells[name].to_pylist())

    def whole(self) -> RawTable:
        keys, *references = (
            _joined(parts) if names else None
            for parts, names in zip(self._keys, self._named, strict=True)
        )
        scans = {column.name: _whole(column, self._scans[column.name]) for column in self._columns}
        return RawTable(
            table=self._table,
            rows=self._rows,
            keys=keys,
            references=tuple(references),
            order=None if self._order is None else np.concatenate([np.zeros(0), *self._places]),
            scans=scans,
            copied=self._copied,
        )


def _filled(array: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    return pc.fill_null(array, "")


def _scan(column: Column, cells: Mapping[str, pa.Array]) -> Scan:
    return scan(column, {name: cells[name] for name in column.source_names})


def _whole(column: Column, parts: list[Scan]) -> Scan:
    if not parts:
        import pyarrow as pa

        return scan(column, dict.fromkeys(column.source_names, pa.array([], pa.large_string())))
    codes = {name: np.concatenate([part.codes[name] for part in parts]) for name in parts[0].codes}
    return Scan(codes, np.concatenate([part.verdict for part in parts]))


def _keys(cells: Mapping[str, pa.Array], names: tuple[str, ...]) -> Keys:
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = [cells[name] for name in names]
    between = pa.scalar(SEPARATOR, pa.large_string())
    texts = parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, between)
    empty = [pc.equal(part, "").to_numpy(zero_copy_only=False) for part in parts]
    return Keys(texts, np.logical_or.reduce(empty))


def _joined(parts: list[Keys]) -> Keys:
    import pyarrow as pa

    if not parts:
        return Keys(pa.array([], pa.large_string()), np.zeros(0, dtype=bool))
    texts = pa.concat_arrays([part.texts for part in parts])
    return Keys(texts, np.concatenate([part.partial for part in parts]))


def _places(cells: pa.Array) -> NDArray[np.float64]:
    """Return where each row stands by a number or a date; what is neither stands last."""
    encoded = cells.dictionary_encode()
    places = np.array([_place(text) for text in encoded.dictionary.to_pylist()], dtype=np.float64)
    found: NDArray[np.float64] = places[encoded.indices.to_numpy(zero_copy_only=False)]
    return found


def _place(text: str) -> float:
    number = number_of(text)
    if number is not None:
        return number
    days = period(text.strip()[:50])
    return np.inf if days is None else float(days[0].toordinal())
