"""Asking a person before the budget is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthcase.cli.talk import Talk, is_terminal
from synthcase.errors import BudgetRefused

if TYPE_CHECKING:
    from synthcase.plans.nouns import Plan
    from synthcase.privacy.ledger import Ledger
    from synthcase.privacy.reservation import Reservation

__all__ = ["consent", "spending_lines"]


def spending_lines(plan: Plan, ledger: Ledger) -> list[str]:
    """Say what a plan takes from each account, and what is left there.

    Privacy:
        Reads no record.
    """
    from synthcase.privacy.budget import epsilon_text

    left, cap = ledger.left(), ledger.cap
    # In the order of the promise: persons first.
    accounts = [line.account for line in plan.guarantees if line.account]
    return [
        f"  {account}: this spends ε = {epsilon_text(plan.prices[account], up=True)} of "
        f"{epsilon_text(left.get(account, cap), up=False)} left"
        for account in accounts
    ]


def consent(plan: Plan, ledger: Ledger, paid: Reservation | None, *, talk: Talk, yes: bool) -> None:
    """Say what will be spent and, if a person is there, ask whether it may be.

    Args:
        plan: The plan.
        ledger: The ledger.
        paid: The payment of an earlier run that goes on; then nothing is asked.
        talk: Where to say it.
        yes: Whether the answer was given beforehand.

    Raises:
        BudgetRefused: The person says no.
    """
    import typer

    asking = paid is None and not yes and is_terminal()
    if asking:
        talk = Talk()
    talk.say(f"Ledger of: {ledger.budget.population}")
    if paid is not None:
        talk.say(f"Paid for on {paid.day} by the same job, which goes on: nothing more is spent.")
        return
    for line in spending_lines(plan, ledger):
        talk.say(line)
    if asking and not typer.confirm(
        "Spent budget never comes back. Go on?", default=False, err=True
    ):
        raise BudgetRefused("You said no: nothing was spent.")
