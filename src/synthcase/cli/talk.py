"""How the command line talks: data to standard output, everything else to standard error."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

    from synthcase.core.progress import Progress

__all__ = ["Talk", "answer", "is_terminal", "show"]

_WIDEST = 10_000


def is_terminal() -> bool:
    """Say whether a person is there who can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def answer(text: str) -> None:
    """Write data to standard output."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")


def show(table: Table | str) -> None:
    """Write a table or a line to standard output, for reading."""
    from rich.console import Console

    # A file or a pipe has no width of its own: nothing may be cut off there.
    width = None if sys.stdout.isatty() else _WIDEST
    console = Console(highlight=False, markup=False, width=width)
    console.print(table, soft_wrap=isinstance(table, str))


@dataclass(frozen=True)
class Talk:
    """What is said beside the data.

    Attributes:
        quiet: Say nothing but errors.
    """

    quiet: bool = False
    _begun: set[str] = field(default_factory=set)

    def say(self, text: str = "") -> None:
        """Write a line to standard error."""
        if not self.quiet:
            sys.stderr.write(f"{text}\n")

    def next(self, command: str) -> None:
        """Suggest the next command."""
        self.say(f"Next: {command}")

    @property
    def progress(self) -> Progress | None:
        """What a stage reports to: a bar on a terminal, else one line when a stage begins."""
        if self.quiet:
            return None
        if sys.stderr.isatty():
            from synthcase.core.progress import resolve

            return resolve(True)
        return self._line

    def _line(self, stage: str, _done: int, _total: int, /) -> None:
        if stage not in self._begun:
            self._begun.add(stage)
            self.say(f"{stage} …")
