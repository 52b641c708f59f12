"""The code book: every table and column of a release in words, made from the schema alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synthcase.schema.domains import DateBins, Flags, NumberBins, Values
from synthcase.schema.rules import Derived, Gate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthcase.schema.columns import Column
    from synthcase.schema.nouns import Schema
    from synthcase.schema.tables import Table

__all__ = ["ColumnEntry", "TableEntry", "codebook"]

_KINDS = {
    "binary": "one of two values",
    "categorical": "one of a list",
    "ordinal": "one of an ordered list",
}


@dataclass(frozen=True)
class ColumnEntry:
    """One column in words.

    Attributes:
        name: Its name, or the names of its flag columns.
        kind: What it holds.
        values: The values it may have.
        missing: The kinds of missing it may have; empty if none.
        notes: Rules and marks.
    """

    name: str
    kind: str
    values: str
    missing: str
    notes: str


@dataclass(frozen=True)
class TableEntry:
    """One table in words.

    Attributes:
        name: Its name.
        rows: Its rows in the release.
        keys: How its rows are identified and what they refer to.
        columns: Its columns.
    """

    name: str
    rows: int
    keys: tuple[str, ...]
    columns: tuple[ColumnEntry, ...]


def codebook(
    schema: Schema, rows: Mapping[str, int], *, links: frozenset[str] = frozenset()
) -> tuple[TableEntry, ...]:
    """Describe every released table.

    Args:
        schema: The schema.
        rows: Released rows by table; a table that is not among them is left out.
        links: The link tables of which it was learned which ends go together.

    Privacy:
        Post-processing: public names, and numbers of synthetic rows.
    """
    return tuple(
        TableEntry(
            table.name,
            rows[table.name],
            tuple(_keys(table, learned=table.name in links)),
            tuple(_column(schema, table, column) for column in table.columns),
        )
        for table in schema.tables
        if table.name in rows
    )


def _keys(table: Table, *, learned: bool) -> Iterator[str]:
    names = ", ".join(table.key)
    if table.lookup:
        yield f"A public code list, copied as it is; key: {names}."
        return
    yield f"Key: {names}."
    how = "" if learned else " (filled at random)"
    for place, parent in zip(("", how), table.parents, strict=False):
        yield f"{', '.join(parent.columns)}: a row of {parent.table}{place}."
    for parent in table.parents:
        if parent.order:
            yield f"{parent.order}: place of the row among those of one {parent.table}, from 1."


def _column(schema: Schema, table: Table, column: Column) -> ColumnEntry:
    domain = column.domain
    name = ", ".join(column.source_names) if isinstance(domain, Flags) else column.name
    return ColumnEntry(
        name,
        _kind(column),
        _values(column),
        ", ".join(column.missing_kinds),
        " ".join(_notes(schema, table, column)),
    )


def _kind(column: Column) -> str:
    domain = column.domain
    if isinstance(domain, Values):
        return _KINDS[domain.kind]
    if isinstance(domain, NumberBins):
        decimals = f"number with {domain.decimals} decimals" if domain.decimals else "whole number"
        return f"{decimals}, in ranges"
    if isinstance(domain, DateBins):
        return "day, in ranges"
    if domain.columns:
        return "several values at once, a column of 0 and 1 each"
    return f"several values at once, separated by '{domain.separator}'"


def _values(column: Column) -> str:
    domain = column.domain
    if isinstance(domain, Flags) and domain.columns:
        pairs = zip(domain.columns, domain.labels, strict=True)
        return ", ".join(f"{name} = {label}" for name, label in pairs)
    return ", ".join(domain.labels)


def _notes(schema: Schema, table: Table, column: Column) -> Iterator[str]:
    if isinstance(column.domain, NumberBins | DateBins):
        yield "Where in its range a value lies is invented."
    for rule in schema.rules:
        if rule.table != table.name:
            continue
        if isinstance(rule, Gate) and rule.dependent == column.name:
            yield f"Only where {rule.gate} is {' or '.join(rule.open_if)}."
        if isinstance(rule, Derived) and rule.target == column.name:
            yield f"Follows from {rule.source}."
    if column.topic:
        yield f"Sensitive: {column.topic.replace('_', ' ')}."
    if column.approved:
        yield (
            f"Values taken from the records and approved by {column.approved.by} "
            f"(source: {column.approved.source})."
        )
