"""How a long stage says how far it is.

A caller passes any function `progress(stage, done, total)`. The numbers count steps that the plan
or the schema gives (tables, fits, rows to be made up), never rows of the records: their number is
secret.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Progress", "ProgressOption", "resolve", "silent"]

_WIDTH = 40


class Progress(Protocol):
    """Hears how many steps of a stage are done."""

    def __call__(self, stage: str, done: int, total: int, /) -> None:
        """Take the news that `done` of `total` steps of `stage` are done."""


ProgressOption = Progress | Literal[True] | None
"""What a verb takes as `progress`: a function, True for a bar on the terminal, None for silence."""


def silent(stage: str, done: int, total: int, /) -> None:
    """Say nothing."""


def resolve(progress: ProgressOption) -> Progress:
    """Return the function that a stage reports to.

    Args:
        progress: A function of the caller; True for a bar on the terminal (standard error), which
            stays silent when that is no terminal; None for silence.

    Privacy:
        Reads no record.

    Example:
        >>> resolve(None)("measure", 1, 2)
        >>> resolve(lambda stage, done, total: print(stage, done, total))("fit", 1, 2)
        fit 1 2
    """
    if progress is None:
        return silent
    if progress is not True:
        return progress
    return _bar() if sys.stderr.isatty() else silent


def _bar() -> Progress:
    """Return a reporter that redraws one line of the terminal."""
    from rich.console import Console

    console = Console(stderr=True)
    shown: dict[str, int] = {}

    def report(stage: str, done: int, total: int, /) -> None:
        percent = 100 if total <= 0 else max(0, min(100, 100 * done // total))
        if shown.get(stage) == percent:
            return
        shown[stage] = percent
        _draw(console, stage, percent)

    return report


def _draw(console: Console, stage: str, percent: int) -> None:
    from rich.text import Text

    filled = _WIDTH * percent // 100
    line = Text.assemble(
        f"{stage} ",
        ("━" * filled, "bar.complete"),
        ("━" * (_WIDTH - filled), "bar.back"),
        f" {percent:3d} %",
    )
    # No live display: after an error there is no cursor to be restored.
    console.file.write("\r")
    console.print(line, end="\n" if percent == 100 else "", no_wrap=True, overflow="crop")
    console.file.flush()
