"""Where records come from, seen alike: named tables with named columns of text, read in batches."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from synthcase.core.files import is_folder
from synthcase.errors import FileProblem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

BATCH_ROWS = 100_000
"""How many rows are in memory as text at one time."""

_FORMS = (
    "a folder with one CSV or Parquet file for each table, a DuckDB or SQLite file, or a dict of "
    "data frames"
)


class Source(Protocol):
    """Tables of text.

    Privacy:
        Only the columns that are asked for are ever read. No error quotes a cell or names a table
        or column that was not asked for, since a file without a header has cells for names.
    """

    def tables(self) -> tuple[str, ...]:
        """Return the names of all tables that can be read."""

    def columns(self, table: str) -> tuple[str, ...]:
        """Return the names of all columns of a table."""

    def batches(self, table: str, columns: Sequence[str]) -> Iterator[dict[str, pa.Array]]:
        """Yield some rows at a time: large strings by column, null where a cell is null."""


def open_source(source: str | Path | Mapping[str, object] | Source) -> Source:
    """Open a source of records.

    Args:
        source: A folder of CSV or Parquet files, a DuckDB or SQLite file, or a dict of data frames
            (pandas, polars, pyarrow).

    Returns:
        The source. Files are opened for reading only.

    Raises:
        FileProblem: If the path is none of these.
        UsageError: If the argument is none of these.

    Privacy:
        Opens real records for reading only.
    """
    if isinstance(source, Mapping):
        from synthcase.records.frames import FrameSource

        return FrameSource(source)
    if not isinstance(source, str | Path):
        raise UsageError(
            "the records are of no form that can be read",
            expected=_FORMS,
            came=type(source).__name__,
        )
    path = Path(source)
    if is_folder(path):
        from synthcase.records.folders import FolderSource

        return FolderSource(path)
    return _open_file(path)


def _open_file(path: Path) -> Source:
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise FileProblem(
            f"{path.name} cannot be opened",
            expected=_FORMS,
            came=error.strerror or type(error).__name__,
        ) from None
    if head.startswith(b"SQLite format 3\0"):
        from synthcase.records.databases import SqliteSource

        return SqliteSource(path)
    if head[8:12] == b"DUCK":
        from synthcase.records.databases import DuckdbSource

        return DuckdbSource(path)
    raise FileProblem(
        f"{path.name} is no database that can be read",
        expected=_FORMS,
        todo="for CSV and Parquet files name the folder they lie in",
    )
