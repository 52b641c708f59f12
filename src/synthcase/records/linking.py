"""Keys and references: who is whose child, and what is wrong with them.

Privacy:
    Sees real keys; what comes out are rows and kinds of problems, which stay inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

    from synthcase.records.tables import Keys, RawTable

DUPLICATE = "duplicate key"
ORPHAN = "orphan key"
PARTIAL = "missing key"

_TODO = {
    DUPLICATE: "each row needs a key of its own",
    ORPHAN: "each reference needs a row in the table it refers to",
    PARTIAL: "no part of a key or reference may be empty",
}


@dataclass(frozen=True, repr=False)
class Finding:
    """Rows of one table with one problem.

    Attributes:
        table: The table.
        column: The column or columns concerned.
        kind: What is wrong.
        rows: Which rows, bool `(rows,)`.
        todo: What to do.
    """

    table: str
    column: str
    kind: str
    rows: NDArray[np.bool_]
    todo: str | None = None


def key_findings(raws: Mapping[str, RawTable]) -> Iterator[Finding]:
    """Find what is wrong with keys and references.

    Args:
        raws: The tables by name; one that is missing is not referred to.

    Yields:
        Missing parts of keys, keys that occur twice, and references that lead nowhere.
    """
    for name, raw in raws.items():
        yield from _own(name, raw)
        for parent, keys in zip(raw.table.parents, raw.references, strict=True):
            above = raws.get(parent.table)
            if keys is None or above is None or above.keys is None:
                continue
            column = ", ".join(parent.columns)
            # A reference that is part of the row's own key has been looked at there.
            if not set(parent.columns) <= set(raw.table.key):
                yield from _found(name, column, PARTIAL, keys.partial)
            orphans = rows_of(keys.texts, above.keys.texts) < 0
            yield from _found(name, column, ORPHAN, orphans & ~keys.partial)


def _own(name: str, raw: RawTable) -> Iterator[Finding]:
    if raw.keys is None:
        return
    column = ", ".join(raw.table.key)
    yield from _found(name, column, PARTIAL, raw.keys.partial)
    yield from _found(name, column, DUPLICATE, repeated(raw.keys) & ~raw.keys.partial)


def _found(table: str, column: str, kind: str, rows: NDArray[np.bool_]) -> Iterator[Finding]:
    if rows.any():
        yield Finding(table, column, kind, rows, _TODO[kind])


def repeated(keys: Keys) -> NDArray[np.bool_]:
    """Return the rows whose key stands in an earlier row."""
    where = keys.texts.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    repeated = np.ones(len(where), dtype=bool)
    repeated[np.unique(where, return_index=True)[1]] = False
    return repeated


def rows_of(references: pa.Array, keys: pa.Array) -> NDArray[np.int64]:
    """Return the row of each reference among the keys, -1 where there is none, int64 `(rows,)`."""
    import pyarrow.compute as pc

    found = pc.fill_null(pc.index_in(references, value_set=keys), -1)
    rows: NDArray[np.int64] = found.to_numpy(zero_copy_only=False).astype(np.int64)
    return rows
