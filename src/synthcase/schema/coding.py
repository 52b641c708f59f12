"""From cells of text to the numbers of states, and back. The domain never comes from the cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthcase.errors import InternalError
from synthcase.schema.attributes import RECORDED
from synthcase.schema.cells import IMPOSSIBLE, OUTSIDE, choice_of, flag_of, state_of
from synthcase.schema.domains import Flags

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from synthcase.schema.cells import StateOf
    from synthcase.schema.columns import Column, Missing

__all__ = ["IMPOSSIBLE", "OUTSIDE", "Scan", "decode", "encode", "scan"]

_NOT_RECORDED = 2


@dataclass(frozen=True, repr=False)
class Scan:
    """Coded cells, and where the domain did not list what stood in them.

    Attributes:
        codes: The state in each row for each attribute of the column: int16, `(rows,)`.
        verdict: 0 where the domain lists the cell, else `OUTSIDE` or `IMPOSSIBLE`: int8, `(rows,)`.
    """

    codes: dict[str, NDArray[np.int16]]
    verdict: NDArray[np.int8]


def encode(
    column: Column, cells: Mapping[str, pa.Array | pa.ChunkedArray]
) -> dict[str, NDArray[np.int16]]:
    """Code the cells of a column.

    Args:
        column: The column.
        cells: Text of each of its source columns (`column.source_names`), `(rows,)`; null is the
            empty text.

    Returns:
        For each attribute of the column, named as in `synthcase.schema.layout`, the number of its
        state in each row: int16, `(rows,)`. Every text has a state: what the domain does not list
        becomes the column's `else`.

    Privacy:
        Each cell is coded by the schema alone, whatever stands in the others.
    """
    return scan(column, cells).codes


def scan(column: Column, cells: Mapping[str, pa.Array | pa.ChunkedArray]) -> Scan:
    """Code the cells of a column and say where the domain did not list them.

    Args:
        column: The column.
        cells: As in `encode`.

    Returns:
        The codes, and one verdict a row.
    """
    if not isinstance(column.domain, Flags):
        found = _read(state_of(column), cells[column.name])
        verdict = np.minimum(found, 0).astype(np.int8)
        otherwise = column.states.index(column.otherwise)
        return Scan({column.name: np.where(found < 0, np.int16(otherwise), found)}, verdict)
    if column.domain.columns:
        return _scan_flags(column, column.domain, cells)
    return _scan_choices(column, cells[column.name])


def _read(find: StateOf, cells: pa.Array | pa.ChunkedArray) -> NDArray[np.int16]:
    """Apply a function to each distinct text and spread the results over the rows."""
    parts = [np.zeros(0, dtype=np.int16)]
    for texts, rows in _distinct(cells):
        parts.append(np.fromiter(map(find, texts), dtype=np.int16, count=len(texts))[rows])
    return np.concatenate(parts)


def _distinct(cells: pa.Array | pa.ChunkedArray) -> list[tuple[list[str], NDArray[np.int64]]]:
    """Return, chunk by chunk, the distinct texts and where in them each row's text stands."""
    import pyarrow as pa
    import pyarrow.compute as pc

    chunks = cells.chunks if isinstance(cells, pa.ChunkedArray) else [cells]
    found = []
    for chunk in chunks:
        texts = pc.fill_null(chunk.cast(pa.large_string()), "").dictionary_encode()
        found.append((texts.dictionary.to_pylist(), texts.indices.to_numpy(zero_copy_only=False)))
    return found


def _scan_choices(column: Column, cells: pa.Array | pa.ChunkedArray) -> Scan:
    find = choice_of(column)
    labels = len(column.domain.labels)
    statuses, flags, verdicts = [], [], []
    for texts, rows in _distinct(cells):
        choices = [find(text) for text in texts]
        chosen = np.zeros((len(texts), labels), dtype=bool)
        for at, choice in enumerate(choices):
            chosen[at, list(choice.chosen)] = True
        statuses.append(np.array([c.status for c in choices], dtype=np.int16)[rows])
        flags.append(chosen[rows])
        listed = np.array([c.listed for c in choices], dtype=bool)[rows]
        verdicts.append(np.where(listed, 0, OUTSIDE).astype(np.int8))
    status = np.concatenate([np.zeros(0, dtype=np.int16), *statuses])
    chosen = np.concatenate([np.zeros((0, labels), dtype=bool), *flags])
    verdict = np.concatenate([np.zeros(0, dtype=np.int8), *verdicts])
    return Scan(_multi_codes(column, status, chosen), verdict)


