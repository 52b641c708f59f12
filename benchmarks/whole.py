"""Measure the whole job through the command line: CSV files in, a release folder out.

    python benchmarks/whole.py FOLDER --epsilon 4 --unit case --seed 1

Begins a ledger and makes a release in programs of their own, as a custodian does, and counts the
CPU seconds and the peak memory of the second.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from convert import persons_of, safe_names, schema_text
from folder import FolderError, read_folder, read_frames
from machine import Used, about_this_run, run_measured
from running import LARGEST_EPSILON

if TYPE_CHECKING:
    from collections.abc import Sequence

    from folder import Folder

LIMITS = {"cpu_seconds": 30.0, "peak_memory_mib": 10**9 / 2**20}
"""What the job on `household_survey` may use: 30 seconds of CPU and 1 GB."""


class WholeJobError(RuntimeError):
    """A program of the command line did not end well."""


def write_sources(folder: Folder, target: Path, *, unit: str) -> str:
    """Write the tables as a custodian would have them, with a schema.

    Args:
        folder: The description of a public data set.
        target: Where `records/` and `schema.yaml` are made.
        unit: `case` or `person`.

    Returns:
        The expected rows, as `--expect` takes them; empty where the description gives none.
    """
    frames, names = read_frames(folder), safe_names(folder.tables)
    records = target / "records"
    records.mkdir()
    for name, frame in frames.items():
        frame.to_csv(records / f"{names[name]}.csv", index=False, lineterminator="\n")
    text = schema_text(folder, frames, unit=unit, persons=persons_of(folder))
    (target / "schema.yaml").write_text(text, encoding="utf-8")
    rows = {names[name]: folder.tables[name].rows for name in folder.measured}
    return ",".join(f"{name}={number}" for name, number in rows.items() if number)


def make_release(target: Path, expect: str, *, epsilon: str, unit: str, seed: int) -> Used:
    """Begin a ledger and make a release, both through the command line.

    Args:
        target: Holds `records/` and `schema.yaml`; ledger and release are made there.
        expect: The expected rows, as `--expect` takes them.
        epsilon: The ε of the protected unit.
        unit: `case` or `person`.
        seed: Seed of the sampling.

    Returns:
        What the release has used.

    Raises:
        WholeJobError: If a program ends with another exit code than 0.
    """
    about = ["--population", "a public data set", "--cap", LARGEST_EPSILON]
    _run(target, "ledger", "new", "ledger", *about, "--set-by", "benchmark", "--yes")
    figures = ["--expect", expect] if expect else []
    where = ["--schema", "schema.yaml", "--ledger", "ledger", "--out", "release"]
    options = ["--epsilon", epsilon, "--unit", unit, "--seed", str(seed), *figures, "--yes"]
    return _run(target, "release", "records", *where, *options)


def _run(inside: Path, *words: str) -> Used:
    with (inside / "words.txt").open("w+", encoding="utf-8") as output:
        found = run_measured(
            [sys.executable, "-m", "synthcase", *words], inside=inside, output=output
        )
        output.seek(0)
        if found.code:
            raise WholeJobError(f"synthcase {words[0]} ended with {found.code}:\n{output.read()}")
    return found


def main(arguments: Sequence[str] | None = None) -> dict[str, object]:
    """Run the benchmark and return its numbers."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="folder with CSV files and a domain.yaml")
    parser.add_argument("--epsilon", required=True, help="the ε of the protected unit")
    parser.add_argument("--unit", required=True, choices=["case", "person"])
    parser.add_argument("--seed", required=True, type=int, help="of the sampling, not the noise")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save all numbers")
    options = parser.parse_args(arguments)
    folder = read_folder(options.folder)
    with tempfile.TemporaryDirectory() as scratch:
        expect = write_sources(folder, Path(scratch), unit=options.unit)
        release = make_release(
            Path(scratch), expect, epsilon=options.epsilon, unit=options.unit, seed=options.seed
        )
    numbers: dict[str, object] = {
        "kind": "whole",
        "dataset": folder.name,
        "epsilon": options.epsilon,
        "unit": options.unit,
        "seed": options.seed,
        **about_this_run(),
        "cpu_seconds": release.cpu_seconds,
        "peak_memory_mib": release.peak_memory_mib,
        "limits": LIMITS,
    }
    for name, unit in (("cpu_seconds", "CPU s"), ("peak_memory_mib", "MiB at the peak")):
        found = numbers[name]
        print(f"{'–' if found is None else f'{found:.1f}'} {unit} (limit {LIMITS[name]:.0f})")
    if options.json:
        options.json.write_text(json.dumps(numbers, indent=1, ensure_ascii=False), encoding="utf-8")
    return numbers


if __name__ == "__main__":
    try:
        main()
    except (FolderError, WholeJobError) as error:
        sys.exit(f"error: {error}")
