"""Expected tables that latent classes alone do not tell: pairs behind gates, and shared values.

Two attributes behind one gate are open together, and two that copy the reference of their case
agree, however wide a class is. Still taken as independent given the class: whether two different
rows have a gate open that is itself a shared value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthcase.model import tape as op
from synthcase.model.classes import ClassTable
from synthcase.model.parameters import given_open
from synthcase.model.relations import Relations, gram
from synthcase.model.states import Copying, gate_columns
from synthcase.model.tape import Node

if TYPE_CHECKING:
    from synthcase.plans.nouns import PlannedTable
    from synthcase.schema.layout import Attribute

Block = Callable[[tuple[str, ...]], Node]


@dataclass(frozen=True)
class Axes:
    """Two attributes of a planned table, and whether both copy a reference.

    Attributes:
        kind: `own`, `ancestor`, `sibling` or `co_child`.
        tables: Their tables.
        one: The attribute of the first axis.
        two: The attribute of the second.
        copies: How they copy; None unless both do.
        link: The link between them, for two ends.
    """

    kind: str
    tables: tuple[ClassTable, ClassTable]
    one: Attribute
    two: Attribute
    copies: tuple[Copying, Copying] | None
    link: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The tables, once where they are the same."""
        names = tuple(table.layout.name for table in self.tables)
        return (*names, self.link) if self.link else tuple(dict.fromkeys(names))


def expected_special(relations: Relations, table: PlannedTable, block: Block) -> Node:
    """Return the expectation of a table with a formula of its own.

    Args:
        relations: The classes and their weights.
        table: The planned table.
        block: Returns the block of a kind of table.

    Returns:
        `(states of one, states of two)`; `(values, 1)` for agreement. Cells of a pair behind gates
        hold where the gates are open.
    """
    axes = _axes(relations, table)
    if table.kind in ("agreement", "met"):
        return _agreement(relations, axes, block)
    pairs = _in_row(axes) if table.kind == "own" else _cut(axes, block)
    if axes.copies is None:
        return pairs
    left = np.eye(axes.one.size, axes.one.values)
    right = np.eye(axes.two.values, axes.two.size)
    more = op.matmul(relations.constant(left), _more_than_classes(relations, axes, axes.copies))
    return op.add(pairs, op.matmul(more, relations.constant(right)))


def _axes(relations: Relations, table: PlannedTable) -> Axes:
    (first, a), (second, b) = table.axes[:2]
    tables = relations.tables[first], relations.tables[second]
    one, two = tables[0].layout.attribute(a), tables[1].layout.attribute(b)
    kind = table.kind
    if kind == "agreement":
        kind = "sibling" if first == second else "co_child"
    link = table.axes[2][0] if table.kind in ("ends", "met") else None
    copies = tables[0].states.copying(one), tables[1].states.copying(two)
    both = None if copies[0] is None or copies[1] is None else (copies[0], copies[1])
    return Axes("ends" if link else kind, tables, one, two, both, link)


def _cut(axes: Axes, block: Block) -> Node:
    """Return two attributes' part of a block."""
    rows, columns = (
        table.layout.span(attribute.name).start + np.arange(attribute.size)
        for table, attribute in zip(axes.tables, (axes.one, axes.two), strict=True)
    )
    return op.pick(block((axes.kind, *axes.names)), rows[:, None], columns)


def _agreement(relations: Relations, axes: Axes, block: Block) -> Node:
    rows, columns = (
        table.layout.span(attribute.name).start + np.arange(axes.one.values)
        for table, attribute in zip(axes.tables, (axes.one, axes.two), strict=True)
    )
    whole = block((axes.kind, *axes.names))
    agreed = op.reshape(op.pick(whole, rows, columns), (axes.one.values, 1))
    if axes.copies is None:
        return agreed
    above, share = _both_copy(relations, axes, axes.copies)
    reference = above.references[str(axes.one.shared)]
    less = op.affine(op.mul(reference, reference), -1.0)
    return op.add(agreed, gram(op.add(reference, less), op.mul(above.weight, share)))


