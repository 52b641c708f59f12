"""Measuring, or going on with what was paid for before a crash."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from synthcase import __version__
from synthcase.pipeline.preparing import paid_before
from synthcase.plans.files import answers_from_bytes
from synthcase.plans.nouns import LedgerEntry, Measurements
from synthcase.releasing import Release, verify
from synthcase.releasing.loading import load_release
from synthcase.releasing.manifest import MANIFEST_FILE

if TYPE_CHECKING:
    from synthcase.core.progress import ProgressOption
    from synthcase.plans.nouns import Plan
    from synthcase.privacy.ledger import Ledger
    from synthcase.privacy.reservation import Reservation
    from synthcase.records.nouns import Records

__all__ = ["finished_before", "measurements_of"]


def finished_before(
    out: Path, paid: Reservation, ledger: Ledger, *, seed: int, cases: int | None
) -> Release | None:
    """Return the release that an earlier run finished and could not write into the ledger any more.

    A run gives the folder its name first and writes the ledger's line last: killed in between, it
    leaves a whole release that the ledger does not know.

    Args:
        out: The folder of the release.
        paid: What the job has paid.
        ledger: The ledger.
        seed: The job's seed.
        cases: The job's number of synthetic cases, if one was asked for.

    Returns:
        The release; None if there is none, or it is not the one that this job makes.

    Privacy:
        Reads no record.
    """
    if not (out / MANIFEST_FILE).is_file() or not verify(out).ok:
        return None
    release = load_release(out)
    manifest = release.manifest
    entry = LedgerEntry(ledger=ledger.id, sequence=paid.seq, head=paid.hash)
    (root, *_) = release.plan.schema.roots
    same = (manifest.ledger, manifest.seed) == (entry, seed)
    return release if same and cases in (None, manifest.rows[root.name]) else None


def measurements_of(
    records: Records,
    plan: Plan,
    ledger: Ledger,
    *,
    purpose: str,
    progress: ProgressOption = None,
) -> Measurements:
    """Measure, unless an earlier run of the same job has measured already.

    Args:
        records: The real records.
        plan: The plan.
        ledger: The ledger.
        purpose: The purpose, as it stands in the ledger.
        progress: See `core.progress`.

    Returns:
        The noisy answers: those in the ledger's journal, if the job paid for them and was stopped
        before its release.

    Privacy:
        Costs the plan's prices, or nothing if they were paid before.
    """
    from synthcase.measurement import measure

    paid = paid_before(ledger, plan, purpose)
    journalled = None if paid is None else ledger.answers(paid)
    if paid is None or journalled is None:
        return measure(records, plan, ledger=ledger, progress=progress, purpose=purpose)
    return Measurements(
        plan=plan,
        entry=LedgerEntry(ledger=ledger.id, sequence=paid.seq, head=paid.hash),
        answers=answers_from_bytes(journalled, plan.hash),
        versions={"synthcase": __version__, "opendp": version("opendp")},
    )
