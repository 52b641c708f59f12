"""Keys of synthetic rows: fresh, told apart from real ones at a glance, and whole across tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthcase.errors import InternalError, SchemaError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from synthcase.sampling.nouns import Chunk, TableChunk
    from synthcase.schema.nouns import Schema
    from synthcase.schema.tables import Table

    Rows = NDArray[np.int64]

__all__ = ["PREFIX", "check_keys", "fresh_keys", "is_place", "key_columns", "key_names"]

PREFIX = "SYN-"
_DIGITS = 7


def fresh_keys(table: str, rows: Rows) -> pa.Array:
    """Return the keys of rows of a table: `SYN-victim-0000012` is its twelfth row.

    Args:
        table: The table.
        rows: Row numbers in the whole table, from 0, `(rows,)`.

    Returns:
        Text, `(rows,)`.

    Privacy:
        Post-processing: a key is a row number.
    """
    numbers = pc.utf8_lpad(pa.array(rows + 1).cast(pa.string()), width=_DIGITS, padding="0")
    return pc.binary_join_element_wise(f"{PREFIX}{table}-", numbers, "")


def key_names(table: Table) -> tuple[str, ...]:
    """Return the columns that hold keys and places: the key, the parents' keys, the order."""
    parents = [name for parent in table.parents for name in parent.columns]
    orders = [parent.order for parent in table.parents if parent.order]
    return tuple(dict.fromkeys([*table.key, *parents, *orders]))


def is_place(schema: Schema, table: Table, name: str) -> bool:
    """Say whether a key column holds a place among siblings, here or in a table above."""
    for parent in table.parents:
        if name in parent.columns:
            above = schema.table(parent.table)
            return is_place(schema, above, above.key[parent.columns.index(name)])
        if name == parent.order:
            return True
    return False


def check_keys(schema: Schema) -> None:
    """Refuse a schema whose keys cannot be made fresh and unique, before anything is spent.

    Args:
        schema: The schema.

    Raises:
        SchemaError: A table has nothing but its parent's key and may have several rows a parent,
            or refers to a row of another tree that has no key of its own.

    Privacy:
        Reads no record.
    """
    for table in schema.measured:
        first = table.parents[0] if table.parents else None
        if first and set(table.key) <= set(first.columns) and schema.cap(table.name) > 1:
            raise SchemaError(
                f"table {table.name} has the key of {first.table}, so it can have one row only for "
                f"each row of {first.table}",
                todo=f"add `{table.name}: 1` to `protect: caps:`, or give it a key of its own",
            )
        for parent in table.parents[1:]:
            _check_far_end(schema, table, schema.table(parent.table))


def _check_far_end(schema: Schema, table: Table, other: Table) -> None:
    same_tree = schema.path(table.name)[0] == schema.path(other.name)[0]
    borrowed = {name for parent in other.parents for name in (*parent.columns, parent.order)}
    if not same_tree and set(other.key) & borrowed:
        raise SchemaError(
            f"table {table.name} refers to {other.name}, which stands in another tree and has no "
            "key of its own",
            todo=f"give {other.name} a key of one column of its own",
        )


def key_columns(schema: Schema, chunk: Chunk, name: str) -> dict[str, pa.Array]:
    """Return the key columns of the rows of one table.

    A column of the parent's key carries the parent's key; the order column the place among the
    parent's children; any other part of the key is fresh.

    Args:
        schema: The schema.
        chunk: Some synthetic cases.
        name: The table.

    Returns:
        Text, or whole numbers for places, by column: `(rows,)`.
    """
    rows = chunk.tables[name]
    table = schema.table(name)
    places = np.arange(rows.start, rows.start + rows.length)
    return {column: _column(schema, chunk, table, places, column) for column in key_names(table)}


def _column(schema: Schema, chunk: Chunk, table: Table, rows: Rows, column: str) -> pa.Array:
    """Return one key column for any rows of a table (numbered in the whole table)."""
    for parent, field in zip(table.parents, ("parent", "other"), strict=False):
        if column in parent.columns:
            above = schema.table(parent.table)
            part = above.key[parent.columns.index(column)]
            return _column(schema, chunk, above, _taken(chunk.tables, table, rows, field), part)
        if column == parent.order:
            return pa.array(_taken(chunk.tables, table, rows, "position"))
    return fresh_keys(table.name, rows)


def _taken(tables: Mapping[str, TableChunk], table: Table, rows: Rows, field: str) -> Rows:
    """Return a field of rows that must be in this chunk: a case is never cut in two."""
    held = tables[table.name]
    values: Rows | None = getattr(held, field)
    at = rows - held.start
    if values is None or (at < 0).any() or (at >= held.length).any():
        raise InternalError(f"a row refers to a row of {table.name} outside of its chunk")
    return values[at]
