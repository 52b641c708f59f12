"""Forbidden combinations: rows that have one are drawn again within their class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthcase.errors import SchemaError
from synthcase.model.parameters import gate_depth
from synthcase.sampling.rounding import draw_one_by_one

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from synthcase.schema.layout import TableLayout

    Codes = dict[str, NDArray[np.int16]]

_TRIES = 100


def broken(table: TableLayout, codes: Mapping[str, NDArray[np.int16]]) -> NDArray[np.bool_]:
    """Say which rows have a forbidden combination, `(rows,)`."""
    rows = len(next(iter(codes.values()))) if codes else 0
    found = np.zeros(rows, dtype=bool)
    for combination in table.forbidden:
        hit = np.ones(rows, dtype=bool)
        for name, states in combination:
            hit &= np.isin(codes[name], sorted(states))
        found |= hit
    return found


def mend(
    table: TableLayout,
    codes: Codes,
    profile: NDArray[np.int32],
    classes: NDArray[np.int64],
    rng: np.random.Generator,
) -> None:
    """Draw rows again, within their class, until none breaks a rule.

    Only the columns that the table's rules name are drawn again, and what stands behind them as a
    gate. A row that finds no way out takes the columns of a row that breaks no rule.

    Args:
        table: The table.
        codes: States by attribute; changed in place.
        profile: Distributions of the classes, `(classes, width)`.
        classes: Class of each row.
        rng: The stream.

    Raises:
        SchemaError: If the rules leave no possible row.

    Privacy:
        Post-processing of Measurements.
    """
    if not table.forbidden:
        return
    named = {name for combination in table.forbidden for name, _ in combination}
    for _ in range(_TRIES):
        rows = np.flatnonzero(broken(table, codes))
        if not len(rows):
            return
        _redraw(table, codes, profile, classes, rows, named, rng)
    rows = np.flatnonzero(broken(table, codes))
    good = np.flatnonzero(~broken(table, codes))
    if len(rows) and not len(good):
        raise SchemaError(
            f"the rules of table {table.name} leave no possible row",
            todo="look for rules that contradict each other",
        )
    if len(rows):
        models = rng.choice(good, len(rows))
        for attribute in table.attributes:
            if attribute.counts is None:
                codes[attribute.name][rows] = codes[attribute.name][models]


def _redraw(
    table: TableLayout,
    codes: Codes,
    profile: NDArray[np.int32],
    classes: NDArray[np.int64],
    rows: NDArray[np.int64],
    named: set[str],
    rng: np.random.Generator,
) -> None:
    again = set(named)
    for attribute in sorted(table.attributes, key=lambda a: gate_depth(table, a.name)):
        gate = attribute.gate
        if gate and gate.attribute in again:
            again.add(attribute.name)
        if attribute.name not in again:
            continue
        states = draw_one_by_one(profile[classes[rows]][:, table.span(attribute.name)], rng)
        if gate and attribute.closed is not None:
            opened = np.isin(codes[gate.attribute][rows], sorted(gate.open_states))
            states = np.where(opened, states, np.int16(attribute.closed))
        codes[attribute.name][rows] = states
