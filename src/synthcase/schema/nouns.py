"""The schema: tables, columns and their public domains, keys, rules, and who is protected."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from html import escape

from synthcase.core.canonical import sha256_hex
from synthcase.errors import SchemaError
from synthcase.schema.coherence import check_protect, check_references, check_shared
from synthcase.schema.columns import Approval, Column, Missing
from synthcase.schema.domains import DateBins, Domain, Flags, NumberBins, Values
from synthcase.schema.names import check_schema_name
from synthcase.schema.rules import Derived, Forbidden, Gate, Rule
from synthcase.schema.tables import Parent, Table

UNITS = ("case", "person")


@dataclass(frozen=True)
class Person:
    """A table whose rows are persons, and the most cases one person is in (public)."""

    table: str
    max_cases: int = 1


@dataclass(frozen=True, kw_only=True)
class Protect:
    """Who is protected.

    Attributes:
        unit: `case` (one case, one vote) or `person` (weight-1 rows).
        persons: The tables whose rows are persons.
        caps: Largest number of children a parent is counted with, by child table.
        persons_per_case: Persons of one case for whom the plan states the price together (k).
    """

    unit: str = "case"
    persons: tuple[Person, ...] = ()
    caps: tuple[tuple[str, int], ...] = ()
    persons_per_case: int = 3

    def __post_init__(self) -> None:
        """Check unit and figures."""
        if self.unit not in UNITS:
            raise SchemaError(f"the protected unit is one of {', '.join(UNITS)}")
        if any(not 1 <= cap <= 300 for _, cap in self.caps):
            raise SchemaError("a cap is a whole number from 1 to 300")
        if any(not 1 <= person.max_cases <= 100 for person in self.persons):
            raise SchemaError("`max_cases` is a whole number from 1 to 100")
        if not 1 <= self.persons_per_case <= 1000:
            raise SchemaError("`persons_per_case` is a whole number from 1 to 1000")


@dataclass(frozen=True)
class Question:
    """A table a user wants: rows of `table` counted by columns `table.column`."""

    text: str
    table: str
    by: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Schema:
    """The public description of a database: everything the tool may know before it looks.

    Attributes:
        name: Its name.
        tables: The tables; a parent may stand after its child.
        protect: Who is protected.
        rules: Rules that hold inside one row.
        questions: The answers the custodian wants; the plan states their expected error.
        text: The canonical YAML text it was made from; hashed into every later file.

    Privacy:
        Reads no record.
    """

    name: str
    tables: tuple[Table, ...]
    protect: Protect
    rules: tuple[Rule, ...] = ()
    questions: tuple[Question, ...] = ()
    text: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Check that references point to what exists and that tables form a forest."""
        check_schema_name(self.name)
        check_references(self.tables)
        if not self.roots:
            raise SchemaError("no table is without a parent", expected="a root, such as the case")
        for table in self.tables:
            self.path(table.name)
        check_shared(self.measured)
        check_protect(self.protect, self.measured)

    def table(self, name: str) -> Table:
        """Return the table of that name.

        Raises:
            SchemaError: If there is none.
        """
        for table in self.tables:
            if table.name == name:
                return table
        raise SchemaError(
            f"there is no table {name[:40]!r}", exists=", ".join(t.name for t in self.tables)
        )

    @cached_property
    def measured(self) -> tuple[Table, ...]:
        """The tables that are measured, parents before children; look-up tables are not."""
        found = [table for table in self.tables if not table.lookup]
        return tuple(sorted(found, key=lambda table: len(self.path(table.name))))

    @cached_property
    def roots(self) -> tuple[Table, ...]:
        """The measured tables without a parent; the first one's rows are the cases."""
        return tuple(t for t in self.tables if t.parent is None and not t.lookup)

    def children(self, name: str) -> tuple[Table, ...]:
        """Return the tables whose (first) parent is `name`."""
        return tuple(t for t in self.measured if t.parent and t.parent.table == name)

    def path(self, name: str) -> tuple[str, ...]:
        """Return the tables from the root down to `name`.

        Raises:
            SchemaError: If the parents of a table run in a circle.
        """
        path = [name]
        table = self.table(name)
        while table.parent:
            if table.parent.table in path:
                raise SchemaError(f"the parents of table {name} run in a circle")
            path.append(table.parent.table)
            table = self.table(table.parent.table)
        return tuple(reversed(path))

    def cap(self, name: str) -> int:
        """Return the largest number of children a parent is counted with in child table `name`."""
        for table, cap in self.protect.caps:
            if table == name:
                return cap
        parent = self.table(name).parent
        return min(300, max(12, 4 * parent.typical)) if parent else 1

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical text, in hexadecimal."""
        return sha256_hex(self.text.encode())

    @property
    def unapproved(self) -> tuple[str, ...]:
        """Columns whose domain was read off the data and that nobody has approved."""
        return tuple(
            f"{table.name}.{column.name}"
            for table in self.tables
            for column in table.columns
            if column.from_data and column.approved is None
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(table.name)}</td>"
            f"<td>{escape(', '.join(parent.table for parent in table.parents))}</td>"
            f"<td>{escape(', '.join(f'{c.name} ({c.domain.kind})' for c in table.columns))}</td>"
            "</tr>"
            for table in self.tables
        )
        return (
            f"<p>Schema <b>{escape(self.name)}</b>, protected unit: {escape(self.protect.unit)}</p>"
            f"<table><tr><th>table</th><th>parent</th><th>columns</th></tr>{rows}</table>"
        )


__all__ = [
    "Approval",
    "Column",
    "DateBins",
    "Derived",
    "Domain",
    "Flags",
    "Forbidden",
    "Gate",
    "Missing",
    "NumberBins",
    "Parent",
    "Person",
    "Protect",
    "Question",
    "Rule",
    "Schema",
    "Table",
    "Values",
]
