"""The first command: the whole job on invented cases."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from synthcase.cli.options import Quiet
from synthcase.cli.talk import Talk, answer

__all__ = ["demo", "free_name"]

_NAME = "synthcase-demo"


def demo(
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help=f"The folder to be made [{_NAME}].")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Do the whole job on invented cases, for a first look.

    Example: synthcase demo --out first-look
    """
    from synthcase.pipeline import demo as run

    talk = Talk(quiet)
    folder = out or free_name(Path.cwd(), _NAME)
    talk.say("Inventing cases, then making a release of them as if they were real.")
    made = run(folder, progress=talk.progress)
    release = made.release.folder
    rows = ", ".join(f"{table} {number}" for table, number in made.release.manifest.rows.items())
    answer(f"{release}")
    talk.say(f"\nThe release lies in {release}. Its rows are synthetic: {rows}.")
    talk.say(f"Open first:        {release / 'README.md'}")
    talk.say(f"Then the tables:   {release / 'data'}")
    talk.say(f"Invented cases:    {made.cases}")
    talk.say(f"What was spent:    synthcase ledger show {made.ledger}")
    talk.next(f"synthcase verify {release}")


def free_name(folder: Path, name: str) -> Path:
    """Return a name in a folder that is not taken yet."""
    found, number = Path(name), 1
    while (folder / found).exists():
        number += 1
        found = Path(f"{name}-{number}")
    return found
