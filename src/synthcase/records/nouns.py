"""Real records as numbers: codes of attributes and rows of parents. Never saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from synthcase.errors import InternalError, UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synthcase.schema.layout import Layout
    from synthcase.schema.nouns import Schema


@dataclass(frozen=True, repr=False)
class RecordTable:
    """One real table.

    Attributes:
        name: The table.
        codes: For each attribute that is no count, its state in each row: int16, `(rows,)`.
        keys: The key of each row as text, parts joined by U+001F: object array, `(rows,)`.
        parent: Row of the parent table, int64 `(rows,)`; None for a root.
        other: Row of the second parent, int64 `(rows,)`; None without one.
    """

    name: str
    codes: Mapping[str, NDArray[np.int16]]
    keys: NDArray[np.object_]
    parent: NDArray[np.int64] | None = None
    other: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        """Check that all arrays have one length."""
        lengths = {len(self.keys), *(len(codes) for codes in self.codes.values())}
        lengths |= {len(rows) for rows in (self.parent, self.other) if rows is not None}
        if len(lengths) != 1:
            raise InternalError(f"the arrays of table {self.name} differ in length")

    @property
    def rows(self) -> int:
        """Number of rows. Secret: it stays inside."""
        return len(self.keys)

    def __repr__(self) -> str:
        """Name the table and nothing else."""
        return f"<real table {self.name}: rows hidden>"


@dataclass(frozen=True, repr=False)
class Records:
    """Real tables read by a schema. Shows no value, refuses pickling, is never saved.

    Attributes:
        schema: The schema they were read by.
        layout: Its attributes.
        tables: The measured tables by name.
        lookups: Public code lists by name, as columns of text: copied, never measured.
    """

    schema: Schema
    layout: Layout
    tables: Mapping[str, RecordTable]
    lookups: Mapping[str, Mapping[str, list[str]]]

    def __repr__(self) -> str:
        """Name the tables and nothing else."""
        return f"<real records of {', '.join(self.tables)}: rows and values hidden>"

    def _repr_html_(self) -> str:
        return f"<p>{self!r}</p>".replace("<real", "real").replace("hidden>", "hidden")

    def __reduce__(self) -> NoReturn:
        """Refuse pickling.

        Raises:
            UsageError: Always.
        """
        raise UsageError("real records are never saved or sent", todo="pass the folder instead")

    def __iter__(self) -> NoReturn:
        """Refuse to walk over rows.

        Raises:
            UsageError: Always.
        """
        raise UsageError("real records cannot be listed", todo="measure them under a plan")

    def __getstate__(self) -> NoReturn:
        """Refuse pickling by any protocol."""
        self.__reduce__()
