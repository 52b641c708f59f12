"""The text of noisy answers and of measurements: integers within 64 bits, table by table.

Privacy:
    Post-processing of the noisy answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthcase.core import canonical
from synthcase.core.canonical import sha256_hex
from synthcase.errors import FileProblem
from synthcase.plans.fields import Fields
from synthcase.plans.nouns import LedgerEntry, Measurements

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from synthcase.plans.nouns import Plan

__all__ = [
    "answers_bytes",
    "answers_from_bytes",
    "measurements_bytes",
    "measurements_from_bytes",
    "measurements_hash",
]

ANSWERS = "synthcase-answers"
MEASUREMENTS = "synthcase-measurements"
VERSION = 1
MAX_BYTES = 128 * 2**20

_ANSWERS_FIELDS = ("format", "version", "plan_hash", "answers")
_MEASUREMENTS_FIELDS = ("format", "version", "plan_hash", "ledger", "versions", "answers")


def answers_bytes(answers: Mapping[str, NDArray[np.int64]], plan_hash: str) -> bytes:
    """Write noisy answers as canonical JSON, for the ledger's journal.

    Args:
        answers: Noisy cells by table id, int64 `(cells,)`.
        plan_hash: Hash of the plan that asked for them.

    Privacy:
        Post-processing of the noisy answers.
    """
    return canonical.dumps(
        {
            "format": ANSWERS,
            "version": VERSION,
            "plan_hash": plan_hash,
            "answers": {name: cells.tolist() for name, cells in answers.items()},
        }
    )


def answers_from_bytes(
    data: bytes, plan_hash: str, *, what: str = "the ledger's answers"
) -> dict[str, NDArray[np.int64]]:
    """Read noisy answers back.

    Args:
        data: What `answers_bytes` wrote.
        plan_hash: Hash of the plan they must belong to.
        what: The file's name, for messages.

    Returns:
        Noisy cells by table id, int64 `(cells,)`.

    Raises:
        FileProblem: It is damaged or belongs to another plan.
    """
    fields = Fields(_loads(data, what), what, _ANSWERS_FIELDS)
    fields.one_of("format", [ANSWERS])
    fields.whole("version", least=VERSION, most=VERSION)
    _check_plan(fields, plan_hash)
    return _answers(fields)


def measurements_bytes(measurements: Measurements) -> bytes:
    """Write measurements as canonical JSON: the content of `measurements.json`.

    Args:
        measurements: The noisy answers with their plan and ledger line.

    Privacy:
        Post-processing of the noisy answers.
    """
    entry = measurements.entry
    return canonical.dumps(
        {
            "format": MEASUREMENTS,
            "version": VERSION,
            "plan_hash": measurements.plan.hash,
            "ledger": {"id": entry.ledger, "sequence": entry.sequence, "head": entry.head},
            "versions": dict(measurements.versions),
            "answers": {name: cells.tolist() for name, cells in measurements.answers.items()},
        }
    )


def measurements_hash(measurements: Measurements) -> str:
    """Return the SHA-256 of the measurements' file, in hexadecimal."""
    return sha256_hex(measurements_bytes(measurements))


def measurements_from_bytes(
    data: bytes, plan: Plan, *, what: str = "measurements.json"
) -> Measurements:
    """Read measurements back.

    Args:
        data: What `measurements_bytes` wrote.
        plan: The plan they must belong to.
        what: The file's name, for messages.

    Raises:
        FileProblem: It is damaged, belongs to another plan, or lacks an answer.
    """
    fields = Fields(_loads(data, what), what, _MEASUREMENTS_FIELDS)
    fields.one_of("format", [MEASUREMENTS])
    fields.whole("version", least=VERSION, most=VERSION)
    _check_plan(fields, plan.hash)
    ledger = Fields(fields.take("ledger"), f"{what}: ledger", ("id", "sequence", "head"))
    answers = _answers(fields)
    if {name: len(cells) for name, cells in answers.items()} != {
        table.id: table.size for table in plan.tables
    }:
        raise FileProblem(
            f"{what} does not answer its plan.",
            expected="exactly the tables of the plan, with all their cells",
            todo="Take an unchanged copy of the file.",
        )
    found = Measurements(
        plan=plan,
        entry=LedgerEntry(
            ledger=ledger.text("id"), sequence=ledger.whole("sequence"), head=ledger.hash("head")
        ),
        answers=answers,
        versions=fields.words("versions"),
    )
    # One content has one text, else the hash that names it would not be that of the file.
    if measurements_bytes(found) != data:
        raise FileProblem(
            f"{what} was changed, or is damaged.",
            expected="the canonical text of its own content",
            todo="Take an unchanged copy of the file.",
        )
    return found


def _loads(data: bytes, what: str) -> object:
    return canonical.loads(data, what=what, max_bytes=MAX_BYTES)


def _check_plan(fields: Fields, plan_hash: str) -> None:
    if fields.hash("plan_hash") != plan_hash:
        raise FileProblem(
            f"{fields.what} belongs to another plan.",
            expected="the plan whose hash it names",
            todo="Put the plan.json that was measured beside it.",
        )


def _answers(fields: Fields) -> dict[str, NDArray[np.int64]]:
    import numpy as np

    found = {}
    for name, cells in fields.mapping("answers").items():
        # type() and not isinstance: true and false are integers to Python
        if not isinstance(cells, list) or any(type(cell) is not int for cell in cells):
            raise FileProblem(
                f"{fields.what}: an answer is not what synthcase writes.",
                expected="a list of whole numbers",
                todo="Take an unchanged copy of the file.",
            )
        found[name] = np.array(cells, dtype=np.int64)
    return found
