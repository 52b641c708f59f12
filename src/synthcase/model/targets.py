"""Measurements as targets of a fit: noisy tables side by side, and how far to trust each cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthcase.model.answers import Answer, shaped
from synthcase.model.centres import centres_of
from synthcase.model.parameters import gates, given_open
from synthcase.model.roles import Cast
from synthcase.plans.nouns import PlannedTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthcase.schema.layout import Attribute, Layout

    Floats = NDArray[np.float64]

MISFIT = 0.5
"""Share of a cell's sampling variance added to its noise, so that sharp tables do not rule."""
Block = tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """Cells to be met.

    Attributes:
        values: Noisy values.
        weight: One over their variance; 0 where nothing is known.
        cells: Number of noisy cells that say something. An unordered pair is one, though it shows
            in both orders.
    """

    values: NDArray[np.float32]
    weight: NDArray[np.float32]
    cells: int


@dataclass(frozen=True)
class Targets:
    """All targets of a fit of one tree of tables.

    Attributes:
        cases: Estimated number of rows of the root.
        blocks: Tables side by side, by block.
        special: Tables that need a formula of their own: pairs behind gates, agreement, pairs of
            shared attributes.
        centres: Overall share of every state, `(width,)` by table.
        cells: Number of noisy cells.
    """

    cases: float
    blocks: Mapping[Block, Target]
    special: Mapping[str, tuple[PlannedTable, Target]]
    centres: Mapping[str, Floats]
    cells: int


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
    cells: dict[Block, int] = defaultdict(int)
    special = {}
    for answer in answers:
        table = answer.table
        if table.kind == "rows" and layout.by_name[table.axes[0][0]].parent is None:
            continue
        variance = answer.noise + _misfit(answer, casts)
        known = known_cells(layout, table) if table.kind == "own" else np.ones(1)
        number = int(known.sum()) if table.kind == "own" else table.size
        filled, weight = _filled(layout, answer, 1 / variance)
        if is_special(layout, table):
            special[table.id] = (table, _target(filled, weight * known, number))
            continue
        block, place = block_of(layout, table), place_of(layout, table)
        if block not in values:
            values[block] = np.zeros(_block_shape(layout, block))
            weights[block] = np.zeros(_block_shape(layout, block))
        values[block][place], weights[block][place] = filled, weight * known
        cells[block] += number
    blocks = {block: _target(values[block], weights[block], cells[block]) for block in values}
    return Targets(
        cases, blocks, special, centres_of(layout, answers), sum(a.table.size for a in answers)
    )


def _target(values: Floats, weight: Floats, cells: int) -> Target:
    return Target(values.astype(np.float32), weight.astype(np.float32), cells)


def _misfit(answer: Answer, casts: Mapping[str, Cast]) -> float:
    """Return the share of a cell's own sampling variance: its rows come in lumps of some weight."""
    lump = 1.0
    row = answer.table.axes[-1][0]
    if row in casts and casts[row].votes:
        lump = 1 / casts[row].typical
    return MISFIT * max(answer.margins, 1.0) * lump / answer.table.size


def block_of(layout: Layout, table: PlannedTable) -> Block:
    """Return the block of a table: its kind and its tables.

    A number of children crossed with those children, or with rows below them, is a kind of its own.
    """
    if table.kind in ("ends", "met"):
        return ("ends", *(name for name, _ in table.axes))
    names = tuple(dict.fromkeys(name for name, _ in table.axes))
    if table.kind == "own" and (gate := _same_gate(layout, table)):
        keys = [key for key, _ in gates(layout.by_name[names[0]])]
        return ("behind", names[0], str(keys.index(gate)))
    if table.kind == "ancestor":
        counted = _attributes(layout, table)[0].counts
        if counted in layout.path(names[-1]):
            return ("count", str(counted), names[-1])
    return (table.kind, *names)


def place_of(layout: Layout, table: PlannedTable) -> tuple[slice, slice]:
    """Return the place of a table in its block."""
    if table.kind == "rows":
        return slice(0, 1), slice(0, 1)
    spans = [layout.by_name[name].span(attribute) for name, attribute in table.axes[:2]]
    if table.kind == "one_way":
        return slice(0, 1), spans[0]
    if block_of(layout, table)[0] == "count":
        return slice(0, spans[0].stop - spans[0].start), spans[1]
    return spans[0], spans[1]


def is_special(layout: Layout, table: PlannedTable) -> bool:
    """Say whether a table has a formula of its own: see `expected_special`."""
    if table.kind in ("rows", "one_way"):
        return False
    if table.kind == "own" and _same_gate(layout, table):
        return False
    one, two = _attributes(layout, table)
    if table.kind in ("agreement", "met") or (one.shared is not None and one.shared == two.shared):
        return True
    if table.kind == "own" and (given_open(one, two) or given_open(two, one)):
        return True
    # two domains: what classes below the root do not tell is how their references go together
    common = layout.by_name[table.axes[0][0]]
    below = common.parent is not None
    if table.kind in ("sibling", "co_child"):
        below = layout.by_name[str(common.parent)].parent is not None
    return below and one.shared is not None and two.shared is not None


def _same_gate(layout: Layout, table: PlannedTable) -> tuple[str, frozenset[int]] | None:
    """Return the gate that both attributes stand behind, unless one of them may copy."""
    one, two = _attributes(layout, table)
    if one.gate is None or one.gate != two.gate or one.shared or two.shared:
        return None
    return one.gate.attribute, one.gate.open_states


def _attributes(layout: Layout, table: PlannedTable) -> tuple[Attribute, Attribute]:
    one, two = (layout.by_name[name].attribute(attribute) for name, attribute in table.axes[:2])
    return one, two


def known_cells(layout: Layout, table: PlannedTable) -> Floats:
    """Return 1 where a pair behind gates says something, 0 where a gate is shut."""
    one, two = _attributes(layout, table)
    known = np.ones((one.size, two.size))
    for first, second, cells in ((one, two, known), (two, one, known.T)):
        if second.gate and second.gate.attribute == first.name:
            cells[sorted(set(range(first.size)) - second.gate.open_states)] = 0
        elif first.gate and second.gate and first.gate.attribute == second.gate.attribute:
            cells[first.closed] = 0
    return known


def _block_shape(layout: Layout, block: Block) -> tuple[int, int]:
    if block[0] == "behind":
        return (layout.by_name[block[1]].width,) * 2
    width = layout.by_name[block[2 if block[0] == "ends" else -1]].width
    if block[0] == "rows":
        return 1, 1
    if block[0] == "one_way":
        return 1, width
    if block[0] == "count":
        table = layout.by_name[block[1]]
        return len(table.counts.ranges) if table.counts else 1, width
    return layout.by_name[block[1]].width, width


def _filled(layout: Layout, answer: Answer, weight: float) -> tuple[Floats, Floats]:
    table = answer.table
    if table.kind in ("rows", "one_way"):
        return answer.values, np.full(answer.values.shape, weight)
    values = shaped(layout, answer)
    weights = np.full(values.shape, weight)
    if values.size != table.size:
        # an unordered cell shows twice, as halves: twice the weight each gives one residual
        weights = weights * 2
        np.fill_diagonal(weights, weight)
    return values, weights
