"""Squared L2 sensitivity of every kind of table, for every protected kind."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from synthcase.planning.candidates import Candidate
from synthcase.planning.owning import (
    is_cut,
    leaves_with,
    most_below,
    most_pointing,
    pointing_at,
)
from synthcase.plans.nouns import VOTE, PlannedTable
from synthcase.schema.nouns import Schema


def votes(schema: Schema, candidate: Candidate) -> dict[str, Fraction]:
    """Return Δ² of a table of votes when one case is added or removed.

    Every table sums, over cases, a non-negative array whose entries add up to at most one vote
    (2^30 count units). So adding or removing a case moves it by at most one vote in L2, and
    changing what is inside one case by at most √2 votes.

    Args:
        schema: The schema.
        candidate: The table.

    Returns:
        Δ² in squared count units, for the root of the table's tree.

    References:
        docs/proofs/votes.md.

    Privacy:
        Reads no record.
    """
    root = schema.path(candidate.axes[0][0])[0]
    return {root: Fraction(VOTE * VOTE)}


def weight_one(schema: Schema, candidate: Candidate) -> dict[str, Fraction]:
    """Return Δ² of a table of weight-1 rows when one person (one row of her table) leaves.

    With her leave the rows below hers; the rows above hers that no other person stands under, with
    what stands below those; and up to `cap` rows of each link table that point to her.

    Args:
        schema: The schema.
        candidate: The table.

    Returns:
        Δ² by table of persons; persons it does not concern are left out.

    References:
        docs/proofs/persons.md.

    Privacy:
        Reads no record.
    """
    found = {}
    for person in schema.protect.persons:
        squared = _person(schema, person.table, candidate)
        if squared:
            found[person.table] = Fraction(squared)
    return found


def of_one_row(schema: Schema, table: str, candidate: Candidate | PlannedTable) -> Fraction:
    """Return Δ² of a table of weight-1 rows when one row leaves with all below it.

    Args:
        schema: The schema.
        table: The table whose row leaves, a table of persons or one that is cut: then another row
            of the same parent may take its place.
        candidate: The table that is counted.

    Returns:
        Δ²; for d rows that leave together, d² times this.

    References:
        docs/proofs/persons.md.

    Privacy:
        Reads no record.
    """
    return Fraction(_Leaving(schema, table, last=not is_cut(schema, table)).squared(candidate))


def _person(schema: Schema, person: str, candidate: Candidate) -> int:
    squares = [_Leaving(schema, person, last=not is_cut(schema, person)).squared(candidate)]
    squares += [
        most_pointing(schema, table) ** 2 * _Leaving(schema, table, last=False).squared(candidate)
        for table in pointing_at(schema, person)
    ]
    squares = [square for square in squares if square]
    # (x + y + …)² is at most the number of terms times x² + y² + …
    return len(squares) * sum(squares)


@dataclass(frozen=True)
class _Leaving:
    """One row that leaves, with all rows below it.

    Attributes:
        schema: The schema.
        table: The row's table.
        last: Rows above it may leave as well, with what belongs to no person below them.
    """

    schema: Schema
    table: str
    last: bool

    @property
    def times(self) -> int:
        """Return 2 where another row of the parent may take its place, which the cut left out."""
        return 2 if is_cut(self.schema, self.table) else 1

    def above(self, table: str) -> bool:
        """Say whether a table is an ancestor of the row."""
        return table in self.schema.path(self.table)[:-1]

    def below(self, table: str) -> bool:
        """Say whether a table is the row's own or stands below it."""
        return self.table in self.schema.path(table)

    def most(self, table: str) -> int:
        """Return the most rows of a table that leave, those above the row aside."""
        if self.below(table):
            return most_below(self.schema, self.table, table)
        holder = leaves_with(self.schema, table) if self.last else None
        if holder is not None and self.above(holder):
            return most_below(self.schema, holder, table)
        return 0

    def groups(self, parent: str) -> int:
        """Return the most rows of `parent` that leave with all their children."""
        return 1 if self.above(parent) else self.most(parent)

    def squared(self, candidate: Candidate | PlannedTable) -> int:
        """Return Δ² of a table."""
        tables = [table for table, _ in candidate.axes]
        if candidate.kind in ("rows", "one_way", "own", "ancestor"):
            return self._rows(tables[-1], [name for _, name in candidate.axes])
        if tables[0] != tables[1]:
            return self._chosen(tables, diagonal=candidate.kind == "agreement")
        same = candidate.axes[0] == candidate.axes[1]
        agreement = candidate.kind == "agreement"
        alone, replaced = (3, 6) if not agreement else (1 if same else 2, 4)
        return self._chain(tables[0], alone=alone, replaced=replaced)

    def _rows(self, table: str, attributes: list[str]) -> int:
        """One cell by one for each row that leaves; a row above that stays changes a count."""
        if not self.above(table):
            # in a table of one cell, a row that takes the place of another changes nothing
            times = self.times if self.below(table) and any(attributes) else 1
            return self.most(table) ** 2 * times
        path = self.schema.path(self.table) if self.last else (self.table,)
        return 2 if {f"#{name}" for name in path} & set(attributes) else int(self.last)

    def _chain(self, table: str, *, alone: int, replaced: int) -> int:
        """Adjacent pairs of siblings in secret order.

        A row that leaves takes two pairs and makes one, so three cells move by one (`alone`); a
        row that takes its place stands last and makes one pair more (`replaced`). Rows that all
        leave together take at most one pair fewer than there are of them.
        """
        if table == self.table and self.times == 1:
            return alone
        pairs = self.schema.cap(table) - 1
        if table == self.table:
            return min(replaced, 2 * pairs**2)
        if self.above(table):
            return alone if self.last else 0
        if not self.most(table):
            return 0
        gone = self.groups(self.schema.path(table)[-2]) * pairs
        return gone**2 * (self.times if self.below(table) else 1)

    def _chosen(self, tables: list[str], *, diagonal: bool) -> int:
        """One pair a parent: one row of each table, chosen by its own hash."""
        if any(table == self.table or (self.last and self.above(table)) for table in tables):
            return 1 if diagonal else 2
        if not all(self.most(table) for table in tables):
            return 0
        gone = self.groups(self.schema.path(tables[0])[-2])
        return gone**2 * (self.times if self.below(tables[0]) else 1)
