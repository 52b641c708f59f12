"""The one place where errors become words and exit codes; no value of a record passes it."""

from __future__ import annotations

import sys
import threading
import warnings
from typing import TYPE_CHECKING

from synthcase.errors import InternalError, SynthcaseError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

__all__ = ["main", "run", "say_unexpected"]

INTERRUPTED = 130
_OURS = "synthcase"


def main() -> None:
    """Run the command line of this process, and end it with the exit code."""
    from synthcase.core.platform import harden_process

    harden_process()
    sys.excepthook = _excepthook
    threading.excepthook = lambda args: say_unexpected(args.exc_type, args.exc_traceback)
    # A library's warning may quote what it warns of.
    warnings.simplefilter("ignore")
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command.

    Args:
        arguments: What stands behind `synthcase`.

    Returns:
        The exit code: 0 done, 1 data problems, 2 usage, 3 budget refused, 4 gate failed,
        70 a bug in synthcase, 130 interrupted.
    """
    from synthcase.cli.app import app

    try:
        app(args=list(arguments), prog_name="synthcase")
    except SynthcaseError as error:
        print(f"synthcase: {error}", file=sys.stderr)  # noqa: T201 - the command line talks
        return error.exit_code
    except KeyboardInterrupt:
        return _interrupted()
    except SystemExit as end:
        code = _code_of(end)
        return _interrupted() if code == INTERRUPTED else code
    except BaseException as error:  # noqa: BLE001 - its message could quote a record
        say_unexpected(type(error), error.__traceback__)
        return InternalError.exit_code
    return 0


def _interrupted() -> int:
    text = "synthcase: interrupted. Nothing that was spent is lost: run the same command again."
    print(text, file=sys.stderr)  # noqa: T201 - the command line talks
    return INTERRUPTED


def _code_of(end: SystemExit) -> int:
    if end.code is None:
        return 0
    return end.code if isinstance(end.code, int) else 1


def say_unexpected(kind: type[BaseException], traceback: TracebackType | None) -> None:
    """Say that something unforeseen happened: of what type and where, never with what message."""
    error = InternalError(
        "Something unforeseen happened.",
        came=f"{kind.__name__}{_place(traceback)}",
        todo="Nothing that was spent is lost: run the same command again. What the error says is "
        "not shown, since it may quote a record.",
    )
    print(f"synthcase: {error}", file=sys.stderr)  # noqa: T201 - the command line talks


def _place(traceback: TracebackType | None) -> str:
    """Return the innermost module and line of ours, which is no secret."""
    place = ""
    while traceback is not None:
        module = str(traceback.tb_frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] == _OURS:
            place = f" in {module}, line {traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place


def _excepthook(
    kind: type[BaseException], _: BaseException, traceback: TracebackType | None
) -> None:
    say_unexpected(kind, traceback)
