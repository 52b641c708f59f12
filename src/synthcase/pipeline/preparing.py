"""What can be refused before anything is spent is refused before anything is spent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from synthcase.errors import UsageError
from synthcase.privacy.budget import check_fits
from synthcase.privacy.ledger import Ledger
from synthcase.privacy.reservation import checked_prices

if TYPE_CHECKING:
    from collections.abc import Callable

    from synthcase.plans.nouns import Plan
    from synthcase.privacy.reservation import Reservation

__all__ = ["NEW_LEDGER", "Consent", "afford", "open_ledger", "paid_before"]

Consent: TypeAlias = "Callable[[Plan, Ledger, Reservation | None], None]"
"""Is told the plan, the ledger, and the payment of an earlier run that goes on (None if this run
will pay). It may raise to stop the run before anything is spent."""

NEW_LEDGER = 'synthcase ledger new LEDGER --population "WHOSE RECORDS" --cap 8 --set-by "YOUR NAME"'
"""The line that makes a ledger."""


def open_ledger(ledger: Ledger | Path | str | None) -> Ledger:
    """Open the ledger that a look is charged to.

    Args:
        ledger: A ledger, or its folder.

    Raises:
        UsageError: There is none; the message has the line that makes one.
        FileProblem: The folder is no ledger.
        LedgerError: It is broken.

    Privacy:
        Reads no record.
    """
    if ledger is None:
        raise UsageError(
            "No ledger is named, so nothing may be spent.",
            expected="the ledger of the persons whose records these are, one for all releases",
            todo=f"If they have none yet, make it once: {NEW_LEDGER}",
        )
    return ledger if isinstance(ledger, Ledger) else Ledger.open(Path(ledger))


def paid_before(ledger: Ledger, plan: Plan, purpose: str) -> Reservation | None:
    """Return the payment of an earlier run of the same job that was stopped before its release.

    Args:
        ledger: The ledger.
        plan: The plan of the job.
        purpose: Its purpose; a job with another purpose is another job, and pays for itself.

    Returns:
        A reservation without a release, answered or not; None if the job must pay.

    Privacy:
        Reads no record. What was paid for once is used once.
    """
    budget = ledger.budget
    released = {release.reservation for release in budget.releases}
    for reservation in reversed(budget.reservations):
        own = (reservation.plan_hash, reservation.purpose) == (plan.hash, purpose)
        if own and reservation.seq not in released:
            return reservation
    return None


def afford(ledger: Ledger, plan: Plan) -> None:
    """Refuse a plan that the ledger cannot pay.

    Raises:
        BudgetRefused: An account would exceed the cap; says what is left.

    Privacy:
        Reads no record, and spends nothing.
    """
    check_fits(ledger.budget, checked_prices(plan.prices))
