"""The schema as the model sees it: attributes with numbered states.

A column becomes one attribute; a multi-select column one attribute a flag, behind a status
attribute where it may be missing. A parent gets one attribute more for each child table: how
many children it has. Derived columns are no attributes: they are computed after sampling.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from synthcase.errors import SchemaError
from synthcase.schema.attributes import (
    NO,
    NOT_APPLICABLE,
    RECORDED,
    YES,
    Attribute,
    CountBins,
    GateAt,
    Layout,
    TableLayout,
)
from synthcase.schema.domains import Flags
from synthcase.schema.rules import Derived, Forbidden, Gate

if TYPE_CHECKING:
    from synthcase.schema.columns import Column
    from synthcase.schema.nouns import Schema
    from synthcase.schema.tables import Table

__all__ = [
    "NO",
    "NOT_APPLICABLE",
    "RECORDED",
    "YES",
    "Attribute",
    "CountBins",
    "GateAt",
    "Layout",
    "TableLayout",
    "layout_of",
]


def layout_of(schema: Schema) -> Layout:
    """Compile a schema into attributes.

    Args:
        schema: A checked schema.

    Returns:
        One `TableLayout` a measured table, parents before children.

    Raises:
        SchemaError: If a rule cannot be compiled; the message names it.

    Privacy:
        Reads no record.
    """
    return Layout(tuple(_table_layout(schema, table) for table in schema.measured))


def _table_layout(schema: Schema, table: Table) -> TableLayout:
    rules = [rule for rule in schema.rules if rule.table == table.name]
    derived = tuple(rule for rule in rules if isinstance(rule, Derived))
    gates = {rule.dependent: rule for rule in rules if isinstance(rule, Gate)}
    if len(gates) != sum(isinstance(rule, Gate) for rule in rules):
        raise SchemaError(f"table {table.name}: a column has two gates", expected="one at most")
    kept = [c for c in table.columns if c.name not in {rule.target for rule in derived}]
    _check_gate_order(table, gates)
    attributes = [a for column in kept for a in _attributes(table, column, gates)]
    for child in schema.children(table.name):
        bins = CountBins(schema.cap(child.name))
        attributes.append(
            Attribute(
                name=f"#{child.name}",
                states=bins.labels,
                values=len(bins.labels),
                counts=child.name,
            )
        )
    forbidden = [
        combination
        for rule in rules
        if isinstance(rule, Forbidden)
        for combination in _combinations(table, rule, attributes)
    ]
    return TableLayout(
        name=table.name,
        parent=table.parent.table if table.parent else None,
        typical=table.parent.typical if table.parent else 1,
        counts=CountBins(schema.cap(table.name)) if table.parent else None,
        attributes=tuple(attributes),
        second=_other_end(schema, table),
        forbidden=tuple(forbidden),
        derived=derived,
    )


def _other_end(schema: Schema, table: Table) -> str | None:
    """Return the second parent of a link whose two ends are children of one row."""
    if len(table.parents) < 2:
        return None
    one, two = (schema.table(parent.table) for parent in table.parents)
    if one.parent is None or two.parent is None or one.parent.table != two.parent.table:
        return None
    return two.name


def _check_gate_order(table: Table, gates: dict[str, Gate]) -> None:
    for name in gates:
        seen = [name]
        while seen[-1] in gates:
            above = gates[seen[-1]].gate
            if above in seen:
                raise SchemaError(f"table {table.name}: the gate of {name} depends on itself")
            seen.append(above)


def _attributes(table: Table, column: Column, gates: dict[str, Gate]) -> list[Attribute]:
    """Return the attributes of one column, its status before its flags."""
    rule = gates.get(column.name)
    if rule and NOT_APPLICABLE not in column.missing_kinds:
        raise SchemaError(
            f"table {table.name}: {column.name} has a gate but cannot be missing as not_applicable",
            todo='add `not_applicable: ""` (as the source writes it) to its `missing:`',
        )
    gate = _gate_at(table, rule) if rule else None
    if not isinstance(column.domain, Flags):
        states = column.states
        closed = states.index(NOT_APPLICABLE) if gate else None
        return [
            Attribute(
                name=column.name, states=states, values=len(column.domain.labels),
                column=column.name, gate=gate, closed=closed, shared=column.shared,
                never_when_open=gate is not None and column.otherwise != NOT_APPLICABLE,
                otherwise=states.index(column.otherwise) if gate else None,
            )
        ]  # fmt: skip
    if not column.missing:
        return [_flag(column, label, None) for label in column.domain.labels]
    states = (RECORDED, *column.missing_kinds)
    closed = states.index(NOT_APPLICABLE) if gate else None
    otherwise = states.index(column.otherwise) if column.otherwise in states[1:] else 0
    status = Attribute(
        name=column.name, states=states, values=1, column=column.name, gate=gate, closed=closed,
        never_when_open=gate is not None and column.otherwise != NOT_APPLICABLE,
        otherwise=otherwise if gate else None,
    )  # fmt: skip
    behind = GateAt(column.name, frozenset([0]))
    return [status, *(_flag(column, label, behind) for label in column.domain.labels)]


def _flag(column: Column, label: str, gate: GateAt | None) -> Attribute:
    states = (NO, YES) if gate is None else (NO, YES, NOT_APPLICABLE)
    return Attribute(
        name=f"{column.name}.{label}", states=states, values=2, column=column.name,
        gate=gate, closed=None if gate is None else 2, never_when_open=gate is not None,
        otherwise=None if gate is None else int(label == column.otherwise),
    )  # fmt: skip


def _gate_at(table: Table, rule: Gate) -> GateAt:
    column = table.column(rule.gate)
    if not rule.open_if:
        raise SchemaError(f"table {table.name}: the gate of {rule.dependent} opens for no state")
    unknown = [state for state in rule.open_if if state not in column.states]
    if unknown:
        raise SchemaError(
            f"table {table.name}: the gate of {rule.dependent} opens for a state that "
            f"{rule.gate} does not have",
            exists=", ".join(column.states[:12]),
        )
    if not isinstance(column.domain, Flags):
        return GateAt(rule.gate, frozenset(column.states.index(s) for s in rule.open_if))
    if len(rule.open_if) != 1 or rule.open_if[0] in column.missing_kinds:
        raise SchemaError(
            f"table {table.name}: {rule.gate} is multi-select, so a gate on it opens for exactly "
            "one of its values",
            todo="name one value, or make a column of its own for the gate",
        )
    return GateAt(f"{rule.gate}.{rule.open_if[0]}", frozenset([1]))


def _combinations(
    table: Table, rule: Forbidden, attributes: list[Attribute]
) -> list[tuple[tuple[str, frozenset[int]], ...]]:
    """Return a forbidden combination by attribute: one for each choice of flags."""
    by_name = {attribute.name: attribute for attribute in attributes}
    options: list[list[tuple[str, frozenset[int]]]] = []
    for name, states in rule.conditions:
        column = table.column(name)
        if any(state not in column.states for state in states) or not states:
            raise SchemaError(
                f"table {table.name}: a rule names a state that {name} does not have",
                exists=", ".join(column.states[:12]),
            )
        if isinstance(column.domain, Flags):
            options.append(
                [
                    (f"{name}.{state}", frozenset([1]))
                    if state in column.domain.labels
                    else (name, frozenset([by_name[name].states.index(state)]))
                    for state in states
                ]
            )
        elif name in by_name:
            options.append([(name, frozenset(by_name[name].states.index(s) for s in states))])
        else:
            raise SchemaError(
                f"table {table.name}: a rule forbids states of {name}, which is derived",
                todo="state the rule on the column it is derived from",
            )
    return [tuple(choice) for choice in product(*options)]
