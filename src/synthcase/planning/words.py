"""What a plan says in words: what it does not protect, and what its reader should know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from synthcase.planning.masses import Expected
from synthcase.planning.owning import most_pointing, pointing_at
from synthcase.planning.prices import pointers

if TYPE_CHECKING:
    from synthcase.plans.nouns import PlannedTable
    from synthcase.schema.nouns import Schema


def not_protected(schema: Schema, unit: str) -> tuple[str, ...]:
    """Return what the plan does not promise.

    Args:
        schema: The schema.
        unit: `case` or `person`.

    Returns:
        Sentences.

    Privacy:
        Reads no record.
    """
    root = schema.roots[0].name
    found = [
        (
            "What is true of the population: that a kind of case is common can be learnt whether "
            "or not any one person is recorded."
        ),
        "Groups larger than the lines above: the price grows with the square of their number.",
        "Records on a computer that somebody else controls, and what is told outside this release.",
    ]
    if unit == "person":
        found += [
            f"That a {root} exists, and its own columns, beyond what one person changes.",
            f"That a {root} had other persons.",
        ]
        found += [
            f"A {person.table} that more than {most_pointing(schema, link)} rows of {link} "
            "point to."
            for person in schema.protect.persons
            for link in pointing_at(schema, person.table)
            if schema.table(link).parents[1].most is None
        ]
    for link, target, priced in pointers(schema, unit=unit):
        lines = ": the lines above give its price for 1, 3 and 10 of them." if priced else "."
        found.append(f"A {target} that many rows of {link} point to{lines}")
    for table in schema.tables:
        if table.public_rows is not None:
            found.append(
                f"Whether somebody is in the file at all, since the number of rows of {table.name} "
                "is public."
            )
    return tuple(found)


def remarks(schema: Schema, expected: Expected, tables: Sequence[PlannedTable]) -> tuple[str, ...]:
    """Return what a reader of the plan should know.

    Args:
        schema: The schema.
        expected: Expected rows.
        tables: The planned tables.

    Returns:
        Sentences.

    Privacy:
        Reads no record.
    """
    found = []
    if expected.source == "assumed":
        found.append(
            "Nobody said how many rows to expect, so the errors are worked out for "
            + ", ".join(f"{name} {rows}" for name, rows in expected.rows.items())
            + ". Give public or rounded figures with --expect."
        )
    learned = {table.axes[-1][0] for table in tables if table.kind in ("ends", "met")}
    for root in schema.roots:
        own = [table for table in tables if table.root == root.name]
        if all(table.kind in ("rows", "one_way") for table in own) and len(own) > 2:
            found.append(
                f"For so few rows of {root.name} at this ε, only one-way tables are worth "
                "counting: columns will be released as if independent. Merge values, pool years, "
                "or ask fewer columns."
            )
    found += [
        f"{table.name} is modelled as rows of {table.parents[0].table}; which "
        f"{table.parents[1].table} it points to is filled at random."
        for table in schema.measured
        if len(table.parents) > 1 and table.name not in learned
    ]
    if schema.unapproved:
        found.append(
            "Domains read off the data and not approved yet: " + ", ".join(schema.unapproved)
            + ". A release refuses them, and this plan holds their values: keep it inside."
        )  # fmt: skip
    return tuple(found)
