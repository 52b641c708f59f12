"""Rules applied to coded rows: gates shut, derived columns computed, broken rules found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthcase.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from synthcase.schema.layout import Attribute, TableLayout
    from synthcase.schema.rules import Derived
    from synthcase.schema.tables import Table

    Codes = Mapping[str, NDArray[np.int16]]


def gated(table: TableLayout) -> tuple[Attribute, ...]:
    """Return the attributes behind a gate, each after the gate it depends on."""
    waiting = [attribute for attribute in table.attributes if attribute.gate]
    found: list[Attribute] = []
    while waiting:
        names = {attribute.name for attribute in waiting}
        ready = [a for a in waiting if a.gate and a.gate.attribute not in names]
        found += ready
        waiting = [attribute for attribute in waiting if attribute not in ready]
    return tuple(found)


def is_open(attribute: Attribute, codes: Codes) -> NDArray[np.bool_]:
    """Return in which rows the gate of an attribute is open, `(rows,)`."""
    gate = attribute.gate
    if gate is None:
        return np.ones(len(codes[attribute.name]), dtype=bool)
    return np.isin(codes[gate.attribute], sorted(gate.open_states))


def apply_gates(table: TableLayout, codes: Codes) -> dict[str, NDArray[np.int16]]:
    """Let every gate beat its dependents.

    Args:
        table: The layout of the table.
        codes: The states of its attributes, `(rows,)` each.

    Returns:
        The states with every rule of a gate kept. Where a gate is shut, its dependent is not
        applicable, whatever the source says. Where it is open and the source says not applicable,
        the dependent's `else` takes its place; if that is not applicable too, it stays.

    Privacy:
        Each row is changed by itself.
    """
    found = dict(codes)
    for attribute in gated(table):
        if attribute.closed is None:
            raise InternalError(f"{attribute.name} has a gate and no closed state")
        state, opened = found[attribute.name], is_open(attribute, found)
        if attribute.otherwise is not None:
            state = np.where(state == attribute.closed, attribute.otherwise, state)
        found[attribute.name] = np.where(opened, state, attribute.closed).astype(np.int16)
    return found


def derive(table: Table, rule: Derived, source: NDArray[np.int16]) -> NDArray[np.int16]:
    """Compute a derived column.

    Args:
        table: The table of the rule.
        rule: The rule.
        source: The states of the column it is derived from, `(rows,)`.

    Returns:
        The states of the derived column (`table.column(rule.target).states`), int16, `(rows,)`.
    """
    states, targets = table.column(rule.source).states, table.column(rule.target).states
    of = {state: targets.index(target) for target, named in rule.mapping for state in named}
    return np.array([of[state] for state in states], dtype=np.int16)[source]


def broken_rules(
    table: TableLayout, codes: Codes, *, columns: Table | None = None
) -> dict[str, NDArray[np.bool_]]:
    """Find the rows that break a rule.

    Args:
        table: The layout of the table.
        codes: The states of its attributes as the source has them, before `apply_gates`; for a
            derived column, if the source has it, its states under its name.
        columns: The table, by which derived columns are compared with what they should be.

    Returns:
        For each rule, named by its columns, which rows break it, `(rows,)`. A missing state breaks
        neither a gate nor a derived column.
    """
    found: dict[str, NDArray[np.bool_]] = {}
    for attribute in gated(table):
        if attribute.gate and attribute.column != attribute.gate.attribute:
            name = f"gate of {attribute.column}"
            found[name] = ~is_open(attribute, codes) & (codes[attribute.name] < attribute.values)
    for combination in table.forbidden:
        parts = [np.isin(codes[name], sorted(states)) for name, states in combination]
        owners = dict.fromkeys(str(table.attribute(name).column) for name, _ in combination)
        name = f"forbidden together: {', '.join(owners)}"
        rows = np.logical_and.reduce(parts)
        found[name] = found[name] | rows if name in found else rows
    for rule in table.derived if columns else ():
        if columns and rule.target in codes:
            present = codes[rule.target] < len(columns.column(rule.target).domain.labels)
            differs = codes[rule.target] != derive(columns, rule, codes[rule.source])
            found[f"derived: {rule.target}"] = present & differs
    return found
