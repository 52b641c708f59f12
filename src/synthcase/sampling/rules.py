"""Forbidden combinations: rows that have one are drawn again within their class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthcase.errors import SchemaError
from synthcase.model.parameters import gates_above
from synthcase.model.quantise import whole
from synthcase.model.states import never_drawn
from synthcase.sampling.columns import Looks, Rows, again

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from synthcase.sampling.columns import Codes
    from synthcase.schema.layout import TableLayout

_TRIES = 100
_EVEN = 1 << 16


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


def mend(rows: Rows, codes: Codes, rng: np.random.Generator) -> None:
    """Draw rows again, within their class, until none breaks a rule.

    Only columns that a rule names are drawn again, with their gates and what stands behind them. A
    row that finds no way out takes those columns from a row that breaks no rule; if the chunk has
    none, from rows in which every state is as frequent as any other.

    Args:
        rows: The rows.
        codes: States by attribute; changed in place.
        rng: The stream.

    Raises:
        SchemaError: If the rules leave no possible row.

    Privacy:
        Post-processing of Measurements.
    """
    table = rows.looks.table
    if not table.forbidden:
        return
    names = concerned(table)
    for _ in range(_TRIES):
        bad = np.flatnonzero(broken(table, codes))
        if not len(bad):
            return
        part = {name: states[bad] for name, states in codes.items()}
        again(rows.some(bad), part, names, rng)
        for name in names:
            codes[name][bad] = part[name]
    bad = np.flatnonzero(broken(table, codes))
    if len(bad):
        models = _models(table, codes, names, rng)
        chosen = rng.integers(0, len(models[min(names)]), len(bad))
        for name in names:
            codes[name][bad] = models[name][chosen]


def concerned(table: TableLayout) -> set[str]:
    """Return the attributes that rules name, their gates, and all that stands behind them."""
    named = {name for combination in table.forbidden for name, _ in combination}
    named |= {gate.name for name in named for gate in gates_above(table, table.attribute(name))}
    behind = {a.name for a in table.attributes if named & {g.name for g in gates_above(table, a)}}
    return named | behind


def _models(table: TableLayout, codes: Codes, names: set[str], rng: np.random.Generator) -> Codes:
    """Return states that break no rule, from the chunk or from even chances."""
    for found in (codes, _even(table, names, rng)):
        good = ~broken(table, found)
        if good.any():
            return {name: found[name][good] for name in names}
    raise SchemaError(
        f"the rules of table {table.name} leave no possible row",
        todo="look for rules that contradict each other",
    )


def _even(table: TableLayout, names: set[str], rng: np.random.Generator) -> Codes:
    """Return many rows in which an attribute has each state it can have equally often."""
    can = (~never_drawn(table)).astype(float)
    parts = [whole(can[None, table.span(a.name)]) for a in table.attributes]
    looks = Looks(table, np.concatenate(parts, axis=1), {})
    found: Codes = {}
    again(Rows(looks, np.zeros(_EVEN, dtype=np.int64), {}), found, names, rng)
    return found
