"""From synthetic states to the columns of the released files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from synthcase.core.streams import stream
from synthcase.errors import InternalError
from synthcase.sampling.keys import is_place, key_columns, key_names
from synthcase.sampling.values import DECIMALS, companion, flag_values, value_type, values_of
from synthcase.schema.domains import Flags, NumberBins
from synthcase.schema.names import MISSING_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from synthcase.sampling.nouns import Chunk
    from synthcase.schema.columns import Column
    from synthcase.schema.layout import Layout, TableLayout
    from synthcase.schema.nouns import Schema
    from synthcase.schema.rules import Derived
    from synthcase.schema.tables import Table

    Codes = NDArray[np.int16]

__all__ = ["ReleasedColumn", "arrow_schema", "decode", "released_columns"]


@dataclass(frozen=True)
class ReleasedColumn:
    """One column of a released file.

    Attributes:
        name: Its head in the file.
        role: `key`, `place`, `value`, `flag`, or `missing` for a companion column.
        column: The column of the schema; None for keys and places.
        label: The value that a flag column stands for.
    """

    name: str
    role: str
    column: Column | None = None
    label: str | None = None

    @property
    def field(self) -> pa.Field:
        """Name and type in Parquet."""
        if self.column is not None and self.role == "value":
            domain = self.column.domain
            decimals = domain.decimals if isinstance(domain, NumberBins) else 0
            metadata = {DECIMALS: str(decimals).encode()} if decimals else None
            return pa.field(self.name, value_type(self.column), metadata=metadata)
        types = {
            "key": pa.string(),
            "place": pa.int64(),
            "flag": pa.int8(),
            "missing": pa.dictionary(pa.int32(), pa.string()),
        }
        return pa.field(self.name, types[self.role])


def released_columns(schema: Schema, table: Table) -> tuple[ReleasedColumn, ...]:
    """Return the columns of a table's released file: keys, then columns with their companions.

    Args:
        schema: The schema.
        table: A measured table.

    Privacy:
        Reads no record.
    """
    keys = [
        ReleasedColumn(name, "place" if is_place(schema, table, name) else "key")
        for name in key_names(table)
    ]
    found = [*keys]
    for column in table.columns:
        if isinstance(column.domain, Flags) and column.domain.columns:
            pairs = zip(column.domain.columns, column.domain.labels, strict=True)
            found += [ReleasedColumn(name, "flag", column, label) for name, label in pairs]
        else:
            found.append(ReleasedColumn(column.name, "value", column))
        if column.missing:
            found.append(ReleasedColumn(column.name + MISSING_SUFFIX, "missing", column))
    return tuple(found)


def arrow_schema(schema: Schema, table: Table) -> pa.Schema:
    """Return names and types of a table's released columns."""
    return pa.schema([column.field for column in released_columns(schema, table)])


def decode(schema: Schema, layout: Layout, chunk: Chunk, name: str, *, seed: int) -> pa.Table:
    """Return the released columns of one table of a chunk.

    Args:
        schema: The schema.
        layout: Its attributes.
        chunk: Some synthetic cases.
        name: The table.
        seed: Seed of the sampling; with it and the chunk's number every value is determined.

    Returns:
        The columns of `released_columns`, `(rows, columns)`.

    Raises:
        SchemaError: A number of the domain is too large to be released exactly.

    Privacy:
        Post-processing of Measurements.
    """
    table, rows = schema.table(name), chunk.tables[name]
    states = _with_derived(table, layout.by_name[name], rows.codes)
    columns = list(key_columns(schema, chunk, name).values())
    for column in table.columns:
        if isinstance(column.domain, Flags):
            values, status = flag_values(column, states, rows.length)
            recorded = 1
        else:
            status, recorded = states[column.name], len(column.domain.labels)
            rng = stream(seed, "values", name, column.name, chunk.number)
            values = [values_of(column, status, rng)]
        columns += values
        if column.missing:
            columns.append(companion(column.missing_kinds, status, recorded))
    wanted = arrow_schema(schema, table)
    return pa.Table.from_arrays(columns, schema=wanted)


def _with_derived(
    table: Table, layout: TableLayout, codes: Mapping[str, Codes]
) -> dict[str, Codes]:
    """Return the states of all columns, those included that follow from another."""
    states, left = dict(codes), list(layout.derived)
    while left:
        ready = [rule for rule in left if rule.source in states]
        if not ready:
            raise InternalError(f"the derived columns of {table.name} wait for each other")
        for rule in ready:
            states[rule.target] = _derived(table, rule, states[rule.source])
            left.remove(rule)
    return states


def _derived(table: Table, rule: Derived, source: Codes) -> Codes:
    target = table.column(rule.target)
    from_states = table.column(rule.source).states
    translate = np.full(len(from_states), target.states.index(target.otherwise), dtype=np.int16)
    for state, sources in rule.mapping:
        for one in sources:
            translate[from_states.index(one)] = target.states.index(state)
    return translate[source]
