"""The one look: reserve, count, add exact noise, journal, reveal."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from importlib.metadata import version
from itertools import groupby
from typing import TYPE_CHECKING

from synthcase import __version__
from synthcase.core.progress import ProgressOption, resolve
from synthcase.errors import UsageError
from synthcase.measurement.counting import count
from synthcase.measurement.links import (
    refuse_links_across_cases,
    refuse_more_links_than_promised,
)
from synthcase.measurement.view import person_view, vote_view
from synthcase.planning.honesty import refuse_false_promise
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


def measure(
    records: Records,
    plan: Plan,
    *,
    ledger: Ledger,
    purpose: str = "measure",
    progress: ProgressOption = None,
) -> Measurements:
    """Look at the records once: count every planned table and add its noise.

    The budget is reserved in the ledger before any table is counted, and the noisy answers are
    journalled there before they are returned. A crash in between costs nothing twice: the same
    plan resumes the reservation that nobody has seen an answer of.

    Args:
        records: Real records.
        plan: The plan; it must have been made for the same schema.
        ledger: The ledger of these persons.
        purpose: What the measurements are for; it stands in the ledger.
        progress: See `core.progress`.

    Returns:
        The noisy answers.

    Raises:
        UsageError: If the plan is for another schema, or does not keep what it promises.
        DataProblem: If links tie two cases together.
        BudgetRefused: If an account cannot pay.
        LedgerError: If the ledger is broken.

    Privacy:
        Costs the plan's prices: ρ of every protected kind, zCDP under adding or removing one.
    """
    if records.schema.hash != plan.schema.hash:
        raise UsageError(
            "The plan was made for another schema than the one the records were read by.",
            todo="read the records by the plan's schema",
        )
    refuse_false_promise(plan)
    refuse_links_across_cases(records)
    refuse_more_links_than_promised(records)
    reservation = ledger.find(plan.hash, prices=plan.prices)
    if reservation is None:
        reservation = ledger.reserve(plan.prices, plan_hash=plan.hash, purpose=purpose)
    answers = noisy_answers(records, plan, progress=progress)
    journalled = ledger.journal(reservation, answers_bytes(answers, plan.hash))
    return Measurements(
        plan=plan,
        entry=LedgerEntry(ledger=ledger.id, sequence=reservation.seq, head=reservation.hash),
        answers=answers_from_bytes(journalled, plan.hash),
        versions={"synthcase": __version__, "opendp": version("opendp")},
    )
