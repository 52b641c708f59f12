"""Measuring, or going on with what was paid for before a crash."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from synthcase import __version__
from synthcase.pipeline.preparing import paid_before
from synthcase.plans.files import answers_from_bytes
from synthcase.plans.nouns import LedgerEntry, Measurements

if TYPE_CHECKING:
    from synthcase.core.progress import ProgressOption
    from synthcase.plans.nouns import Plan
    from synthcase.privacy.ledger import Ledger
    from synthcase.records.nouns import Records

__all__ = ["measurements_of"]


def measurements_of(
    records: Records,
    plan: Plan,
    ledger: Ledger,
    *,
    purpose: str,
    progress: ProgressOption = None,
) -> Measurements:
    """Measure, unless an earlier run of the same job has measured already.

    Args:
        records: The real records.
        plan: The plan.
        ledger: The ledger.
        purpose: The purpose, as it stands in the ledger.
        progress: See `core.progress`.

    Returns:
        The noisy answers: those in the ledger's journal, if the job paid for them and was stopped
        before its release.

    Privacy:
        Costs the plan's prices, or nothing if they were paid before.
    """
    from synthcase.measurement import measure

    paid = paid_before(ledger, plan, purpose)
    journalled = None if paid is None else ledger.answers(paid)
    if paid is None or journalled is None:
        return measure(records, plan, ledger=ledger, progress=progress, purpose=purpose)
    return Measurements(
        plan=plan,
        entry=LedgerEntry(ledger=ledger.id, sequence=paid.seq, head=paid.hash),
        answers=answers_from_bytes(journalled, plan.hash),
        versions={"synthcase": __version__, "opendp": version("opendp")},
    )
