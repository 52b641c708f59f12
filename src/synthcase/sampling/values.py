"""From states to released values: labels, numbers and days inside their bins, lists of flags."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from synthcase.errors import SchemaError
from synthcase.schema.domains import DateBins, Flags, NumberBins

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from synthcase.schema.columns import Column

    Codes = NDArray[np.int16]
    Mask = NDArray[np.bool_]

__all__ = ["DECIMALS", "companion", "flag_values", "labels_of", "value_type", "values_of"]

DECIMALS = b"decimals"
"""Key of a field's metadata that says with how many decimals its numbers are written."""

_EPOCH = date(1970, 1, 1).toordinal()
_LARGEST = 2**53


def value_type(column: Column) -> pa.DataType:
    """Return the type of a released column in Parquet."""
    domain = column.domain
    if isinstance(domain, NumberBins):
        return pa.float64() if domain.decimals else pa.int64()
    if isinstance(domain, DateBins):
        return pa.date32()
    return pa.dictionary(pa.int32(), pa.string())


def values_of(column: Column, codes: Codes, rng: np.random.Generator) -> pa.Array:
    """Return the released values of a column that is not multi-select.

    Args:
        column: The column.
        codes: State of each row, `(rows,)`.
        rng: Draws the numbers and days inside the bins.

    Returns:
        Values, null where missing, `(rows,)`.

    Raises:
        SchemaError: The numbers of the domain are too large to be written exactly.

    Privacy:
        Post-processing: where in its bin a value lies says nothing.
    """
    domain = column.domain
    missing = codes >= len(domain.labels)
    bins = np.where(missing, 0, codes)
    if isinstance(domain, NumberBins):
        units = _inside(_number_bins(column, domain), bins, rng)
        if not domain.decimals:
            return pa.array(units, mask=missing)
        return pa.array(units / 10.0**domain.decimals, mask=missing)
    if isinstance(domain, DateBins):
        days = _inside(_day_bins(domain), bins, rng)
        return pa.array(days.astype(np.int32), mask=missing).cast(pa.date32())
    return labels_of(domain.labels, bins, missing)


def _inside(
    bins: Sequence[tuple[int, int]], codes: NDArray[Any], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw a whole number between the first and the last of each row's bin."""
    first, last = np.array(bins, dtype=np.int64).T
    return np.asarray(rng.integers(first[codes], last[codes], endpoint=True), dtype=np.int64)


def _number_bins(column: Column, domain: NumberBins) -> list[tuple[int, int]]:
    """Return the first and the last number of each bin, in units of the last decimal."""
    edges = [int(edge * Fraction(10) ** domain.decimals) for edge in domain.edges]
    if max(map(abs, edges)) >= _LARGEST:
        raise SchemaError(
            f"the numbers of column {column.name} have too many digits to be released exactly",
            todo="use fewer `decimals`, or another unit",
        )
    pairs = [(low, high - 1) for low, high in pairwise(edges)]
    return [*pairs[:-1], (edges[-2], edges[-1])]


def _day_bins(domain: DateBins) -> list[tuple[int, int]]:
    days = [edge.toordinal() - _EPOCH for edge in domain.edges]
    return [(low, high - 1) for low, high in pairwise(days)]


def labels_of(labels: Sequence[str], codes: NDArray[Any], missing: Mask) -> pa.Array:
    """Return labels by code as a dictionary array, null where missing, `(rows,)`."""
    indices = pa.array(codes.astype(np.int32), mask=missing)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(labels), pa.string()))


def companion(kinds: Sequence[str], codes: Codes, values: int) -> pa.Array:
    """Return the kind of missing of each row, null where a value is recorded.

    Args:
        kinds: The column's kinds of missing.
        codes: State of each row, `(rows,)`.
        values: How many of the states are values; the rest are `kinds`.
    """
    recorded = codes < values
    return labels_of(kinds, np.where(recorded, 0, codes - values), recorded)


def flag_values(
    column: Column, codes: Mapping[str, Codes], rows: int
) -> tuple[list[pa.Array], Codes]:
    """Return the released values of a multi-select column.

    Args:
        column: The column.
        codes: State of each attribute of the table, `(rows,)`.
        rows: Number of rows.

    Returns:
        One array for a cell of several values, else one of 0 and 1 for each flag column; and the
        status of each row (0 = recorded, then the kinds of missing).
    """
    domain = column.domain
    if not isinstance(domain, Flags):
        raise SchemaError(f"column {column.name} is not multi-select")
    status = codes[column.name] if column.missing else np.zeros(rows, dtype=np.int16)
    missing = status > 0
    # A flag that is "not applicable" behind a missing status counts as no.
    chosen = np.stack([codes[f"{column.name}.{label}"] == 1 for label in domain.labels], axis=1)
    if domain.columns:
        flags = [
            pa.array(chosen[:, at].astype(np.int8), mask=missing)
            for at in range(len(domain.labels))
        ]
        return flags, status
    return [_joined(domain, chosen, missing)], status


def _joined(domain: Flags, chosen: Mask, missing: Mask) -> pa.Array:
    """Return the chosen labels of each row in one cell; each pattern is written only once."""
    packed = np.packbits(chosen, axis=1)
    _, first, pattern = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    separator = domain.separator or ""
    texts = [
        separator.join(np.array(domain.labels, dtype=object)[chosen[row]]) for row in first.tolist()
    ]
    return labels_of(texts, pattern.reshape(-1), missing)