def _scan_flags(
    column: Column, domain: Flags, cells: Mapping[str, pa.Array | pa.ChunkedArray]
) -> Scan:
    """Code flag columns: recorded where any flag is a clear yes or no."""
    pairs = zip(domain.labels, domain.columns, strict=True)
    found = np.stack([_read(flag_of(column, label), cells[name]) for label, name in pairs], axis=1)
    labels = len(domain.labels)
    otherwise = column.states.index(column.otherwise)
    unlisted = (found < 0).any(axis=1)
    chosen = found == 1
    recorded = ((found == 0) | (found == 1)).any(axis=1)
    if otherwise < labels:
        chosen[unlisted, otherwise] = True
        recorded |= unlisted
    # Of several kinds of missing in one row, the one that the schema names first.
    kinds = np.where(found >= _NOT_RECORDED, found - 1, np.iinfo(np.int16).max)
    status = kinds.min(axis=1).astype(np.int16)
    if otherwise >= labels:
        status[unlisted] = otherwise - labels + 1
    status[recorded] = 0
    return Scan(
        _multi_codes(column, status, chosen), np.where(unlisted, OUTSIDE, 0).astype(np.int8)
    )


def _multi_codes(
    column: Column, status: NDArray[np.int16], chosen: NDArray[np.bool_]
) -> dict[str, NDArray[np.int16]]:
    codes = {column.name: status} if column.missing else {}
    for at, label in enumerate(column.domain.labels):
        flag = np.where(status == 0, chosen[:, at], _NOT_RECORDED)
        codes[f"{column.name}.{label}"] = flag.astype(np.int16)
    return codes


def decode(
    column: Column, codes: Mapping[str, NDArray[np.int16]]
) -> dict[str, NDArray[np.object_]]:
    """Write states as a source could have written them.

    Args:
        column: The column.
        codes: The states of its attributes, as `encode` returns them.

    Returns:
        For each source column the text of each row, `(rows,)`: values as they are, bins by their
        label, kinds of missing by their first spelling. `encode` gives the same codes again.

    Raises:
        InternalError: If a kind of missing occurs that the source has no spelling for.
    """
    domain = column.domain
    if not isinstance(domain, Flags):
        texts = [*domain.labels, *map(_spelling, column.missing)]
        return {column.name: _texts(texts, codes[column.name])}
    rows = len(codes[f"{column.name}.{domain.labels[0]}"])
    status = codes.get(column.name, np.zeros(rows, dtype=np.int16))
    missing = _texts([RECORDED, *map(_spelling, column.missing)], status)
    chosen = {label: codes[f"{column.name}.{label}"] == 1 for label in domain.labels}
    if domain.columns:
        return {
            name: np.where(status == 0, np.where(chosen[label], "1", "0"), missing).astype(object)
            for label, name in zip(domain.labels, domain.columns, strict=True)
        }
    cells = np.array([""] * rows, dtype=object)
    for label in domain.labels:
        joined = np.where(cells == "", label, cells + str(domain.separator) + label)
        cells = np.where(chosen[label], joined, cells)
    return {column.name: np.where(status == 0, cells, missing)}


def _spelling(missing: Missing) -> str | None:
    return missing.spellings[0] if missing.spellings else None


def _texts(texts: Sequence[str | None], states: NDArray[np.int16]) -> NDArray[np.object_]:
    found = np.array(texts, dtype=object)[states]
    if any(text is None for text in found):
        raise InternalError("a kind of missing that the source never writes was to be written")
    return found
