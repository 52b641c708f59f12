"""Public expectations: how many rows a table has, and how much weight they carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthcase.errors import UsageError
from synthcase.planning.candidates import Candidate
from synthcase.schema.nouns import Schema

ROOTS = 1_000
"""Rows of a root table where nobody says how many to expect."""
IN_GROUPS = 0.6
"""Share of a table's weight that is taken to stand in groups of two or more."""


@dataclass(frozen=True)
class Expected:
    """Expected rows of each table, and where the figures come from.

    Attributes:
        rows: Rows by table.
        source: `given`, `public`, or `assumed`.
        votes: Rows weigh a share of their case's vote.
    """

    rows: Mapping[str, int]
    source: str
    votes: Mapping[str, bool]

    def weight(self, schema: Schema, table: str) -> float:
        """Return the expected weight of a table's rows, in votes or rows."""
        parent = schema.table(table).parent
        if parent is None or not self.votes[table]:
            return float(self.rows[table])
        ratio = self.rows[table] / max(self.rows[parent.table], 1)
        return self.weight(schema, parent.table) * min(1.0, ratio / parent.typical)

    def mass(self, schema: Schema, candidate: Candidate) -> float:
        """Return the expected sum of a table's cells, in votes or rows."""
        weight = self.weight(schema, candidate.axes[-1][0])
        alone = candidate.kind not in ("sibling", "agreement", "co_child")
        return weight if alone else IN_GROUPS * weight


def expected_rows(
    schema: Schema, expect: Mapping[str, int] | None, *, votes: Mapping[str, bool]
) -> Expected:
    """Return the expected rows: given, else public, else assumed.

    Args:
        schema: The schema.
        expect: Public or rounded figures by table.
        votes: For each table, whether its rows weigh a share of a vote.

    Returns:
        A figure for every measured table.

    Raises:
        UsageError: If a table is unknown or a figure is no positive whole number.

    Privacy:
        Reads no record: the figures are the user's.
    """
    given = dict(expect or {})
    names = [table.name for table in schema.measured]
    for name, number in given.items():
        if name not in names:
            raise UsageError(
                f"The expected rows name {name[:40]!r}, which is no measured table.",
                exists=", ".join(names),
            )
        if type(number) is not int or not 1 <= number <= 10**10:
            raise UsageError(
                f"The expected rows of {name} must be a whole number.", expected="1 to 10^10"
            )
    public = False
    rows: dict[str, int] = {}
    for table in schema.measured:
        if table.name in given:
            rows[table.name] = given[table.name]
        elif table.public_rows is not None:
            rows[table.name] = max(1, table.public_rows)
            public = True
        elif table.parent is None:
            rows[table.name] = ROOTS
        else:
            rows[table.name] = rows[table.parent.table] * table.parent.typical
    source = "given" if given else "public" if public else "assumed"
    return Expected(rows, source, votes)
