"""Fitting the classes to the noisy tables by gradient descent, from several starts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthcase.model import tape as op
from synthcase.model.classes import ClassTable, class_tables, shared_columns
from synthcase.model.expectation import Expectation, _present
from synthcase.model.parameters import Design, Key, start
from synthcase.model.tape import Node, Tape
from synthcase.model.targets import Targets, in_one_family

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthcase.plans.nouns import PlannedTable

    Parameters = dict[Key, NDArray[np.float32]]

PULL = 5.0
"""Weight of the pull of each class towards the overall shares: it keeps noise from becoming structure."""
PULL_ROLES = 3.0
"""The same for the classes a role may take, towards the classes of all rows."""
STEP = 0.2
_TINY = np.float32(1e-20)


@dataclass(frozen=True)
class Fitted:
    """One fit.

    Attributes:
        parameters: Logits.
        chi_squared: Mean squared residual in units of its variance, by kind of table.
        overall: The same over all cells.
    """

    parameters: Parameters
    chi_squared: Mapping[str, float]
    overall: float


def fit_once(
    design: Design,
    targets: Targets,
    *,
    member: int,
    steps: int,
    tick: Callable[[], None] = lambda: None,
) -> Fitted:
    """Fit one member of the ensemble.

    Args:
        design: Shapes and weights.
        targets: What is to be met.
        member: Number of the member; it decides the start alone.
        steps: Gradient steps (Adam with a cosine).
        tick: Called after each step.

    Returns:
        The fitted logits.

    Privacy:
        Post-processing of Measurements.
    """
    logits = start(design, targets.centres, member=member)
    first = {key: np.zeros_like(value) for key, value in logits.items()}
    second = {key: np.zeros_like(value) for key, value in logits.items()}
    for step in range(steps):
        tape = Tape()
        leaves = {key: tape.leaf(value) for key, value in logits.items()}
        loss, _ = loss_of(tape, design, targets, leaves)
        gradients = tape.gradients(loss, list(leaves.values()))
        rate = STEP * 0.5 * (1 + np.cos(np.pi * step / steps))
        for key, gradient in zip(leaves, gradients, strict=True):
            first[key] += np.float32(0.1) * (gradient - first[key])
            # the small term keeps vanishing gradients from becoming denormal, which is slow
            second[key] += np.float32(0.001) * (gradient * gradient + _TINY - second[key])
            mean = first[key] / np.float32(1 - 0.9 ** (step + 1))
            spread = np.sqrt(second[key] / np.float32(1 - 0.999 ** (step + 1)))
            logits[key] = logits[key] - np.float32(rate) * mean / (spread + np.float32(1e-8))
        tick()
    tape = Tape()
    leaves = {key: tape.leaf(value) for key, value in logits.items()}
    _, chi = loss_of(tape, design, targets, leaves)
    cells: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for kind, (value, number) in chi.items():
        cells[kind][0] += value
        cells[kind][1] += number
    overall = sum(v for v, _ in cells.values()) / max(1.0, sum(n for _, n in cells.values()))
    return Fitted(logits, {k: v / max(1.0, n) for k, (v, n) in cells.items()}, overall)


def loss_of(
    tape: Tape, design: Design, targets: Targets, leaves: Mapping[Key, Node]
) -> tuple[Node, dict[str, tuple[float, float]]]:
    """Return the loss, and Σ residual²/variance with the number of cells by kind of table."""
    tables = class_tables(tape, design, leaves)
    expected = Expectation(tape, design, tables)
    parts: list[Node] = []
    chi: dict[str, tuple[float, float]] = {}

    def meet(
        kind: str, node: Node, values: NDArray[np.float32], weight: NDArray[np.float32]
    ) -> None:
        parts.append(op.squared_error(node, values, weight, targets.cases))
        value, number = chi.get(kind, (0.0, 0.0))
        chi[kind] = (value + float(parts[-1].value), number + float((weight > 0).sum()))

    blocks: dict[tuple[str, ...], Node] = {}

    def block(key: tuple[str, ...]) -> Node:
        if key not in blocks:
            blocks[key] = _block(expected, key)
        return blocks[key]

    for key, target in targets.blocks.items():
        meet(key[0], block(key), target.values, target.weight)
    for table, target in targets.special.values():
        meet(table.kind, _special(expected, design, table, block), target.values, target.weight)
    for name, centre in targets.centres.items():
        if name in tables and tables[name].layout.attributes:
            parts.append(_pull(tape, tables[name].raw, centre))
    parts += [_pull_roles(table) for table in tables.values() if table.roles is not None]
    loss = parts[0]
    for node in parts[1:]:
        loss = op.add(loss, node)
    return loss, chi


def _pull(tape: Tape, profile: Node, centre: NDArray[np.float64]) -> Node:
    """Return `PULL` · Σ KL(class profile ‖ overall shares)."""
    base = tape.leaf(-np.log(np.maximum(centre, 1e-6)).astype(np.float32))
    return op.affine(op.total(op.mul(profile, op.add(op.log(profile), base))), PULL)


def _pull_roles(table: ClassTable) -> Node:
    """Return `PULL_ROLES` · Σ KL(classes of a role under a parent class ‖ classes of all rows)."""
    roles = _present(table.roles)
    weight = op.transpose(table.weight)
    overall = op.mul(weight, op.inverse(op.affine(op.total(weight, axis=1), 1.0, 1e-9)))
    surprise = op.add(op.log(roles), op.affine(op.log(overall), -1.0))
    return op.affine(op.total(op.mul(roles, surprise)), PULL_ROLES)


def _block(expected: Expectation, key: tuple[str, ...]) -> Node:
    kind, *names = key
    if kind == "rows":
        return op.total(op.transpose(expected.tables[names[0]].weight), axis=1)
    formulas: dict[str, Callable[..., Node]] = {
        "one_way": expected.one_way,
        "own": expected.own,
        "ancestor": expected.ancestor,
        "count": expected.count,
        "sibling": expected.sibling,
        "co_child": expected.co_child,
    }
    return formulas[kind](*names)


def _special(
    expected: Expectation,
    design: Design,
    table: PlannedTable,
    block: Callable[[tuple[str, ...]], Node],
) -> Node:
    """Return the expectation of a table with a formula of its own."""
    (first, a), (second, b) = table.axes
    one, two = design.layout.by_name[first].attribute(a), design.layout.by_name[second].attribute(b)
    copied = one in design.shared(first) and two in design.shared(second)
    if (
        table.kind == "own"
        and in_one_family(one, two)
        and not (copied and one.shared == two.shared)
    ):
        return expected.family(first, one, two)
    kind = table.kind
    if kind == "agreement":
        kind = "sibling" if first == second else "co_child"
    names = (first,) if first == second else (first, second)
    whole = block((kind, *names))
    rows = shared_columns(expected.tables[first].layout, one)
    columns = shared_columns(expected.tables[second].layout, two)
    if table.kind == "agreement":
        agreed = op.reshape(op.pick(whole, rows, columns), (len(rows), 1))
        if not copied:
            return agreed
        return op.add(agreed, expected.same_reference(kind, table.axes[0], table.axes[1]))
    spans = expected.tables[first].layout.span(a), expected.tables[second].layout.span(b)
    grid = np.ix_(
        np.arange(spans[0].start, spans[0].stop), np.arange(spans[1].start, spans[1].stop)
    )
    pairs = op.pick(whole, *grid)
    if not copied:
        return pairs
    excess = expected.excess(kind, table.axes[0], table.axes[1])
    return op.add(pairs, _padded(expected.tape, excess, one.size, two.size))


def _padded(tape: Tape, node: Node, rows: int, columns: int) -> Node:
    left = tape.leaf(np.eye(rows, node.shape[0], dtype=np.float32))
    right = tape.leaf(np.eye(node.shape[1], columns, dtype=np.float32))
    return op.matmul(op.matmul(left, node), right)
