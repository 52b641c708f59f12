"""Measurements as targets of a fit: noisy tables side by side, and how far to trust each cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthcase.model.roles import Cast
from synthcase.plans.nouns import Measurements, PlannedTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthcase.schema.layout import Attribute, Layout, TableLayout

    Floats = NDArray[np.float64]

MISFIT = 0.5
"""Share of a cell's sampling variance that is added to its noise, so that sharp tables do not rule."""
Block = tuple[str, ...]


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


@dataclass(frozen=True)
class Target:
    """Cells to be met: values, and one over their variance (0 where nothing is known)."""

    values: NDArray[np.float32]
    weight: NDArray[np.float32]


@dataclass(frozen=True)
class Targets:
    """All targets of a fit of one tree of tables.

    Attributes:
        cases: Estimated number of rows of the root.
        blocks: Tables side by side, by block.
        special: Tables that need a formula of their own: pairs behind gates, agreement, pairs of
            one shared domain.
        centres: Overall share of every state, `(width,)` by table.
        cells: Number of noisy cells.
    """

    cases: float
    blocks: Mapping[Block, Target]
    special: Mapping[str, tuple[PlannedTable, Target]]
    centres: Mapping[str, Floats]
    cells: int


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


def targets_of(
    layout: Layout, answers: list[Answer], cases: float, casts: Mapping[str, Cast]
) -> Targets:
    """Lay the noisy tables of one tree side by side.

    Args:
        layout: The attributes.
        answers: Noisy tables.
        cases: Estimated number of root rows.
        casts: Weights of child tables' groups.

    Returns:
        Targets of the fit.

    Privacy:
        Post-processing of Measurements.
    """
    values: dict[Block, Floats] = {}
    weights: dict[Block, Floats] = {}
    special = {}
    for answer in answers:
        table = answer.table
        if table.kind == "rows" and layout.by_name[table.axes[0][0]].parent is None:
            continue
        variance = answer.noise + _misfit(answer, casts)
        block, place = _place(layout, table)
        if place is None:
            known = _known_cells(layout, table) if table.kind == "own" else 1.0
            special[table.id] = (table, _target(_shaped(layout, answer), known / variance))
            continue
        if block not in values:
            values[block] = np.zeros(_block_shape(layout, block))
            weights[block] = np.zeros(_block_shape(layout, block))
        values[block][place], weights[block][place] = _filled(layout, answer, 1 / variance)
    blocks = {block: _target(values[block], weights[block]) for block in values}
    return Targets(
        cases, blocks, special, centres_of(layout, answers), sum(a.table.size for a in answers)
    )


def _target(values: Floats, weight: Floats | float) -> Target:
    full = np.broadcast_to(np.asarray(weight), values.shape)
    return Target(values.astype(np.float32), full.astype(np.float32))


def _misfit(answer: Answer, casts: Mapping[str, Cast]) -> float:
    """Return the share of a cell's own sampling variance: its rows come in lumps of some weight."""
    lump = 1.0
    row = answer.table.axes[-1][0]
    if row in casts and casts[row].votes:
        lump = 1 / casts[row].typical
    return MISFIT * max(answer.margins, 1.0) * lump / answer.table.size


def _place(
    layout: Layout, table: PlannedTable
) -> tuple[Block, tuple[slice | int, slice | int] | None]:
    """Return the block of a table and its place in it; no place for one with its own formula."""
    names = tuple(name for name, _ in table.axes)
    tables = [layout.by_name[name] for name in names]
    if table.kind == "rows":
        return ("rows", names[0]), (0, 0)
    spans = [t.span(a) for t, (_, a) in zip(tables, table.axes, strict=True)]
    if table.kind == "one_way":
        return ("one_way", names[0]), (0, spans[0])
    if table.kind == "agreement":
        return (table.kind,), None
    one, two = (t.attribute(a) for t, (_, a) in zip(tables, table.axes, strict=True))
    if one.shared and one.shared == two.shared:
        return (table.kind,), None
    if table.kind == "own":
        return ("own", names[0]), None if in_one_family(one, two) else (spans[0], spans[1])
    if table.kind == "ancestor" and one.counts == names[1]:
        return ("count", names[1]), (slice(0, one.size), spans[1])
    if table.kind == "sibling":
        return ("sibling", names[0]), (spans[0], spans[1])
    return (table.kind, *names), (spans[0], spans[1])


