"""The verb verify: is a release whole, unchanged, and does each part belong to the others?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from synthcase.core.files import hash_file, is_folder, read_limited, safe_child
from synthcase.core.platform import is_link
from synthcase.errors import FileProblem, SynthcaseError
from synthcase.model.files import MODEL_FILE, load_model
from synthcase.plans.files import (
    MEASUREMENTS_FILE,
    PLAN_FILE,
    load_measurements,
    load_plan,
    measurements_hash,
)
from synthcase.releasing.datasheet import DATASHEET_FILE
from synthcase.releasing.manifest import (
    MANIFEST_FILE,
    MAX_BYTES,
    FileEntry,
    Manifest,
    manifest_from_bytes,
)
from synthcase.releasing.nouns import DATA_FOLDER, SCHEMA_FILE
from synthcase.releasing.promise import promise_problems

if TYPE_CHECKING:
    from synthcase.plans.nouns import Plan

__all__ = ["VerifyReport", "verify"]

_PARTS = (SCHEMA_FILE, PLAN_FILE, MEASUREMENTS_FILE, MODEL_FILE, DATASHEET_FILE)


@dataclass(frozen=True)
class VerifyReport:
    """What a check of a release found.

    Attributes:
        folder: The release.
        files: Number of files that the manifest names.
        problems: What is wrong, a sentence each; empty if all is well.
    """

    folder: Path
    files: int
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Say whether nothing is wrong."""
        return not self.problems

    def _repr_html_(self) -> str:
        if self.ok:
            return f"<p>{escape(self.folder.name)}: {self.files} files, all unchanged</p>"
        lines = "".join(f"<li>{escape(problem)}</li>" for problem in self.problems)
        return f"<p>{escape(self.folder.name)} is not as it was released:</p><ul>{lines}</ul>"


def verify(folder: Path | str) -> VerifyReport:
    """Check every file of a release, and every part against the others.

    That the files are the ones the manifest names shows that nothing was changed by accident.
    That the manifest is the custodian's own shows only in its hash, which they keep in the ledger.

    Args:
        folder: A folder that `package` made.

    Returns:
        What was found.

    Raises:
        FileProblem: There is no such folder, or no manifest in it.

    Privacy:
        Reads no record.
    """
    folder = Path(folder)
    if is_link(folder) or not is_folder(folder):
        raise FileProblem(
            f"{folder.name} is no release.", expected=f"a folder with a file {MANIFEST_FILE}"
        )
    data = read_limited(folder / MANIFEST_FILE, MAX_BYTES, no_follow=True)
    try:
        manifest = manifest_from_bytes(data)
    except FileProblem as problem:
        return VerifyReport(folder, 0, (problem.what,))
    problems = [*_file_problems(folder, manifest)]
    # What was changed is not worth understanding: it may have been changed to mislead.
    problems += [] if problems else _part_problems(folder, manifest)
    return VerifyReport(folder, len(manifest.files), tuple(problems))


def _file_problems(folder: Path, manifest: Manifest) -> Iterator[str]:
    for name in _PARTS:
        if name not in manifest.files:
            yield f"the manifest names no {name}"
    for table in manifest.rows:
        for name in (f"{DATA_FOLDER}/{table}.csv", f"{DATA_FOLDER}/{table}.parquet"):
            if name not in manifest.files:
                yield f"the manifest names no {name}"
    found = set(_names_in(folder)) - {MANIFEST_FILE}
    for name, entry in manifest.files.items():
        if name in found:
            yield from _one_file(folder, name, entry)
        else:
            yield f"{name} is missing"
    for name in sorted(found - set(manifest.files)):
        yield f"{name} is not in the manifest"


def _names_in(folder: Path) -> Iterator[str]:
    for place, folders, files in os.walk(folder):
        # A linked folder is not entered, so it is named like a file.
        for name in [*files, *(one for one in folders if is_link(Path(place, one)))]:
            yield Path(place, name).relative_to(folder).as_posix()


def _one_file(folder: Path, name: str, entry: FileEntry) -> Iterator[str]:
    try:
        if is_link(folder / name):
            yield f"{name} is a symbolic link"
            return
        path = safe_child(folder, name)
        if path.stat().st_size != entry.size or hash_file(path) != entry.sha256:
            yield f"{name} was changed"
    except (FileProblem, OSError):
        yield f"{name} cannot be read"


def _part_problems(folder: Path, manifest: Manifest) -> Iterator[str]:
    try:
        plan = load_plan(folder / PLAN_FILE)
        measurements = load_measurements(folder / MEASUREMENTS_FILE, plan)
        model = load_model(folder / MODEL_FILE)
        schema = read_limited(folder / SCHEMA_FILE, MAX_BYTES)
    except SynthcaseError as problem:
        yield problem.what
        return
    hashes = {
        "schema": plan.schema.hash,
        "plan": plan.hash,
        "measurements": measurements_hash(measurements),
        "model": manifest.files[MODEL_FILE].sha256,
    }
    for part, right in hashes.items():
        if manifest.hashes[part] != right:
            yield f"the manifest names another {part}"
    if schema != plan.schema.text.encode():
        yield f"{SCHEMA_FILE} is not the schema of the plan"
    if (model.plan_hash, model.measurements_hash) != (hashes["plan"], hashes["measurements"]):
        yield "the model was fitted to other measurements"
    if model.schema.text != plan.schema.text:
        yield "the model has another schema"
    if manifest.ledger != measurements.entry:
        yield "the manifest names another line of the ledger"
    yield from _promise_problems(plan, manifest)
    yield from _row_problems(folder, manifest)


def _promise_problems(plan: Plan, manifest: Manifest) -> Iterator[str]:
    if (manifest.unit, manifest.epsilon) != (plan.unit, plan.epsilon):
        yield "the manifest states another promise than the plan"
    yield from promise_problems(plan)


def _row_problems(folder: Path, manifest: Manifest) -> Iterator[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    for table, rows in manifest.rows.items():
        try:
            found = pq.read_metadata(safe_child(folder, f"{DATA_FOLDER}/{table}.parquet")).num_rows
        except (OSError, FileProblem, pa.ArrowException):
            found = -1
        if found != rows:
            yield f"{DATA_FOLDER}/{table}.parquet has another number of rows than the manifest says"
