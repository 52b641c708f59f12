"""What is wrong with the records, by table, column, kind and count: never a value."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from typing import Literal

FEWEST_SHOWN = 10


def bucket(count: int) -> str:
    """Write a number of rows; one below 10 is written as `<10`.

    Example:
        >>> bucket(3), bucket(10)
        ('<10', '10')

    Privacy:
        The numbers below 10 look alike; what it returns stays inside.
    """
    return str(count) if count >= FEWEST_SHOWN else f"<{FEWEST_SHOWN}"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One kind of problem in one place.

    Attributes:
        table: The table.
        column: The column, or the columns of a rule; None if it is about the table.
        kind: What is wrong.
        count: How many rows, as a bucket; None if it is not about rows.
        level: `error` if the records cannot or would not be coded as written, else `warning`.
        todo: What to do.
        row_numbers: Row numbers, the first below the header being 1; only if asked for.
    """

    table: str
    column: str | None
    kind: str
    count: str | None = None
    level: Literal["error", "warning"] = "error"
    todo: str | None = None
    row_numbers: tuple[int, ...] = ()

    @property
    def where(self) -> str:
        """Table and column."""
        return f"{self.table}.{self.column}" if self.column else self.table

    def text(self) -> str:
        """Return the problem as one line, and a second with what to do."""
        count = f" ({self.count} rows)" if self.count else ""
        lines = [f"{self.level}: {self.where}: {self.kind}{count}"]
        if self.row_numbers:
            lines.append(f"  rows: {', '.join(map(str, self.row_numbers))}")
        if self.todo:
            lines.append(f"  {self.todo}")
        return "\n".join(lines)


@dataclass(frozen=True)
class CheckReport:
    """The problems of some records.

    Attributes:
        problems: Errors and warnings, in the order of the schema.

    Privacy:
        Shows names of the schema, kinds and counts; a count below 10 is shown as `<10`. It is
        about real records all the same, and stays inside.
    """

    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that are no warnings."""
        return tuple(problem for problem in self.problems if problem.level == "error")

    @property
    def ok(self) -> bool:
        """Whether there is no error; there may be warnings."""
        return not self.errors

    def text(self) -> str:
        """Return the report as plain text."""
        if not self.problems:
            return "no problem found"
        return "\n".join(problem.text() for problem in self.problems)

    def to_json(self) -> str:
        """Return the report as JSON for machines, with counts as buckets."""
        problems = [
            {
                "level": problem.level,
                "table": problem.table,
                "column": problem.column,
                "kind": problem.kind,
                "count": problem.count,
                "todo": problem.todo,
                **({"rows": list(problem.row_numbers)} if problem.row_numbers else {}),
            }
            for problem in self.problems
        ]
        return json.dumps({"ok": self.ok, "problems": problems}, indent=2) + "\n"

    def _repr_html_(self) -> str:
        if not self.problems:
            return "<p>no problem found</p>"
        rows = "".join(
            f"<tr><td>{escape(problem.level)}</td><td>{escape(problem.where)}</td>"
            f"<td>{escape(problem.kind)}</td><td>{escape(problem.count or '')}</td></tr>"
            for problem in self.problems
        )
        return (
            f"<table><tr><th>level</th><th>where</th><th>kind</th><th>rows</th></tr>{rows}</table>"
        )
