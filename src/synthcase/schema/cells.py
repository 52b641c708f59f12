"""From the text of one cell to a state of its column: a total, exact and public function.

The function is made from the column alone. Whatever the text, it returns a state, or says that the
domain does not list it; `synthcase.schema.coding` then puts the column's `else` in its place.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from synthcase.schema.domains import DateBins, Flags, NumberBins, Values, period

if TYPE_CHECKING:
    from synthcase.schema.columns import Column

OUTSIDE = -1
"""The domain does not list the text."""
IMPOSSIBLE = -2
"""The text is no number, or no date that falls into one bin."""

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
_LONGEST_NUMBER = 100
_LONGEST_DATE = 50
_YES = frozenset(["yes", "y", "true", "t", "1", "1.0", "x"])
_NO = frozenset(["no", "n", "false", "f", "0", "0.0"])

StateOf: TypeAlias = Callable[[str], int]


def state_of(column: Column) -> StateOf:
    """Return the function from a text to a state of a column that is not multi-select.

    Args:
        column: The column.

    Returns:
        A function: text to the number of a state, or `OUTSIDE` or `IMPOSSIBLE`. Spellings of
        missing come first, then values and labels of bins as written, then the number or date the
        text denotes; if nothing fits, the same for the text without blanks at its ends.

    Privacy:
        Made from the schema alone.
    """
    values = len(column.domain.labels)
    listed = {label: at for at, label in enumerate(column.domain.labels)}
    listed |= {
        text: values + at for at, kind in enumerate(column.missing) for text in kind.spellings
    }
    other = _other_forms(column)

    def find(text: str) -> int:
        state = listed.get(text)
        if state is None:
            text = text.strip()
            state = listed.get(text)
        return other(text) if state is None else state

    return find


def _other_forms(column: Column) -> StateOf:
    domain = column.domain
    if isinstance(domain, NumberBins):
        return _number_bin(domain)
    if isinstance(domain, DateBins):
        return lambda text: _date_bin(domain, text)
    if isinstance(domain, Values) and domain.binary:
        return _binary(domain)
    return lambda _: OUTSIDE


def number_of(text: str) -> float | None:
    """Return the number that a text denotes, with a point and perhaps an exponent; else None."""
    short = text.strip()
    if len(short) > _LONGEST_NUMBER or not _NUMBER.fullmatch(short):
        return None
    return float(short)


def _number_bin(domain: NumberBins) -> StateOf:
    edges = [float(edge) for edge in domain.edges]
    ties = frozenset(edges)
    last = len(edges) - 2

    def find(text: str) -> int:
        number = number_of(text)
        if number is None:
            return IMPOSSIBLE if text else OUTSIDE
        if number not in ties:
            at = bisect_right(edges, number) - 1
        else:
            # At an edge the float may have been rounded across it: compare exactly.
            exact = Fraction(text.strip())
            at = last if exact == domain.edges[-1] else bisect_right(domain.edges, exact) - 1
        return at if 0 <= at <= last else OUTSIDE

    return find


def _date_bin(domain: DateBins, text: str) -> int:
    if not text:
        return OUTSIDE
    days = period(text) if len(text) <= _LONGEST_DATE else None
    if days is None:
        return IMPOSSIBLE
    first, last = (bisect_right(domain.edges, day) - 1 for day in days)
    if first != last:
        return IMPOSSIBLE
    return first if 0 <= first < len(domain.edges) - 1 else OUTSIDE


def _binary(domain: Values) -> StateOf:
    """Take the other usual words for yes and no where the two values are such words themselves."""
    words: dict[str, int] = {}
    for at, label in enumerate(domain.labels):
        for group in (_YES, _NO):
            if label.casefold() in group:
                words |= dict.fromkeys(group, at)
    if len(set(words.values())) != len(domain.labels):
        return lambda _: OUTSIDE
    return lambda text: words.get(text.casefold(), OUTSIDE)


def flag_of(column: Column, label: str) -> StateOf:
    """Return the function from the text of one flag column to no (0), yes (1) or missing.

    Args:
        column: A multi-select column with flag columns.
        label: The value whose flag it is.

    Returns:
        A function: text to 0, 1, 2 + the number of a kind of missing, or `OUTSIDE`. An empty cell
        that is no spelling of missing is a no.
    """
    words = {label.casefold(): 1, "": 0} | dict.fromkeys(_NO, 0) | dict.fromkeys(_YES, 1)
    missing = {text: 2 + at for at, kind in enumerate(column.missing) for text in kind.spellings}

    def find(text: str) -> int:
        short = text.strip()
        for spelling in (text, short):
            if spelling in missing:
                return missing[spelling]
        return words.get(short.casefold(), OUTSIDE)

    return find


@dataclass(frozen=True)
class Choice:
    """What one cell of a multi-select column says.

    Attributes:
        status: 0 if recorded, else 1 + the number of the kind of missing.
        chosen: The numbers of the values that are chosen.
        listed: Whether the domain lists everything in the cell.
    """

    status: int
    chosen: tuple[int, ...]
    listed: bool


def choice_of(column: Column) -> Callable[[str], Choice]:
    """Return the function from the text of one cell to the values chosen in it.

    Args:
        column: A multi-select column with a separator.

    Returns:
        A total function. A part that the domain does not list sets the flag of `else`; where
        `else` is a kind of missing, it counts only if the cell holds no value.
    """
    domain = column.domain
    separator = domain.separator if isinstance(domain, Flags) else None
    values = {label: at for at, label in enumerate(domain.labels)}
    missing = {text: 1 + at for at, kind in enumerate(column.missing) for text in kind.spellings}
    otherwise = column.states.index(column.otherwise)

    def find(text: str) -> Choice:
        for spelling in (text, text.strip()):
            if spelling in missing:
                return Choice(missing[spelling], (), listed=True)
        split = text.split(separator)
        parts = [part if part in values else part.strip() for part in split]
        chosen = {values[part] for part in parts if part in values}
        kinds = [missing[part] for part in parts if part in missing]
        unlisted = any(part and part not in values and part not in missing for part in parts)
        if unlisted and otherwise < len(values):
            chosen.add(otherwise)
        if chosen or not (unlisted or any(kinds)):
            return Choice(0, tuple(sorted(chosen)), listed=not unlisted)
        status = otherwise - len(values) + 1 if unlisted else kinds[0]
        return Choice(status, (), listed=not unlisted)

    return find
