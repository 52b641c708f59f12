"""A ledger in plain words, for a person who has never heard of ρ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthcase.privacy.accounting import DELTA
from synthcase.privacy.budget import epsilon_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from synthcase.privacy.budget import Budget

__all__ = ["statement"]


def statement(budget: Budget) -> tuple[str, ...]:
    """Return lines that say what was spent on what, and what is left.

    Privacy:
        Reads no record. The ε of what was spent is rounded up, of what is left down.
    """
    return (*_opening(budget), *_accounts(budget), *_looks(budget), *_after(budget))


def _opening(budget: Budget) -> Iterator[str]:
    yield f"Ledger of: {budget.population}"
    for number, cap in enumerate(budget.caps):
        verb = "Cap" if number == 0 else "Cap raised to"
        reason = f"; reason: {cap.reason}" if cap.reason else ""
        yield (
            f"{verb} ε = {float(cap.epsilon):g} (δ = {DELTA}) for every account, "
            f"set by {cap.set_by} on {cap.day}{reason}"
        )


def _accounts(budget: Budget) -> Iterator[str]:
    spent = budget.spent()
    if not spent:
        yield "Nothing has been spent."
    for account, rho in spent.items():
        yield f"Account {account}: spent {_up(rho)}; left {_down(budget.cap - rho)}"
    if spent:
        yield "The ρ of several looks add up; their ε do not."


def _looks(budget: Budget) -> Iterator[str]:
    for look in budget.reservations:
        prices = ", ".join(f"{account} {_up(rho)}" for account, rho in look.prices)
        state = "answered" if look.seq in budget.answers else "paid, not answered yet: resume it"
        yield f"Line {look.seq + 1}, {look.day}: {look.purpose}; {prices}; {state}"


def _after(budget: Budget) -> Iterator[str]:
    for release in budget.releases:
        source = "" if release.reservation is None else f", from line {release.reservation + 1}"
        yield f"Released on {release.day}: {release.name} (sha256 {release.sha256}{source})"
    for note in budget.notes:
        yield f"Note: {note}"


def _up(rho: Fraction) -> str:
    return f"ε = {epsilon_text(rho, up=True)} (ρ = {float(rho):.6g})"


def _down(rho: Fraction) -> str:
    return f"ε = {epsilon_text(rho, up=False)} (ρ = {float(rho):.6g})"
