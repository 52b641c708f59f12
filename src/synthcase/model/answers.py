"""Noisy tables of one tree, in votes or rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthcase.plans.nouns import Measurements, PlannedTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthcase.schema.layout import Layout, TableLayout

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Answer:
    """One noisy table in votes or rows.

    Attributes:
        table: The planned table.
        values: Noisy cells, `(cells,)`.
        noise: Variance of the noise of a cell.
    """

    table: PlannedTable
    values: Floats
    noise: float

    @property
    def margins(self) -> float:
        """Noisy sum of all cells."""
        return float(self.values.sum())


def answers_of(measurements: Measurements, root: str) -> list[Answer]:
    """Return the noisy tables of one tree, in votes or rows instead of count units."""
    return [
        Answer(
            table,
            measurements.answers[table.id] / table.unit,
            float(table.sigma / table.unit) ** 2,
        )
        for table in measurements.plan.tables
        if table.root == root
    ]


def cases_of(answers: list[Answer], layout: TableLayout, public: int | None) -> float:
    """Estimate the number of rows of a root: every full table of its rows adds up to it.

    Args:
        answers: Noisy tables of the tree.
        layout: The root table.
        public: Its number of rows where that is public.

    Returns:
        The inverse-variance mean, at least 1.

    Privacy:
        Post-processing of Measurements.
    """
    if public is not None:
        return float(max(public, 1))
    found = [
        (answer.margins, answer.noise * answer.table.size)
        for answer in answers
        if answer.table.kind in ("rows", "one_way", "own")
        and answer.table.axes[0][0] == layout.name
    ]
    weight = sum(1 / variance for _, variance in found)
    return max(1.0, sum(value / variance for value, variance in found) / weight)


def shaped(layout: Layout, answer: Answer) -> Floats:
    """Return the cells of a table as a matrix; agreement as a column."""
    table = answer.table
    if table.kind in ("agreement", "met"):
        return answer.values.reshape(-1, 1)
    one, two = (layout.by_name[t].attribute(a).size for t, a in table.axes[:2])
    if answer.table.size == one * two:
        return answer.values.reshape(one, two)
    return _unpack(answer.values, one)


def _unpack(packed: Floats, size: int) -> Floats:
    """Return unordered pairs as a symmetric matrix that holds half of each in both orders."""
    full = np.zeros((size, size))
    full[np.triu_indices(size)] = packed
    return (full + full.T) / 2
