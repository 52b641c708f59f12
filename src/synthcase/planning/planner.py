"""The verb plan: everything that will be asked of the records, decided without them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING

from synthcase.errors import UsageError
from synthcase.planning import sensitivity
from synthcase.planning.answers import expected_errors
from synthcase.planning.budget import Weighted, allot
from synthcase.planning.candidates import Candidate, candidates
from synthcase.planning.masses import Expected, expected_rows
from synthcase.planning.owning import is_cut, pointing_at
from synthcase.planning.prices import prices_of
from synthcase.planning.words import not_protected, remarks
from synthcase.plans.nouns import VOTE, Plan, PlannedTable
from synthcase.privacy.accounting import DELTA, parse_epsilon, rho_of
from synthcase.schema.layout import Layout, layout_of
from synthcase.schema.nouns import UNITS

if TYPE_CHECKING:
    from synthcase.schema.nouns import Schema

MOST_TABLES = 50_000
MOST_CELLS = 4_000_000
"""More would not fit the files that answers are read from."""

LARGEST_EPSILON = 100
"""Above it a plan is refused: somebody who looks for a person would be told."""


def plan(
    schema: Schema,
    *,
    epsilon: str | float | Fraction,
    expect: Mapping[str, int] | None = None,
    unit: str | None = None,
) -> Plan:
    """Plan every table to be counted, with its noise, its price and its expected error.

    Args:
        schema: The schema.
        epsilon: ε of one protected unit, added or removed as a whole, at δ = 10⁻⁶.
        expect: Expected rows by table: public or rounded figures, since they stand in the plan.
        unit: `case` or `person`; the schema's unit where it is not given.

    Returns:
        The plan.

    Raises:
        UsageError: If ε, the unit or the expected rows cannot be used.
        SchemaError: If a rule cannot be compiled.

    Privacy:
        Reads no record. Running the plan costs its `prices`.

    References:
        Bun and Steinke (2016), arXiv:1605.02065 (zCDP); Canonne, Kamath and Steinke (2020),
        arXiv:2004.00010 (discrete Gaussian, conversion to ε and δ).
    """
    unit = _checked_unit(schema, unit or schema.protect.unit)
    if parse_epsilon(epsilon) > LARGEST_EPSILON:
        raise UsageError(
            "ε is so large that it promises nothing.", expected=f"at most {LARGEST_EPSILON}"
        )
    rho = rho_of(epsilon)
    if not rho:
        raise UsageError("ε is too small to count anything.", expected="at least about 0.01")
    layout = layout_of(schema)
    votes = {table.name: _by_votes(schema, table.name, unit) for table in layout.tables}
    expected = expected_rows(schema, expect, votes=votes)
    tables = _tables(schema, layout, expected, rho)
    if not tables:
        raise UsageError(
            "The schema leaves nothing to count.", todo="name columns, or make no row count public"
        )
    prices = prices_of(schema, tables, unit=unit)
    return Plan(
        schema=schema,
        unit=unit,
        epsilon=str(epsilon),
        delta=DELTA,
        expected=dict(expected.rows),
        expected_source=expected.source,
        tables=tuple(tables),
        prices={price.account: price.rho for price in prices if price.account},
        guarantees=tuple(price.guarantee(DELTA) for price in prices),
        not_protected=not_protected(schema, unit),
        errors=expected_errors(schema, layout, tables, expected),
        remarks=remarks(schema, expected, tables),
    )


def _checked_unit(schema: Schema, unit: str) -> str:
    """Return the unit, if a plan can protect it.

    Raises:
        UsageError: If there is no such unit, nobody is a person, or one person's leaving takes
            along any number of others: where persons are, or stand below, rows that point to one.
    """
    if unit not in UNITS:
        raise UsageError("There is no such protected unit.", expected=" or ".join(UNITS))
    if unit == "case":
        return unit
    if not schema.protect.persons:
        raise UsageError(
            "The schema names no table of persons.", todo="name them under `protect: persons:`"
        )
    for person in schema.protect.persons:
        for link in pointing_at(schema, person.table):
            if not is_cut(schema, link):
                raise UsageError(
                    f"Rows of {link} leave with the {person.table} they point to, and persons with "
                    "them, so nothing bounds what one person changes.",
                    todo="Plan with the case as the protected unit: --unit case",
                )
    return unit


def _by_votes(schema: Schema, table: str, unit: str) -> bool:
    """Say whether a table is counted in votes: always for cases, and where nobody is a person."""
    root = schema.path(table)[0]
    persons = {schema.path(person.table)[0] for person in schema.protect.persons}
    return unit == "case" or root not in persons


def _tables(
    schema: Schema, layout: Layout, expected: Expected, rho: Fraction
) -> list[PlannedTable]:
    found: list[PlannedTable] = []
    for root in schema.roots:
        tree = Layout(tuple(t for t in layout.tables if layout.path(t.name)[0] == root.name))
        votes = expected.votes[root.name]
        weighted = [
            Weighted(
                candidate,
                expected.mass(schema, candidate),
                (sensitivity.votes if votes else sensitivity.weight_one)(schema, candidate),
                VOTE if votes else 1,
            )
            for candidate in _listed(tree, unit="case" if votes else "person")
            if not (candidate.kind == "rows" and _public(schema, candidate.axes[0][0]))
        ]
        found += _planned(root.name, [w for w in weighted if w.delta_squared], rho)
    if sum(table.size for table in found) > MOST_CELLS:
        raise UsageError(
            "The plan has more cells than can be counted.",
            came=f"most of them are in {max(found, key=lambda table: table.size).id}",
            expected=f"at most {MOST_CELLS}",
            todo="Give the columns with the most values wider bins, or merge their values.",
        )
    return found


def _listed(tree: Layout, *, unit: str) -> list[Candidate]:
    found = list(islice(candidates(tree, unit=unit), MOST_TABLES + 1))
    if len(found) > MOST_TABLES:
        raise UsageError(
            f"The schema asks for more than {MOST_TABLES} tables of counts.",
            todo="Name fewer columns: every pair of them is counted.",
        )
    return found


def _public(schema: Schema, table: str) -> bool:
    return schema.table(table).public_rows is not None


def _planned(root: str, weighted: Sequence[Weighted], rho: Fraction) -> list[PlannedTable]:
    sigmas = allot(weighted, rho)
    return [
        PlannedTable(
            id=item.candidate.id,
            kind=item.candidate.kind,
            axes=item.candidate.axes,
            size=item.candidate.size,
            root=root,
            unit=item.unit,
            delta_squared=item.delta_squared,
            sigma=sigmas[item.candidate.id],
        )
        for item in weighted
        if item.candidate.id in sigmas
    ]