def _in_row(axes: Axes) -> Node:
    """Return a pair of states inside a row."""
    table, one, two = axes.tables[0], axes.one, axes.two
    lefts, rights = (
        _drawn(table, a)
        if given_open(a, b)
        else op.part(table.states.profile, table.layout.span(a.name))
        for a, b in ((one, two), (two, one))
    )
    opened = _both_open(axes)
    weight = table.weight if opened is None else op.mul(table.weight, opened)
    return gram(lefts, op.mul(weight, rights))


def _both_open(axes: Axes) -> Node | None:
    """Return the share of a class where two attributes behind one gate are open, else None."""
    one, two = axes.one.gate, axes.two.gate
    if one is None or two is None or one.attribute != two.attribute:
        return None
    table, both = axes.tables[0], one.open_states & two.open_states
    columns = gate_columns(table.layout, one.attribute, both)
    return op.total(op.part(table.states.profile, columns), axis=1)


def _drawn(table: ClassTable, attribute: Attribute) -> Node:
    """Return the states of an attribute by class where its gate is open."""
    span = table.layout.span(attribute.name)
    raw = op.part(table.states.raw, span)
    copying = table.states.copying(attribute)
    if copying is None:
        return raw
    reference = op.matmul(table.references[str(attribute.shared)], copying.embed)
    stays = op.affine(copying.chance, -1.0, 1.0)
    return op.add(op.mul(stays, raw), op.mul(copying.chance, op.part(reference, span)))


def _more_than_classes(relations: Relations, axes: Axes, copies: tuple[Copying, Copying]) -> Node:
    """Return what pairs that both copy add to the product of their shares, `(values, values)`.

    The product knows only how often the references of such classes go together by chance: one
    reference agrees with itself, and two of one case go together by the class of the root.
    """
    above, share = _both_copy(relations, axes, copies)
    one, two = str(axes.one.shared), str(axes.two.shared)
    first, second = above.references[one], above.references[two]
    product = gram(first, op.mul(op.mul(above.weight, share), second))
    if one == two:
        agree = gram(first, op.mul(above.weight, share))
        together = op.mul(agree, relations.constant(np.eye(agree.shape[0])))
    else:
        root = relations.root(above.layout.name)
        by_root = op.matmul(above.joint, share)
        together = gram(root.references[one], op.mul(by_root, root.references[two]))
    return op.add(together, op.affine(product, -1.0))


def _both_copy(
    relations: Relations, axes: Axes, copies: tuple[Copying, Copying]
) -> tuple[ClassTable, Node]:
    """Return the table whose classes tell the rows of a pair apart, and the share that copies.

    The share is the weight of pairs that both copy for each row of that table, `(classes, 1)`.
    """
    table, other = axes.tables
    one, two = copies
    if axes.kind == "own":
        return table, _copy_in_row(axes, copies)
    if axes.link:
        return table, op.mul(one.share, op.matmul(relations.ends(axes.link).across, two.share))
    if axes.kind == "ancestor":
        transfer = relations.transfer(table.layout.name, other.layout.name)
        return table, op.mul(one.share, op.matmul(transfer, two.share))
    above = relations.parent(table.layout.name)
    if axes.kind == "co_child":
        lefts = op.matmul(relations.chosen(table.layout.name), one.share)
        return above, op.mul(lefts, op.matmul(relations.chosen(other.layout.name), two.share))
    roles = relations.roles(table.layout.name)
    met = op.matmul(relations.meetings(table.layout.name), op.matmul(roles, two.share))
    pairs = op.total(op.mul(op.matmul(roles, one.share), met), axis=1)
    return above, op.reshape(pairs, above.weight.shape)


def _copy_in_row(axes: Axes, copies: tuple[Copying, Copying]) -> Node:
    """Return the share of rows of a class where both attributes copy."""
    one, two = copies
    share = op.mul(
        one.chance if given_open(axes.one, axes.two) else one.share,
        two.chance if given_open(axes.two, axes.one) else two.share,
    )
    opened = _both_open(axes)
    return share if opened is None else op.mul(share, opened)
