"""The verb load_release: a folder that somebody sent becomes typed data frames."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthcase.core.files import read_limited, safe_child
from synthcase.errors import FileProblem
from synthcase.releasing.manifest import MANIFEST_FILE, MAX_BYTES, manifest_from_bytes
from synthcase.releasing.nouns import Release

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    import pyarrow as pa

    from synthcase.sampling.decoding import ReleasedColumn
    from synthcase.schema.nouns import Schema
    from synthcase.schema.tables import Table

__all__ = ["load_release", "typed_frames"]


def load_release(folder: Path | str) -> Release:
    """Open a release after checking every file of it.

    Args:
        folder: A folder that `package` made.

    Returns:
        The release: `.frames["victim"]` is a pandas data frame, beside `.plan`, `.measurements`,
        `.model` and `.manifest`.

    Raises:
        FileProblem: It is no release, or something in it was changed.

    Privacy:
        Reads no record.
    """
    from synthcase.releasing.verifying import verify

    report = verify(folder)
    if not report.ok:
        raise FileProblem(
            f"{report.folder.name} is not as it was released.",
            came="; ".join(report.problems[:10]),
            todo="Take an unchanged copy of the whole folder.",
        )
    data = read_limited(report.folder / MANIFEST_FILE, MAX_BYTES)
    return Release(report.folder, manifest_from_bytes(data))


def typed_frames(folder: Path, schema: Schema, rows: Mapping[str, int]) -> dict[str, pd.DataFrame]:
    """Read the Parquet files of a release as data frames.

    Args:
        folder: The folder of the data.
        schema: The release's schema.
        rows: Released rows by table: the tables that there are.

    Returns:
        Data frames by table, `(rows, columns)`: categories for lists of values (ordered where the
        schema says so), Int64 for whole numbers, Float64 for others, days as datetime64; what is
        missing is NA, and its companion says why.

    Raises:
        FileProblem: A file is not what the schema says.
    """
    return {
        table.name: _frame(safe_child(folder, f"{table.name}.parquet"), schema, table)
        for table in schema.tables
        if table.name in rows
    }


def _frame(path: Path, schema: Schema, table: Table) -> pd.DataFrame:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    from synthcase.sampling.decoding import released_columns

    try:
        # What is inside decides the types: nothing is run, and the schema is compared below.
        read = pq.ParquetFile(path).read()
    except (OSError, pa.ArrowException):
        raise FileProblem(f"{path.name} cannot be read as a table.") from None
    if table.lookup:
        return pd.DataFrame({name: read.column(name).to_pylist() for name in read.column_names})
    columns = released_columns(schema, table)
    if read.schema.remove_metadata() != pa.schema([c.field for c in columns]).remove_metadata():
        raise FileProblem(f"{path.name} has other columns or types than its schema says.")
    listed = {c.name: found for c in columns if (found := _labels(c))}
    plain = [
        column.cast(pa.string())
        if pa.types.is_dictionary(column.type) and name not in listed
        else column
        for name, column in zip(read.column_names, read.columns, strict=True)
    ]
    frame: pd.DataFrame = pa.table(plain, names=read.column_names).to_pandas(
        types_mapper=_nullable().get, date_as_object=False, ignore_metadata=True
    )
    for name, (labels, ordered) in listed.items():
        kind = pd.CategoricalDtype(list(labels), ordered=ordered)
        frame[name] = frame[name].astype(kind)
    return frame


def _nullable() -> dict[pa.DataType, Any]:
    """Return the pandas types that can hold NA."""
    import pandas as pd
    import pyarrow as pa

    return {
        pa.int8(): pd.Int8Dtype(),
        pa.int64(): pd.Int64Dtype(),
        pa.float64(): pd.Float64Dtype(),
        pa.string(): pd.StringDtype(),
    }


def _labels(released: ReleasedColumn) -> tuple[tuple[str, ...], bool] | None:
    """Return the categories of a column and whether they are ordered; None if it has none."""
    from synthcase.schema.domains import Values

    column = released.column
    if column is None or released.role == "flag":
        return None
    if released.role == "missing":
        return column.missing_kinds, False
    if isinstance(column.domain, Values):
        return column.domain.labels, column.domain.ordered
    return None
