"""The boundary where other libraries touch records: their messages quote cells, ours never do."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from synthcase.errors import DataProblem, SynthcaseError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def values_hidden(what: str, *, todo: str | None = None) -> Iterator[None]:
    """Replace every foreign exception by one that shows no value.

    Args:
        what: What is being read, by names of the schema ("table victim").
        todo: What the reader can do if it fails.

    Raises:
        DataProblem: In place of anything raised below that is not of synthcase.

    Privacy:
        The message holds `what` and the kind of the foreign exception, nothing of its text.
    """
    try:
        yield
    except SynthcaseError:
        raise
    except Exception as error:  # noqa: BLE001 -- whatever it is, its message may quote a cell
        raise DataProblem(
            f"{what} cannot be read",
            came=f"an error of kind {type(error).__name__}, whose message is withheld because it "
            "may quote a cell",
            todo=todo,
        ) from None