def in_one_family(one: Attribute, two: Attribute) -> bool:
    """Say whether two attributes are a gate and what it opens, or stand behind one gate."""
    gates = [a.gate.attribute if a.gate else None for a in (one, two)]
    return (
        gates[0] == two.name
        or gates[1] == one.name
        or (gates[0] is not None and gates[0] == gates[1])
    )


def _known_cells(layout: Layout, table: PlannedTable) -> Floats:
    """Return 1 where a pair behind gates says something: not where a gate is shut."""
    one, two = (layout.by_name[t].attribute(a) for t, a in table.axes)
    known = np.ones((one.size, two.size))
    for first, second, cells in ((one, two, known), (two, one, known.T)):
        if second.gate and second.gate.attribute == first.name:
            cells[sorted(set(range(first.size)) - second.gate.open_states)] = 0
        elif first.gate and second.gate and first.gate.attribute == second.gate.attribute:
            cells[first.closed] = 0
    return known


def _block_shape(layout: Layout, block: Block) -> tuple[int, int]:
    width = layout.by_name[block[-1]].width
    if block[0] == "rows":
        return 1, 1
    if block[0] == "one_way":
        return 1, width
    if block[0] == "count":
        table = layout.by_name[block[1]]
        return len(table.counts.ranges) if table.counts else 1, width
    return layout.by_name[block[1]].width, width


def _shaped(layout: Layout, answer: Answer) -> Floats:
    """Return the cells of a table as a matrix; agreement as a column."""
    table = answer.table
    if table.kind == "agreement":
        return answer.values.reshape(-1, 1)
    one, two = (layout.by_name[t].attribute(a).size for t, a in table.axes)
    if answer.table.size == one * two:
        return answer.values.reshape(one, two)
    return _unpack(answer.values, one)


def _unpack(packed: Floats, size: int) -> Floats:
    """Return unordered pairs as a symmetric matrix that holds half of each in both orders."""
    full = np.zeros((size, size))
    full[np.triu_indices(size)] = packed
    return (full + full.T) / 2


def _filled(layout: Layout, answer: Answer, weight: float) -> tuple[Floats, Floats]:
    table = answer.table
    if table.kind in ("rows", "one_way"):
        return answer.values, np.full(answer.values.shape, weight)
    values = _shaped(layout, answer)
    weights = np.full(values.shape, weight)
    if values.size != table.size:
        # an unordered cell shows twice, as halves: twice the weight each gives one residual
        weights = weights * 2
        np.fill_diagonal(weights, weight)
    return values, weights


def centres_of(layout: Layout, answers: list[Answer]) -> dict[str, Floats]:
    """Return the overall share of each state: its one-way and all margins of its pairs together.

    Args:
        layout: The attributes.
        answers: Noisy tables.

    Returns:
        Shares by table, `(width,)`: each attribute's add up to 1.

    Privacy:
        Post-processing of Measurements.
    """
    sums: dict[tuple[str, str], list[tuple[Floats, float]]] = defaultdict(list)
    for answer in answers:
        for axis, margin, variance in _margins(layout, answer):
            sums[axis].append((margin, variance))
    found = {}
    for table in layout.tables:
        centre = np.zeros(table.width)
        for attribute in table.attributes:
            known = sums.get((table.name, attribute.name))
            if known:
                weight = sum(1 / variance for _, variance in known)
                mean = sum(margin / variance for margin, variance in known) / weight
                centre[table.span(attribute.name)] = to_simplex(np.asarray(mean))
            else:
                centre[table.span(attribute.name)] = 1 / attribute.size
        found[table.name] = centre
    return found


def _margins(layout: Layout, answer: Answer) -> Iterator[tuple[tuple[str, str], Floats, float]]:
    table = answer.table
    if table.kind == "one_way":
        yield table.axes[0], answer.values, answer.noise
    if table.kind in ("own", "ancestor"):
        values = _shaped(layout, answer)
        rows, columns = values.shape
        yield table.axes[1], values.sum(0), answer.noise * rows
        if table.kind == "own":
            yield table.axes[0], values.sum(1), answer.noise * columns


def to_simplex(values: Floats) -> Floats:
    """Return the nearest distribution with the same direction: no negative share, sum 1."""
    size = max(float(values.sum()), 1e-9)
    ordered = np.sort(values / size)[::-1]
    above = np.cumsum(ordered) - 1
    last = np.flatnonzero(ordered > above / np.arange(1, len(values) + 1))
    if not len(last):
        return np.full(len(values), 1 / len(values))
    shift = above[last[-1]] / (last[-1] + 1)
    return np.asarray(np.maximum(values / size - shift, 0))
