"""How well the main answers will be known, from public numbers alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import prod, sqrt

from synthcase.planning.masses import Expected
from synthcase.plans.nouns import ExpectedError, PlannedTable
from synthcase.schema.layout import Layout
from synthcase.schema.nouns import Question, Schema

Z90 = 1.6449
"""Two-sided 90 % point of the normal distribution."""
USEFUL, ROUGH = 0.2, 0.5
_Margin = tuple[str, tuple[tuple[str, str], ...]]
_MOST = 40
"""Lines of one-way answers printed when the schema asks no question."""


def expected_errors(
    schema: Schema, layout: Layout, tables: Sequence[PlannedTable], expected: Expected
) -> tuple[ExpectedError, ...]:
    """Return the expected error of the schema's questions, else of each one-way table.

    A half-width is that of the measured table, all its margins taken together. An answer that is
    not measured comes from the model and has no error yet.

    Args:
        schema: The schema.
        layout: Its attributes.
        tables: The planned tables.
        expected: Expected rows.

    Returns:
        One line a question.

    Privacy:
        Reads no record.
    """
    questions = schema.questions or tuple(_one_ways(schema))
    variances = _variances(layout, tables)
    return tuple(_error(schema, layout, question, variances, expected) for question in questions)


def _one_ways(schema: Schema) -> Iterator[Question]:
    left = _MOST
    for table in schema.measured:
        for column in table.columns[:left]:
            left -= 1
            yield Question(
                f"count {table.name} by {column.name}", table.name, ((table.name, column.name),)
            )


def _variances(layout: Layout, tables: Sequence[PlannedTable]) -> dict[_Margin, float]:
    """Return the variance of a cell of every measured table, in votes or rows.

    A one-way table is also the margin of its pairs; all of them together are sharper. The rows that
    are counted are those of the last axis.
    """
    precisions: dict[_Margin, float] = defaultdict(float)
    for table in tables:
        variance = float(table.sigma / table.unit) ** 2
        row = table.axes[-1][0]
        if table.kind in ("one_way", "own", "ancestor", "rows"):
            precisions[row, tuple(sorted(table.axes))] += 1 / variance
        if table.kind in ("own", "ancestor"):
            one, two = (layout.by_name[t].attribute(a).size for t, a in table.axes)
            precisions[row, table.axes[1:]] += 1 / (variance * one)
            precisions[row, table.axes[:1]] += 1 / (variance * two)
    return {margin: 1 / precision for margin, precision in precisions.items()}


def _error(
    schema: Schema,
    layout: Layout,
    question: Question,
    variances: dict[_Margin, float],
    expected: Expected,
) -> ExpectedError:
    rows = expected.rows[question.table]
    axes = tuple(_axis(layout, table, column) for table, column in question.by)
    sizes = [layout.by_name[t].attribute(a).size if a else 1 for t, a in axes if a is not None]
    typical = rows / max(1, prod(sizes))
    known = None if any(a is None for _, a in axes) else _known(question, axes)
    if known is None or known not in variances:
        return ExpectedError(
            question=question.text,
            answer=_words(sizes),
            half_width=None,
            typical=typical,
            verdict="not measured",
        )
    weight = max(expected.weight(schema, question.table), 1e-9)
    half = Z90 * sqrt(variances[known]) * rows / weight
    share = half / max(typical, 1e-9)
    verdict = "useful" if share <= USEFUL else "rough" if share <= ROUGH else "no"
    return ExpectedError(
        question=question.text,
        answer=_words(sizes),
        half_width=half,
        typical=typical,
        verdict=verdict,
    )


def _known(question: Question, axes: tuple[tuple[str, str | None], ...]) -> _Margin:
    if not axes:
        return question.table, ((question.table, ""),)
    return question.table, tuple(sorted((table, str(name)) for table, name in axes))


def _axis(layout: Layout, table: str, column: str) -> tuple[str, str | None]:
    """Return the attribute of a column; None for a derived one, the status of a multi-select."""
    return (table, column) if column in layout.by_name[table].index else (table, None)


def _words(sizes: list[int]) -> str:
    number = prod(sizes)
    return "the total" if not sizes else f"a typical one of {number} cells"
