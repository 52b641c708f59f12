"""What the lines of a ledger say: each kind's form, and the fold of all lines into a `Budget`.

The chain proves that a line is what was written; this module refuses lines that contradict each
other, such as spending above the cap, or answers to a question that nobody paid for.

Privacy:
    Reads no record.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from synthcase.core.canonical import fraction_text, parse_fraction, sha256_hex
from synthcase.errors import LedgerError, SynthcaseError
from synthcase.privacy.accounting import DELTA, parse_epsilon, rho_of
from synthcase.privacy.budget import Answers, Budget, Cap, Release, totals
from synthcase.privacy.checks import checked_hash, checked_text
from synthcase.privacy.reservation import Reservation, checked_prices, sealed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from synthcase.privacy.chain import Chain, Entry
    from synthcase.privacy.reservation import Prices

__all__ = [
    "FORMAT",
    "answers_fields",
    "cap_fields",
    "genesis_fields",
    "replay",
    "reserve_fields",
]

FORMAT = "synthcase-ledger/1"
"""Format of the whole ledger, named in its first line."""

_KEYS = {
    "genesis": {"format", "nonce", "population", "delta", "cap_epsilon", "cap_rho", "set_by"},
    "cap": {"cap_epsilon", "cap_rho", "set_by", "reason"},
    "reserve": {"plan", "purpose", "prices"},
    "answers": {"reservation", "file", "sha256", "size"},
    "release": {"sha256", "name", "reservation"},
    "note": {"text"},
}
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


class _ContradictionError(Exception):
    """Says why a line cannot follow those before it."""


def genesis_fields(population: str, cap: Mapping[str, object]) -> dict[str, object]:
    """Return what the first line says; its random part makes two ledgers differ."""
    return {
        "format": FORMAT,
        "nonce": os.urandom(16).hex(),
        "population": checked_text("population", population),
        "delta": fraction_text(DELTA),
        **cap,
    }


def cap_fields(epsilon: Fraction | str, set_by: str) -> dict[str, object]:
    """Return what a line says about a cap: ε as it was decided, and the ρ that counts.

    Raises:
        UsageError: ε is no usable number.
    """
    exact = parse_epsilon(epsilon)
    return {
        "cap_epsilon": fraction_text(exact),
        "cap_rho": fraction_text(rho_of(exact)),
        "set_by": checked_text("set_by", set_by),
    }


def reserve_fields(prices: Prices, *, plan_hash: str, purpose: str) -> dict[str, object]:
    """Return what a `reserve` line says."""
    return {
        "plan": checked_hash(plan_hash),
        "purpose": checked_text("purpose", purpose),
        "prices": {account: fraction_text(rho) for account, rho in prices},
    }


def answers_fields(reservation: Reservation, data: bytes) -> dict[str, object]:
    """Return what an `answers` line says of a file of answers."""
    return {
        "reservation": reservation.seq,
        "file": reservation.answers_name,
        "sha256": sha256_hex(data),
        "size": len(data),
    }


def replay(chain: Chain) -> Budget:
    """Fold the entries of a checked chain into the budget they leave.

    Args:
        chain: A chain with at least one entry, as `chain.parse` returns it.

    Raises:
        LedgerError: A line is of an unknown kind or form, or contradicts those before it; the
            message gives its number.

    Privacy:
        Reads no record.
    """
    fold = _Fold(chain.entries[0].hash)
    for entry in chain.entries:
        try:
            fold.add(entry)
        except _ContradictionError as error:
            why = str(error)
        except SynthcaseError:
            why = "a field is not of its form"
        else:
            continue
        raise LedgerError(
            f"The ledger contradicts itself at line {entry.seq + 1}: nothing can be spent from it.",
            came=why,
            todo="Put back a whole copy of the ledger's folder, or use the version of synthcase "
            "that wrote it.",
        ) from None
    return fold.budget()


class _Fold:
    """The state while the lines are read one by one."""

    def __init__(self, ledger: str) -> None:
        self.ledger = ledger
        self.population = ""
        self.caps: list[Cap] = []
        self.spent: dict[str, Fraction] = {}
        self.reservations: dict[int, Reservation] = {}
        self.answers: dict[int, Answers] = {}
        self.releases: list[Release] = []
        self.notes: list[str] = []

    def budget(self) -> Budget:
        return Budget(
            population=self.population,
            caps=tuple(self.caps),
            reservations=tuple(self.reservations.values()),
            answers=dict(self.answers),
            releases=tuple(self.releases),
            notes=tuple(self.notes),
        )

    def add(self, entry: Entry) -> None:
        _demand(_KEYS.get(entry.kind) == set(entry.fields), "a kind or form that is not known")
        _demand((entry.kind == "genesis") == (entry.seq == 0), "a beginning in the wrong place")
        steps = {
            "genesis": self._genesis,
            "cap": self._cap,
            "reserve": self._reserve,
            "answers": self._answers,
            "release": self._release,
            "note": self._note,
        }
        steps[entry.kind](entry)

    def _genesis(self, entry: Entry) -> None:
        _demand(entry.fields["format"] == FORMAT, "a format that this version does not know")
        _demand(entry.fields["delta"] == fraction_text(DELTA), "another δ")
        self.population = _text(entry.fields, "population")
        self.caps.append(_cap(entry, reason=""))

    def _cap(self, entry: Entry) -> None:
        cap = _cap(entry, reason=_text(entry.fields, "reason"))
        _demand(cap.rho > self.caps[-1].rho, "a cap that is not higher than the one before")
        self.caps.append(cap)

    def _reserve(self, entry: Entry) -> None:
        written = entry.fields["prices"]
        if not isinstance(written, dict):
            raise _ContradictionError("prices of another form")
        prices = checked_prices({name: parse_fraction(rho) for name, rho in written.items()})
        self.spent = totals([tuple(self.spent.items()), prices])
        _demand(max(self.spent.values()) <= self.caps[-1].rho, "spending above the cap")
        said = {
            "plan": _hash(entry.fields, "plan"),
            "purpose": _text(entry.fields, "purpose"),
            "day": entry.day,
        }
        self.reservations[entry.seq] = sealed(
            ledger=self.ledger, seq=entry.seq, line_hash=entry.hash, said=said, prices=prices
        )

    def _answers(self, entry: Entry) -> None:
        seq, size = _integer(entry.fields, "reservation"), _integer(entry.fields, "size")
        _demand(seq in self.reservations, "answers that nobody paid for")
        _demand(seq not in self.answers, "answers to the same question twice")
        file = _text(entry.fields, "file")
        _demand(file == self.reservations[seq].answers_name, "answers in a file of another name")
        self.answers[seq] = Answers(file, _hash(entry.fields, "sha256"), size)

    def _release(self, entry: Entry) -> None:
        seq = None
        if entry.fields["reservation"] is not None:
            seq = _integer(entry.fields, "reservation")
            _demand(seq in self.answers, "a release without answers")
        name = _text(entry.fields, "name")
        self.releases.append(Release(_hash(entry.fields, "sha256"), name, seq, entry.day))

    def _note(self, entry: Entry) -> None:
        self.notes.append(_text(entry.fields, "text"))


def _cap(entry: Entry, *, reason: str) -> Cap:
    epsilon = parse_fraction(entry.fields["cap_epsilon"])
    rho = parse_fraction(entry.fields["cap_rho"])
    _demand(rho > 0, "a cap that is not above 0")
    return Cap(epsilon, rho, _text(entry.fields, "set_by"), reason, entry.day)


def _demand(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - reads like an assertion
    if not holds:
        raise _ContradictionError(otherwise)


def _text(fields: Mapping[str, object], key: str) -> str:
    value = fields[key]
    if not isinstance(value, str):
        raise _ContradictionError("a text of another kind")
    return value


def _integer(fields: Mapping[str, object], key: str) -> int:
    value = fields[key]
    if type(value) is not int:
        raise _ContradictionError("a number of another kind")
    return value


def _hash(fields: Mapping[str, object], key: str) -> str:
    value = _text(fields, key)
    _demand(bool(_HASH.fullmatch(value)), "a hash of another form")
    return value
