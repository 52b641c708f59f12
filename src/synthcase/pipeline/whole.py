"""The verb release: every stage in one call, from records to a folder that may be given away."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace as changed
from pathlib import Path
from typing import TYPE_CHECKING

from synthcase.errors import UsageError
from synthcase.pipeline.preparing import Consent, afford, open_ledger, paid_before
from synthcase.pipeline.resuming import finished_before, measurements_of
from synthcase.releasing import Release, package
from synthcase.releasing.packaging import check_releasable, check_target
from synthcase.schema import load_schema
from synthcase.schema.nouns import Schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthcase.core.progress import ProgressOption
    from synthcase.model.nouns import Model
    from synthcase.plans.nouns import Measurements
    from synthcase.privacy.ledger import Ledger

__all__ = ["Job", "check_draw", "check_members", "finish", "fit_members", "release", "remember"]

_MOST_MEMBERS = 100


def release(  # noqa: PLR0913 - as many as the command has options
    source: str | Path | Mapping[str, object],
    *,
    schema: Schema | Path | str,
    epsilon: str | float,
    ledger: Ledger | Path | str,
    out: Path | str,
    expect: Mapping[str, int] | None = None,
    unit: str | None = None,
    seed: int = 0,
    cases: int | None = None,
    members: int | None = None,
    replace: bool = False,
    purpose: str = "",
    consent: Consent | None = None,
    progress: ProgressOption = None,
) -> Release:
    """Make a release from real records: plan, measure, fit, sample and package in one.

    Whatever can be refused cheaply is refused before the budget is touched. A job that was stopped
    after it had paid goes on where it was, without paying again, when it is called in the same way.

    Args:
        source: The records: a folder, a database file, or data frames by table.
        schema: The schema, or its file.
        epsilon: ε of the plan's unit, added or removed as a whole.
        ledger: The ledger of these persons, or its folder.
        out: The folder to be made; the folder above must exist.
        expect: Expected rows by table, for the plan's forecast: public or rounded figures.
        unit: `case` or `person`; by default what the schema says.
        seed: Seed of the sampling; the noise has none.
        cases: Synthetic cases to draw; by default the noisy number of real ones.
        members: Fits in the ensemble of the model; fewer are quicker and rougher.
        replace: Whether an older release of that name may be replaced.
        purpose: What the release is for; it stands in the ledger and in the datasheet.
        consent: Called before anything is spent; may raise. See `pipeline.preparing.Consent`.
        progress: See `core.progress`.

    Returns:
        The release.

    Raises:
        UsageError, SchemaError, FileProblem: Something is missing or wrong.
        DataProblem: The records break what the schema promises.
        BudgetRefused, LedgerError: The ledger does not allow it.
        GateFailed: The schema is not approved, or a synthetic row breaks a rule.

    Privacy:
        Costs the plan's prices, once.
    """
    from synthcase.planning import plan as make_plan
    from synthcase.records import read

    schema = schema if isinstance(schema, Schema) else load_schema(schema)
    out, ledger = Path(out), open_ledger(ledger)
    check_releasable(schema)
    check_draw(seed, cases, members)
    plan = make_plan(schema, epsilon=epsilon, expect=expect, unit=unit)
    purpose = purpose or f"release {out.name}"
    paid = paid_before(ledger, plan, purpose)
    if paid and not replace:
        made = finished_before(out, paid, ledger, seed=seed, cases=cases)
        if made:
            remember(made, ledger)
            return made
    check_target(out, replace=replace)
    if paid is None:
        afford(ledger, plan)
    records = read(source, schema, progress=progress)
    if consent:
        consent(plan, ledger, paid)
    measurements = measurements_of(records, plan, ledger, purpose=purpose, progress=progress)
    job = Job(out=out, seed=seed, cases=cases, members=members, replace=replace, purpose=purpose)
    return finish(measurements, ledger, job, lookups=records.lookups, progress=progress)


def check_draw(seed: int, cases: int | None, members: int | None = None) -> None:
    """Refuse a seed, a number of cases or an ensemble that cannot be drawn.

    Raises:
        UsageError: One of them is no whole number, or there are none of them.

    Privacy:
        Reads no record.
    """
    check_members(members)
    if type(seed) is not int or abs(seed) >= 10**90:
        raise UsageError("The seed is no whole number.", came=type(seed).__name__)
    if cases is not None and (type(cases) is not int or not 1 <= cases <= 10**9):
        raise UsageError("The number of cases must be a whole number from 1 on.")


def check_members(members: int | None) -> None:
    """Refuse a size of the ensemble that cannot be fitted.

    Raises:
        UsageError: It is no whole number, or too small or too large.

    Privacy:
        Reads no record.
    """
    if members is not None and (type(members) is not int or not 1 <= members <= _MOST_MEMBERS):
        raise UsageError(
            "The ensemble cannot have that many fits.", expected=f"1 to {_MOST_MEMBERS}"
        )


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is to be made of measurements.

    Attributes:
        out: The folder to be made.
        seed: Seed of the sampling.
        cases: Synthetic cases to draw; None for the noisy number of real ones.
        members: Fits in the ensemble of the model; None for as many as `fit` makes.
        replace: Whether an older release of that name may be replaced.
        purpose: What the release is for.
    """

    out: Path
    seed: int
    cases: int | None
    members: int | None
    replace: bool
    purpose: str


def finish(
    measurements: Measurements,
    ledger: Ledger,
    job: Job,
    *,
    lookups: Mapping[str, Mapping[str, list[str]]],
    progress: ProgressOption = None,
) -> Release:
    """Fit, sample and package what was measured, and write the release into the ledger.

    Args:
        measurements: The noisy answers.
        ledger: The ledger that paid for them.
        job: What is to be made.
        lookups: Public code lists to be copied.
        progress: See `core.progress`.

    Privacy:
        Post-processing of Measurements.
    """
    from synthcase.sampling import sample

    model = fit_members(measurements, job.members, progress=progress)
    synthetic = changed(sample(model, seed=job.seed, cases=job.cases), lookups=lookups)
    made = package(
        synthetic,
        measurements=measurements,
        out=job.out,
        replace=job.replace,
        progress=progress,
        purpose=job.purpose,
    )
    remember(made, ledger)
    return made


def fit_members(
    measurements: Measurements, members: int | None, *, progress: ProgressOption = None
) -> Model:
    """Fit a model with an ensemble of some size, or of the usual one.

    Args:
        measurements: The noisy answers.
        members: Fits in the ensemble; None for as many as `fit` makes.
        progress: See `core.progress`.

    Raises:
        UsageError: The number is none that can be fitted.

    Privacy:
        Post-processing of Measurements.
    """
    from synthcase.model import fit

    check_members(members)
    if members is None:
        return fit(measurements, progress=progress)
    return fit(measurements, members=members, progress=progress)


def remember(made: Release, ledger: Ledger) -> None:
    """Write a release into the ledger that paid for it.

    Args:
        made: The release.
        ledger: The ledger.

    Raises:
        LedgerError: The ledger is not the one that the release names.

    Privacy:
        Reads no record.
    """
    from synthcase.errors import LedgerError

    entry = made.manifest.ledger
    paid = [r for r in ledger.reservations() if (r.seq, r.hash) == (entry.sequence, entry.head)]
    if entry.ledger != ledger.id or not paid:
        raise LedgerError(
            "The release was paid for from another ledger.",
            expected="the ledger whose identity the manifest names",
        )
    ledger.record_release(made.manifest.hash, name=made.folder.name, reservation=paid[0])
