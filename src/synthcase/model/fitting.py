"""Fitting the classes to the noisy tables by gradient descent, from several starts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthcase.model import tape as op
from synthcase.model.classes import ClassTable, class_tables
from synthcase.model.expectation import expected_block
from synthcase.model.parameters import Design, Key, start
from synthcase.model.present import present
from synthcase.model.relations import Relations
from synthcase.model.special import expected_special
from synthcase.model.tape import Node, Tape
from synthcase.model.targets import Target, Targets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Parameters = dict[Key, NDArray[np.float32]]

PULL = 5.0
"""Weight of the pull of classes to the overall shares: it keeps noise from becoming structure."""
PULL_ROLES = 3.0
"""The same for the classes a role may take, towards the classes of all rows."""
PULL_ENDS = 0.01
"""The same for the affinity of two ends, towards none."""
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
    overall = sum(value for value, _ in chi.values()) / max(1, sum(n for _, n in chi.values()))
    return Fitted(logits, {kind: v / max(1, n) for kind, (v, n) in chi.items()}, overall)


def loss_of(
    tape: Tape, design: Design, targets: Targets, leaves: Mapping[Key, Node]
) -> tuple[Node, dict[str, tuple[float, int]]]:
    """Return the loss, and Σ residual²/variance with the number of cells by kind of table."""
    tables = class_tables(tape, design, leaves)
    parts: list[Node] = []
    chi: dict[str, tuple[float, int]] = {}
    for kind, node, target in _expected(Relations(tape, design, tables), targets):
        parts.append(op.squared_error(node, target.values, target.weight, targets.cases))
        value, number = chi.get(kind, (0.0, 0))
        chi[kind] = (value + float(parts[-1].value), number + target.cells)
    for table in tables.values():
        if table.layout.attributes:
            parts.append(_pull(tape, table.states.raw, targets.centres[table.layout.name]))
        if table.ends is not None:
            parts.append(
                op.affine(op.total(op.mul(table.ends.affinity, table.ends.affinity)), PULL_ENDS)
            )
        if table.roles is not None:
            parts.append(_pull_roles(table))
    loss = parts[0]
    for node in parts[1:]:
        loss = op.add(loss, node)
    return loss, chi


def _expected(relations: Relations, targets: Targets) -> Iterator[tuple[str, Node, Target]]:
    """Yield what the model expects beside what was measured, by kind of table."""
    blocks: dict[tuple[str, ...], Node] = {}

    def block(key: tuple[str, ...]) -> Node:
        if key not in blocks:
            blocks[key] = expected_block(relations, key[0], key[1:])
        return blocks[key]

    for key, target in targets.blocks.items():
        yield key[0], block(key), target
    for table, target in targets.special.values():
        yield table.kind, expected_special(relations, table, block), target


def _pull(tape: Tape, profile: Node, centre: NDArray[np.float64]) -> Node:
    """Return `PULL` · Σ KL(class profile ‖ overall shares)."""
    base = tape.leaf(-np.log(np.maximum(centre, 1e-6)).astype(np.float32))
    return op.affine(op.total(op.mul(profile, op.add(op.log(profile), base))), PULL)


def _pull_roles(table: ClassTable) -> Node:
    """Return `PULL_ROLES` · Σ KL(classes of a role under a parent class ‖ classes of all rows)."""
    roles = present(table.roles)
    weight = op.transpose(table.weight)
    overall = op.mul(weight, op.inverse(op.affine(op.total(weight, axis=1), 1.0, 1e-9)))
    surprise = op.add(op.log(roles), op.affine(op.log(overall), -1.0))
    return op.affine(op.total(op.mul(roles, surprise)), PULL_ROLES)
