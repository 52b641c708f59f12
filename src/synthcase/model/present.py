"""What every child table has, and a root has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthcase.errors import InternalError

if TYPE_CHECKING:
    from synthcase.model.tape import Node


def present(node: Node | None) -> Node:
    """Return a node that every child table has.

    Raises:
        InternalError: If it is missing, as it is for a root.
    """
    if node is None:
        raise InternalError("a root table has no parent class")
    return node
