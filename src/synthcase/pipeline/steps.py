"""The one look as a step of its own, for those who go stage by stage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from synthcase.core.files import check_target
from synthcase.errors import UsageError
from synthcase.pipeline.preparing import Consent, afford, open_ledger, paid_before
from synthcase.pipeline.resuming import measurements_of
from synthcase.planning.honesty import refuse_false_promise
from synthcase.plans.files import PLAN_FILE, load_plan, save_measurements, save_plan
from synthcase.releasing.packaging import check_releasable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthcase.core.progress import ProgressOption
    from synthcase.plans.nouns import Measurements, Plan
    from synthcase.privacy.ledger import Ledger

__all__ = ["measure_once"]


def measure_once(  # noqa: PLR0913 - as many as the command has options
    source: str | Path | Mapping[str, object],
    plan: Plan,
    ledger: Ledger | Path | str | None,
    out: Path,
    *,
    replace: bool = False,
    purpose: str = "",
    consent: Consent | None = None,
    progress: ProgressOption = None,
) -> Measurements:
    """Measure records by a saved plan, and save the answers with the plan beside them.

    Args:
        source: The records.
        plan: The plan.
        ledger: The ledger of these persons.
        out: The file of the answers.
        replace: Whether a file of that name may be replaced.
        purpose: What the look is for; it stands in the ledger.
        consent: Called before anything is spent; may raise.
        progress: See `core.progress`.

    Raises:
        UsageError, FileProblem: The name is taken, another plan lies beside it, the plan does not
            keep what it promises, or there is no ledger.
        DataProblem: The records break what the schema promises.
        BudgetRefused, LedgerError: The ledger does not allow it.
        GateFailed: No release could ever be made by this schema.

    Privacy:
        Costs the plan's prices, once: a job that was stopped goes on without paying again.
    """
    from synthcase.records import read

    opened = open_ledger(ledger)
    check_releasable(plan.schema)
    refuse_false_promise(plan)
    _check_place(plan, out, replace=replace)
    purpose = purpose or f"measure into {out.name}"
    paid = paid_before(opened, plan, purpose)
    if paid is None:
        afford(opened, plan)
    records = read(source, plan.schema, progress=progress)
    if consent:
        consent(plan, opened, paid)
    measurements = measurements_of(records, plan, opened, purpose=purpose, progress=progress)
    save_measurements(measurements, out, replace=replace)
    if not out.with_name(PLAN_FILE).exists():
        save_plan(plan, out.with_name(PLAN_FILE))
    return measurements


def _check_place(plan: Plan, out: Path, *, replace: bool) -> None:
    check_target(out, replace=replace, folder=False)
    beside = out.with_name(PLAN_FILE)
    if beside.exists() and load_plan(beside).hash != plan.hash:
        raise UsageError(
            f"Another plan lies beside {out.name}.",
            expected=f"a folder without {PLAN_FILE}, or with the plan that is measured",
            todo="Save the answers in another folder: --out FOLDER/measurements.json",
        )
