"""The public domains a column may have: lists of values, bins of numbers or dates, flags.

A domain is made from the schema alone. Nothing here takes a record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from synthcase.errors import SchemaError

MISSING_KINDS = ("unknown", "not_asked", "not_applicable", "withheld")
MOST_DECIMALS = 12


def _distinct(labels: tuple[str, ...], what: str) -> None:
    if not labels:
        raise SchemaError(f"{what} lists no value", todo="list at least one value")
    if len(set(labels)) != len(labels):
        raise SchemaError(f"{what} lists a value twice", todo="list each value once")


@dataclass(frozen=True)
class Values:
    """A closed list of values, in order where `ordered`."""

    labels: tuple[str, ...]
    ordered: bool = False
    binary: bool = False

    def __post_init__(self) -> None:
        """Check that the labels are distinct."""
        _distinct(self.labels, "a domain")

    @property
    def kind(self) -> str:
        """The word of the schema file for this kind."""
        if self.binary:
            return "binary"
        return "ordinal" if self.ordered else "categorical"


@dataclass(frozen=True)
class NumberBins:
    """Public bins of a number: `[e0, e1), [e1, e2), …`, the last one closed.

    Attributes:
        edges: Increasing edges, one more than there are bins.
        decimals: Decimals of a released number; 0 means whole numbers.
    """

    edges: tuple[Fraction, ...]
    decimals: int = 0

    def __post_init__(self) -> None:
        """Check that the edges increase and, for whole numbers, are whole."""
        if len(self.edges) < 2 or any(a >= b for a, b in pairwise(self.edges)):
            raise SchemaError("bins need at least two edges, each larger than the one before")
        if not 0 <= self.decimals <= MOST_DECIMALS:
            raise SchemaError(f"`decimals` is a whole number from 0 to {MOST_DECIMALS}")
        scale = 10**self.decimals
        if any((edge * scale).denominator != 1 for edge in self.edges):
            raise SchemaError(
                "an edge of the bins has more decimals than the column",
                todo="raise `decimals`, or round the edges",
            )

    @property
    def kind(self) -> str:
        """The word of the schema file for this kind."""
        return "number"

    @property
    def labels(self) -> tuple[str, ...]:
        """One label a bin: `0-8` for whole numbers, `0.0-2.5` otherwise (upper edge excluded)."""
        last = len(self.edges) - 2
        step = Fraction(1, 10**self.decimals)
        names = []
        for number, (low, high) in enumerate(pairwise(self.edges)):
            top = high if number == last else high - step
            names.append(self.text(low) if low == top else f"{self.text(low)}-{self.text(top)}")
        return tuple(names)

    def text(self, number: Fraction) -> str:
        """Write a number with the decimals of the column."""
        scaled = round(number * 10**self.decimals)
        if not self.decimals:
            return str(scaled)
        sign = "-" if scaled < 0 else ""
        whole, part = divmod(abs(scaled), 10**self.decimals)
        return f"{sign}{whole}.{part:0{self.decimals}d}"


@dataclass(frozen=True)
class DateBins:
    """Public bins of days: `[e0, e1), [e1, e2), …`; the last edge is the day after the last.

    Attributes:
        edges: Increasing days, one more than there are bins.
        by: `year`, `quarter`, `month`, or `edges` when the schema lists them.
    """

    edges: tuple[date, ...]
    by: str = "edges"

    def __post_init__(self) -> None:
        """Check that the edges increase."""
        if len(self.edges) < 2 or any(a >= b for a, b in pairwise(self.edges)):
            raise SchemaError("bins of dates need at least two edges, each later than the last")

    @property
    def kind(self) -> str:
        """The word of the schema file for this kind."""
        return "date"

    @property
    def last(self) -> date:
        """The last day that has a bin."""
        return self.edges[-1] - timedelta(days=1)

    @property
    def labels(self) -> tuple[str, ...]:
        """One label a bin: `2014`, `2014-Q2`, `2014-05` or `2014-05-01/2014-05-15`."""
        return tuple(self._label(low, high) for low, high in pairwise(self.edges))

    def _label(self, low: date, high: date) -> str:
        if self.by == "year":
            return f"{low.year:04d}"
        if self.by == "quarter":
            return f"{low.year:04d}-Q{(low.month + 2) // 3}"
        if self.by == "month":
            return f"{low.year:04d}-{low.month:02d}"
        return f"{low.isoformat()}/{(high - timedelta(days=1)).isoformat()}"


def date_bins(first: str, last: str, by: str) -> DateBins:
    """Make bins of whole years, quarters or months.

    Args:
        first: First day, month or year: `2010-01-01`, `2010-01` or `2010`.
        last: Last day, month or year, included.
        by: `year`, `quarter` or `month`.

    Raises:
        SchemaError: If the days are none, or do not begin and end a period.
    """
    start, end = period(first), period(last)
    if start is None or end is None or end[1] == date.max:
        raise SchemaError(
            "`from` and `to` of a date are days, months or years", expected="such as 2010-01-01"
        )
    months = {"year": 12, "quarter": 3, "month": 1}[by]
    low, high = start[0], end[1] + timedelta(days=1)
    if any(day.day != 1 or (day.month - 1) % months for day in (low, high)):
        raise SchemaError(
            f"`from` and `to` do not begin and end a {by}",
            todo="begin at the first and end at the last day of one, or list the edges",
        )
    edges = [low]
    while edges[-1] < high:
        month = edges[-1].month - 1 + months
        edges.append(date(edges[-1].year + month // 12, month % 12 + 1, 1))
    return DateBins(tuple(edges), by=by)


_PERIOD = re.compile(
    r"([0-9]{4})(?:-Q([1-4])|-([0-9]{2})(?:-([0-9]{2})(?:[T ][0-9:.]+(?:Z|[+-][0-9:]+)?)?)?)?",
    re.ASCII,
)


def period(text: str) -> tuple[date, date] | None:
    """Return the first and last day of `2014`, `2014-Q2`, `2014-05` or `2014-05-31`.

    A time of the day after the day is not looked at. None if the text is no such date.
    """
    match = _PERIOD.fullmatch(text)
    if not match:
        return None
    year, quarter, month, day = (int(part) if part else None for part in match.groups())
    try:
        if day:
            return (found := date(year or 0, month or 0, day)), found
        first = date(year or 0, 3 * quarter - 2 if quarter else month or 1, 1)
        months = 3 if quarter else 1 if match[3] else 12
        after = first.month - 1 + months
        last = date(first.year + after // 12, after % 12 + 1, 1) - timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return first, last


@dataclass(frozen=True)
class Flags:
    """A multi-select column: several values at once, in one cell or in several flag columns.

    Attributes:
        labels: The values that may be chosen.
        separator: What stands between values in one cell; None when each value has a column.
        columns: The source's flag column of each label, in the order of `labels`; empty
            when the values stand in one cell.
    """

    labels: tuple[str, ...]
    separator: str | None = ";"
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check labels, and that exactly one of the two forms is used."""
        _distinct(self.labels, "a multi-select column")
        if (self.separator is None) == (not self.columns):
            raise SchemaError(
                "a multi-select column has either a `separator` or `flags`",
                todo="name the separator of the cell, or the flag column of each value",
            )
        if self.separator == "":
            raise SchemaError("the `separator` of a multi-select column is empty")
        if len(set(self.columns)) != len(self.columns):
            raise SchemaError("`flags` names a column twice")
        if self.columns and len(self.columns) != len(self.labels):
            raise SchemaError("`flags` names one column for each value")
        if self.separator and any(self.separator in label for label in self.labels):
            raise SchemaError("a value of a multi-select column contains its separator")

    @property
    def kind(self) -> str:
        """The word of the schema file for this kind."""
        return "multi"


Domain = Values | NumberBins | DateBins | Flags
