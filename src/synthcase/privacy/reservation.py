"""The proof of payment that a look at the records needs.

Privacy:
    Reads no record.
"""

from __future__ import annotations

import re
from dataclasses import InitVar, dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from synthcase.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Prices", "Reservation", "checked_prices", "sealed"]

Prices: TypeAlias = tuple[tuple[str, Fraction], ...]
"""ρ for each account, sorted by account."""

_SEAL = object()
_ACCOUNT = re.compile(r"[a-z][a-z0-9_]{0,40}", re.ASCII)


@dataclass(frozen=True)
class Reservation:
    """A price that has been paid, durably, for one look at the records.

    Only a ledger makes one, so a function that takes it cannot look unpaid.
    """

    ledger: str
    """Identity of the ledger that was charged."""
    seq: int
    """Its line in the ledger, counted from 0."""
    hash: str
    """Hash of that line."""
    plan_hash: str
    purpose: str
    day: str
    prices: Prices
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise InternalError(
                "A reservation can only come from a ledger.",
                todo="Call Ledger.reserve, or Ledger.find to resume one.",
            )

    @property
    def answers_name(self) -> str:
        """Name of its file of answers inside the ledger's folder."""
        return f"answers-{self.hash[:32]}.json"


def sealed(
    *, ledger: str, seq: int, line_hash: str, said: Mapping[str, str], prices: Prices
) -> Reservation:
    """Make the reservation that a verified line of a ledger proves.

    Args:
        ledger: Identity of the ledger.
        seq: Position of the line.
        line_hash: Hash of the line.
        said: The line's `plan`, `purpose` and `day`.
        prices: The line's prices.
    """
    return Reservation(
        ledger, seq, line_hash, said["plan"], said["purpose"], said["day"], prices, seal=_SEAL
    )


def checked_prices(prices: Mapping[str, Fraction]) -> Prices:
    """Return prices sorted by account, once each is an exact ρ of a well-named account.

    Raises:
        InternalError: A name or a price is not usable, or nothing is paid at all.
    """
    for account, rho in prices.items():
        if not _ACCOUNT.fullmatch(account):
            raise InternalError("An account has no usable name.", expected="such as 'victim'")
        _check_price(rho)
    if not any(prices.values()):
        raise InternalError("A reservation must pay something.")
    return tuple(sorted(prices.items()))


def _check_price(rho: object) -> None:
    if not isinstance(rho, Fraction) or rho < 0:
        raise InternalError("A price must be a Fraction, not below 0.", came=type(rho).__name__)
