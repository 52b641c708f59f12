"""Expected tables under the model: every one a product of small matrices."""

from __future__ import annotations

from collections.abc import Callable

from synthcase.model import tape as op
from synthcase.model.parameters import gates
from synthcase.model.relations import Relations, gram
from synthcase.model.states import gate_columns
from synthcase.model.tape import Node


def expected_block(relations: Relations, kind: str, names: tuple[str, ...]) -> Node:
    """Return many tables of one kind side by side, as if the latent classes told all.

    Args:
        relations: The classes and their weights.
        kind: `rows`, `one_way`, `own`, `behind`, `ancestor`, `count`, `sibling`, `co_child`,
            `link` or `ends`.
        names: The tables.

    Returns:
        All states of the first table × all states of the last, for one case.
    """
    formulas: dict[str, Callable[..., Node]] = {
        "rows": rows,
        "one_way": one_way,
        "own": own,
        "behind": behind,
        "ancestor": ancestor,
        "count": count,
        "sibling": sibling,
        "co_child": co_child,
        "link": link,
        "ends": ends,
    }
    return formulas[kind](relations, *names)


def rows(relations: Relations, name: str) -> Node:
    """Return the weight of a table's rows, `(1, 1)`."""
    return op.total(op.transpose(relations.tables[name].weight), axis=1)


def one_way(relations: Relations, name: str) -> Node:
    """Return the states of a table's rows, `(1, width)`."""
    table = relations.tables[name]
    return gram(table.weight, table.states.profile)


def own(relations: Relations, name: str) -> Node:
    """Return pairs of states inside a row, `(width, width)`."""
    table = relations.tables[name]
    return gram(table.states.profile, op.mul(table.weight, table.states.profile))


def behind(relations: Relations, name: str, number: str) -> Node:
    """Return pairs of states inside a row where a gate is open, `(width, width)`.

    Only attributes behind that gate (the table's gate of that number) are told right.
    """
    table = relations.tables[name]
    gate, _ = list(gates(table.layout))[int(number)]
    opened = op.total(op.part(table.states.profile, gate_columns(table.layout, *gate)), axis=1)
    weight = op.mul(table.weight, opened)
    return gram(table.states.raw, op.mul(weight, table.states.raw))


def ancestor(relations: Relations, above: str, name: str) -> Node:
    """Return states of an ancestor × states of a row, `(width above, width)`."""
    one = relations.tables[above]
    states = relations.tables[name].seen_from(one, relations.transfer(above, name))
    return gram(one.states.profile, op.mul(one.weight, states))


def count(relations: Relations, counted: str, name: str) -> Node:
    """Return a row's number of children × states of a child, or of rows below it, `(bins, width)`.

    The number decides how many rows there are, in which roles and of which weight, so it is no
    column like others.
    """
    above, cast = relations.parent(counted), relations.design.cast(counted)
    numbers = op.mul(relations.numbers(counted), above.weight)
    seen = op.transpose(relations.by_role(counted, name), (1, 0, 2))
    by_bin = op.matmul(op.reshape(op.transpose(numbers), (1, *reversed(numbers.shape))), seen)
    weights = relations.constant(cast.rows.T[:, :, None])
    return op.reshape(op.total(op.mul(by_bin, weights), axis=0), by_bin.shape[1:])


def sibling(relations: Relations, name: str) -> Node:
    """Return ordered pairs of states of two siblings, `(width, width)`."""
    above = relations.parent(name)
    seen = relations.by_role(name, name)
    met = op.matmul(relations.meetings(name), seen)
    weight = op.reshape(above.weight, (above.weight.shape[0], 1, 1))
    flat = (seen.shape[0] * seen.shape[1], seen.shape[2])
    return gram(op.reshape(seen, flat), op.reshape(op.mul(weight, met), flat))


def co_child(relations: Relations, left: str, right: str) -> Node:
    """Return states of rows of two child tables of one parent, `(width left, width right)`."""
    above = relations.parent(left)
    lefts = relations.tables[left].seen_from(above, relations.chosen(left))
    rights = relations.tables[right].seen_from(above, relations.chosen(right))
    return gram(lefts, op.mul(above.weight, rights))


def link(relations: Relations, far: str, name: str) -> Node:
    """Return states of a link's far end × states of the link, `(width far, width)`."""
    two, back = relations.tables[far], relations.ends(name).back
    states = relations.tables[name].seen_from(two, back)
    return gram(two.states.profile, op.mul(two.weight, states))


def ends(relations: Relations, near: str, far: str, name: str) -> Node:
    """Return states of both ends of a link, `(width near, width far)`."""
    one, across = relations.tables[near], relations.ends(name).across
    states = relations.tables[far].seen_from(one, across)
    return gram(one.states.profile, op.mul(one.weight, states))
