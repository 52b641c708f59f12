"""Squared L2 sensitivity of every kind of table, for every protected kind."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import prod

from synthcase.planning.candidates import Candidate
from synthcase.plans.nouns import VOTE
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
        squared = _delta_squared(_Place(schema, person.table), candidate)
        if squared:
            found[person.table] = Fraction(squared)
    return found


@dataclass(frozen=True)
class _Place:
    """Where tables stand seen from one table of persons."""

    schema: Schema
    person: str

    def owned(self, table: str) -> bool:
        """Say whether the rows of a table belong to one person each."""
        return self.person in self.schema.path(table)

    def above(self, table: str) -> bool:
        """Say whether a table is an ancestor of the persons."""
        return table != self.person and table in self.schema.path(self.person)

    def vanishes(self, table: str) -> bool:
        """Say whether rows belong to the case alone, so that they leave with its last person."""
        path = self.schema.path(table)
        persons = {person.table for person in self.schema.protect.persons}
        below = any(self.schema.path(p)[:-1].count(table) for p in persons)
        return path[0] == self.schema.path(self.person)[0] and not persons & set(path) and not below

    def most(self, table: str) -> int:
        """Return the most rows of a table that leave with one person."""
        path = self.schema.path(table)
        if self.owned(table):
            below = path[path.index(self.person) + 1 :]
            return prod(self.schema.cap(name) for name in below)
        if self.vanishes(table):
            return prod(self.schema.cap(name) for name in path[1:])
        return 0


def _delta_squared(place: _Place, candidate: Candidate) -> int:
    tables = [table for table, _ in candidate.axes]
    counted = any(name.startswith("#") for _, name in candidate.axes)
    row = tables[-1]
    if candidate.kind in ("rows", "one_way", "own", "ancestor"):
        if place.above(row):
            return 2 if counted else 1
        return place.most(row) ** 2
    if candidate.kind == "agreement" and tables[0] == tables[1]:
        return _chain(place, row, alone=1 if candidate.axes[0] == candidate.axes[1] else 2)
    if candidate.kind == "sibling":
        return _chain(place, row, alone=3)
    return _chosen_pair(place, tables, diagonal=candidate.kind == "agreement")


def _chain(place: _Place, table: str, *, alone: int) -> int:
    """Return Δ² of the adjacent pairs of siblings in secret order; `alone` when one row leaves.

    A row that leaves takes two pairs and makes one, so three cells move by one. Where only
    agreement is counted, the new pair agrees just when both old ones did on the same value: one
    cell by one. Two different columns may agree on two values, and the new pair on neither.
    Rows that all leave together take at most one pair fewer than there are of them.
    """
    if table == place.person or place.above(table):
        return alone
    parent = place.schema.path(table)[-2]
    groups = 1 if place.above(parent) else place.most(parent)
    return int((groups * (place.schema.cap(table) - 1)) ** 2) if place.most(table) else 0


def _chosen_pair(place: _Place, tables: list[str], *, diagonal: bool) -> int:
    """Return Δ² of one pair a parent: one row of each table, chosen by its own hash."""
    if any(table == place.person or place.above(table) for table in tables):
        return 1 if diagonal else 2
    parent = place.schema.path(tables[0])[-2]
    if all(place.most(table) for table in tables):
        groups = 1 if place.above(parent) else place.most(parent)
        return groups**2
    return 0
