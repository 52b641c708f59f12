"""Links between two rows of one group: which ends go together, and what kind of link they have.

A row of the first table has a number of links. It chooses that many others of its group, each with
a chance that grows with the affinity of the two classes; where there is only one other, it has no
choice. The class of a link depends on the classes of both its ends. Choosing without putting back
is taken here as if each link chose for itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthcase.model import tape as op
from synthcase.model.present import present
from synthcase.model.tape import Node, Tape

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthcase.model.classes import ClassTable
    from synthcase.model.parameters import Design, Key
    from synthcase.schema.layout import TableLayout

_SMALL = 1e-9


@dataclass(frozen=True)
class Ends:
    """What a link table adds to its classes.

    Attributes:
        across: Weight of links for one row of the first end, by class of both ends.
        back: Weight of links for one row of the second end, by its class and the link's.
        affinity: Logarithm of how much more two classes choose each other.
    """

    across: Node
    back: Node
    affinity: Node


def link_classes(
    tape: Tape,
    design: Design,
    table: TableLayout,
    parameters: Mapping[Key, Node],
    found: Mapping[str, ClassTable],
) -> tuple[Node, Ends]:
    """Work out the classes of links.

    Args:
        tape: The tape.
        design: The shapes and weights.
        table: A link whose two ends are children of one row.
        parameters: Logits on the tape.
        found: Classes of the tables above.

    Returns:
        Class shares by class of the first end and role (the same for each role), and the rest.
    """
    one, two = found[str(table.parent)], found[str(table.second)]
    meeting = _meeting(tape, design, table, parameters["affinity", table.name], found)
    kinds = _kinds(parameters["near", table.name], parameters["far", table.name])
    by_both = op.mul(op.reshape(meeting, (*meeting.shape, 1)), kinds)
    near = _sum(by_both, 1)
    per_row = op.mul(near, op.inverse(op.affine(op.total(near, axis=1), 1.0, _SMALL)))
    roles = design.cast(table.name).roles
    repeated = op.mul(
        op.reshape(per_row, (per_row.shape[0], 1, per_row.shape[1])),
        tape.leaf(np.ones((1, roles, 1), dtype=np.float32)),
    )
    ends = Ends(
        across=_per_row(meeting, one),
        back=_per_row(_sum(by_both, 0), two),
        affinity=parameters["affinity", table.name],
    )
    return repeated, ends


def _per_row(weight: Node, table: ClassTable) -> Node:
    return op.mul(weight, op.inverse(op.affine(table.weight, 1.0, _SMALL)))


def _sum(node: Node, axis: int) -> Node:
    summed = op.total(node, axis=axis)
    return op.reshape(summed, tuple(s for at, s in enumerate(summed.shape) if at != axis))


def _kinds(near: Node, far: Node) -> Node:
    """Return class shares of a link by the classes of its ends."""
    left = op.reshape(near, (near.shape[0], 1, near.shape[1]))
    right = op.reshape(far, (1, *far.shape))
    return op.softmax(op.add(left, right))


def _meeting(
    tape: Tape, design: Design, table: TableLayout, affinity: Node, found: Mapping[str, ClassTable]
) -> Node:
    """Return the expected weight of links by the classes of both ends, for a case.

    Among n others a row chooses one of class w with about n·p·a/(a + (n − 1)·ā): p the share of w,
    a its affinity, ā the mean affinity. With one other there is no choice; with many the ratio is
    that of affinities.
    """
    one, two = found[str(table.parent)], found[str(table.second)]
    above = found[str(one.layout.parent)]
    others = _others(tape, design, table, above, two)
    links = op.matmul(
        op.part(one.states.raw, one.layout.span(f"#{table.name}")),
        tape.leaf(design.cast(table.name).rows.sum(1, keepdims=True).astype(np.float32)),
    )
    weight = op.mul(op.mul(above.weight, present(one.transfer)), op.transpose(links))
    liking = op.exponential(affinity)
    mean = op.matmul(others.classes, op.transpose(liking))
    rest = op.mul(others.more, mean)
    like = op.reshape(liking, (1, *liking.shape))
    rivals = op.add(like, op.reshape(rest, (*rest.shape, 1)))
    choice = op.mul(
        op.mul(like, op.inverse(rivals)), op.reshape(others.classes, _between(others.classes.shape))
    )
    rate = op.mul(
        op.reshape(op.mul(weight, others.several), (*weight.shape, 1)),
        op.inverse(op.affine(op.total(choice, axis=2), 1.0, _SMALL)),
    )
    free = _sum(op.mul(rate, choice), 0)
    return op.add(free, op.matmul(op.transpose(op.mul(weight, others.lone)), others.only))


def _between(shape: tuple[int, ...]) -> tuple[int, int, int]:
    return shape[0], 1, shape[1]


@dataclass(frozen=True)
class _Others:
    """How many others there are to be linked to, and of which classes, by class above.

    Attributes:
        lone: Among groups with any other, the share with just one, `(classes above, 1)`.
        several: The share with more than one.
        more: How many there are beside one of several.
        only: Classes of the only other, `(classes above, classes)`.
        classes: Classes of one among several.
    """

    lone: Node
    several: Node
    more: Node
    only: Node
    classes: Node


def _others(
    tape: Tape, design: Design, table: TableLayout, above: ClassTable, two: ClassTable
) -> _Others:
    cast = design.cast(two.layout.name)
    numbers = op.part(above.states.raw, above.layout.span(f"#{two.layout.name}"))
    first = np.array([low for low, _ in cast.bins.ranges])
    # in a link between rows of one table nobody is linked to herself
    least = 2 if table.parent == table.second else 1
    sizes = np.array(
        [(cast.numbers(at)[0] * cast.numbers(at)[1]).sum() for at in range(len(first))]
    )

    def mean(values: NDArray[np.floating]) -> Node:
        return op.matmul(numbers, tape.leaf(values.astype(np.float32)[:, None]))

    lone, several = mean((first == least) * 1.0), mean((first > least) * 1.0)
    any_other = op.inverse(op.affine(op.add(lone, several), 1.0, _SMALL))
    beside = op.mul(
        mean((first > least) * (sizes - least)), op.inverse(op.affine(several, 1.0, _SMALL))
    )
    roles = present(two.roles)
    only, classes = (
        _classes(numbers, tape.leaf((cast.fractions * rows[:, None]).astype(np.float32)), roles)
        for rows in (first == least, first > least)
    )
    return _Others(op.mul(lone, any_other), op.mul(several, any_other), beside, only, classes)


def _classes(numbers: Node, members: Node, roles: Node) -> Node:
    """Return class shares of one row of a group, by class above."""
    weight = op.matmul(numbers, members)
    shares = op.mul(weight, op.inverse(op.affine(op.total(weight, axis=1), 1.0, _SMALL)))
    rows = op.matmul(op.reshape(shares, (shares.shape[0], 1, shares.shape[1])), roles)
    return op.reshape(rows, (rows.shape[0], rows.shape[2]))
