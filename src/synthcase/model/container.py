"""Reading a safetensors file by hand, so that a hostile one cannot hurt.

The file is a length, a JSON header and plain integers. Sizes are checked before an array is made,
and nothing in it can run.

References:
    The safetensors format, https://huggingface.co/docs/safetensors.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from synthcase.core import canonical
from synthcase.errors import FileProblem
from synthcase.plans.fields import Fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["MAX_HEADER", "changed", "read_container"]

MAX_HEADER = 16 * 2**20
"""The longest header that is read, in bytes."""

_MOST_BYTES = 2**31
_METADATA = "__metadata__"


def read_container(data: bytes, what: str) -> tuple[object, dict[str, NDArray[np.int32]]]:
    """Return the metadata and the arrays of a safetensors file of 32-bit integers.

    Args:
        data: The content of the file.
        what: The file's name, for messages.

    Raises:
        FileProblem: It is no such file, or its arrays do not cover it exactly.
    """
    header, start = _header(data, what)
    metadata = header.pop(_METADATA, None)
    return metadata, _read_arrays(header, memoryview(data)[start:], what)


def changed(what: str, expected: str) -> FileProblem:
    """Say that a model's file is not as it was written."""
    return FileProblem(
        f"{what} was changed, or is damaged.",
        expected=expected,
        todo="Take an unchanged copy, or fit the model again: synthcase fit",
    )


def _header(data: bytes, what: str) -> tuple[dict[str, object], int]:
    """Return the header and where the numbers begin."""
    length = int.from_bytes(data[:8], "little")
    if not 2 <= length <= min(MAX_HEADER, len(data) - 8):
        raise changed(what, f"a header of at most {MAX_HEADER} bytes")
    header = canonical.loads(data[8 : 8 + length], what=what, max_bytes=MAX_HEADER)
    if not isinstance(header, dict):
        raise changed(what, "a header that is an object")
    return header, 8 + length


def _read_arrays(
    header: Mapping[str, object], data: memoryview, what: str
) -> dict[str, NDArray[np.int32]]:
    """Make the arrays; together they must cover the data without a gap."""
    found, covered = {}, 0
    entries = [_entry(name, value, what) for name, value in header.items()]
    for entry in sorted(entries, key=lambda entry: entry.begin):
        size = 4 * prod(entry.shape)
        if entry.begin != covered or entry.end != covered + size or entry.end > len(data):
            raise changed(what, "arrays that cover the file without a gap")
        cells = np.frombuffer(data[entry.begin : entry.end], dtype="<i4")
        found[entry.name] = cells.reshape(entry.shape).astype(np.int32)
        covered = entry.end
    if covered != len(data):
        raise changed(what, "arrays that cover the file without a gap")
    return found


@dataclass(frozen=True)
class _Entry:
    name: str
    shape: tuple[int, ...]
    begin: int
    end: int


def _entry(name: str, value: object, what: str) -> _Entry:
    fields = Fields(value, f"{what}, an array", ("dtype", "shape", "data_offsets"))
    fields.one_of("dtype", ["I32"])
    shape, offsets = fields.items("shape"), fields.items("data_offsets")
    numbers = [n for n in (*shape, *offsets) if type(n) is int and 0 <= n <= _MOST_BYTES]
    if len(numbers) != len(shape) + 2 or not 1 <= len(shape) <= 3:
        raise changed(what, "arrays of one to three axes with begin and end")
    return _Entry(name, tuple(numbers[:-2]), numbers[-2], numbers[-1])
