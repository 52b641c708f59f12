"""How rows of the tables stand to each other: weights of children, siblings and descendants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthcase.model import tape as op
from synthcase.model.classes import ClassTable
from synthcase.model.ends import Ends
from synthcase.model.parameters import Design
from synthcase.model.present import present
from synthcase.model.tape import Node, Tape


@dataclass(frozen=True)
class Relations:
    """Expected weights for one case, in votes or rows, by latent classes.

    Attributes:
        tape: The tape.
        design: Shapes and weights.
        tables: Classes by table.
    """

    tape: Tape
    design: Design
    tables: Mapping[str, ClassTable]

    def constant(self, values: object) -> Node:
        """Put a constant on the tape."""
        return self.tape.leaf(np.asarray(values, dtype=np.float32))

    def parent(self, name: str) -> ClassTable:
        """Return the classes of a child table's parent."""
        return self.tables[self.design.layout.path(name)[-2]]

    def root(self, name: str) -> ClassTable:
        """Return the classes of the root of a table's tree."""
        return self.tables[self.design.layout.path(name)[0]]

    def numbers(self, name: str) -> Node:
        """Return the shares of each number of children by parent class, `(classes, bins)`."""
        above = self.parent(name)
        return op.part(above.states.raw, above.layout.span(f"#{name}"))

    def roles(self, name: str) -> Node:
        """Return class shares by parent class and role, `(parent classes, roles, classes)`."""
        return present(self.tables[name].roles)

    def transfer(self, above: str, name: str) -> Node:
        """Return the weight of a table's rows by class of an ancestor and their own."""
        path = self.design.layout.path(name)
        first, *steps = path[path.index(above) + 1 :]
        found = present(self.tables[first].transfer)
        for step in steps:
            found = op.matmul(found, present(self.tables[step].transfer))
        return found

    def by_role(self, child: str, name: str) -> Node:
        """Return the states of a child, or of rows below it, by parent class and role.

        Args:
            child: The child table.
            name: The same table, or one below it, whose rows weigh what a child gives them.

        Returns:
            `(parent classes, roles, width)`.
        """
        roles = self.roles(child)
        if name != child:
            roles = op.matmul(roles, self.transfer(child, name))
        return self.tables[name].seen_from(self.parent(child), roles)

    def ends(self, name: str) -> Ends:
        """Return which ends of a link go together (KeyError for other tables)."""
        found = self.tables[name].ends
        if found is None:
            raise KeyError(name)
        return found

    def meetings(self, name: str) -> Node:
        """Return the weight of ordered pairs by parent class and both roles."""
        cast = self.design.cast(name)
        constant = self.constant(cast.pairs.reshape(len(cast.pairs), -1))
        flat = op.matmul(self.numbers(name), constant)
        return op.reshape(flat, (flat.shape[0], cast.roles, cast.roles))

    def chosen(self, name: str) -> Node:
        """Return the weight of a child where it meets another child table, by both classes."""
        cast = self.design.cast(name)
        if cast.votes:
            return self.transfer(self.parent(name).layout.name, name)
        members = op.matmul(self.numbers(name), self.constant(cast.chosen))
        rows = op.matmul(op.reshape(members, (members.shape[0], 1, cast.roles)), self.roles(name))
        return op.reshape(rows, (rows.shape[0], rows.shape[2]))


def gram(left: Node, right: Node) -> Node:
    """Return leftᵀ · right."""
    return op.matmul(op.transpose(left), right)
