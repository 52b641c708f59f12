"""Canonical JSON: one text for one value, and a reader that trusts nobody.

Hashes are taken over this text, so writing is fixed to the byte: ASCII, sorted keys, no blanks, one
newline at the end. Numbers are integers within 64 bits; exact fractions are strings "p/q". Floats
are refused unless asked for, because no float may decide a budget.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from fractions import Fraction
from typing import NoReturn

from synthcase.errors import FileProblem, InternalError

__all__ = [
    "LARGEST_INTEGER",
    "dumps",
    "fraction_text",
    "loads",
    "parse_fraction",
    "sha256_hex",
]

LARGEST_INTEGER = 2**63 - 1
"""The largest magnitude of an integer that is written or read."""

_DEFAULT_MAX_BYTES = 64 * 2**20
_DEEPEST = 64
# Far above any file of ours, and few enough to be read in a second and little memory.
_MOST = {b"[": 200_000, b"{": 200_000, b":": 2_000_000, b",": 5_000_000}
_LONGEST_FRACTION = 600
_FRACTION = re.compile(r"(0|-?[1-9][0-9]*)/([1-9][0-9]*)", re.ASCII)
# Possessive and with an optional end: a hostile text without closing quotes stays linear.
_BRACKET_OR_STRING = re.compile(rb'[\[\]{}]|"(?:[^"\\]++|\\.)*+"?', re.DOTALL)


class _RefusedError(ValueError):
    """Says, without quoting anything, why a text is not accepted."""


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of `data` as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def dumps(obj: object, *, allow_floats: bool = False) -> bytes:
    r"""Write a value as canonical JSON.

    Args:
        obj: Nested dicts (text keys), lists or tuples, text, integers within 64 bits, true, false
            and None.
        allow_floats: Whether finite floats are accepted too, for figures that are only shown.

    Returns:
        ASCII bytes with sorted keys and one newline at the end.

    Raises:
        InternalError: The value holds something that has no canonical text.

    Example:
        >>> dumps({"b": 1, "a": ["1/2", None]})
        b'{"a":["1/2",null],"b":1}\n'
    """
    try:
        _check_values(obj, allow_floats=allow_floats)
        text = json.dumps(
            obj, ensure_ascii=True, sort_keys=True, allow_nan=False, separators=(",", ":")
        )
    except _RefusedError as refused:
        raise InternalError("A value has no canonical JSON text.", came=str(refused)) from None
    return text.encode("ascii") + b"\n"


def loads(
    data: bytes,
    *,
    what: str,
    max_bytes: int = _DEFAULT_MAX_BYTES,
    allow_floats: bool = False,
) -> object:
    """Read JSON that may have been written by an enemy.

    Args:
        data: The bytes of the file.
        what: What the file is, for the message ("plan.json").
        max_bytes: The largest accepted size, in bytes.
        allow_floats: Whether finite floats are accepted.

    Returns:
        Nested dicts, lists, text, integers, booleans and None.

    Raises:
        FileProblem: Too large, too many values, not UTF-8, not JSON, nested deeper than 64, with a
            key twice, with an integer beyond 64 bits, or with a number that is not an integer. The
            message never quotes the content.

    Example:
        >>> loads(b'{"a": [1, "1/2"]}', what="plan.json")
        {'a': [1, '1/2']}
    """
    try:
        return _parse(data, max_bytes=max_bytes, allow_floats=allow_floats)
    except _RefusedError as refused:
        reason = str(refused)
    except json.JSONDecodeError as error:
        reason = f"not JSON from line {error.lineno}, column {error.colno} on"
    except UnicodeDecodeError:
        reason = "not UTF-8 text"
    except (ValueError, RecursionError):
        reason = "not JSON that can be read safely"
    raise FileProblem(
        f"{what} cannot be read.",
        expected="strict JSON as synthcase writes it",
        came=reason,
        todo="Check that this is the right file and that it is whole.",
    )


def _parse(data: bytes, *, max_bytes: int, allow_floats: bool) -> object:
    if len(data) > max_bytes:
        raise _RefusedError(f"{len(data)} bytes, more than the {max_bytes} allowed")
    if any(data.count(mark) > most for mark, most in _MOST.items()):
        raise _RefusedError("more values than any file of synthcase holds")
    _check_depth(data)
    value: object = json.loads(
        data.decode("utf-8"),
        object_pairs_hook=_no_duplicates,
        parse_constant=_refuse_constant,
        parse_float=float if allow_floats else _refuse_float,
    )
    _check_values(value, allow_floats=allow_floats)
    return value


def _check_depth(data: bytes) -> None:
    """Refuse deep nesting before the parser, which recurses, sees the text."""
    depth = 0
    for match in _BRACKET_OR_STRING.finditer(data):
        token = data[match.start()]
        if token in b"[{":
            depth += 1
            if depth > _DEEPEST:
                raise _RefusedError(f"nested deeper than {_DEEPEST}")
        elif token in b"]}":
            depth -= 1


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _RefusedError("the same key twice in one object")
    return result


def _refuse_constant(_: str) -> NoReturn:
    raise _RefusedError("NaN or Infinity")


def _refuse_float(_: str) -> NoReturn:
    raise _RefusedError("a number that is not an integer")


def _check_values(root: object, *, allow_floats: bool) -> None:
    """Walk the value without recursion and refuse what has no canonical text."""
    level: list[object] = [root]
    for _ in range(_DEEPEST + 1):
        below: list[object] = []
        for value in level:
            if isinstance(value, dict):
                for key in value:
                    _check_text(key)
                below.extend(value.values())
            elif isinstance(value, list | tuple):
                below.extend(value)
            else:
                _check_scalar(value, allow_floats=allow_floats)
        if not below:
            return
        level = below
    raise _RefusedError(f"nested deeper than {_DEEPEST}")


def _check_scalar(value: object, *, allow_floats: bool) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise _RefusedError("an integer beyond 64 bits")
    elif isinstance(value, float) and allow_floats:
        if not math.isfinite(value):
            raise _RefusedError("a number that is not finite")
    else:
        _check_text(value)


def _check_text(value: object) -> None:
    if not isinstance(value, str):
        raise _RefusedError(f"a value or key of kind {type(value).__name__}")
    # A lone surrogate is no character: it could be read here and not written anywhere else.
    if not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
        raise _RefusedError("text with half a character")


def fraction_text(value: Fraction) -> str:
    """Write an exact fraction as "p/q" in lowest terms.

    Example:
        >>> fraction_text(Fraction(3, 6)), fraction_text(Fraction(2))
        ('1/2', '2/1')
    """
    text = f"{value.numerator}/{value.denominator}"
    if len(text) > _LONGEST_FRACTION:
        raise InternalError(
            "An exact fraction has become too long to write.",
            expected=f"at most {_LONGEST_FRACTION} characters",
            todo="Round it to a grid first (synthcase.privacy.accounting.round_up).",
        )
    return text


def parse_fraction(text: object) -> Fraction:
    """Read an exact fraction that `fraction_text` wrote.

    Args:
        text: "p/q" in lowest terms, without blanks, signs on q, leading zeros or decimals.

    Raises:
        FileProblem: It is anything else, or too long. The message never quotes the text.

    Example:
        >>> parse_fraction("1/50")
        Fraction(1, 50)
    """
    if isinstance(text, str) and len(text) <= _LONGEST_FRACTION:
        match = _FRACTION.fullmatch(text)
        if match:
            numerator, denominator = int(match[1]), int(match[2])
            if math.gcd(numerator, denominator) == 1:
                return Fraction(numerator, denominator)
    raise FileProblem(
        "A fraction in a file cannot be read.",
        expected='text "p/q" in lowest terms, such as "1/50"',
        came=f"{type(text).__name__} of another form",
    )
