"""The ledger: what has been spent on a population of persons, remembered for good.

One ledger belongs to one population, not to one file: next year's extract holds some of the same
persons and is charged to the same accounts. Three habits carry the promise:

* *reserve before look*: a reservation is on the disk before it is returned, and `measure` takes
  nothing but a reservation;
* *journal before reveal*: noisy answers are on the disk before anybody sees them, and asking again
  returns the same ones. So a crash costs nothing and shows nothing: draws that were not journalled
  died unseen with their process, and their reservation may be resumed without paying again;
* *no refunds, no reset, no edit*: a higher cap is a new line with a name and a reason.

Whoever holds the records can always delete the folder. The ledger protects persons from honest
repetition ("run it again until it looks nice"), and gives outsiders evidence: every released file
carries the head of the chain.

A ledger's folder holds `ledger.jsonl` and one file of answers for each look.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from synthcase.core import files
from synthcase.core.canonical import parse_fraction
from synthcase.errors import LedgerError, UsageError
from synthcase.privacy import chain as chains
from synthcase.privacy.budget import check_fits
from synthcase.privacy.chain import Head
from synthcase.privacy.checks import checked_hash, checked_text
from synthcase.privacy.journal import keep_answers, read_answers
from synthcase.privacy.replay import (
    answers_fields,
    cap_fields,
    genesis_fields,
    replay,
    reserve_fields,
)
from synthcase.privacy.reservation import Reservation, checked_prices
from synthcase.privacy.view import LedgerView

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction

    from synthcase.privacy.budget import Budget

__all__ = ["Head", "Ledger", "LedgerView", "Reservation"]


@dataclass(frozen=True)
class Ledger(LedgerView):
    """A ledger that can be charged. Make one with `Ledger.create` or `Ledger.open`.

    Every method that writes raises `LedgerError` when the chain is broken or locked, and
    `FileProblem` when the disk is full or refuses; then the ledger is as it was.
    """

    @classmethod
    def create(
        cls, folder: Path, *, population: str, cap_epsilon: Fraction | str, set_by: str
    ) -> Ledger:
        """Begin the ledger of a population.

        Args:
            folder: A folder that does not exist yet.
            population: Whose ledger it is, in words: all persons whose records you ever hold.
            cap_epsilon: The ε (at δ = 10⁻⁶) that no account may exceed, over all releases.
            set_by: Who decided the cap.

        Raises:
            UsageError: The folder exists, or the cap is no usable ε.
        """
        fields = genesis_fields(population, cap_fields(cap_epsilon, set_by))
        with files.new_folder_aside(Path(folder)) as aside:
            line = chains.first_line("genesis", fields)
            files.write_aside(aside / chains.LEDGER_FILE, line, private=True)
        return cls.open(folder)

    def reserve(
        self, prices: Mapping[str, Fraction], *, plan_hash: str, purpose: str
    ) -> Reservation:
        """Pay for one look at the records, durably, before looking.

        Args:
            prices: ρ for each protected kind that the plan prices, such as case and victim.
            plan_hash: SHA-256 of the plan.
            purpose: What the look is for, in words.

        Raises:
            BudgetRefused: An account would exceed the cap.

        Privacy:
            Spends the prices, for good.
        """
        wanted = checked_prices(prices)
        fields = reserve_fields(wanted, plan_hash=plan_hash, purpose=purpose)
        with self._held() as (held, budget):
            check_fits(budget, wanted)
            entry = chains.append(held, self.folder, "reserve", fields)
            after = chains.Chain((*held.chain.entries, entry), size=0)
            return replay(after).reservations[-1]

    def find(self, plan_hash: str, *, prices: Mapping[str, Fraction]) -> Reservation | None:
        """Return the newest unanswered reservation of a plan, to resume it without paying.

        A run that was killed between paying and journalling has shown nothing to anybody.

        Args:
            plan_hash: SHA-256 of the plan.
            prices: The plan's prices, which must be those that were reserved.

        Returns:
            The reservation, known to be on the disk; None when there is none to resume.

        Raises:
            LedgerError: The prices differ.
        """
        wanted, plan = checked_prices(prices), checked_hash(plan_hash)
        with self._held() as (_, budget):
            found = [r for r in budget.unanswered() if r.plan_hash == plan]
        if found and found[-1].prices != wanted:
            raise LedgerError(
                "This plan was reserved at other prices, so that cannot be resumed.",
                expected="the prices that were reserved: one plan has one price",
                todo="Make the plan again from its schema.",
            )
        return found[-1] if found else None

    def journal(self, reservation: Reservation, answers: bytes) -> bytes:
        """Put the answers of a look on the disk before anybody sees them.

        Args:
            reservation: What paid for the look.
            answers: The noisy answers, as the bytes of a file.

        Returns:
            The answers that count: those given, or the ones journalled earlier for the same
            reservation. In the second case those given must be forgotten.

        Raises:
            LedgerError: The reservation is not of this ledger.

        Privacy:
            Stores answers that `reserve` has paid for.
        """
        with self._held() as (held, budget):
            budget.check_own(reservation)
            known = budget.answers.get(reservation.seq)
            if known is not None:
                return read_answers(self.folder, known)
            kept = keep_answers(self.folder, reservation.answers_name, answers)
            chains.append(held, self.folder, "answers", answers_fields(reservation, kept))
            return kept

    def record_release(
        self, file_hash: str, *, name: str, reservation: Reservation | None = None
    ) -> None:
        """Remember a file that is given out.

        Args:
            file_hash: SHA-256 of the file, or of the manifest of a folder.
            name: What it is called.
            reservation: The look it came from, which must have answers.
        """
        seq = None if reservation is None else reservation.seq
        fields = {"sha256": checked_hash(file_hash), "name": checked_text("name", name)}
        with self._held() as (held, budget):
            if reservation is not None:
                budget.check_own(reservation)
                if seq not in budget.answers:
                    raise LedgerError("A reservation without answers can have no release.")
            chains.append(held, self.folder, "release", {**fields, "reservation": seq})

    def note(self, text: str) -> None:
        """Add a remark for later readers, such as a withdrawal. It changes no budget."""
        with self._held() as (held, _):
            chains.append(held, self.folder, "note", {"text": checked_text("text", text)})

    def raise_cap(self, cap_epsilon: Fraction | str, *, set_by: str, reason: str) -> None:
        """Set a higher cap, under a name and for a reason that stay readable for ever.

        Privacy:
            Weakens the promise to every person of the population.
        """
        fields = {**cap_fields(cap_epsilon, set_by), "reason": checked_text("reason", reason)}
        with self._held() as (held, budget):
            if parse_fraction(fields["cap_rho"]) <= budget.cap:
                raise UsageError(
                    "A cap can only be raised.",
                    expected=f"an ε above {float(budget.caps[-1].epsilon):g}",
                    todo="To spend less, plan less.",
                )
            chains.append(held, self.folder, "cap", fields)

    @contextmanager
    def _held(self) -> Iterator[tuple[chains.HeldChain, Budget]]:
        """Hold the lock; the block may append one line."""
        with chains.locked(self.folder) as held:
            yield held, replay(self._checked_same(held.chain))
