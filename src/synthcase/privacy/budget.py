"""What is left of a ledger's budget, in exact fractions of ρ; no float decides.

Every protected kind (case, victim, trafficker, both) has an account, and one cap holds on each.

Privacy:
    Reads no record.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from synthcase.errors import BudgetRefused, LedgerError
from synthcase.privacy.accounting import DELTA, epsilon_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from synthcase.privacy.reservation import Prices, Reservation

__all__ = ["Answers", "Budget", "Cap", "Release", "check_fits", "epsilon_text", "totals"]


@dataclass(frozen=True, slots=True)
class Cap:
    """A cap that somebody set, on every account alike."""

    epsilon: Fraction
    rho: Fraction
    """The exact ρ that ε stands for at δ = 10⁻⁶, rounded down."""
    set_by: str
    reason: str
    """Empty for the first cap."""
    day: str


@dataclass(frozen=True, slots=True)
class Answers:
    """The noisy answers of one look, as the chain remembers them."""

    file: str
    """Name inside the ledger's folder."""
    sha256: str
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Release:
    """A file that was given out."""

    sha256: str
    name: str
    reservation: int | None
    """`seq` of the reservation whose answers it came from, if there was one."""
    day: str


@dataclass(frozen=True)
class Budget:
    """The state of a ledger after its last line."""

    population: str
    caps: tuple[Cap, ...]
    """The first cap and every later one; the last one holds."""
    reservations: tuple[Reservation, ...]
    answers: Mapping[int, Answers]
    """By the `seq` of their reservation."""
    releases: tuple[Release, ...]
    notes: tuple[str, ...]

    @property
    def cap(self) -> Fraction:
        """The ρ that no account may exceed."""
        return self.caps[-1].rho

    def spent(self) -> dict[str, Fraction]:
        """Return the ρ reserved so far in every account that was ever charged."""
        return totals(reservation.prices for reservation in self.reservations)

    def unanswered(self) -> tuple[Reservation, ...]:
        """Return the reservations that have no answers yet, oldest first."""
        return tuple(r for r in self.reservations if r.seq not in self.answers)

    def check_own(self, reservation: Reservation) -> None:
        """Refuse a reservation that this ledger did not make.

        Raises:
            LedgerError: It is of another ledger.
        """
        if reservation not in self.reservations:
            raise LedgerError(
                "The reservation is not of this ledger.",
                todo="Open the ledger that the reservation was made from.",
            )


def totals(prices: Iterable[Prices]) -> dict[str, Fraction]:
    """Add prices account by account, and return the sums sorted by account."""
    sums: dict[str, Fraction] = {}
    for account, rho in (pair for each in prices for pair in each):
        sums[account] = sums.get(account, Fraction(0)) + rho
    return dict(sorted(sums.items()))


def epsilon_text(rho: Fraction, *, up: bool) -> str:
    """Return the ε of ρ with three decimals, rounded up or down."""
    rounding = ROUND_CEILING if up else ROUND_FLOOR
    return str(Decimal(epsilon_of(rho)).quantize(Decimal("0.001"), rounding=rounding))


def check_fits(budget: Budget, prices: Prices) -> None:
    """Refuse prices that would take any account above the cap.

    Raises:
        BudgetRefused: Says of the account with the least left what was asked and what would fit.
    """
    spent = budget.spent()
    left = {account: budget.cap - spent.get(account, Fraction(0)) for account, _ in prices}
    over = sorted((left[account], account) for account, rho in prices if rho > left[account])
    if not over:
        return
    room, account = over[0]
    fits = epsilon_text(room, up=False)
    others = ", ".join(f"'{name}'" for _, name in over[1:])
    raise BudgetRefused(
        f"The ledger refuses: account '{account}' would be spent above its cap."
        + (f" So would {others}." if others else ""),
        expected=f"at most ε = {fits} for '{account}', which is what is left",
        came=f"ε = {_asked_text(dict(prices)[account])}",
        exists=f"a cap of ε = {float(budget.caps[-1].epsilon):g} (δ = {DELTA}), of which "
        f"'{account}' has spent ε = {epsilon_text(budget.cap - room, up=True)} "
        "(the ρ behind these add up, the ε do not)",
        todo=(
            f"Plan again with an ε of at most {fits} for '{account}'."
            if Decimal(fits)
            else f"Nothing more can be measured about '{account}' under this cap."
        )
        + " Nothing was spent now, and earlier releases can be used without limit.",
    )


def _asked_text(rho: Fraction) -> str:
    # A price may be far above what the conversion can express.
    return epsilon_text(rho, up=True) if rho <= 1000 else "more than 1000"
