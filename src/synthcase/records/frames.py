"""Data frames of pandas, polars or pyarrow, seen through narwhals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synthcase.errors import UsageError
from synthcase.records.boundary import values_hidden
from synthcase.records.sources import BATCH_ROWS
from synthcase.records.texts import array_text, cell_texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import narwhals as nw
    import pyarrow as pa


class FrameSource:
    """A dict of data frames, by the name of their table."""

    def __init__(self, frames: Mapping[str, object]) -> None:
        self._frames = {str(name): _frame(str(name), frame) for name, frame in frames.items()}

    def tables(self) -> tuple[str, ...]:
        """Return the names of all tables."""
        return tuple(self._frames)

    def columns(self, table: str) -> tuple[str, ...]:
        """Return the names of all columns of a table."""
        return tuple(map(str, self._frames[table].columns))

    def batches(self, table: str, columns: Sequence[str]) -> Iterator[dict[str, pa.Array]]:
        """Yield some rows at a time."""
        with values_hidden(f"table {table}"):
            frame = self._frames[table].select(list(columns))
            for start in range(0, len(frame), BATCH_ROWS):
                part = frame[start : start + BATCH_ROWS]
                yield {name: _text(part[name], f"{table}.{name}") for name in columns}


def _frame(name: str, frame: object) -> nw.DataFrame[Any]:
    import narwhals as nw

    with values_hidden(f"table {name}"):
        found = nw.from_native(frame, eager_only=True, pass_through=True)
        if isinstance(found, nw.DataFrame):
            return found
    raise UsageError(
        f"table {name} is no data frame",
        expected="a pandas, polars or pyarrow data frame",
        came=type(frame).__name__,
    )


def _text(series: nw.Series[Any], what: str) -> pa.Array:
    import narwhals as nw
    import pyarrow as pa

    if series.dtype == nw.Object:
        return cell_texts(series.to_list(), what)
    found = series.to_arrow()
    chunks = found.chunks if isinstance(found, pa.ChunkedArray) else [found]
    texts = [array_text(chunk, what) for chunk in chunks]
    return pa.concat_arrays(texts) if texts else pa.array([], pa.large_string())
