"""What the rows of each latent class of one table look like: drawn, copied, and behind gates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from synthcase.model import tape as op
from synthcase.model.parameters import Design, Key, gates
from synthcase.model.tape import Node, Tape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthcase.schema.layout import Attribute, TableLayout

Gate = tuple[str, frozenset[int]]


@dataclass(frozen=True)
class Copying:
    """A shared attribute: who copies, and what there is to copy.

    Attributes:
        attribute: The attribute.
        chance: Share of a class that copies the reference where the attribute is open,
            `(classes, 1)`.
        share: The same among all rows of the class.
        embed: Puts values of the domain at the attribute's columns, `(values, width)`.
    """

    attribute: Attribute
    chance: Node
    share: Node
    embed: Node


@dataclass(frozen=True)
class States:
    """The states of one table by latent class.

    Attributes:
        raw: State shares before copying and gates, `(classes, width)`.
        own: State shares without the copied part.
        profile: State shares.
        copies: Shared attributes.
    """

    raw: Node
    own: Node
    profile: Node
    copies: tuple[Copying, ...] = ()

    def copying(self, attribute: Attribute) -> Copying | None:
        """Return how an attribute copies the reference, None if it never does."""
        return next((c for c in self.copies if c.attribute == attribute), None)


def states_of(
    tape: Tape,
    design: Design,
    table: TableLayout,
    parameters: Mapping[Key, Node],
    references: Mapping[str, Node],
) -> States:
    """Work out the states of a table's classes.

    Args:
        tape: The tape.
        design: The shapes.
        table: The table.
        parameters: Logits on the tape.
        references: Mean distribution of the case's reference by class, by domain.

    Returns:
        The states.
    """
    raw = _raw(tape, table, parameters)
    own, copies = _copies(tape, design, table, raw, parameters)
    profile = own
    for copying in copies:
        reference = op.matmul(references[str(copying.attribute.shared)], copying.embed)
        profile = op.add(profile, op.mul(copying.share, reference))
    states = States(raw, own, profile, copies)
    for gate, behind in gates(table):
        states = _gated(tape, table, states, gate, behind)
    return states


def _raw(tape: Tape, table: TableLayout, parameters: Mapping[Key, Node]) -> Node:
    logits = parameters["profile", table.name]
    if not table.attributes:
        return logits
    never = shut_logits(table)
    shut = op.add(logits, tape.leaf(never)) if never.any() else logits
    return op.softmax(shut, np.array(table.offsets[:-1]))


def shut_logits(table: TableLayout) -> NDArray[np.float32]:
    """Return what is added to logits so that no open attribute is drawn closed, `(width,)`."""
    return np.where(never_drawn(table), np.float32(-60), np.float32(0))


def never_drawn(table: TableLayout) -> NDArray[np.bool_]:
    """Say which states no row draws: closed ones that do not occur where the gate is open."""
    never = np.zeros(table.width, dtype=bool)
    for attribute in table.attributes:
        if attribute.never_when_open and attribute.closed is not None:
            never[table.span(attribute.name).start + attribute.closed] = True
    return never


def _copies(
    tape: Tape, design: Design, table: TableLayout, raw: Node, parameters: Mapping[Key, Node]
) -> tuple[Node, tuple[Copying, ...]]:
    """Return the states drawn by rows that do not copy, and the shared attributes."""
    own, copies = raw, []
    for at, attribute in enumerate(design.shared(table.name)):
        chance = op.part(op.sigmoid(parameters["copy", table.name]), slice(at, at + 1))
        inside, _ = _masks(tape, table, [attribute])
        own = op.add(own, op.affine(op.mul(chance, op.mul(raw, inside)), -1.0))
        embed = np.zeros((attribute.values, table.width), dtype=np.float32)
        embed[:, table.span(attribute.name)] = np.eye(attribute.values, attribute.size)
        copies.append(Copying(attribute, chance, chance, tape.leaf(embed)))
    return own, tuple(copies)


def _gated(
    tape: Tape, table: TableLayout, states: States, gate: Gate, behind: list[Attribute]
) -> States:
    """Close some attributes in the share of each class where their gate is shut."""
    # the profile of a gate that stands behind a gate already holds the share where that is open
    opened = op.total(op.part(states.profile, gate_columns(table, *gate)), axis=1)
    less = op.affine(opened, 1.0, -1.0)
    inside, closed = _masks(tape, table, behind)

    def close(node: Node) -> Node:
        return op.add(node, op.mul(less, op.add(op.mul(node, inside), closed)))

    copies = tuple(
        replace(copying, share=op.mul(copying.share, opened))
        if copying.attribute in behind
        else copying
        for copying in states.copies
    )
    return States(states.raw, close(states.own), close(states.profile), copies)


def gate_columns(table: TableLayout, gate: str, states: frozenset[int]) -> NDArray[np.int64]:
    """Return where some states of a gate stand among all states."""
    return np.asarray(table.span(gate).start + np.array(sorted(states), dtype=np.int64))


def _masks(tape: Tape, table: TableLayout, behind: list[Attribute]) -> tuple[Node, Node]:
    """Return which columns belong to some attributes, and minus one at their closed states."""
    inside = np.zeros(table.width, dtype=np.float32)
    closed = np.zeros(table.width, dtype=np.float32)
    for attribute in behind:
        span = table.span(attribute.name)
        inside[span] = 1.0
        if attribute.closed is not None:
            closed[span.start + attribute.closed] = -1.0
    return tape.leaf(inside), tape.leaf(closed)
