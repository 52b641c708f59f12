"""Public code lists, read without reading a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from synthcase.schema.nouns import Schema

__all__ = ["code_lists"]


def code_lists(
    source: str | Path | Mapping[str, object] | None, schema: Schema
) -> dict[str, Mapping[str, list[str]]]:
    """Read the look-up tables of a schema, and no other table.

    Args:
        source: Where they are: as for `records.read`; None if they are not to be copied.
        schema: The schema.

    Returns:
        Columns of text by table.

    Raises:
        DataProblem: A look-up table or a column of one is missing.
        FileProblem: If the source is none that can be read.

    Privacy:
        Reads public code lists alone.
    """
    from synthcase.errors import DataProblem
    from synthcase.records.sources import open_source
    from synthcase.records.tables import read_table, wanted_columns

    if source is None:
        return {}
    opened, found = open_source(source), {}
    for table in schema.tables:
        if table.lookup:
            wanted = wanted_columns(schema, table)
            there = opened.columns(table.name) if table.name in opened.tables() else ()
            if not set(wanted) <= set(there):
                raise DataProblem(
                    f"the code list {table.name} is missing, or lacks a column",
                    expected=", ".join(wanted),
                )
            found[table.name] = read_table(opened, table, wanted, list(table.columns)).copied
    return found
