"""The files of noisy answers in a ledger's folder; the chain holds the hash of each.

Both functions are called under the ledger's lock, or on files that never change any more.

Privacy:
    Keeps answers that were paid for; reads no record.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from synthcase.core import canonical, files, platform
from synthcase.errors import InternalError, LedgerError

if TYPE_CHECKING:
    from pathlib import Path

    from synthcase.privacy.budget import Answers

__all__ = ["keep_answers", "read_answers"]

_MAX_ANSWERS = 2**30


def keep_answers(folder: Path, name: str, answers: bytes) -> bytes:
    """Write a file of answers, or adopt the one that a killed run left whole.

    Args:
        folder: The ledger's folder.
        name: Name of the file, which belongs to one reservation only.
        answers: Its content.

    Returns:
        What the file holds, which is on the disk.

    Raises:
        FileProblem: The disk is full or refuses.
    """
    if len(answers) > _MAX_ANSWERS:
        raise InternalError("A file of answers is too large.")
    path = folder / name
    for leftover in folder.glob(".answers-*.part"):
        leftover.unlink(missing_ok=True)
    if not os.path.lexists(path):
        files.write_aside(path, answers, private=True)
        return answers
    # Somebody may have read it on the disk: a second draw would be a second look.
    adopted = files.read_limited(path, _MAX_ANSWERS, no_follow=True)
    platform.fsync_directory(folder)
    return adopted


def read_answers(folder: Path, known: Answers) -> bytes:
    """Read a file of answers that the chain knows.

    Raises:
        LedgerError: It is not what was journalled.
        FileProblem: It is missing, unreadable or too large.
    """
    data = files.read_limited(folder / known.file, known.size, no_follow=True)
    if canonical.sha256_hex(data) != known.sha256:
        raise LedgerError(
            f"{known.file} is not what was journalled.",
            todo="Put back a whole copy of the ledger's folder.",
        )
    return data
