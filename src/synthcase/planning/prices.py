"""What a plan costs each protected kind, and the promise in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from synthcase.plans.nouns import RHO_GRID, Guarantee, PlannedTable
from synthcase.privacy.accounting import belief, epsilon_of
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
    found: list[Price] = []
    for root in schema.roots:
        own = [table for table in tables if table.root == root.name]
        persons = [p for p in schema.protect.persons if schema.path(p.table)[0] == root.name]
        by_person = unit == "person" and bool(persons)
        found += _by_person(root.name, own, persons, schema) if by_person else (
            _by_case(root.name, own, persons, schema)
        )  # fmt: skip
    found += list(_pointed_at(schema, found))
    return found


def _total(tables: Sequence[PlannedTable], kind: str) -> Fraction:
    return sum((table.rho(kind) for table in tables), Fraction(0))


def _by_case(
    root: str, tables: Sequence[PlannedTable], persons: Sequence[Person], schema: Schema
) -> list[Price]:
    """Price a plan of votes: ρ for a case, 2g²ρ for somebody in g cases."""
    rho = _total(tables, root)
    public = schema.table(root).public_rows is not None
    inside = [person for person in persons if person.table != root]
    own = next((person for person in persons if person.table == root), None)
    found: list[Price] = []
    for person in inside:
        for cases in sorted({*CASES, person.max_cases}):
            account = person.table if cases == person.max_cases else None
            found.append(Price(_one(person.table, cases, root), account, 2 * cases**2 * rho, cases))
        charged = 2 * person.max_cases**2 * rho
        found += _files(f"a {person.table}", charged, person.max_cases)
        if public:
            found.append(Price(f"a {person.table} moved from one {root} to another", None, 8 * rho))
    if len(inside) > 1:
        cases = sum(person.max_cases for person in inside)
        names = " and ".join(person.table for person in inside)
        found.append(Price(f"a person who is {names}", BOTH, 2 * cases**2 * rho, cases))
    if inside:
        k = schema.protect.persons_per_case
        found.append(Price(f"{k} persons of one {root} together", None, 2 * rho))
    whole = (2 if public else 1) * (own.max_cases if own else 1) ** 2 * rho
    words = "exchanged for another, with all its rows" if public else "with all its rows"
    if own and own.max_cases > 1:
        found.append(
            Price(f"a person with {own.max_cases} rows of {root}", root, whole, own.max_cases)
        )
    else:
        found.append(Price(f"a {root} {words}", root, whole))
    return [*found, *_files(f"a {root} {words}", whole, 1)]


def _by_person(
    root: str, tables: Sequence[PlannedTable], persons: Sequence[Person], schema: Schema
) -> list[Price]:
    """Price a plan of weight-1 rows: ρ for a person, g² times that in g cases, k² for a case."""
    times = 4 if schema.table(root).public_rows is not None else 1
    found: list[Price] = []
    most = Fraction(0)
    for person in persons:
        rho = times * _total(tables, person.table)
        most = max(most, rho)
        for cases in sorted({*CASES, person.max_cases}):
            account = person.table if cases == person.max_cases else None
            found.append(Price(_one(person.table, cases, root), account, cases**2 * rho, cases))
        found += _files(f"a {person.table}", person.max_cases**2 * rho, person.max_cases)
    if len(persons) > 1:
        names = " and ".join(person.table for person in persons)
        rho = times * sum((_together(table, persons) for table in tables), Fraction(0))
        found.append(Price(f"a person who is {names}", BOTH, rho))
    k = schema.protect.persons_per_case
    if root not in {person.table for person in persons}:
        found.append(Price(f"a {root} with {k} persons", root, k**2 * most))
    return found


def _together(table: PlannedTable, persons: Sequence[Person]) -> Fraction:
    """Return the price of a table to somebody who is all of them: (Σ gΔ)²/(2σ²), rounded up."""
    squares = [
        person.max_cases**2 * table.delta_squared.get(person.table, Fraction(0))
        for person in persons
    ]
    total = sum(squares, Fraction(0))
    for at, one in enumerate(squares):
        total += sum((2 * _root_up(one * two) for two in squares[at + 1 :]), Fraction(0))
    exact = total / (2 * table.sigma**2)
    return Fraction(-(-exact * RHO_GRID // 1), RHO_GRID)


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


def _pointed_at(schema: Schema, prices: Sequence[Price]) -> Iterator[Price]:
    """Price a row of a second tree that rows of the first point to.

    It is protected in its own tables; in the tables of the rows that point to it, d of them change.
    """
    accounts = {price.account: price.rho for price in prices if price.account}
    for table in schema.measured:
        root = schema.path(table.name)[0]
        for parent in table.parents[1:]:
            other = schema.path(parent.table)[0]
            if other == root or root not in accounts or other not in accounts:
                continue
            for number in POINTED_AT:
                rho = accounts[other] + 2 * number**2 * accounts[root]
                yield Price(
                    f"a {parent.table} that {number} rows of {table.name} point to", None, rho
                )
