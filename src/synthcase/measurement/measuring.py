"""The one look: reserve, count, add exact noise, journal, reveal."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from synthcase.core.progress import ProgressOption, resolve
from synthcase.errors import UsageError
from synthcase.measurement.counting import count
from synthcase.measurement.view import TableView, person_view, vote_view
from synthcase.plans.files import answers_bytes, answers_from_bytes
from synthcase.plans.nouns import LedgerEntry, Measurements, Plan, PlannedTable
from synthcase.privacy.noise import add_noise

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synthcase.privacy.ledger import Ledger
    from synthcase.records.nouns import Records


def noisy_answers(
    records: Records, plan: Plan, *, progress: ProgressOption = None
) -> dict[str, NDArray[np.int64]]:
    """Count every planned table and add its noise.

    Args:
        records: Real records.
        plan: The plan.
        progress: See `core.progress`.

    Returns:
        Noisy cells by table id, int64 `(cells,)`.

    Privacy:
        Costs the plan's prices. Called by `measure` only, once the budget is reserved.
    """
    report = resolve(progress)
    found, done = {}, 0
    for votes, tables in _by_weight(plan):
        views = vote_view(records) if votes else person_view(records, secrets.token_bytes(32))
        for group in _relations(tables):
            for table, cells in count(records.layout, views, group, votes=votes):
                found[table.id] = add_noise(cells, table.sigma)
            done += len(group)
            report("measure", done, len(plan.tables))
    return found


def _by_weight(plan: Plan) -> Iterator[tuple[bool, list[PlannedTable]]]:
    for votes in (True, False):
        tables = [table for table in plan.tables if (table.unit > 1) is votes]
        if tables:
            yield votes, tables


def _relations(tables: list[PlannedTable]) -> Iterator[list[PlannedTable]]:
    def relation(table: PlannedTable) -> tuple[str, ...]:
        return (table.kind, *(name for name, _ in table.axes))

    for _, group in groupby(sorted(tables, key=relation), key=relation):
        yield list(group)
