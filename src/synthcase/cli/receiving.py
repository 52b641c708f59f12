"""Commands for whoever receives a release."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from synthcase.cli.options import Json, Quiet
from synthcase.cli.talk import Talk, answer

__all__ = ["verify"]


def verify(
    release: Annotated[Path, typer.Argument(help="A release folder.")],
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check every file of a release folder.

    The plan, the measurements and the model are checked against each other too.

    Example: synthcase verify release
    """
    from synthcase.errors import GateFailed
    from synthcase.releasing import verify as inspect

    report = inspect(release)
    if json:
        from synthcase.cli.showing import as_json

        answer(as_json({"ok": report.ok, "files": report.files, "problems": report.problems}))
    if not report.ok:
        raise GateFailed(
            f"{release.name} is not as it was released.",
            came="\n".join(report.problems),
            todo="Take an unchanged copy of the whole folder.",
        )
    if not json:
        answer(f"{release}: {report.files} files, all unchanged")
    Talk(quiet).say(f"Read first: {release / 'README.md'}")
