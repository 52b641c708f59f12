"""The exceptions of synthcase: one tree, and nothing else leaves the library.

    SynthcaseError           what a caller may catch
    ├── DataProblem      1   the records do not fit the schema
    ├── SchemaError      2   the schema itself is wrong
    ├── UsageError       2   an option or a call is wrong
    ├── FileProblem      2   a file cannot be read or written, or is not what it should be
    ├── BudgetRefused    3   the privacy budget does not allow it
    ├── LedgerError      3   the ledger is broken, foreign or locked
    ├── GateFailed       4   a release gate said no
    └── InternalError   70   a bug in synthcase

The number is the exit code of the command line (0 = done). A message says what was expected, what
came, what exists and what to do; each part is an attribute too.

No constructor takes a cell value. A message may hold names from the schema, names of files, kinds,
and row *numbers*: whoever reads a traceback must learn nothing about a person.
"""

from __future__ import annotations

from typing import ClassVar

# The names without "Error" say what happened to a request, which is no fault of a program: hence
# the four `noqa: N818`.

__all__ = [
    "BudgetRefused",
    "DataProblem",
    "FileProblem",
    "GateFailed",
    "InternalError",
    "LedgerError",
    "SchemaError",
    "SynthcaseError",
    "UsageError",
]

_LONGEST_PART = 2_000


def _printable(text: str) -> str:
    """Return `text` shortened, without characters that could drive a terminal."""
    # Names come from files that somebody sent: an escape sequence in one must stay inert.
    safe = "".join(c if c.isprintable() or c == "\n" else "?" for c in text[:_LONGEST_PART])
    return safe + "…" if len(text) > _LONGEST_PART else safe


class SynthcaseError(Exception):
    """Base of every exception that leaves synthcase.

    Args:
        what: One sentence: what went wrong, naming the file, table, column or option.
        expected: What would have been right.
        came: What came instead: its kind, name or number, never a value of the records.
        exists: What there is to choose from.
        todo: What the reader can do now.

    Example:
        >>> error = UsageError("Unknown table.", came="'victims'", exists="case, victim")
        >>> print(error)
        Unknown table.
        Came: 'victims'
        Exists: case, victim
        >>> error.exit_code
        2
    """

    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        what: str = "",
        *,
        expected: str | None = None,
        came: str | None = None,
        exists: str | None = None,
        todo: str | None = None,
    ) -> None:
        self.what = what
        self.expected = expected
        self.came = came
        self.exists = exists
        self.todo = todo
        super().__init__(self._message())

    def _message(self) -> str:
        labelled = (
            ("", self.what),
            ("Expected: ", self.expected),
            ("Came: ", self.came),
            ("Exists: ", self.exists),
            ("What to do: ", self.todo),
        )
        return "\n".join(label + _printable(part) for label, part in labelled if part)


class DataProblem(SynthcaseError):  # noqa: N818
    """The records do not fit the schema."""

    exit_code = 1


class SchemaError(SynthcaseError):
    """The schema is wrong or incomplete."""

    exit_code = 2


class UsageError(SynthcaseError):
    """An option or a call is wrong."""

    exit_code = 2


class FileProblem(SynthcaseError):  # noqa: N818
    """A file is unreadable, unwritable, foreign, damaged or too large."""

    exit_code = 2


class BudgetRefused(SynthcaseError):  # noqa: N818
    """The privacy budget that is left does not allow this."""

    exit_code = 3


class LedgerError(SynthcaseError):
    """The ledger is broken, foreign or locked, so nothing may be spent."""

    exit_code = 3


class GateFailed(SynthcaseError):  # noqa: N818
    """A release gate said no."""

    exit_code = 4


class InternalError(SynthcaseError):
    """Something happened that cannot happen: a bug in synthcase."""

    exit_code = 70

    def _message(self) -> str:
        return super()._message() + "\nThis is a bug in synthcase: please report it."
