"""Whether the parts of a schema fit each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthcase.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synthcase.schema.nouns import Protect
    from synthcase.schema.tables import Parent, Table


MOST_TABLES = 200


def check_references(tables: Sequence[Table]) -> None:
    """Check that every reference leads to a measured table and has all parts of its key.

    Args:
        tables: All tables.

    Raises:
        SchemaError: If not, if two tables have one name, or if there are too many.
    """
    if len(tables) > MOST_TABLES:
        raise SchemaError(f"the schema has {len(tables)} tables", expected=f"at most {MOST_TABLES}")
    by_name = {table.name: table for table in tables}
    if len(by_name) != len(tables):
        raise SchemaError("the schema names a table twice")
    for table in tables:
        for parent in table.parents:
            if parent.table not in by_name:
                raise SchemaError(
                    f"table {table.name} refers to {parent.table[:40]!r}, which is no table",
                    exists=", ".join(by_name),
                )
            _check_parent(table, parent, by_name[parent.table])


def _check_parent(table: Table, parent: Parent, above: Table) -> None:
    if above.lookup:
        raise SchemaError(
            f"table {table.name} has the look-up table {above.name} as a parent",
            todo="make the code an ordinary column whose `values` are the codes",
        )
    if len(parent.columns) != len(above.key):
        raise SchemaError(
            f"table {table.name} refers to {above.name} by {len(parent.columns)} column(s)",
            expected=f"one column for each part of its key ({', '.join(above.key)})",
        )


def check_protect(protect: Protect, measured: Sequence[Table]) -> None:
    """Check that what is protected and capped is measured.

    Args:
        protect: Who is protected.
        measured: The measured tables.

    Raises:
        SchemaError: If a table is not measured, a root has a cap, or the protected unit is the
            person and no table holds persons.
    """
    by_name = {table.name: table for table in measured}
    for name in (*(person.table for person in protect.persons), *dict(protect.caps)):
        if name not in by_name:
            raise SchemaError(
                f"`protect` names {name[:40]!r}, which is no measured table",
                exists=", ".join(by_name),
            )
    for name, _ in protect.caps:
        if by_name[name].parent is None:
            raise SchemaError(
                f"`protect: caps:` names {name}, which has no parent",
                expected="tables of children: a cap limits the children of one parent",
            )
    if protect.unit == "person" and not protect.persons:
        raise SchemaError(
            "the protected unit is the person, but no table holds persons",
            todo="name the tables of persons under `protect: persons:`",
        )


def check_shared(measured: Sequence[Table]) -> None:
    """Check that columns which share a domain list the same values in the same order.

    Args:
        measured: The measured tables.

    Raises:
        SchemaError: If two do not; the message names both.
    """
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for table in measured:
        for column in table.columns:
            if column.shared is None:
                continue
            name = f"{table.name}.{column.name}"
            first, labels = found.setdefault(column.shared, (name, column.domain.labels))
            if labels != column.domain.labels:
                raise SchemaError(
                    f"{first} and {name} share the domain {column.shared} but list different "
                    "values",
                    todo="give both the same values in the same order",
                )
