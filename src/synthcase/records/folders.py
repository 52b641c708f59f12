"""A folder of CSV and Parquet files, one for each table."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from synthcase.errors import DataProblem
from synthcase.records.boundary import values_hidden
from synthcase.records.report import bucket
from synthcase.records.sources import BATCH_ROWS
from synthcase.records.texts import array_text

if TYPE_CHECKING:
    import pyarrow as pa

ENDINGS = (".csv", ".csv.gz", ".parquet")
DELIMITERS = (",", ";", "\t")
_HEADER_BYTES = 1 << 20
_BLOCK_BYTES = 1 << 23
_UTF8 = "save the file as UTF-8 (in a spreadsheet: “CSV UTF-8”) and try again"
_REGULAR = "open and save the file once in a spreadsheet, or give Parquet"


class FolderSource:
    """Tables that lie in one folder as TABLE.csv, TABLE.csv.gz or TABLE.parquet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def tables(self) -> tuple[str, ...]:
        """Return the names of all tables in the folder."""
        found = {
            path.name.removesuffix(ending)
            for path in self._folder.iterdir()
            for ending in ENDINGS
            if path.name.endswith(ending) and path.is_file()
        }
        return tuple(sorted(found))

    def columns(self, table: str) -> tuple[str, ...]:
        """Return the names of all columns of a table."""
        path = self._path(table)
        if path.suffix == ".parquet":
            import pyarrow.parquet as pq

            with values_hidden(f"table {table}"):
                return tuple(pq.read_schema(path).names)
        return _header(path, table).names

    def batches(self, table: str, columns: Sequence[str]) -> Iterator[dict[str, pa.Array]]:
        """Yield some rows at a time."""
        path = self._path(table)
        if path.suffix == ".parquet":
            return _parquet_batches(path, table, columns)
        return _csv_batches(path, table, columns)

    def _path(self, table: str) -> Path:
        found = [path for end in ENDINGS if (path := self._folder / f"{table}{end}").is_file()]
        if len(found) != 1:
            raise DataProblem(
                f"table {table} has {len(found)} files",
                expected=f"one of {', '.join(table + ending for ending in ENDINGS)}",
            )
        return found[0]


def _parquet_batches(
    path: Path, table: str, columns: Sequence[str]
) -> Iterator[dict[str, pa.Array]]:
    import pyarrow.parquet as pq

    with values_hidden(f"table {table}"), pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=list(columns)):
            yield {name: array_text(batch[name], f"{table}.{name}") for name in columns}


@dataclass(frozen=True, repr=False)
class _Header:
    names: tuple[str, ...]
    delimiter: str
    start: int
    empty: bool


def _open(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path) if path.suffix == ".gz" else path.open("rb"))


def _header(path: Path, table: str) -> _Header:
    """Read the first row; the delimiter is the one that gives it the most names."""
    with values_hidden(f"table {table}", todo=_REGULAR):
        with _open(path) as file:
            data = file.read(_HEADER_BYTES)
        text = _decoded(data, table)
        splits = []
        for delimiter in DELIMITERS:
            lines = io.StringIO(text, newline="")
            names = next(csv.reader(lines, delimiter=delimiter), [])
            splits.append((len(names), -DELIMITERS.index(delimiter), names, lines.tell()))
        _, at, names, end = max(splits)
        if not any(names):
            raise DataProblem(
                f"the file of table {table} has no names in its first line",
                expected="a first line with the names of the columns",
            )
        rest = text[end:]
        return _Header(
            names=tuple(name.strip() for name in names),
            delimiter=DELIMITERS[-at],
            start=len(data) - len(rest.encode()) - _cut(data, text),
            empty=len(data) < _HEADER_BYTES and not rest.strip("\r\n"),
        )


def _decoded(data: bytes, table: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DataProblem(f"the file of table {table} is UTF-16", expected="UTF-8", todo=_UTF8)
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        # The last character may be cut where the first megabyte ends.
        if len(data) >= _HEADER_BYTES - 3 and error.start > len(data) - 4:
            return data[: error.start].decode("utf-8")
        raise _no_utf8(table) from None


def _cut(data: bytes, text: str) -> int:
    """Return how many bytes after the text were not decoded."""
    return len(data.removeprefix(b"\xef\xbb\xbf")) - len(text.encode())


def _no_utf8(table: str) -> DataProblem:
    return DataProblem(f"the file of table {table} is not UTF-8 text", expected="UTF-8", todo=_UTF8)


class _Watched(io.RawIOBase):
    """Passes bytes on, but refuses what is no UTF-8 before a parser sees it and quotes it.

    It also counts quotation marks: after one that is not closed, the parser takes all further rows
    for one cell without a word.
    """

    def __init__(self, file: IO[bytes], table: str) -> None:
        super().__init__()
        self._file, self._table = file, table
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.marks = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        try:
            self._decoder.decode(data, final=not data)
        except UnicodeDecodeError:
            raise _no_utf8(self._table) from None
        self.marks += data.count(b'"')
        return data


def _csv_batches(path: Path, table: str, columns: Sequence[str]) -> Iterator[dict[str, pa.Array]]:
    header = _header(path, table)
    if header.empty:
        return
    at = {name: f"c{header.names.index(name)}" for name in columns}
    uneven: list[int] = []
    with values_hidden(f"table {table}", todo=_REGULAR), _open(path) as file:
        file.seek(header.start)
        watched = _Watched(file, table)
        for batch in _parsed(watched, header, sorted(set(at.values())), uneven):
            yield {name: array_text(batch[column], name) for name, column in at.items()}
    if uneven or watched.marks % 2:
        raise DataProblem(
            f"table {table} has rows with another number of cells than its first line"
            if uneven
            else f"table {table} has a quotation mark that is not closed",
            expected=f"{len(header.names)} cells in each row",
            came=f"{bucket(len(uneven))} rows" if uneven else None,
            todo="look for a separator, line break or quotation mark inside a cell without quotes",
        )


def _parsed(
    file: _Watched, header: _Header, columns: list[str], uneven: list[int]
) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    def set_aside(_: object) -> str:
        uneven.append(1)
        return "skip"

    names = [f"c{number}" for number in range(len(header.names))]
    batches: Iterator[pa.RecordBatch] = arrow_csv.open_csv(
        file,
        read_options=arrow_csv.ReadOptions(
            use_threads=False, block_size=_BLOCK_BYTES, column_names=names
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=header.delimiter, newlines_in_values=True, invalid_row_handler=set_aside
        ),
        convert_options=arrow_csv.ConvertOptions(
            include_columns=columns,
            column_types=dict.fromkeys(columns, pa.string()),
            strings_can_be_null=False,
        ),
    )
    return batches
