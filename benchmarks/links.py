"""Which ends a link table ties together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counts import columns_at, crossed

if TYPE_CHECKING:
    from coding import Database
    from counts import Named
    from folder import Relation


def across_link(database: Database, one: Relation, other: Relation) -> Named:
    """Count each column of one end by each column of the other, once a link.

    Args:
        database: The coded tables.
        one: A reference of the link table to one end.
        other: Its reference to the other end; links that lack an end are left out.
    """
    link = database.tables[one.child]
    linked = (link.parents[one] >= 0) & (link.parents[other] >= 0)
    ends = (
        columns_at(database.tables[relation.parent], link.parents[relation][linked])
        for relation in (one, other)
    )
    return crossed(*ends)
