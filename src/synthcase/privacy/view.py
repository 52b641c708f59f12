"""A ledger as a reader sees it: who spent what, what is left, and whether anything was changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from synthcase.errors import LedgerError
from synthcase.privacy import chain as chains
from synthcase.privacy.journal import read_answers
from synthcase.privacy.replay import replay
from synthcase.privacy.statement import statement

if TYPE_CHECKING:
    from fractions import Fraction

    from synthcase.privacy.budget import Budget
    from synthcase.privacy.reservation import Reservation

__all__ = ["LedgerView"]


@dataclass(frozen=True)
class LedgerView:
    """A ledger's folder, read afresh for every question: nothing is remembered but its identity.

    Reading takes no lock, and changes nothing but a torn last line.
    """

    folder: Path
    id: str
    """Identity of the ledger: the hash of its first line."""
    opened_at: chains.Head
    """The head when it was opened; no line up to here may disappear while it is used."""

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open a ledger after checking its whole chain, and mend a torn last line.

        Raises:
            FileProblem: There is no readable ledger, or it is a symbolic link.
            LedgerError: The chain is broken, contradicts itself, or is locked for long.
        """
        folder = Path(folder)
        chain = chains.read_chain(folder)
        if chain.tail:
            with chains.locked(folder) as held:
                chain = held.chain
        replay(chain)
        return cls(folder, chain.entries[0].hash, chain.head)

    @property
    def budget(self) -> Budget:
        """Everything the ledger says, in one reading."""
        return replay(self._chain())

    @property
    def cap(self) -> Fraction:
        """The ρ that no account may exceed."""
        return self.budget.cap

    @property
    def head(self) -> chains.Head:
        """The end of the chain now."""
        return self._chain().head

    def spent(self) -> dict[str, Fraction]:
        """Return the ρ spent in every account that was ever charged."""
        return self.budget.spent()

    def left(self) -> dict[str, Fraction]:
        """Return the ρ left in every account that was ever charged; any other has the cap."""
        budget = self.budget
        return {account: budget.cap - rho for account, rho in budget.spent().items()}

    def reservations(self) -> tuple[Reservation, ...]:
        """Return all reservations, oldest first."""
        return self.budget.reservations

    def open_reservations(self) -> tuple[Reservation, ...]:
        """Return the reservations that have no answers yet, oldest first."""
        return self.budget.unanswered()

    def answers(self, reservation: Reservation) -> bytes | None:
        """Return the journalled answers of a reservation, or None when there are none yet.

        Raises:
            LedgerError: The reservation is not of this ledger, or its answers were changed.
        """
        budget = self.budget
        budget.check_own(reservation)
        known = budget.answers.get(reservation.seq)
        return None if known is None else read_answers(self.folder, known)

    def verify(self) -> chains.Head:
        """Check the chain, and every file of answers against it.

        Returns:
            The head, to be compared with one that was kept elsewhere: lines cut from the end of
            the file show only there.

        Raises:
            LedgerError: Something was changed.
            FileProblem: A file of answers is missing.
        """
        chain = self._chain()
        for known in replay(chain).answers.values():
            read_answers(self.folder, known)
        return chain.head

    def summary(self) -> tuple[str, ...]:
        """Return lines of plain words: what was spent on what, and what is left."""
        chain = self._chain()
        last = f"Head: line {chain.head.seq + 1}, {chain.head.words}"
        return (*statement(replay(chain)), last)

    def _chain(self) -> chains.Chain:
        return self._checked_same(chains.read_chain(self.folder))

    def _checked_same(self, chain: chains.Chain) -> chains.Chain:
        seq = self.opened_at.seq
        if len(chain.entries) <= seq or chain.entries[seq].hash != self.opened_at.hash:
            raise LedgerError(
                "The ledger was exchanged or shortened while it was in use.",
                expected=f"line {seq + 1} as it was when the ledger was opened",
                todo="Find out who or what changed it, and put back the newest copy.",
            )
        return chain
