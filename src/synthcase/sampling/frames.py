"""Synthetic tables as data frames of text, as a CSV file would hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from synthcase.sampling.csvtext import text_column
from synthcase.sampling.decoding import arrow_schema, decode
from synthcase.sampling.soundness import faults, refuse_faults

if TYPE_CHECKING:
    import pyarrow as pa

    from synthcase.sampling.nouns import SyntheticTables

__all__ = ["to_frames"]


def to_frames(synthetic: SyntheticTables) -> dict[str, pd.DataFrame]:
    """Return all tables as data frames of text, with their companion columns of missing.

    Args:
        synthetic: The tables.

    Returns:
        Data frames by table, `(rows, columns)`; a missing value is an empty text, and
        `<name>__missing` says of which kind.

    Raises:
        GateFailed: A row breaks a rule of the schema.

    Privacy:
        Post-processing of Measurements.
    """
    schema, layout = synthetic.model.schema, synthetic.model.layout
    parts: dict[str, list[pd.DataFrame]] = {
        table.name: [_text_frame(arrow_schema(schema, table).empty_table())]
        for table in schema.measured
    }
    seen = dict.fromkeys(parts, 0)
    for chunk in synthetic.chunks():
        refuse_faults(faults(schema, layout, chunk, seen))
        for name, rows in chunk.tables.items():
            parts[name].append(
                _text_frame(decode(schema, layout, chunk, name, seed=synthetic.seed))
            )
            seen[name] += rows.length
    frames = {name: pd.concat(found, ignore_index=True) for name, found in parts.items()}
    lookups = {name: pd.DataFrame(columns) for name, columns in synthetic.lookups.items()}
    return {**frames, **lookups}


def _text_frame(table: pa.Table) -> pd.DataFrame:
    columns = {}
    for column, field in zip(table.combine_chunks().columns, table.schema, strict=True):
        texts = [text_column(part, field, cells=False).to_pylist() for part in column.chunks]
        columns[field.name] = pd.Series([t for part in texts for t in part], dtype=object)
    return pd.DataFrame(columns)
