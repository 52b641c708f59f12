"""Expected tables under the model: every one a product of small matrices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthcase.model import tape as op
from synthcase.model.classes import ClassTable, Copying, shared_columns
from synthcase.model.parameters import Design
from synthcase.model.roles import Cast
from synthcase.model.tape import Node, Tape

if TYPE_CHECKING:
    from collections.abc import Callable

    from synthcase.schema.layout import Attribute

Axis = tuple[str, str]


@dataclass(frozen=True)
class Expectation:
    """Expected tables for one case, in votes or rows.

    Attributes:
        tape: The tape.
        design: Shapes and weights.
        tables: Classes by table.
    """

    tape: Tape
    design: Design
    tables: Mapping[str, ClassTable]

    def _constant(self, values: object) -> Node:
        return self.tape.leaf(np.asarray(values, dtype=np.float32))

    def one_way(self, name: str) -> Node:
        """Return the states of a table's rows, `(1, width)`."""
        table = self.tables[name]
        return op.matmul(op.transpose(table.weight), table.profile)

    def own(self, name: str) -> Node:
        """Return pairs of states inside a row, `(width, width)`, as if classes told all."""
        table = self.tables[name]
        return _gram(table.profile, op.mul(table.weight, table.profile))

    def ancestor(self, above: str, name: str) -> Node:
        """Return states of an ancestor × states of a row, `(width above, width)`."""
        one = self.tables[above]
        states = self.tables[name].seen_from(one, self._transfer(above, name))
        return _gram(one.profile, op.mul(one.weight, states))

    def count(self, name: str) -> Node:
        """Return a parent's number of children × states of a child, `(bins, width)`."""
        one, table, cast = self._group(name)
        numbers = op.mul(self._numbers(name), one.weight)
        seen = self._by_role(name)
        flat = op.reshape(
            op.transpose(seen, (1, 0, 2)), (cast.roles, seen.shape[0], table.layout.width)
        )
        by_bin = op.matmul(op.reshape(op.transpose(numbers), (1, *reversed(numbers.shape))), flat)
        weights = self._constant(cast.rows.T[:, :, None])
        return op.reshape(op.total(op.mul(by_bin, weights), axis=0), by_bin.shape[1:])

    def sibling(self, name: str) -> Node:
        """Return ordered pairs of states of two siblings, `(width, width)`."""
        one, table, _ = self._group(name)
        seen = self._by_role(name)
        met = op.matmul(self._meetings(name), seen)
        weight = op.reshape(one.weight, (one.weight.shape[0], 1, 1))
        rows = seen.shape[0] * seen.shape[1]
        width = table.layout.width
        return _gram(
            op.reshape(seen, (rows, width)), op.reshape(op.mul(weight, met), (rows, width))
        )

    def co_child(self, left: str, right: str) -> Node:
        """Return states of rows of two child tables of one parent, `(width left, width right)`."""
        one, table, _ = self._group(left)
        two = self.tables[right]
        lefts = table.seen_from(one, self._chosen(left))
        rights = two.seen_from(one, self._chosen(right))
        return _gram(lefts, op.mul(one.weight, rights))

    def family(self, name: str, one: Attribute, two: Attribute) -> Node:
        """Return the pair of a gate and what it opens, or of two attributes behind one gate.

        Cells that no row can have are zero; cells where the gate is shut follow from the gate.
        """
        table = self.tables[name]
        if two.gate and two.gate.attribute == one.name:
            return self._behind(table, one, two)
        if one.gate and one.gate.attribute == two.name:
            return op.transpose(self._behind(table, two, one))
        gate = table.layout.attribute(str(one.gate and one.gate.attribute))
        both = one.gate.open_states & two.gate.open_states if one.gate and two.gate else frozenset()
        columns = table.layout.span(gate.name).start + np.array(sorted(both), dtype=np.int64)
        opened = op.total(op.part(table.profile, columns), axis=1)
        weight = op.mul(table.weight, opened)
        return _gram(self._drawn(table, one), op.mul(weight, self._drawn(table, two)))

    def _behind(self, table: ClassTable, gate: Attribute, behind: Attribute) -> Node:
        states = np.zeros(gate.size, dtype=np.float32)
        states[sorted(behind.gate.open_states if behind.gate else ())] = 1.0
        opened = op.mul(
            op.part(table.profile, table.layout.span(gate.name)), self._constant(states)
        )
        return _gram(opened, op.mul(table.weight, self._drawn(table, behind)))

    def _drawn(self, table: ClassTable, attribute: Attribute) -> Node:
        """Return the states of an attribute where its gate is open."""
        raw = op.part(table.raw, table.layout.span(attribute.name))
        for copying in table.copies:
            if copying.attribute == attribute and attribute.gate:
                key = (attribute.gate.attribute, attribute.gate.open_states)
                share = op.mul(copying.share, op.inverse(op.affine(table.open[key], 1.0, 1e-6)))
                reference = table.references[str(attribute.shared)]
                padded = op.part(
                    op.matmul(reference, copying.embed), table.layout.span(attribute.name)
                )
                raw = op.add(op.mul(op.affine(share, -1.0, 1.0), raw), op.mul(share, padded))
        return raw

    def same_reference(self, kind: str, first: Axis, second: Axis) -> Node:
        """Return what two shared attributes gain by copying one reference, `(values, 1)`.

        Where both rows copy, they agree; the product of their shares knows only how often
        references of such classes agree by chance. Added on the diagonal, and taken from the
        product by `excess`.
        """
        share, reference = self._both_copy(kind, first, second)
        less = op.affine(op.mul(reference, reference), -1.0)
        return op.matmul(op.transpose(op.add(reference, less)), share)

    def excess(self, kind: str, first: Axis, second: Axis) -> Node:
        """Return the correction of a whole pair table, `(values, values)`."""
        share, reference = self._both_copy(kind, first, second)
        product = _gram(reference, op.mul(share, reference))
        together = op.matmul(op.transpose(reference), share)
        eye = self._constant(np.eye(together.shape[0]))
        return op.add(op.mul(together, eye), op.affine(product, -1.0))

    def _both_copy(self, kind: str, first: Axis, second: Axis) -> tuple[Node, Node]:
        """Return the weight of pairs that both copy, by class, and the reference of a class."""
        one, two = self._copying(first), self._copying(second)
        domain = str(one.attribute.shared)
        if kind == "own":
            table = self.tables[first[0]]
            return op.mul(table.weight, op.mul(one.share, two.share)), table.references[domain]
        if kind == "ancestor":
            above = self.tables[first[0]]
            share = op.matmul(self._transfer(first[0], second[0]), two.share)
            return op.mul(above.weight, op.mul(one.share, share)), above.references[domain]
        above, table, cast = self._group(first[0])
        if first[0] != second[0]:
            share = op.mul(
                op.matmul(self._chosen(first[0]), one.share),
                op.matmul(self._chosen(second[0]), two.share),
            )
            return op.mul(above.weight, share), above.references[domain]
        left, right = op.matmul(_roles(table), one.share), op.matmul(_roles(table), two.share)
        met = op.matmul(self._meetings(first[0]), right)
        share = op.reshape(op.total(op.mul(left, met), axis=1), above.weight.shape)
        return op.mul(above.weight, share), above.references[domain]

    def _copying(self, axis: Axis) -> Copying:
        for copying in self.tables[axis[0]].copies:
            if copying.attribute.name == axis[1]:
                return copying
        raise KeyError(axis[1])

    def _group(self, name: str) -> tuple[ClassTable, ClassTable, Cast]:
        parent = self.design.layout.by_name[name].parent
        return self.tables[str(parent)], self.tables[name], self.design.cast(name)

    def _numbers(self, name: str) -> Node:
        one, _, _ = self._group(name)
        return op.part(one.raw, one.layout.span(f"#{name}"))

    def _by_role(self, name: str) -> Node:
        """Return the states of a child by parent class and role, `(classes, roles, width)`."""
        one, table, _ = self._group(name)
        return table.seen_from(one, _roles(table))

    def _meetings(self, name: str) -> Node:
        """Return the weight of ordered pairs by parent class and both roles."""
        cast = self.design.cast(name)
        constant = self._constant(cast.pairs.reshape(len(cast.pairs), -1))
        flat = op.matmul(self._numbers(name), constant)
        return op.reshape(flat, (flat.shape[0], cast.roles, cast.roles))

    def _chosen(self, name: str) -> Node:
        """Return the weight of a child where it meets another child table, by both classes."""
        one, table, cast = self._group(name)
        if cast.votes:
            return self._transfer(one.layout.name, name)
        members = op.matmul(self._numbers(name), self._constant(cast.chosen))
        rows = op.matmul(op.reshape(members, (members.shape[0], 1, cast.roles)), _roles(table))
        return op.reshape(rows, (rows.shape[0], rows.shape[2]))

    def _transfer(self, above: str, name: str) -> Node:
        path = self.design.layout.path(name)
        steps = [self.tables[table].transfer for table in path[path.index(above) + 1 :]]
        found = steps[0]
        for step in steps[1:]:
            found = _both(op.matmul, found, step)
        return _present(found)


def _roles(table: ClassTable) -> Node:
    return _present(table.roles)


def _present(node: Node | None) -> Node:
    if node is None:
        raise KeyError("a root has no transfer")
    return node


def _both(product: Callable[[Node, Node], Node], one: Node | None, two: Node | None) -> Node:
    return product(_present(one), _present(two))


def _gram(left: Node, right: Node) -> Node:
    return op.matmul(op.transpose(left), right)


__all__ = ["Expectation", "shared_columns"]
