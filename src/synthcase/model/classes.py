"""From parameters to the latent classes of every table, from the root down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthcase.model import tape as op
from synthcase.model.ends import Ends, link_classes
from synthcase.model.parameters import Design, Key
from synthcase.model.states import States, states_of
from synthcase.model.tape import Node, Tape

if TYPE_CHECKING:
    from synthcase.schema.layout import TableLayout


@dataclass(frozen=True, kw_only=True)
class ClassTable:
    """One table's latent classes on the tape.

    Attributes:
        layout: The table.
        weight: Expected weight of its rows by class, for a case: `(classes, 1)`.
        joint: The same by class of the root: `(root classes, classes)`.
        references: Mean distribution of the case's reference by class, by domain.
        states: What rows of a class look like.
        roles: Class shares by parent class and role, None for a root.
        transfer: Expected weight of child rows by parent class and class; None for a root.
        ends: For a link inside a case, which ends go together.
    """

    layout: TableLayout
    weight: Node
    joint: Node
    references: Mapping[str, Node]
    states: States
    roles: Node | None = None
    transfer: Node | None = None
    ends: Ends | None = None

    def seen_from(self, above: ClassTable, transfer: Node) -> Node:
        """Return the expected states of its rows under each class of a table above.

        Args:
            above: The table above, whose mean references apply.
            transfer: Weight of its rows by class above, `(…, classes)`.

        Returns:
            `(…, width)`.
        """
        states = op.matmul(transfer, self.states.own)
        for copying in self.states.copies:
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
        if table.parent is None:
            found[table.name] = _root(tape, design, table, parameters)
        else:
            found[table.name] = _child(tape, design, table, parameters, found)
    return found


def _root(
    tape: Tape, design: Design, table: TableLayout, parameters: Mapping[Key, Node]
) -> ClassTable:
    shares = op.softmax(parameters["prior", table.name])
    weight = op.reshape(shares, (design.classes, 1))
    references = {
        domain: op.softmax(parameters["reference", table.name, domain])
        for domain in design.domains(table.name)
    }
    return ClassTable(
        layout=table,
        weight=weight,
        joint=op.mul(weight, tape.leaf(np.eye(design.classes, dtype=np.float32))),
        references=references,
        states=states_of(tape, design, table, parameters, references),
    )


def _child(
    tape: Tape,
    design: Design,
    table: TableLayout,
    parameters: Mapping[Key, Node],
    found: Mapping[str, ClassTable],
) -> ClassTable:
    path = design.layout.path(table.name)
    root, above = found[path[0]], found[path[-2]]
    ends = None
    if table.second is None:
        roles = op.softmax(parameters["prior", table.name])
    else:
        roles, ends = link_classes(tape, design, table, parameters, found)
    transfer = _transfer(tape, design, above, table, roles)
    joint = op.matmul(above.joint, transfer)
    weight = op.transpose(op.total(joint, axis=0))
    scale = op.inverse(op.affine(weight, 1.0, 1e-9))
    references = {
        domain: op.mul(op.matmul(op.transpose(joint), reference), scale)
        for domain, reference in root.references.items()
    }
    return ClassTable(
        layout=table,
        weight=weight,
        joint=joint,
        references=references,
        states=states_of(tape, design, table, parameters, references),
        roles=roles,
        transfer=transfer,
        ends=ends,
    )


def _transfer(
    tape: Tape, design: Design, above: ClassTable, table: TableLayout, roles: Node
) -> Node:
    cast = design.cast(table.name)
    numbers = op.part(above.states.raw, above.layout.span(f"#{table.name}"))
    members = op.matmul(numbers, tape.leaf(cast.rows.astype(np.float32)))
    rows = op.matmul(op.reshape(members, (members.shape[0], 1, cast.roles)), roles)
    return op.reshape(rows, (rows.shape[0], rows.shape[2]))
