"""The last check of synthetic rows before anybody gets them: states, rules, references, keys."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from synthcase.errors import GateFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from synthcase.sampling.nouns import Chunk, TableChunk
    from synthcase.schema.layout import Layout, TableLayout
    from synthcase.schema.nouns import Schema
    from synthcase.schema.tables import Table

    Mask = NDArray[np.bool_]

__all__ = ["fault_sentence", "faults", "refuse_faults"]


def faults(
    schema: Schema, layout: Layout, chunk: Chunk, seen: Mapping[str, int]
) -> Counter[tuple[str, str]]:
    """Count the rows of a chunk that may not be released.

    Args:
        schema: The schema.
        layout: Its attributes.
        chunk: Some synthetic cases.
        seen: Rows of each table in earlier chunks.

    Returns:
        Number of rows by table and kind of fault; empty if all is well.

    Privacy:
        Post-processing of Measurements.
    """
    found: Counter[tuple[str, str]] = Counter()
    for name, rows in chunk.tables.items():
        table = schema.table(name)
        if rows.start != seen.get(name, 0):
            found[name, "row out of place"] += rows.length
        for fault, mask in (
            ("unknown state", _unknown_states(layout.by_name[name], rows)),
            ("broken gate", _broken_gates(layout.by_name[name], rows)),
            ("forbidden combination", _forbidden(layout.by_name[name], rows)),
            ("orphan", _orphans(table, rows, chunk, seen)),
            ("key twice", _repeated(table, rows)),
        ):
            if number := int(mask.sum()):
                found[name, fault] += number
    return found


def _unknown_states(table: TableLayout, rows: TableChunk) -> Mask:
    bad = np.zeros(rows.length, dtype=bool)
    for attribute in table.attributes:
        if attribute.counts is None:
            codes = rows.codes[attribute.name]
            bad |= (codes < 0) | (codes >= attribute.size)
    return bad


def _broken_gates(table: TableLayout, rows: TableChunk) -> Mask:
    bad = np.zeros(rows.length, dtype=bool)
    for attribute in table.attributes:
        if attribute.gate is None:
            continue
        opened = np.isin(rows.codes[attribute.gate.attribute], sorted(attribute.gate.open_states))
        closed = rows.codes[attribute.name] == attribute.closed
        bad |= ~opened & ~closed
        if attribute.never_when_open:
            bad |= opened & closed
    return bad


def _forbidden(table: TableLayout, rows: TableChunk) -> Mask:
    bad = np.zeros(rows.length, dtype=bool)
    for combination in table.forbidden:
        hit = np.ones(rows.length, dtype=bool)
        for name, states in combination:
            hit &= np.isin(rows.codes[name], sorted(states))
        bad |= hit
    return bad


def _orphans(table: Table, rows: TableChunk, chunk: Chunk, seen: Mapping[str, int]) -> Mask:
    bad = np.zeros(rows.length, dtype=bool)
    for parent, at in zip(table.parents, (rows.parent, rows.other), strict=False):
        held = chunk.tables.get(parent.table)
        start, end = (
            (0, seen.get(parent.table, 0))
            if held is None
            else (held.start, held.start + held.length)
        )
        bad |= np.ones(rows.length, dtype=bool) if at is None else (at < start) | (at >= end)
    return bad


def _repeated(table: Table, rows: TableChunk) -> Mask:
    """Say which rows repeat a key that is made of other tables' keys and places alone."""
    own, columns = set(table.key), []
    for parent, at in zip(table.parents, (rows.parent, rows.other), strict=False):
        for name, values in ((parent.columns, at), ((parent.order,), rows.position)):
            if own & set(name) and values is not None:
                columns.append(values)
                own -= set(name)
    bad = np.zeros(rows.length, dtype=bool)
    if own or not columns:
        return bad
    _, first = np.unique(np.stack(columns), axis=1, return_index=True)
    bad[:] = True
    bad[first] = False
    return bad


def refuse_faults(found: Mapping[tuple[str, str], int]) -> None:
    """Refuse synthetic rows that may not be released.

    Raises:
        GateFailed: There is one; the message names tables and kinds of fault.
    """
    if found:
        raise GateFailed(
            "The synthetic rows do not keep the rules of the schema, so nothing is released.",
            came=fault_sentence(found),
            todo="Look for rules that contradict each other; if there are none, please report it.",
        )


def fault_sentence(found: Mapping[tuple[str, str], int]) -> str:
    """Return the faults in words: they are synthetic, so their numbers may be shown."""
    return ", ".join(f"{table}: {number} × {kind}" for (table, kind), number in found.items())
