"""Whose rows are whose: which tables belong to a person, and which are cut when persons pay.

Privacy:
    Reads no record, only the schema.
"""

from __future__ import annotations

from math import prod

from synthcase.schema.nouns import Schema


def belongs_to_person(schema: Schema, table: str) -> bool:
    """Say whether each row of a table is a person, or stands below one."""
    return bool(_persons(schema) & set(schema.path(table)))


def above_persons(schema: Schema, table: str) -> bool:
    """Say whether persons stand somewhere below the rows of a table."""
    return any(table in schema.path(person)[:-1] for person in _persons(schema))


def between(schema: Schema, table: str) -> bool:
    """Say whether a table stands between the cases and the persons.

    Its rows leave with the last person below them, so those without one are not counted: else
    a case that leaves with its last person would take any number of them along.
    """
    return (
        schema.table(table).parent is not None
        and not belongs_to_person(schema, table)
        and above_persons(schema, table)
    )


def is_cut(schema: Schema, table: str) -> bool:
    """Say whether a parent keeps at most `cap` rows of a table: those that leave with it.

    Cut are the rows below a person, and the rows of a case that have nothing to do with persons.
    Persons themselves and the rows above them are not: where one leaves, none may take its place.
    """
    above = schema.path(table)[:-1]
    if not above or _persons(schema) & set(above):
        return bool(above)
    return not belongs_to_person(schema, table) and not above_persons(schema, table)


def leaves_with(schema: Schema, table: str) -> str | None:
    """Return the table whose last person takes the rows of another along; None where none does.

    Rows that belong to no person leave with the nearest row above them that holds persons.
    """
    if belongs_to_person(schema, table) or above_persons(schema, table):
        return None
    holding = [name for name in schema.path(table) if above_persons(schema, name)]
    return holding[-1] if holding else None


def most_below(schema: Schema, above: str, table: str) -> int:
    """Return the most rows of a table that are counted below one row of a table above it."""
    path = schema.path(table)
    return prod(schema.cap(name) for name in path[path.index(above) + 1 :])


def most_pointing(schema: Schema, table: str) -> int:
    """Return the most rows of a link table for whose second end the plan pays.

    What the schema promises, and refuses records for; else as many as one first end may have, and
    the plan says who is not protected.
    """
    promised = schema.table(table).parents[1].most
    return schema.cap(table) if promised is None else promised


def pointing_at(schema: Schema, person: str) -> tuple[str, ...]:
    """Return the tables whose rows point to somebody, as their second parent, inside one tree.

    Such rows leave with either of their two ends.

    Args:
        schema: The schema.
        person: A table of persons.

    Returns:
        Tables whose second parent is the person, one of the person's rows, or a row between the
        case and the person.
    """
    found = []
    for table in schema.measured:
        for parent in table.parents[1:]:
            path = schema.path(parent.table)
            anchor = leaves_with(schema, parent.table)
            goes = parent.table if anchor is None else anchor
            near = person in path or (between(schema, goes) and goes in schema.path(person))
            if near and path[0] == schema.path(table.name)[0]:
                found.append(table.name)
    return tuple(found)


def _persons(schema: Schema) -> set[str]:
    return {person.table for person in schema.protect.persons}
