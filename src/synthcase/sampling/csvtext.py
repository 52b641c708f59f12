"""CSV for people: quotes only where needed, no formula, an empty cell for what is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from synthcase.sampling.values import DECIMALS

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["csv_cell", "csv_header", "csv_lines", "safe_text", "text_column"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?", re.ASCII)
_QUOTED = re.compile(r'[",\r\n]|^\s|\s$')


def safe_text(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula: with an apostrophe before it if needed.

    Example:
        >>> safe_text("=1+1"), safe_text("-12.5"), safe_text("debt")
        ("'=1+1", '-12.5', 'debt')
    """
    if text.lstrip(" ").startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def csv_cell(text: str) -> str:
    """Return a text as it stands in a CSV file.

    Example:
        >>> csv_cell('a "b", c'), csv_cell("=x"), csv_cell("plain")
        ('"a ""b"", c"', "'=x", 'plain')
    """
    safe = safe_text(text)
    if not _QUOTED.search(safe):
        return safe
    doubled = safe.replace('"', '""')
    return f'"{doubled}"'


def csv_header(names: Iterable[str]) -> bytes:
    """Return the first line of a CSV file."""
    return (",".join(map(csv_cell, names)) + "\n").encode()


def text_column(column: pa.Array, field: pa.Field, *, cells: bool) -> pa.Array:
    """Return a released column as text, empty where missing, `(rows,)`.

    Args:
        column: The column.
        field: Its name and type; numbers are written with its decimals.
        cells: Whether the text is made fit for a CSV file.
    """
    if pa.types.is_dictionary(column.type):
        labels = column.dictionary.to_pylist()
        texts = pa.array([csv_cell(label) if cells else label for label in labels], pa.string())
        text = texts.take(column.indices)
    elif pa.types.is_float64(column.type):
        decimals = int((field.metadata or {}).get(DECIMALS, b"0"))
        text = column.cast(pa.decimal128(38, decimals)).cast(pa.string())
    else:
        text = column.cast(pa.string())
    return pc.fill_null(text, "")


def csv_lines(table: pa.Table) -> memoryview:
    """Return the lines of a table in a CSV file, without its header.

    Args:
        table: Released columns, `(rows, columns)`.

    Returns:
        UTF-8 bytes; empty for no rows.
    """
    if not table.num_rows:
        return memoryview(b"")
    batch = table.combine_chunks()
    columns = [
        text_column(column.chunk(0), field, cells=True)
        for column, field in zip(batch.columns, batch.schema, strict=True)
    ]
    comma, nothing, end = (pa.scalar(text, pa.large_string()) for text in (",", "", "\n"))
    joined = pc.binary_join_element_wise(*(c.cast(pa.large_string()) for c in columns), comma)
    lines = pc.binary_join_element_wise(joined, nothing, end)
    # One buffer holds all lines one after the other: no text is ever made in Python.
    offsets = memoryview(lines.buffers()[1]).cast("q")
    return memoryview(lines.buffers()[2])[offsets[0] : offsets[len(lines)]]
