"""A DuckDB or an SQLite file, opened for reading only. Nothing is written, nothing is loaded."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from synthcase.errors import DataProblem
from synthcase.records.boundary import values_hidden
from synthcase.records.sources import BATCH_ROWS
from synthcase.records.texts import array_text, cell_texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import duckdb
    import pyarrow as pa

_DUCKDB_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    # Without a folder for temporary files no record is ever spilled to the disk.
    "temp_directory": "",
}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _select(table: str, columns: Sequence[str]) -> str:
    return f"SELECT {', '.join(map(_quoted, columns))} FROM {table}"  # noqa: S608 -- quoted names


class DuckdbSource:
    """Tables and views of a DuckDB file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def tables(self) -> tuple[str, ...]:
        """Return the names of all tables of the file."""
        return tuple(sorted(self._names()))

    def columns(self, table: str) -> tuple[str, ...]:
        """Return the names of all columns of a table."""
        return self._names().get(table, ())

    def batches(self, table: str, columns: Sequence[str]) -> Iterator[dict[str, pa.Array]]:
        """Yield some rows at a time."""
        query = _select(f"source.main.{_quoted(table)}", columns)
        with values_hidden(f"table {table}"), closing(self._connect()) as connection:
            rows = connection.sql(query)
            # DuckDB 2 has renamed the method; the oldest version we accept has only the old name.
            reader = getattr(rows, "to_arrow_reader", None) or rows.fetch_arrow_reader
            for batch in reader(BATCH_ROWS):
                yield {name: array_text(batch[name], f"{table}.{name}") for name in columns}

    def _connect(self) -> duckdb.DuckDBPyConnection:
        import duckdb

        connection = duckdb.connect(":memory:", config=_DUCKDB_CONFIG)
        path = str(self._path).replace("'", "''")
        connection.execute(f"ATTACH '{path}' AS source (READ_ONLY)")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET python_enable_replacements = false")
        connection.execute("SET lock_configuration = true")
        return connection

    def _names(self) -> dict[str, tuple[str, ...]]:
        with (
            values_hidden(
                f"the database {self._path.name}",
                todo="close other programs that have it open; it may also be of a newer DuckDB",
            ),
            closing(self._connect()) as connection,
        ):
            rows = connection.execute(
                "SELECT table_name, column_name FROM duckdb_columns() "
                "WHERE database_name = 'source' AND schema_name = 'main' "
                "ORDER BY table_name, column_index"
            ).fetchall()
        found: dict[str, tuple[str, ...]] = {}
        for table, column in rows:
            found[table] = (*found.get(table, ()), column)
        return found


class SqliteSource:
    """Tables and views of an SQLite file, read by Python's own module."""

    def __init__(self, path: Path) -> None:
        self._path = path
        log = path.with_name(f"{path.name}-wal")
        if log.exists() and log.stat().st_size:
            raise DataProblem(
                f"{path.name} has changes that are not yet in the file ({log.name})",
                todo="close the program that has it open, or make a copy by `.backup`",
            )
        with self._guarded(), closing(self._connect()) as connection:
            size = connection.execute("PRAGMA page_size").fetchone()[0]
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            whole = path.stat().st_size >= size * pages
        # SQLite reads what is cut off from the last page as zeros, without a word.
        if not whole:
            raise DataProblem(
                f"the database {path.name} is cut off", todo="copy the whole file again"
            )

    def tables(self) -> tuple[str, ...]:
        """Return the names of all tables of the file."""
        with self._guarded(), closing(self._connect()) as connection:
            rows = connection.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
                "AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name"
            ).fetchall()
        return tuple(name for (name,) in rows)

    def columns(self, table: str) -> tuple[str, ...]:
        """Return the names of all columns of a table."""
        with self._guarded(), closing(self._connect()) as connection:
            rows = connection.execute(f"PRAGMA table_info({_quoted(table)})").fetchall()
        return tuple(row[1] for row in rows)

    def batches(self, table: str, columns: Sequence[str]) -> Iterator[dict[str, pa.Array]]:
        """Yield some rows at a time."""
        with values_hidden(f"table {table}"), closing(self._connect()) as connection:
            cursor = connection.execute(_select(_quoted(table), columns))
            while rows := cursor.fetchmany(BATCH_ROWS):
                cells = zip(columns, zip(*rows, strict=True), strict=True)
                yield {name: cell_texts(column, f"{table}.{name}") for name, column in cells}

    def _guarded(self) -> AbstractContextManager[None]:
        return values_hidden(f"the database {self._path.name}")

    def _connect(self) -> sqlite3.Connection:
        uri = f"{self._path.resolve().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(uri, uri=True)
        connection.execute("PRAGMA trusted_schema = OFF")
        # Sorting or a view must not write records into a temporary file.
        connection.execute("PRAGMA temp_store = MEMORY")
        return connection
