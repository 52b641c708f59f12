"""Nouns of the layout: numbered variables of a table, and where they are open."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synthcase.schema.rules import Derived

RECORDED = "recorded"
NO, YES = "no", "yes"
NOT_APPLICABLE = "not_applicable"
_COUNT_STARTS = (0, 1, 2, 3, 4, 5, 6, 7, 9, 13, 21, 41, 81, 151)


@dataclass(frozen=True)
class GateAt:
    """Where an attribute is open: the gate's attribute and its opening states."""

    attribute: str
    open_states: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """One numbered variable of a table.

    Attributes:
        name: `age`, `means` (status of a multi-select), `means.debt` (a flag), `#victim` (a count).
        states: Labels of its states: values first, then kinds of missing.
        values: How many of the states are values.
        column: The column it belongs to, None for a count.
        gate: Where it is open; elsewhere it is in state `closed`.
        closed: The state it has where its gate is shut.
        never_when_open: Its closed state does not occur where the gate is open.
        otherwise: The state that replaces the closed one where the gate is open; None without gate.
        shared: Name of the domain whose values members of a case tend to share.
        counts: The child table whose rows it counts, None otherwise.
    """

    name: str
    states: tuple[str, ...]
    values: int
    column: str | None = None
    gate: GateAt | None = None
    closed: int | None = None
    never_when_open: bool = False
    otherwise: int | None = None
    shared: str | None = None
    counts: str | None = None

    @property
    def size(self) -> int:
        """Number of states."""
        return len(self.states)


@dataclass(frozen=True)
class CountBins:
    """Bins of a number of children: 0 to 6 one by one, then wider, up to the cap."""

    cap: int

    @cached_property
    def ranges(self) -> tuple[tuple[int, int], ...]:
        """First and last number of each bin; the last one also holds what is above the cap."""
        starts = [start for start in _COUNT_STARTS if start < self.cap] + [self.cap]
        return (
            *((low, high - 1) for low, high in pairwise(starts)),
            (self.cap, self.cap),
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """One label a bin, the last with a `+`."""
        *first, (cap, _) = self.ranges
        return (*(str(a) if a == b else f"{a}-{b}" for a, b in first), f"{cap}+")


@dataclass(frozen=True, kw_only=True)
class TableLayout:
    """One measured table as attributes.

    Attributes:
        name: The table.
        parent: The table above it in the model, None for a root.
        typical: The c of tempered votes among the children of one parent.
        counts: How its rows are binned as children of a parent.
        attributes: Columns and flags in schema order, then one count for each child table.
        second: The table of the other end, for links inside a case; None otherwise.
        forbidden: Combinations of states (by attribute) that no row may have.
        derived: Columns computed after sampling.
    """

    name: str
    parent: str | None
    typical: int
    counts: CountBins | None
    attributes: tuple[Attribute, ...]
    second: str | None = None
    forbidden: tuple[tuple[tuple[str, frozenset[int]], ...], ...] = ()
    derived: tuple[Derived, ...] = ()

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each attribute by name."""
        return {attribute.name: at for at, attribute in enumerate(self.attributes)}

    def attribute(self, name: str) -> Attribute:
        """Return the attribute of that name (KeyError if there is none)."""
        return self.attributes[self.index[name]]

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """First position of each attribute when all states stand in one row, and the total."""
        total, found = 0, [0]
        for attribute in self.attributes:
            total += attribute.size
            found.append(total)
        return tuple(found)

    @property
    def width(self) -> int:
        """Number of states of all attributes together."""
        return self.offsets[-1]

    def span(self, name: str) -> slice:
        """Return where the states of an attribute stand among all states."""
        at = self.index[name]
        return slice(self.offsets[at], self.offsets[at + 1])


@dataclass(frozen=True)
class Layout:
    """All measured tables as attributes, parents before children.

    Privacy:
        Made from the schema alone.
    """

    tables: tuple[TableLayout, ...]

    @cached_property
    def by_name(self) -> dict[str, TableLayout]:
        """Tables by name."""
        return {table.name: table for table in self.tables}

    def children(self, name: str) -> tuple[TableLayout, ...]:
        """Return the child tables of a table."""
        return tuple(table for table in self.tables if table.parent == name)

    def path(self, name: str) -> tuple[str, ...]:
        """Return the tables from the root down to `name`."""
        path = [name]
        while parent := self.by_name[path[-1]].parent:
            path.append(parent)
        return tuple(reversed(path))
