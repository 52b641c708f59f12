"""Small checks that the lines of a ledger share.

Privacy:
    Reads no record.
"""

from __future__ import annotations

import re

from synthcase.errors import InternalError, UsageError

__all__ = ["checked_hash", "checked_text"]

_LONGEST_TEXT = 1_000
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


def checked_text(what: str, text: str) -> str:
    """Return a text that a person wrote, if it is one line that can be printed.

    Args:
        what: What the text is, for the message.
        text: The text.

    Raises:
        UsageError: It is empty, too long, or holds control characters.
    """
    if not text.strip() or len(text) > _LONGEST_TEXT or not text.isprintable():
        raise UsageError(
            f"The ledger needs a {what} in words.",
            expected=f"one line of at most {_LONGEST_TEXT} characters",
        )
    return text


def checked_hash(value: str) -> str:
    """Return a SHA-256 in hexadecimal digits, if it is one.

    Raises:
        InternalError: It is anything else.
    """
    if not _HASH.fullmatch(value):
        raise InternalError("The ledger needs a SHA-256.", expected="64 hexadecimal digits")
    return value
