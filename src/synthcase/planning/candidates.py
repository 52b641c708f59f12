"""Which tables could be counted: every one-way, and every pair along the relations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, combinations_with_replacement, product

from synthcase.schema.layout import Attribute, Layout, TableLayout

AGREEMENT_FROM = 12
"""From this many values on, only agreement of two members of a group is counted, not their pair."""
DEPTH = 2
"""How many levels up a row's columns are crossed with those of its ancestors."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A table that may enter the plan.

    Attributes:
        kind: See `plans.KINDS`.
        axes: Table and attribute of each axis.
        sizes: Number of states along each axis.
        size: Number of cells that are counted.
        group: Tables of one kind and one relation; a budget is shared inside a group.
    """

    kind: str
    axes: tuple[tuple[str, str], ...]
    sizes: tuple[int, ...]
    size: int
    group: str

    @property
    def id(self) -> str:
        """Unique name of the table."""
        return f"{self.kind}/" + "*".join(f"{table}.{name}" for table, name in self.axes)


def candidates(layout: Layout, *, unit: str) -> Iterator[Candidate]:
    """Yield every table the model can explain.

    Args:
        layout: The schema's attributes.
        unit: `case` or `person`; child rows crossed with their parent's number of children
            have no useful bound for a person, so they are left out for that unit.

    Yields:
        Candidates, in an order that depends on the schema alone.

    Privacy:
        Reads no record.
    """
    for table in layout.tables:
        if unit == "person" or table.parent is None:
            yield Candidate(
                kind="rows", axes=((table.name, ""),), sizes=(), size=1, group=f"rows/{table.name}"
            )
        yield from (_pair("one_way", (table, a)) for a in table.attributes)
        yield from _own(table)
        for ancestor in layout.path(table.name)[-1 - DEPTH : -1]:
            yield from _ancestor(layout.by_name[ancestor], table, unit)
        if table.parent:
            yield from _sibling(table, unit)
    for table in layout.tables:
        for left, right in combinations(layout.children(table.name), 2):
            yield from _co_child(left, right)
    for table in layout.tables:
        if unit == "case" and table.second is not None and table.parent is not None:
            yield from _link(layout.by_name[table.parent], layout.by_name[table.second], table)


def _link(one: TableLayout, two: TableLayout, link: TableLayout) -> Iterator[Candidate]:
    """Yield what goes together across a link: its columns and the far end's, and both ends'."""
    for a, b in product(two.attributes, link.attributes):
        if not a.counts and not b.counts:
            yield _pair("link", (two, a), (link, b))
    for a, b in product(one.attributes, two.attributes):
        if a.counts or b.counts:
            continue
        same = a.shared is not None and a.shared == b.shared
        if same and a.values >= AGREEMENT_FROM:
            pair = _pair("met", (one, a), (two, b), size=a.values)
        else:
            pair = _pair("ends", (one, a), (two, b))
        yield replace(pair, axes=(*pair.axes, (link.name, "")), group=f"{pair.group}/{link.name}")


def _pair(kind: str, *axes: tuple[TableLayout, Attribute], size: int | None = None) -> Candidate:
    sizes = tuple(attribute.size for _, attribute in axes)
    full = 1
    for number in sizes:
        full *= number
    tables = "/".join(dict.fromkeys(table.name for table, _ in axes))
    return Candidate(
        kind=kind,
        axes=tuple((table.name, attribute.name) for table, attribute in axes),
        sizes=sizes,
        size=full if size is None else size,
        group=f"{kind}/{tables}",
    )


def _own(table: TableLayout) -> Iterator[Candidate]:
    for one, two in combinations(table.attributes, 2):
        if not _far_in_one_family(table, one, two):
            yield _pair("own", (table, one), (table, two))


def _far_in_one_family(table: TableLayout, one: Attribute, two: Attribute) -> bool:
    """Say whether a pair hangs together by gates other than directly.

    Such a pair (a gate and what its dependent gates) is explained by the tables in between.
    """
    if one.name in _gates(table, two)[1:] or two.name in _gates(table, one)[1:]:
        return True
    shared = set(_gates(table, one)) & set(_gates(table, two))
    same = one.gate and two.gate and one.gate.attribute == two.gate.attribute
    direct = (one.gate and one.gate.attribute == two.name) or (
        two.gate and two.gate.attribute == one.name
    )
    return bool(shared) and not same and not direct


def _gates(table: TableLayout, attribute: Attribute) -> list[str]:
    found = []
    while attribute.gate:
        found.append(attribute.gate.attribute)
        attribute = table.attribute(attribute.gate.attribute)
    return found


def _ancestor(above: TableLayout, table: TableLayout, unit: str) -> Iterator[Candidate]:
    for one, two in product(above.attributes, table.attributes):
        if unit == "person" and one.counts:
            continue
        if one.counts and two.counts and above.name != table.parent:
            continue
        yield _pair("ancestor", (above, one), (table, two))


def _sibling(table: TableLayout, unit: str) -> Iterator[Candidate]:
    for one, two in combinations_with_replacement(table.attributes, 2):
        if one.counts or two.counts:
            continue
        if one is two and one.size < AGREEMENT_FROM:
            # a random chain has ordered cells: unordered ones would cost a person more
            packed = one.size * (one.size + 1) // 2 if unit == "case" else None
            yield _pair("sibling", (table, one), (table, one), size=packed)
        elif one is two or (one.shared and one.shared == two.shared):
            yield _pair("agreement", (table, one), (table, two), size=one.values)
        elif one.size < AGREEMENT_FROM or two.size < AGREEMENT_FROM:
            yield _pair("sibling", (table, one), (table, two))


def _co_child(left: TableLayout, right: TableLayout) -> Iterator[Candidate]:
    for one, two in product(left.attributes, right.attributes):
        if one.counts or two.counts:
            continue
        if one.shared and one.shared == two.shared and one.values >= AGREEMENT_FROM:
            yield _pair("agreement", (left, one), (right, two), size=one.values)
        else:
            yield _pair("co_child", (left, one), (right, two))
