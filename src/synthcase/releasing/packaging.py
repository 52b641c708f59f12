"""The verb package: everything a receiver needs, in one folder that is whole or not there."""

from __future__ import annotations

from contextlib import suppress
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING

from synthcase import __version__
from synthcase.core.canonical import fraction_text
from synthcase.core.files import hash_file, new_folder_aside, write_aside
from synthcase.core.progress import resolve
from synthcase.errors import GateFailed, UsageError
from synthcase.model.files import MODEL_FILE, model_bytes
from synthcase.plans.files import (
    MEASUREMENTS_FILE,
    PLAN_FILE,
    measurements_bytes,
    measurements_hash,
    plan_bytes,
)
from synthcase.releasing.datasheet import DATASHEET_FILE, datasheet
from synthcase.releasing.manifest import MANIFEST_FILE, FileEntry, Manifest, manifest_bytes
from synthcase.releasing.nouns import DATA_FOLDER, SCHEMA_FILE, Release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthcase.core.progress import ProgressOption
    from synthcase.plans.nouns import Measurements
    from synthcase.sampling.nouns import SyntheticTables
    from synthcase.schema.nouns import Schema

__all__ = ["check_releasable", "check_target", "package"]

_LIBRARIES = ("numpy", "pyarrow")


def check_releasable(schema: Schema) -> None:
    """Refuse a schema that no release may be made by, before anything is spent.

    Args:
        schema: The schema.

    Raises:
        GateFailed: A domain was read off the data and nobody has approved it.
        SchemaError: The keys cannot be made fresh and unique.

    Privacy:
        Reads no record.
    """
    from synthcase.sampling.keys import check_keys

    if schema.unapproved:
        raise GateFailed(
            "Values that were read off the records are not approved, so nothing is released.",
            came=", ".join(schema.unapproved),
            todo="Replace the values by those of your code book, or approve them by name and "
            "source: `approved: {by: …, source: …}`. Each value would be listed had any one "
            "person never been recorded: is that so?",
        )
    check_keys(schema)


def check_target(out: Path, *, replace: bool) -> None:
    """Refuse a place where no release may be put, before anything is spent.

    Args:
        out: The folder that is to be made.
        replace: Whether an older release of that name may be replaced.

    Raises:
        UsageError: The name is taken, or the folder to be replaced is no release.
        FileProblem: The folder above is missing or cannot be written.
    """
    with suppress(_Rehearsed), new_folder_aside(out, replace=replace, marker=MANIFEST_FILE):
        raise _Rehearsed


class _Rehearsed(Exception):  # noqa: N818 - no error: the folder could be begun, and goes again
    """The place is free and can be written."""


def package(
    synthetic: SyntheticTables,
    *,
    measurements: Measurements,
    out: Path | str,
    replace: bool = False,
    progress: ProgressOption = None,
    purpose: str = "",
) -> Release:
    """Write a release: data, schema, plan, measurements, model, datasheet and manifest.

    The folder is built aside and gets its name only when it is whole and every row has been
    checked: a row that breaks a rule, or points to no row, stops the release.

    Args:
        synthetic: The tables to be released.
        measurements: What their model was fitted to.
        out: The folder to be made; the folder above must exist.
        replace: Whether an older release of that name may be replaced.
        progress: See `core.progress`.
        purpose: What the release is for; it stands in the datasheet.

    Returns:
        The release.

    Raises:
        UsageError: The name is taken, or model and measurements do not belong together.
        GateFailed: A domain is not approved, or a row breaks a rule.
        FileProblem: The system refuses; then nothing is left behind.

    Privacy:
        Post-processing of Measurements; there is no way in for a record.
    """
    from synthcase.sampling.soundness import refuse_faults
    from synthcase.sampling.writing import write_tables

    out, model, purpose = Path(out), synthetic.model, " ".join(purpose.split())
    check_releasable(model.schema)
    _check_belong_together(synthetic, measurements)
    with new_folder_aside(out, replace=replace, marker=MANIFEST_FILE) as aside:
        data = aside / DATA_FOLDER
        data.mkdir()
        written = write_tables(synthetic, data, progress=progress)
        refuse_faults(written.faults)
        page = datasheet(
            measurements,
            model,
            written.rows,
            seed=synthetic.seed,
            version=__version__,
            purpose=purpose,
        )
        for name, content in (
            (SCHEMA_FILE, model.schema.text.encode()),
            (PLAN_FILE, plan_bytes(measurements.plan)),
            (MEASUREMENTS_FILE, measurements_bytes(measurements)),
            (MODEL_FILE, model_bytes(model)),
            (DATASHEET_FILE, page.encode()),
        ):
            write_aside(aside / name, content)
        manifest = _manifest(synthetic, measurements, written.rows, aside, purpose=purpose)
        write_aside(aside / MANIFEST_FILE, manifest_bytes(manifest))
    resolve(progress)("package", 1, 1)
    return Release(out, manifest)


def _check_belong_together(synthetic: SyntheticTables, measurements: Measurements) -> None:
    model = synthetic.model
    if (model.plan_hash, model.measurements_hash, model.schema.hash) != (
        measurements.plan.hash,
        measurements_hash(measurements),
        measurements.plan.schema.hash,
    ):
        raise UsageError(
            "The model was not fitted to these measurements.",
            expected="the measurements whose hash the model names",
            todo="Fit the model again, or give the measurements it came from.",
        )


def _manifest(
    synthetic: SyntheticTables,
    measurements: Measurements,
    rows: Mapping[str, int],
    folder: Path,
    *,
    purpose: str,
) -> Manifest:
    plan, model = measurements.plan, synthetic.model
    return Manifest(
        name=plan.schema.name,
        purpose=purpose,
        versions={**measurements.versions, **_versions()},
        unit=plan.unit,
        epsilon=plan.epsilon,
        delta=fraction_text(plan.delta),
        seed=synthetic.seed,
        rows=dict(rows),
        ledger=measurements.entry,
        hashes={
            "schema": plan.schema.hash,
            "plan": plan.hash,
            "measurements": model.measurements_hash,
            "model": hash_file(folder / MODEL_FILE),
        },
        files={
            path.relative_to(folder).as_posix(): FileEntry(hash_file(path), path.stat().st_size)
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        },
    )


def _versions() -> dict[str, str]:
    found = {"synthcase": __version__}
    for name in _LIBRARIES:
        with suppress(PackageNotFoundError):
            found[name] = version_of(name)
    return found
