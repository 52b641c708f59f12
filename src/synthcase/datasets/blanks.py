"""What is not filled in: it depends on where a record comes from.

A hotline asks neither for the duration nor for a trafficker's age; a court does not record what
made somebody vulnerable. Over all sources the age is missing for 20 % of the victims, citizenship
for 15 %, means of control for 40 %, duration for 60 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthcase.core.streams import stream
from synthcase.datasets.victim_rows import CLOSED

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from synthcase.datasets.draws import Ints

__all__ = ["GATES", "close_gates", "leave_blank"]

GATES = (
    ("victim", "non_punishment_applied", "identified_as", ("offender_first",)),
    ("victim", "punished_for_offence", "identified_as", ("offender_first",)),
    ("exploitation", "subtype", "type", ("sexual", "labour")),
    ("exploitation", "forced_offence", "type", ("forced_criminality", "begging")),
    ("journey_leg", "document_status", "border_crossed", ("yes",)),
    ("victim_trafficker", "recruited_online", "role_toward_victim", ("recruiter",)),
    ("charge", "sentence_months", "verdict", ("guilty",)),
)
"""Table, dependent column, gate, and the values of the gate that open it."""

_USUAL = 0.02
_ALWAYS_FILLED = {
    ("journey_leg", "leg_no"),
    ("journey_leg", "from_country"),
    ("journey_leg", "to_country"),
    ("journey_leg", "border_crossed"),
    ("trafficker", "person_id"),
}
_UNKNOWN = ("", "", "")


@dataclass(frozen=True)
class _Blank:
    """A column, how often it is empty by source (hotline, case management, court), how written.

    Columns with the same `name` are empty together, for the same victims.
    """

    table: str
    column: str
    rates: tuple[float, float, float]
    spellings: tuple[str, str, str] = _UNKNOWN
    name: str | None = None


_BY_SOURCE = (
    _Blank("victim", "age_at_recruitment", (0.35, 0.1, 0.1), name="age"),
    _Blank("victim", "age_band", (0.35, 0.1, 0.1), name="age"),
    _Blank("victim", "minor", (0.35, 0.1, 0.1), name="age"),
    _Blank("victim", "citizenship", (0.235, 0.08, 0.03)),
    _Blank("victim", "vulnerability", (0.3, 0.1, 1.0), ("unknown", "unknown", "")),
    _Blank("victim", "education", (0.6, 0.2, 0.5)),
    _Blank("victim", "sees_self_as_victim", (0.2, 0.1, 0.4), ("unknown", "unknown", "")),
    _Blank("victim", "paid_recruiter", (0.5, 0.2, 0.3)),
    _Blank("victim", "duration_months", (1.0, 0.3, 0.4), ("", "unknown", "unknown"), "time"),
    _Blank("exploitation", "start_month", (0.5, 0.15, 0.2), ("", "unknown", "unknown"), "time"),
    _Blank("exploitation", "means_of_control", (0.3, 0.4, 0.6), name="means"),
    _Blank("trafficker", "age_band", (1.0, 0.15, 0.05), ("", "unknown", "unknown")),
    _Blank("trafficker", "citizenship", (0.35, 0.12, 0.02)),
    _Blank("trafficker", "former_victim", (0.5, 0.2, 0.3)),
    _Blank("trafficker", "prior_conviction", (0.8, 0.5, 0.02)),
    _Blank("journey_leg", "month_offset", (0.4, 0.15, 0.2)),
    _Blank("journey_leg", "document_status", (0.2, 0.1, 0.1)),
    _Blank("journey_leg", "accompanied_by", (0.1, 0.05, 0.15)),
)
_WITHHELD = (_Blank("victim", "citizenship", (0.02,) * 3, ("withheld",) * 3, "withheld"),)


def leave_blank(
    tables: Mapping[str, pd.DataFrame],
    sources: Mapping[str, Ints],
    victims: Mapping[str, Ints],
    seed: int,
) -> None:
    """Empty cells in place, then close what depends on an emptied gate.

    Args:
        tables: The tables, all text.
        sources: Number of the source of each row, by table.
        victims: Number of the victim of each row, for the tables below the victim and itself.
        seed: Seed of the simulation.
    """
    special = {(blank.table, blank.column) for blank in _BY_SOURCE}
    usual = tuple(
        _Blank(name, column, (_USUAL,) * 3)
        for name, table in tables.items()
        for column in table.columns
        if not column.endswith("_id") and (name, column) not in special | _ALWAYS_FILLED
    )
    for blank in (*_BY_SOURCE, *_WITHHELD, *usual):
        rng = stream(seed, "datasets", "blanks", blank.name or f"{blank.table}.{blank.column}")
        rows = len(sources[blank.table])
        if blank.name:
            level = rng.random(len(victims["victim"]))[victims[blank.table]]
        else:
            level = rng.random(rows)
        _empty(tables[blank.table], blank, sources[blank.table], level)
    close_gates(tables)


def _empty(table: pd.DataFrame, blank: _Blank, source: Ints, level: np.ndarray) -> None:
    cells = table[blank.column].to_numpy(dtype=object)
    gone = (level < np.array(blank.rates)[source]) & (cells != CLOSED)
    spelling = np.array(blank.spellings, dtype=object)[source]
    table[blank.column] = np.where(gone, spelling, cells)


def close_gates(tables: Mapping[str, pd.DataFrame]) -> None:
    """Write "not applicable" wherever a gate is not known to be open."""
    for name, dependent, gate, opening in GATES:
        table = tables[name]
        table[dependent] = table[dependent].where(table[gate].isin(opening), CLOSED)
