"""From parameters to what each latent class of each table looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthcase.model import tape as op
from synthcase.model.parameters import Design, Key, gates
from synthcase.model.tape import Node, Tape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthcase.schema.layout import Attribute, TableLayout


@dataclass(frozen=True)
class Copying:
    """A shared attribute: who copies, and what there is to copy.

    Attributes:
        attribute: The attribute.
        share: Share of rows of a class that copy the reference, `(classes, 1)`.
        embed: Puts values of the domain at the attribute's columns, `(values, width)`.
    """

    attribute: Attribute
    share: Node
    embed: Node


@dataclass(frozen=True)
class ClassTable:
    """One table's latent classes on the tape.

    Attributes:
        layout: The table.
        weight: Expected weight of its rows by class, for a case: `(classes, 1)`.
        joint: The same by class of the root: `(root classes, classes)`.
        raw: State shares before copying and gates, `(classes, width)`.
        open: For each gate, the share of a class where it is open, `(classes, 1)`.
        own: State shares without the copied part, `(classes, width)`.
        profile: State shares, `(classes, width)`.
        copies: Shared attributes.
        references: Mean distribution of the case's reference by class, by domain.
        roles: Class shares by parent class and role, None for a root.
        transfer: Expected weight of child rows by parent class and class; None for a root.
    """

    layout: TableLayout
    weight: Node
    joint: Node
    raw: Node
    open: Mapping[tuple[str, frozenset[int]], Node]
    own: Node
    profile: Node
    copies: tuple[Copying, ...]
    references: Mapping[str, Node]
    roles: Node | None = None
    transfer: Node | None = None

    def seen_from(self, above: ClassTable, transfer: Node) -> Node:
        """Return the expected states of its rows under each class of a table above.

        Args:
            above: The table above, whose mean references apply.
            transfer: Weight of its rows by class above, `(…, classes)`.

        Returns:
            `(…, width)`.
        """
        states = op.matmul(transfer, self.own)
        for copying in self.copies:
            share = op.matmul(transfer, copying.share)
            reference = op.matmul(above.references[str(copying.attribute.shared)], copying.embed)
            if len(share.shape) == 3:
                reference = op.reshape(reference, (reference.shape[0], 1, reference.shape[1]))
            states = op.add(states, op.mul(share, reference))
        return states


def class_tables(
    tape: Tape, design: Design, parameters: Mapping[Key, Node]
) -> dict[str, ClassTable]:
    """Work out the classes of every table.

    Args:
        tape: The tape.
        design: The shapes and weights.
        parameters: Logits on the tape.

    Returns:
        Classes by table, parents before children.
    """
    found: dict[str, ClassTable] = {}
    for table in design.layout.tables:
        name = table.name
        shares = op.softmax(parameters["prior", name])
        raw = _raw(tape, table, parameters)
        if table.parent is None:
            weight = op.reshape(shares, (design.classes, 1))
            joint = op.mul(weight, tape.leaf(np.eye(design.classes, dtype=np.float32)))
            references = {
                domain: op.softmax(parameters["reference", name, domain])
                for domain in design.domains(name)
            }
            found[name] = _finish(tape, design, table, raw, parameters, weight, joint, references)
            continue
        above = found[table.parent]
        transfer = _transfer(tape, design, above, table, shares)
        joint = op.matmul(above.joint, transfer)
        weight = op.transpose(op.total(joint, axis=0))
        root = found[design.layout.path(name)[0]]
        scale = op.inverse(op.affine(weight, 1.0, 1e-9))
        references = {
            domain: op.mul(op.matmul(op.transpose(joint), reference), scale)
            for domain, reference in root.references.items()
        }
        found[name] = _finish(
            tape, design, table, raw, parameters, weight, joint, references, shares, transfer
        )
    return found


def _raw(tape: Tape, table: TableLayout, parameters: Mapping[Key, Node]) -> Node:
    logits = parameters["profile", table.name]
    if not table.attributes:
        return logits
    never = shut_logits(table)
    shut = op.add(logits, tape.leaf(never)) if never.any() else logits
    return op.softmax(shut, np.array(table.offsets[:-1]))


def shut_logits(table: TableLayout) -> NDArray[np.float32]:
    """Return what is added to logits so that no open attribute is drawn closed, `(width,)`."""
    never = np.zeros(table.width, dtype=np.float32)
    for attribute in table.attributes:
        if attribute.never_when_open and attribute.closed is not None:
            never[table.span(attribute.name).start + attribute.closed] = -60.0
    return never


def _transfer(
    tape: Tape, design: Design, above: ClassTable, table: TableLayout, shares: Node
) -> Node:
    cast = design.cast(table.name)
    numbers = op.part(above.raw, above.layout.span(f"#{table.name}"))
    members = op.matmul(numbers, tape.leaf(cast.rows.astype(np.float32)))
    rows = op.matmul(op.reshape(members, (design.classes, 1, cast.roles)), shares)
    return op.reshape(rows, (design.classes, design.classes))


def _finish(
    tape: Tape,
    design: Design,
    table: TableLayout,
    raw: Node,
    parameters: Mapping[Key, Node],
    weight: Node,
    joint: Node,
    references: Mapping[str, Node],
    roles: Node | None = None,
    transfer: Node | None = None,
) -> ClassTable:
    copies, own = _copies(tape, design, table, raw, parameters)
    profile = own
    for copying in copies:
        reference = op.matmul(references[str(copying.attribute.shared)], copying.embed)
        profile = op.add(profile, op.mul(copying.share, reference))
    opened: dict[tuple[str, frozenset[int]], Node] = {}
    for gate, behind in gates(table):
        opened[gate] = _open_share(table, profile, opened, gate)
        inside, closed = _masks(tape, table, behind)
        less = op.affine(opened[gate], 1.0, -1.0)
        own = op.add(own, op.mul(less, op.add(op.mul(own, inside), closed)))
        profile = op.add(profile, op.mul(less, op.add(op.mul(profile, inside), closed)))
        copies = [
            Copying(c.attribute, op.mul(c.share, opened[gate]), c.embed)
            if c.attribute in behind else c
            for c in copies
        ]  # fmt: skip
    return ClassTable(
        table, weight, joint, raw, opened, own, profile, tuple(copies), references, roles, transfer
    )


def _copies(
    tape: Tape, design: Design, table: TableLayout, raw: Node, parameters: Mapping[Key, Node]
) -> tuple[list[Copying], Node]:
    """Return the shared attributes, and the states drawn by rows that do not copy."""
    shared = design.shared(table.name)
    own, copies = raw, []
    if shared:
        chance = op.sigmoid(parameters["copy", table.name])
        for at, attribute in enumerate(shared):
            share = op.part(chance, slice(at, at + 1))
            inside, _ = _masks(tape, table, [attribute])
            own = op.add(own, op.affine(op.mul(share, op.mul(raw, inside)), -1.0))
            embed = np.zeros((attribute.values, table.width), dtype=np.float32)
            embed[:, table.span(attribute.name)] = np.eye(attribute.values, attribute.size)
            copies.append(Copying(attribute, share, tape.leaf(embed)))
    return copies, own


def _open_share(
    table: TableLayout,
    profile: Node,
    opened: Mapping[tuple[str, frozenset[int]], Node],
    gate: tuple[str, frozenset[int]],
) -> Node:
    # the profile of a gate that stands behind a gate already holds the share where that is open
    name, states = gate
    columns = table.span(name).start + np.array(sorted(states))
    return op.total(op.part(profile, columns), axis=1)


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


def shared_columns(table: TableLayout, attribute: Attribute) -> NDArray[np.int64]:
    """Return where the values (not the kinds of missing) of an attribute stand."""
    first = table.span(attribute.name).start
    return np.arange(first, first + attribute.values)
