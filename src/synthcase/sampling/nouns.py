"""Synthetic tables: drawn chunk by chunk from a model and a seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from synthcase.model.nouns import Model


@dataclass(frozen=True)
class TableChunk:
    """Some consecutive synthetic rows of one table.

    Attributes:
        name: The table.
        start: Rows of this table in earlier chunks.
        codes: State of each attribute that is no count: int16 `(rows,)`.
        parent: Row of the parent in the whole table: int64 `(rows,)`; None for a root.
        position: Place among its parent's children, from 1: int64 `(rows,)`; None for a root.
        other: Row of the second parent in the whole table: int64 `(rows,)`; None without one.
    """

    name: str
    start: int
    codes: Mapping[str, NDArray[np.int16]]
    parent: NDArray[np.int64] | None = None
    position: NDArray[np.int64] | None = None
    other: NDArray[np.int64] | None = None
    length: int = 0


@dataclass(frozen=True)
class Chunk:
    """Some synthetic cases with all their rows.

    Attributes:
        number: Number of the chunk, from 0.
        tables: Its rows by table.
    """

    number: int
    tables: Mapping[str, TableChunk]


@dataclass(frozen=True, kw_only=True)
class SyntheticTables:
    """Synthetic records: a recipe that gives the same rows whenever it is walked through.

    Attributes:
        model: The model they are drawn from.
        seed: Seed of the sampling.
        roots: Number of rows of each root table.
        lookups: Public code lists, copied: columns of text by table.

    Privacy:
        Post-processing of Measurements.
    """

    model: Model
    seed: int
    roots: Mapping[str, int]
    lookups: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)

    def chunks(self) -> Iterator[Chunk]:
        """Yield all rows, chunk by chunk, in bounded memory."""
        from synthcase.sampling.drawing import draw_chunks

        yield from draw_chunks(self.model, seed=self.seed, roots=self.roots)

    def to_frames(self) -> dict[str, pd.DataFrame]:
        """Return all tables as data frames of text, with their companion columns of missing."""
        from synthcase.sampling.frames import to_frames

        return to_frames(self)

    def _repr_html_(self) -> str:
        cases = ", ".join(f"{number} × {escape(name)}" for name, number in self.roots.items())
        return f"<p>Synthetic records of {cases}, seed {self.seed}</p>"
