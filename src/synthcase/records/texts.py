"""Typed cells as text, so that a database and a CSV file of the same records agree.

Privacy:
    Sees real cells; no message holds one.
"""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from synthcase.errors import DataProblem

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

_NULLS = frozenset(["NoneType", "NAType", "NaTType"])


def array_text(array: pa.Array, what: str) -> pa.Array:
    """Turn an array of any simple type into text.

    Args:
        array: Cells of one column, `(rows,)`.
        what: The column, for the message.

    Returns:
        Large strings, null where the cell is null or not a number: whole numbers without a point
        (`3`, also for 3.0), other numbers with the digits they need, days as `2014-05-31`, truth as
        `true` and `false`.

    Raises:
        DataProblem: If the type has no text, such as a list.
    """
    import pyarrow as pa

    kind = array.type
    if pa.types.is_dictionary(kind):
        array = array.cast(kind.value_type)
        kind = array.type
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        encoded = array.dictionary_encode()
        texts = cell_texts(_items(encoded.dictionary), what)
        return texts.take(encoded.indices)
    if (
        pa.types.is_nested(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
        or pa.types.is_duration(kind)
        or pa.types.is_interval(kind)
    ):
        raise _no_text(what, str(kind))
    return array.cast(pa.large_string())


def _items(array: pa.Array) -> Iterable[object]:
    import pyarrow as pa

    # A 32-bit float needs the digits of a 32-bit float: .1, not .10000000149.
    if pa.types.is_floating(array.type):
        return list(array.to_numpy(zero_copy_only=False))
    items: list[object] = array.to_pylist()
    return items


def cell_texts(cells: Iterable[object], what: str) -> pa.Array:
    """Turn Python values into text; see `array_text`.

    Args:
        cells: Values of one column.
        what: The column, for the message.

    Returns:
        Large strings, `(rows,)`.

    Raises:
        DataProblem: If a value has no text.
    """
    import pyarrow as pa

    return pa.array([_cell_text(cell, what) for cell in cells], pa.large_string())


def _cell_text(cell: object, what: str) -> str | None:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool | np.bool_):
        return "true" if cell else "false"
    if isinstance(cell, float | np.floating | Decimal):
        return _number_text(cell)
    if isinstance(cell, int | np.integer | uuid.UUID):
        return str(cell)
    if isinstance(cell, dt.date | dt.time) and type(cell).__name__ not in _NULLS:
        return cell.isoformat().replace("T", " ")
    if type(cell).__name__ not in _NULLS:
        raise _no_text(what, type(cell).__name__)
    return None


def _number_text(number: float | np.floating | Decimal) -> str | None:
    if number != number:  # noqa: PLR0124 -- only what is not a number differs from itself
        return None
    if isinstance(number, Decimal):
        return _short(f"{number:f}")
    return np.format_float_positional(number, trim="-") if np.isfinite(number) else str(number)


def _short(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _no_text(what: str, kind: str) -> DataProblem:
    return DataProblem(
        f"{what} holds cells that cannot be read as text",
        expected="text, numbers, days or truth values",
        came=f"the type {kind[:60]}",
    )
