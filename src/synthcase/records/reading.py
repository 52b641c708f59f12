"""From files or data frames to records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthcase.core.progress import ProgressOption, resolve
from synthcase.errors import DataProblem, InternalError
from synthcase.records.boundary import values_hidden
from synthcase.records.linking import key_findings, rows_of
from synthcase.records.nouns import Records, RecordTable
from synthcase.records.report import bucket
from synthcase.records.sources import open_source
from synthcase.records.tables import derived_columns, read_table, wanted_columns
from synthcase.schema.layout import layout_of
from synthcase.schema.row_rules import apply_gates

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from synthcase.records.sources import Source
    from synthcase.records.tables import Keys, RawTable
    from synthcase.schema.layout import Layout
    from synthcase.schema.nouns import Schema


def read(
    source: str | Path | Mapping[str, object],
    schema: Schema,
    *,
    progress: ProgressOption = None,
) -> Records:
    """Read real records by a schema.

    Args:
        source: A folder of CSV or Parquet files named after the tables, a DuckDB or SQLite file,
            or a dict of data frames (pandas, polars, pyarrow).
        schema: What to read and how to code it.
        progress: Hears how many tables are read; see `core.progress`.

    Returns:
        The coded records. Every cell has a code: what the domain does not list has become the
        column's `else`, and gates beat their dependents. Children with an `order` stand in that
        order; all other rows in the order of the source.

    Raises:
        DataProblem: If a table or column is missing, or keys are missing, double or lead nowhere:
            by name, kind and a count that is shown as `<10` below 10. `check` lists more.
        FileProblem: If the source is none that can be read.

    Privacy:
        Columns that the schema does not name are never read. Nothing read is shown or written.
    """
    opened = open_source(source)
    _check_presence(opened, schema)
    report = resolve(progress)
    raws = {}
    for done, table in enumerate(schema.tables):
        report("read", done, len(schema.tables))
        left_out = derived_columns(schema, table)
        kept = [column for column in table.columns if column.name not in left_out]
        raws[table.name] = read_table(opened, table, wanted_columns(schema, table), kept)
    report("read", len(schema.tables), len(schema.tables))
    with values_hidden("the records"):
        _refuse_broken_keys(raws)
        layout = layout_of(schema)
        return Records(
            schema=schema,
            layout=layout,
            tables=_linked(layout, raws),
            lookups={t.name: raws[t.name].copied for t in schema.tables if t.lookup},
        )


def _check_presence(source: Source, schema: Schema) -> None:
    there = source.tables()
    missing = [f"table {table.name}" for table in schema.tables if table.name not in there]
    for table in schema.tables:
        if table.name in there:
            names = source.columns(table.name)
            wanted = wanted_columns(schema, table)
            missing += [f"column {table.name}.{name}" for name in wanted if name not in names]
            double = [name for name in wanted if names.count(name) > 1]
            missing += [f"column {table.name}.{name}, which is there twice" for name in double]
    if missing:
        raise DataProblem(
            "the records lack what the schema names:\n" + "\n".join(missing),
            todo="`synthcase check` lists every problem; names must agree letter by letter",
        )


def _refuse_broken_keys(raws: Mapping[str, RawTable]) -> None:
    lines = [
        f"{found.table}.{found.column}: {found.kind} in {bucket(int(found.rows.sum()))} rows"
        for found in key_findings(raws)
    ]
    if lines:
        raise DataProblem(
            "the keys of the records are broken:\n" + "\n".join(lines),
            expected="one key a row, and for each reference a row it leads to",
            todo="`synthcase check --rows` shows which rows",
        )


def _linked(layout: Layout, raws: Mapping[str, RawTable]) -> dict[str, RecordTable]:
    """Follow the references, parents before children, and put ordered children in order."""
    keys: dict[str, pa.Array] = {}
    turns: dict[str, NDArray[np.int64]] = {}
    parents: dict[str, NDArray[np.int64] | None] = {}
    for name in layout.by_name:
        raw = raws[name]
        parent = _rows_above(raw, 0, keys)
        turn = np.arange(raw.rows)
        if raw.order is not None and parent is not None:
            turn = np.lexsort((raw.order, parent))
        turns[name], parents[name] = turn, None if parent is None else parent[turn]
        keys[name] = _texts(raw.keys).take(turn)
    found = {}
    for table in layout.tables:
        raw, turn = raws[table.name], turns[table.name]
        other = _rows_above(raw, 1, keys)
        codes = {name: states for scan in raw.scans.values() for name, states in scan.codes.items()}
        found[table.name] = RecordTable(
            name=table.name,
            codes=apply_gates(table, {name: states[turn] for name, states in codes.items()}),
            keys=keys[table.name].to_numpy(zero_copy_only=False),
            parent=parents[table.name],
            other=None if other is None else other[turn],
        )
    return found


def _rows_above(raw: RawTable, at: int, keys: Mapping[str, pa.Array]) -> NDArray[np.int64] | None:
    """Return the row of each row's first or second parent; None without that parent."""
    if at >= len(raw.table.parents):
        return None
    return rows_of(_texts(raw.references[at]), keys[raw.table.parents[at].table])


def _texts(keys: Keys | None) -> pa.Array:
    if keys is None:
        raise InternalError("keys were not read")
    return keys.texts
