"""The form of one column in the schema file, kind by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from synthcase.schema.domains import DateBins, Domain, Flags, NumberBins, Values, date_bins
from synthcase.schema.scalars import Day, Form, Number, Text, Texts, Truth, Whole, mapping_or_list

if TYPE_CHECKING:
    from fractions import Fraction

MissingKind = Literal["unknown", "not_asked", "not_applicable", "withheld"]
Topic = Literal["ethnicity", "religion", "health", "sexual_orientation"]


class ApprovalForm(Form):
    """Who answers for a domain that was read off the data."""

    by: str = Field(description="The person who approved the domain.")
    source: str = Field(description="The codebook, law or standard that lists these values.")


class ColumnForm(Form):
    """What every kind of column may say."""

    otherwise: Text = Field(
        alias="else",
        description="The value or kind of missing that takes what the domain does not list.",
    )
    missing: dict[MissingKind, Texts] = Field(
        default={}, description="The kinds of missing, and how the source writes each."
    )
    shared: str | None = Field(
        default=None, description="Name of a domain whose values members of a case tend to share."
    )
    topic: Topic | None = Field(default=None, description="A sensitive subject.")
    justification: str | None = Field(
        default=None, description="Why a column with a `topic` is needed."
    )
    from_data: Truth = Field(
        default=False, description="The domain was read off the data and must be approved."
    )
    approved: ApprovalForm | None = None


class ListedForm(ColumnForm):
    """A closed list of values, in no order (categorical) or from low to high (ordinal)."""

    kind: Literal["categorical", "ordinal"]
    values: tuple[Text, ...] = Field(description="All values, from a public source.")

    def domain(self) -> Domain:
        """Return the domain."""
        return Values(self.values, ordered=self.kind == "ordinal")


class BinaryForm(ColumnForm):
    """Two values."""

    kind: Literal["binary"]
    values: tuple[Text, Text] = Field(default=("no", "yes"), description="No, then yes.")

    def domain(self) -> Domain:
        """Return the domain."""
        return Values(self.values, binary=True)


class NumberForm(ColumnForm):
    """A number in public bins."""

    kind: Literal["number"]
    bins: tuple[Number, ...] = Field(
        description="Edges: a bin holds its lower edge and not its upper one; the last holds both."
    )
    decimals: Whole | None = Field(
        default=None, description="Decimals of a released number; by default those of the edges."
    )

    def domain(self) -> Domain:
        """Return the domain."""
        decimals = self.decimals
        if decimals is None:
            decimals = max((_decimals(edge) for edge in self.bins), default=0)
        return NumberBins(self.bins, decimals=decimals)


class SpanForm(Form):
    """Days from one to another, in years, quarters or months."""

    first: Text = Field(alias="from", description="First day, such as 2010-01-01 or 2010.")
    last: Text = Field(alias="to", description="Last day, such as 2023-12-31 or 2023.")
    by: Literal["year", "quarter", "month"]


class DateForm(ColumnForm):
    """A day in public bins."""

    kind: Literal["date"]
    bins: Annotated[
        Annotated[tuple[Day, ...], Tag("list")] | Annotated[SpanForm, Tag("mapping")],
        Discriminator(mapping_or_list),
    ] = Field(description="First day of each bin and the day after the last; or {from, to, by}.")

    def domain(self) -> Domain:
        """Return the domain."""
        if isinstance(self.bins, SpanForm):
            return date_bins(self.bins.first, self.bins.last, self.bins.by)
        return DateBins(self.bins)


class MultiForm(ColumnForm):
    """Several values at once: in one cell (`separator`), or in flag columns (`flags`)."""

    kind: Literal["multi"]
    values: tuple[Text, ...] | None = Field(default=None, description="All values.")
    separator: str | None = Field(default=None, description="What stands between two values.")
    flags: dict[str, str] | None = Field(
        default=None, description="The flag column of the source for each value."
    )

    def domain(self) -> Domain:
        """Return the domain."""
        flags = self.flags or {}
        labels = tuple(flags) if self.values is None else self.values
        # `values` gives the order; a flag without a value, or the reverse, the noun refuses.
        columns = tuple(flags[label] for label in labels if label in flags)
        extra = tuple(column for label, column in flags.items() if label not in labels)
        return Flags(labels, separator=self.separator, columns=columns + extra)


class LikeForm(Form):
    """A copy of another column; what is written here replaces what it says."""

    like: str = Field(description="The column to copy, as table.column.")
    kind: str | None = None
    values: tuple[Text, ...] | None = None
    bins: Any = None
    decimals: Whole | None = None
    separator: str | None = None
    flags: dict[str, str] | None = None
    otherwise: Text | None = Field(default=None, alias="else")
    missing: dict[MissingKind, Texts] | None = None
    shared: str | None = None
    topic: Topic | None = None
    justification: str | None = None
    from_data: Truth | None = None
    approved: ApprovalForm | None = None


def _kind_of(value: object) -> str | None:
    if not isinstance(value, dict):
        return None
    if "like" in value:
        return "like"
    kind = value.get("kind")
    return "listed" if kind in ("categorical", "ordinal") else kind


AnyColumn = Annotated[
    Annotated[ListedForm, Tag("listed")]
    | Annotated[BinaryForm, Tag("binary")]
    | Annotated[NumberForm, Tag("number")]
    | Annotated[DateForm, Tag("date")]
    | Annotated[MultiForm, Tag("multi")]
    | Annotated[LikeForm, Tag("like")],
    Discriminator(
        _kind_of,
        custom_error_type="kind",
        custom_error_message="a column names its `kind`: categorical, ordinal, binary, number, "
        "date or multi (or the column it is `like`)",
    ),
]


def _decimals(number: Fraction) -> int:
    found = 0
    while (number * 10**found).denominator != 1:
        found += 1
    return found
