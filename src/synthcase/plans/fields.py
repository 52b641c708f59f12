"""Reading the fields of a file that may have been written by an enemy: each has one form.

`canonical.loads` has already refused duplicate keys, floats, huge integers and deep nesting. What
is left is to say which fields there are and what each holds; a message never quotes the content.

Privacy:
    Reads no record.
"""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, TypeVar
from unicodedata import category

from synthcase.core.canonical import parse_fraction
from synthcase.errors import FileProblem, InternalError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from fractions import Fraction

__all__ = ["Fields", "decimal_text"]

_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,12})?", re.ASCII)
_LONGEST_TEXT = 20_000
_UNSAFE = frozenset(["Cc", "Cs", "Zl", "Zp"])
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

T = TypeVar("T")


def decimal_text(value: float, places: int) -> str:
    """Write a float as a decimal text, rounded up, so that what is printed is never too good.

    Writing what was read gives the same text again, so that hashes hold.

    Args:
        value: A finite number.
        places: Digits after the point, at most.

    Raises:
        InternalError: The number is not finite.

    Example:
        >>> decimal_text(5.90968, 2), decimal_text(4.0, 2), decimal_text(float("5.91"), 2)
        ('5.91', '4', '5.91')
    """
    exact = Decimal(repr(float(value)))
    if not exact.is_finite():
        raise InternalError("A number that is not finite has no place in a file.")
    text = f"{exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_CEILING):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


class Fields:
    """One JSON object of a file, read field by field.

    Args:
        value: What stands in the file.
        what: The file's name, for messages.
        names: The fields that must be there, no more and no fewer.

    Raises:
        FileProblem: It is no object, or its fields are not these.
    """

    def __init__(self, value: object, what: str, names: Iterable[str]) -> None:
        wanted = set(names)
        if not isinstance(value, dict) or set(value) != wanted:
            raise _wrong(what, f"an object with the fields {', '.join(sorted(wanted))}")
        self._value = value
        self.what = what

    def take(self, name: str) -> object:
        """Return a field as it stands."""
        return self._value[name]

    def text(self, name: str) -> str:
        """Return a field that is text."""
        return _text(self._value[name], self._at(name))

    def long_text(self, name: str, longest: int) -> str:
        """Return a field that is text, of up to `longest` characters."""
        value = self._value[name]
        if not isinstance(value, str) or len(value) > longest:
            raise _wrong(self._at(name), f"text of at most {longest} characters")
        return value

    def one_of(self, name: str, choices: Iterable[str]) -> str:
        """Return a field that is one of some words."""
        text, known = self.text(name), tuple(choices)
        if text not in known:
            raise _wrong(self._at(name), f"one of {', '.join(known)}")
        return text

    def hash(self, name: str) -> str:
        """Return a field that is a SHA-256 in hexadecimal."""
        text = self.text(name)
        if not _HASH.fullmatch(text):
            raise _wrong(self._at(name), "a SHA-256 as 64 hexadecimal digits")
        return text

    def whole(self, name: str, *, least: int = 0, most: int = 2**63 - 1) -> int:
        """Return a field that is a whole number."""
        return _whole(self._value[name], self._at(name), least, most)

    def fraction(self, name: str) -> Fraction:
        """Return a field that is an exact fraction."""
        return parse_fraction(self._value[name])

    def number(self, name: str) -> float:
        """Return a field that is a decimal text."""
        text = self.text(name)
        if not _DECIMAL.fullmatch(text):
            raise _wrong(self._at(name), 'a decimal text such as "5.91"')
        return float(text)

    def optional(self, name: str, read: Callable[[str], T]) -> T | None:
        """Return a field that may be null, read by one of the methods above."""
        return None if self._value[name] is None else read(name)

    def items(self, name: str) -> list[object]:
        """Return a field that is a list."""
        value = self._value[name]
        if not isinstance(value, list):
            raise _wrong(self._at(name), "a list")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a field that is a list of text."""
        return tuple(_text(item, self._at(name)) for item in self.items(name))

    def mapping(self, name: str) -> dict[str, object]:
        """Return a field that is an object with any keys."""
        value = self._value[name]
        if not isinstance(value, dict):
            raise _wrong(self._at(name), "an object")
        return value

    def wholes(self, name: str, *, least: int = 0) -> dict[str, int]:
        """Return a field that is an object of whole numbers."""
        found = self.mapping(name).items()
        return {key: _whole(value, self._at(name), least, 2**63 - 1) for key, value in found}

    def words(self, name: str) -> dict[str, str]:
        """Return a field that is an object of text."""
        found = self.mapping(name).items()
        return {key: _text(value, self._at(name)) for key, value in found}

    def fractions(self, name: str) -> dict[str, Fraction]:
        """Return a field that is an object of exact fractions, none below zero."""
        found = {key: parse_fraction(value) for key, value in self.mapping(name).items()}
        if any(value < 0 for value in found.values()):
            raise _wrong(self._at(name), "fractions of at least 0")
        return found

    def numbers(self, name: str) -> dict[str, float]:
        """Return a field that is an object of decimal texts."""
        inner = Fields(self.mapping(name), self._at(name), self.mapping(name))
        return {key: inner.number(key) for key in self.mapping(name)}

    def _at(self, name: str) -> str:
        return f"{self.what}: {name}"


def _text(value: object, what: str) -> str:
    # Such texts are shown on terminals and pages: what steers those has no place in them.
    if (
        not isinstance(value, str)
        or len(value) > _LONGEST_TEXT
        or any(category(c) in _UNSAFE or c in _DIRECTIONS for c in value)
    ):
        raise _wrong(what, f"text of at most {_LONGEST_TEXT} characters, none that steers a screen")
    return value


def _whole(value: object, what: str, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise _wrong(what, f"a whole number from {least} to {most}")
    return value


def _wrong(what: str, expected: str) -> FileProblem:
    return FileProblem(
        f"{what} is not what synthcase writes.",
        expected=expected,
        todo="Check that this is the right file, that it is whole, and that nobody changed it.",
    )
