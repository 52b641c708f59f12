"""What a plan costs each protected kind, and the promise in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from synthcase.errors import SchemaError
from synthcase.planning.owning import above_persons, belongs_to_person
from synthcase.planning.sensitivity import of_one_row
from synthcase.plans.nouns import Guarantee, PlannedTable
from synthcase.privacy.accounting import belief, epsilon_of, round_up
from synthcase.schema.nouns import Person, Schema

BOTH = "both"
"""The account of a person who stands in several tables of persons."""
CASES = (1, 2, 3, 5)
FILES = (2, 3)
POINTED_AT = (1, 3, 10)


@dataclass(frozen=True)
class Price:
    """The price of one line of the promise.

    Attributes:
        who: Who is protected, in words.
        account: The account that is charged, None for a line that is only printed.
        rho: zCDP parameter.
        cases: Cases the person is in.
        files: Files the person is in.
    """

    who: str
    account: str | None
    rho: Fraction
    cases: int = 1
    files: int = 1

    def guarantee(self, delta: Fraction) -> Guarantee:
        """Return the line of the promise, with ε at δ."""
        return Guarantee(
            who=self.who,
            account=self.account,
            cases=self.cases,
            files=self.files,
            rho=self.rho,
            epsilon=epsilon_of(self.rho, delta=delta),
            belief=belief(self.rho),
        )


def prices_of(schema: Schema, tables: Sequence[PlannedTable], *, unit: str) -> list[Price]:
    """Return every line of the promise; those with an account are charged.

    Args:
        schema: The schema: who is a person, in how many cases at most.
        tables: The planned tables.
        unit: `case` or `person`.

    Returns:
        Lines, persons first.

    References:
        docs/proofs/votes.md, docs/proofs/persons.md.

    Privacy:
        Reads no record.
    """
    persons: list[Price] = []
    cases: list[Price] = []
    both = Fraction(0)
    for root in schema.roots:
        tree = _Tree(schema, root.name, tuple(table for table in tables if table.root == root.name))
        by_person = unit == "person" and bool(tree.persons)
        persons += _person_lines(tree, by_person=by_person)
        cases += _by_person(tree) if by_person else _by_case(tree)
        both += _both(tree, by_person=by_person)
    if len(schema.protect.persons) > 1:
        persons.append(_everybody(schema, both))
    return [*persons, *cases, *_pointed_at(schema, tables, unit=unit)]


@dataclass(frozen=True)
class _Tree:
    """The planned tables of one root."""

    schema: Schema
    root: str
    tables: tuple[PlannedTable, ...]

    @property
    def persons(self) -> tuple[Person, ...]:
        """The tables of persons of this tree."""
        persons = self.schema.protect.persons
        return tuple(p for p in persons if self.schema.path(p.table)[0] == self.root)

    @property
    def root_is_person(self) -> bool:
        """Say whether the cases are persons."""
        return self.root in {person.table for person in self.persons}

    @property
    def is_public(self) -> bool:
        """Say whether a number of rows is public, so that neighbours must keep it."""
        tables = [t for t in self.schema.measured if self.schema.path(t.name)[0] == self.root]
        return any(table.public_rows is not None for table in tables)

    def total(self, kind: str) -> Fraction:
        """Return the price of all tables to one protected kind."""
        return sum((table.rho(kind) for table in self.tables), Fraction(0))


def _person_lines(tree: _Tree, *, by_person: bool) -> list[Price]:
    """Price a person: ρ for a weight-1 row, g² times that in g cases; with votes 2g²ρ."""
    found: list[Price] = []
    for person in tree.persons:
        if by_person:
            found += _persons(tree, person, _times(tree) * tree.total(person.table))
        elif person.table != tree.root:
            found += _persons(tree, person, 2 * tree.total(tree.root))
    return found


def _by_case(tree: _Tree) -> list[Price]:
    """Price what is not one person in a plan of votes: ρ for a case, 2ρ for anything inside."""
    root, rho = tree.root, tree.total(tree.root)
    inside = [person.table for person in tree.persons if person.table != root]
    found: list[Price] = []
    if tree.is_public:
        found += [Price(f"a {p} moved from one {root} to another", None, 8 * rho) for p in inside]
    if inside:
        k = tree.schema.protect.persons_per_case
        found.append(Price(f"{k} persons of one {root} together", None, 2 * rho))
    words = "exchanged for another, with all its rows" if tree.is_public else "with all its rows"
    who, cases = f"a {root} {words}", _cases(tree, root)
    if cases > 1:
        who = f"a person with {cases} rows of {root}"
    whole = _whole(tree)
    return [*found, Price(who, root, whole, cases), *_files(who, whole, cases)]


def _by_person(tree: _Tree) -> list[Price]:
    """Price a case of k persons in a plan of weight-1 rows: k² times the dearest of them."""
    if tree.root_is_person:
        return []
    k = tree.schema.protect.persons_per_case
    most = max(_times(tree) * tree.total(person.table) for person in tree.persons)
    return [Price(f"a {tree.root} with {k} persons", tree.root, k**2 * most)]


def _whole(tree: _Tree) -> Fraction:
    """Return what a whole case pays in votes; a person, where cases are persons with several."""
    return (2 if tree.is_public else 1) * _cases(tree, tree.root) ** 2 * tree.total(tree.root)


def _times(tree: _Tree) -> int:
    """Return 4 where one person can only leave for another to enter: twice the distance."""
    return 4 if tree.is_public else 1


def _cases(tree: _Tree, table: str) -> int:
    return next((p.max_cases for p in tree.persons if p.table == table), 1)


def _persons(tree: _Tree, person: Person, rho: Fraction) -> list[Price]:
    """Return the lines of one table of persons; the one with their most cases is charged."""
    who = f"a {person.table}"
    found = [
        Price(
            _one(person.table, cases, tree.root),
            person.table if cases == person.max_cases else None,
            cases**2 * rho,
            cases,
        )
        for cases in sorted({*CASES, person.max_cases})
    ]
    return [*found, *_files(who, person.max_cases**2 * rho, person.max_cases)]


def _both(tree: _Tree, *, by_person: bool) -> Fraction:
    """Return what somebody pays in one tree who stands in each of its tables of persons."""
    if by_person:
        each = (_together(table, tree.persons) for table in tree.tables)
        return _times(tree) * sum(each, Fraction(0))
    if [person.table for person in tree.persons] == [tree.root]:
        return _whole(tree)
    return 2 * sum(person.max_cases for person in tree.persons) ** 2 * tree.total(tree.root)


def _everybody(schema: Schema, rho: Fraction) -> Price:
    persons = schema.protect.persons
    if BOTH in {table.name for table in schema.tables}:
        raise SchemaError(
            f"a table is called {BOTH}, as is the account of a person in several tables",
            todo="give the table another name",
        )
    names = " and ".join(person.table for person in persons)
    cases = sum(person.max_cases for person in persons)
    return Price(f"a person who is {names}", BOTH, rho, cases)


def _together(table: PlannedTable, persons: Sequence[Person]) -> Fraction:
    """Return the price of a table to somebody who is all of them: (Σ gΔ)²/(2σ²), rounded up."""
    squares = [
        person.max_cases**2 * table.delta_squared.get(person.table, Fraction(0))
        for person in persons
    ]
    total = sum(squares, Fraction(0))
    for at, one in enumerate(squares):
        total += sum((2 * _root_up(one * two) for two in squares[at + 1 :]), Fraction(0))
    return round_up(total / (2 * table.sigma**2))


def _root_up(square: Fraction) -> Fraction:
    """Return the square root, exact for whole squares, else rounded up to 2^-20."""
    scaled = square * 2**40
    whole = -(-scaled.numerator // scaled.denominator)
    root = isqrt(whole)
    return Fraction(root if root * root == whole else root + 1, 2**20)


def _one(person: str, cases: int, root: str) -> str:
    return f"a {person} in one {root}" if cases == 1 else f"a {person} in {cases} {root}s"


def _files(who: str, rho: Fraction, cases: int) -> list[Price]:
    return [
        Price(f"{who} recorded in the files of {files} custodians", None, files * rho, cases, files)
        for files in FILES
    ]


def pointers(schema: Schema, *, unit: str) -> Iterator[tuple[str, str, bool]]:
    """Yield each table whose rows point into another tree, what they point to, and if it is priced.

    A row pointed to may take the rows that point to it along. That has no bound where persons
    stand below those rows, or below the row pointed to.

    Args:
        schema: The schema.
        unit: `case` or `person`.

    Yields:
        Both tables, and whether the plan states a price.

    Privacy:
        Reads no record.
    """
    for table in schema.measured:
        for parent in table.parents[1:]:
            ends = (table.name, parent.table)
            if schema.path(ends[0])[0] != schema.path(ends[1])[0]:
                free = any(
                    above_persons(schema, name) and not belongs_to_person(schema, name)
                    for name in ends
                )
                yield *ends, unit == "case" or not free


def _pointed_at(schema: Schema, tables: Sequence[PlannedTable], *, unit: str) -> Iterator[Price]:
    """Price a row of a second tree that rows of the first point to.

    It is protected in its own tables; in the tables of the rows that point to it, d of them change.
    """
    public = any(table.public_rows is not None for table in schema.measured)
    for table, target, priced in pointers(schema, unit=unit):
        if not priced:
            continue
        own, one = _row_leaves(schema, tables, target), _row_leaves(schema, tables, table)
        for number in POINTED_AT:
            rho = (4 if public else 1) * (own + number**2 * one)
            yield Price(f"a {target} that {number} rows of {table} point to", None, rho)


def _row_leaves(schema: Schema, tables: Sequence[PlannedTable], table: str) -> Fraction:
    """Return the price of one row that leaves with all below it, in the tables of its tree."""
    path = schema.path(table)
    own = [planned for planned in tables if planned.root == path[0]]
    if all(planned.unit > 1 for planned in own):
        return (1 if len(path) == 1 else 2) * sum((t.rho(path[0]) for t in own), Fraction(0))
    squares = ((of_one_row(schema, table, planned), planned.sigma) for planned in own)
    return sum((round_up(square / (2 * sigma**2)) for square, sigma in squares), Fraction(0))
