"""A column: its public domain, its kinds of missing, and who answers for it."""

from __future__ import annotations

from dataclasses import dataclass

from synthcase.errors import SchemaError
from synthcase.schema.domains import MISSING_KINDS, DateBins, Domain, Flags, NumberBins, Values
from synthcase.schema.names import NAME, check_column_name, check_label

TOPICS = ("ethnicity", "religion", "health", "sexual_orientation")
MOST_STATES = 10_000


@dataclass(frozen=True)
class Approval:
    """Who answers for a domain that was read off the data, and by what source."""

    by: str
    source: str

    def __post_init__(self) -> None:
        """Check that both are given."""
        if not self.by.strip() or not self.source.strip():
            raise SchemaError("`approved` names a person (`by`) and a source (`source`)")


@dataclass(frozen=True)
class Missing:
    """One kind of missing and how the source writes it.

    Attributes:
        kind: One of `MISSING_KINDS`.
        spellings: Texts of the source that mean it; none if the source never writes it.
    """

    kind: str
    spellings: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check the kind."""
        if self.kind not in MISSING_KINDS:
            raise SchemaError(
                f"{self.kind!r} is no kind of missing", exists=", ".join(MISSING_KINDS)
            )


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table.

    Attributes:
        name: Its name in the release (and in the source, unless a multi-select has flag columns).
        domain: Its public domain.
        otherwise: The value or kind of missing that takes what the domain does not list.
        missing: The kinds of missing it may have.
        shared: Name of the domain whose values members of a case tend to share.
        topic: Marks a sensitive subject (ethnicity, religion, health, sexual_orientation).
        justification: Why such a column is needed.
        from_data: The domain was read off the data.
        approved: Who approved such a domain, and from what source.
    """

    name: str
    domain: Domain
    otherwise: str
    missing: tuple[Missing, ...] = ()
    shared: str | None = None
    topic: str | None = None
    justification: str | None = None
    from_data: bool = False
    approved: Approval | None = None

    def __post_init__(self) -> None:
        """Check names, that `otherwise` is a state and that no spelling is ambiguous."""
        self._check_names()
        self._check_topic()
        if self.otherwise not in self.states:
            raise SchemaError(
                f"column {self.name}: `else: {self.otherwise}` is neither a value nor a declared "
                "kind of missing",
                exists=", ".join(self.states[:12]),
            )
        spellings = [s for missing in self.missing for s in missing.spellings]
        if len(set(spellings)) != len(spellings):
            raise SchemaError(f"column {self.name}: two kinds of missing share a spelling")
        if not isinstance(self.domain, NumberBins | DateBins) and set(spellings) & set(
            self.domain.labels
        ):
            raise SchemaError(f"column {self.name}: a value is also a spelling of missing")
        if set(self.domain.labels) & set(MISSING_KINDS) & {m.kind for m in self.missing}:
            raise SchemaError(f"column {self.name}: a value has the name of a kind of missing")

    def _check_names(self) -> None:
        for name in (self.name, *self.source_names):
            check_column_name(name)
        if isinstance(self.domain, Values | Flags):
            for label in self.domain.labels:
                check_label(label)
        if len(self.states) > MOST_STATES:
            raise SchemaError(
                f"column {self.name} has {len(self.states)} states",
                expected=f"at most {MOST_STATES}",
                todo="use wider bins, or group the values",
            )
        if len(set(self.missing_kinds)) != len(self.missing):
            raise SchemaError(f"column {self.name} names a kind of missing twice")

    def _check_topic(self) -> None:
        if self.shared is not None and (
            isinstance(self.domain, Flags) or not NAME.fullmatch(self.shared)
        ):
            raise SchemaError(
                f"column {self.name}: `shared` does not fit",
                expected="a lower-case name, on a column that is not multi-select",
            )
        if self.topic is not None and self.topic not in TOPICS:
            raise SchemaError(
                f"column {self.name}: {self.topic[:40]!r} is no topic", exists=", ".join(TOPICS)
            )
        if self.topic and not (self.justification or "").strip():
            raise SchemaError(
                f"column {self.name} is about {self.topic.replace('_', ' ')} and says not why it "
                "is needed",
                todo="write the reason in `justification:`, or leave the column out",
            )

    @property
    def missing_kinds(self) -> tuple[str, ...]:
        """The kinds of missing, in the order of the schema."""
        return tuple(missing.kind for missing in self.missing)

    @property
    def states(self) -> tuple[str, ...]:
        """Values, then kinds of missing."""
        return (*self.domain.labels, *self.missing_kinds)

    @property
    def source_names(self) -> tuple[str, ...]:
        """The columns of the source that hold this column."""
        if isinstance(self.domain, Flags) and self.domain.columns:
            return self.domain.columns
        return (self.name,)
