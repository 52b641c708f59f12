"""Writing synthetic tables chunk by chunk, in bounded memory and to the same bytes each time."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from synthcase.core.files import file_problem, safe_child
from synthcase.core.progress import resolve
from synthcase.errors import UsageError
from synthcase.sampling.csvtext import csv_cell, csv_header, csv_lines
from synthcase.sampling.decoding import arrow_schema, decode
from synthcase.sampling.soundness import faults

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import BinaryIO

    from synthcase.core.progress import Progress, ProgressOption
    from synthcase.sampling.nouns import SyntheticTables

__all__ = ["FORMATS", "Written", "write_tables"]

FORMATS = ("csv", "parquet")


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes:
        files: Names of the files.
        rows: Synthetic rows by table, and rows of the copied code lists.
        faults: Rows that may not be released, by table and kind of fault; empty if all is well.
    """

    files: tuple[str, ...]
    rows: Mapping[str, int]
    faults: Mapping[tuple[str, str], int] = field(default_factory=dict)


def write_tables(
    synthetic: SyntheticTables,
    folder: Path | str,
    *,
    formats: Sequence[str] = FORMATS,
    progress: ProgressOption = None,
) -> Written:
    """Write synthetic tables as CSV and Parquet, and check every row on the way.

    Args:
        synthetic: The tables.
        folder: An existing folder; a file of the same name in it is replaced.
        formats: `csv`, `parquet` or both.
        progress: See `core.progress`; counts the cases that are written.

    Returns:
        Files, numbers of rows, and faults: whoever gives the files away must see that there are
        none.

    Raises:
        UsageError: An unknown format.
        FileProblem: The system refuses to write.

    Privacy:
        Post-processing of Measurements.
    """
    if not formats or set(formats) - set(FORMATS):
        raise UsageError("Unknown format of files.", exists=", ".join(FORMATS))
    folder = Path(folder)
    try:
        with ExitStack() as stack:
            sinks = {
                table.name: _Sink(
                    stack, folder, table.name, arrow_schema(synthetic.model.schema, table), formats
                )
                for table in synthetic.model.schema.measured
            }
            rows, bad = _write_chunks(synthetic, sinks, resolve(progress))
        rows |= _write_lookups(synthetic, folder, formats)
    except OSError as error:
        raise file_problem(folder, "writing the tables", error) from None
    names = tuple(f"{table}.{ending}" for table in rows for ending in formats)
    return Written(names, rows, bad)


class _Sink:
    """The open files of one table."""

    def __init__(
        self, stack: ExitStack, folder: Path, name: str, schema: pa.Schema, formats: Sequence[str]
    ) -> None:
        self._schema = schema
        self._csv: BinaryIO | None = None
        self._parquet: pq.ParquetWriter | None = None
        if "csv" in formats:
            self._csv = stack.enter_context(safe_child(folder, f"{name}.csv").open("wb"))
            self._csv.write(csv_header(schema.names))
        if "parquet" in formats:
            path = safe_child(folder, f"{name}.parquet")
            self._parquet = stack.enter_context(
                pq.ParquetWriter(str(path), schema, compression="zstd")
            )

    def write(self, table: pa.Table) -> None:
        if self._csv is not None:
            self._csv.write(csv_lines(table))
        if self._parquet is not None:
            self._parquet.write_table(table)


def _write_chunks(
    synthetic: SyntheticTables, sinks: Mapping[str, _Sink], report: Progress
) -> tuple[dict[str, int], Counter[tuple[str, str]]]:
    schema, layout = synthetic.model.schema, synthetic.model.layout
    rows: dict[str, int] = {table.name: 0 for table in schema.measured}
    bad: Counter[tuple[str, str]] = Counter()
    total = sum(synthetic.roots.values())
    for chunk in synthetic.chunks():
        bad += faults(schema, layout, chunk, rows)
        if bad:
            # What is unsound cannot always be decoded, and nobody may have it: stop here.
            break
        for name, part in chunk.tables.items():
            sinks[name].write(decode(schema, layout, chunk, name, seed=synthetic.seed))
            rows[name] += part.length
        report("write", sum(rows[root] for root in synthetic.roots), total)
    return rows, bad


def _write_lookups(
    synthetic: SyntheticTables, folder: Path, formats: Sequence[str]
) -> dict[str, int]:
    """Copy the public code lists."""
    found = {}
    for name, columns in synthetic.lookups.items():
        table = pa.table(
            {column: pa.array(cells, pa.string()) for column, cells in columns.items()}
        )
        if "csv" in formats:
            lines = (
                ",".join(map(csv_cell, row)) + "\n" for row in zip(*columns.values(), strict=True)
            )
            content = csv_header(columns) + "".join(lines).encode()
            safe_child(folder, f"{name}.csv").write_bytes(content)
        if "parquet" in formats:
            pq.write_table(table, str(safe_child(folder, f"{name}.parquet")), compression="zstd")
        found[name] = table.num_rows
    return found
