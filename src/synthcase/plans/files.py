"""Saving and loading plans and measurements; what is read is never trusted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from synthcase.core.files import read_limited, write_aside
from synthcase.plans import answersfile, planfile
from synthcase.plans.answersfile import (
    answers_bytes,
    answers_from_bytes,
    measurements_bytes,
    measurements_from_bytes,
    measurements_hash,
)
from synthcase.plans.planfile import plan_bytes, plan_from_bytes

if TYPE_CHECKING:
    from synthcase.plans.nouns import Measurements, Plan

__all__ = [
    "MEASUREMENTS_FILE",
    "PLAN_FILE",
    "answers_bytes",
    "answers_from_bytes",
    "load_measurements",
    "load_plan",
    "measurements_bytes",
    "measurements_from_bytes",
    "measurements_hash",
    "plan_bytes",
    "plan_from_bytes",
    "save_measurements",
    "save_plan",
]

PLAN_FILE = "plan.json"
MEASUREMENTS_FILE = "measurements.json"


def save_plan(plan: Plan, path: Path | str, *, replace: bool = False) -> None:
    """Write a plan to a file, whole or not at all.

    A plan holds its schema. Where a domain was read off the records and nobody has approved it yet,
    the file is for its owner alone.

    Args:
        plan: The plan.
        path: The file; its folder must exist.
        replace: Whether a file of that name may be replaced.

    Raises:
        UsageError: The name is taken and `replace` is false.
        FileProblem: The system refuses.

    Privacy:
        Reads no record. Values of an unapproved domain stem from records.
    """
    private = bool(plan.schema.unapproved)
    write_aside(Path(path), plan_bytes(plan), private=private, replace=replace)


def load_plan(path: Path | str) -> Plan:
    """Read a plan and check every number that can be checked without records.

    Args:
        path: A file that `save_plan` wrote.

    Returns:
        The plan, with the same hash as the one that was saved.

    Raises:
        FileProblem: It is missing, too large, damaged or was changed.

    Privacy:
        Reads no record.
    """
    path = Path(path)
    return plan_from_bytes(read_limited(path, planfile.MAX_BYTES), what=path.name)


def save_measurements(
    measurements: Measurements, path: Path | str, *, replace: bool = False
) -> None:
    """Write measurements to a file, whole or not at all.

    Args:
        measurements: The noisy answers with their plan and ledger line.
        path: The file; its folder must exist.
        replace: Whether a file of that name may be replaced.

    Raises:
        UsageError: The name is taken and `replace` is false.
        FileProblem: The system refuses.

    Privacy:
        Post-processing of the noisy answers.
    """
    write_aside(Path(path), measurements_bytes(measurements), replace=replace)


def load_measurements(path: Path | str, plan: Plan | None = None) -> Measurements:
    """Read measurements and check that they answer their plan.

    Args:
        path: A file that `save_measurements` wrote.
        plan: The plan; by default the `plan.json` beside the file.

    Raises:
        FileProblem: A file is missing, too large, damaged, or belongs to another plan.

    Privacy:
        Post-processing of the noisy answers.
    """
    path = Path(path)
    if plan is None:
        plan = load_plan(path.with_name(PLAN_FILE))
    return measurements_from_bytes(read_limited(path, answersfile.MAX_BYTES), plan, what=path.name)
