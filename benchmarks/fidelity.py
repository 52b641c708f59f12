"""Measure how faithful synthetic tables are, on any folder of tables with a `domain.yaml`.

    python benchmarks/fidelity.py FOLDER --epsilon 4 --unit case --seed 1

Prints, for each measure, the distance of fresh real data (floor), of shuffled columns
(independent), of one-way counts with noise (oneway) and of synthcase (ours), and the score
(independent - ours) / (independent - floor): 1 is as good as fresh real data, 0 is worthless.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from classifier import c2st_agg
from coding import Database, encode, halves, rows_of, shuffled, subset
from convert import persons_of, schema_text
from counts import distance
from folder import FolderError, read_folder, read_frames, write_frames
from machine import about_this_run, used
from measures import measures_of
from oneway import expected_rows
from report import Line, Report, as_json, number_text, text_of
from rules import violations
from running import Job, run_baseline, synthesise
from simulated_rules import broken_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    from rules import Checker

    Frames = dict[str, pd.DataFrame]
    Synthesiser = Callable[..., Frames]

CHECKERS: dict[str, Checker] = {"simulated_cases": broken_rules}
"""What counts broken rules, by name of the data set."""
SPLITS = 10
SHUFFLES = 10


def compare(
    job: Job, real: Database, ours: Sequence[Database], oneway: Sequence[Database]
) -> list[Line]:
    """Measure everything, one line at a time so that few tables are held at once.

    Args:
        job: Gives the seed of splits, shuffles and triples.
        real: The real tables.
        ours: Synthetic tables, one database a run.
        oneway: Tables of the baseline, one database a run.

    Returns:
        A line a measure; measures that the real tables leave empty are left out.
    """
    pairs = [halves(real, job.rng(1, split)) for split in range(SPLITS)]
    mixed = [shuffled(real, job.rng(2, shuffle)) for shuffle in range(SHUFFLES)]
    lines = []
    for name, measure in measures_of(job.folder, seed=job.seed).items():
        truth = measure(real)
        if not any(counts.weights.sum() for counts in truth.values()):
            continue
        lines.append(
            Line(
                name,
                floor=float(np.mean([distance(measure(a), measure(b)) for a, b in pairs])),
                independent=float(np.mean([distance(truth, measure(m)) for m in mixed])),
                ours=tuple(distance(truth, measure(tables)) for tables in ours),
                oneway=tuple(distance(truth, measure(tables)) for tables in oneway),
            )
        )
    return lines


def prepare(options: argparse.Namespace) -> tuple[Job, Database]:
    """Read the folder and take the cases asked for.

    Raises:
        FolderError: If the folder is not understood, or has fewer cases than asked for.
    """
    folder = read_folder(options.folder)
    frames = read_frames(folder)
    real = encode(folder, frames)
    cases = options.roots
    if cases is not None and not 2 <= cases <= real.cases:
        raise FolderError(f"--roots takes a number from 2 to {real.cases}")
    persons = tuple(options.persons.split(",")) if options.persons else persons_of(folder)
    if unknown := [table for table in persons if table not in folder.measured]:
        raise FolderError(f"--persons names {', '.join(unknown)}, which is no measured table")
    job = Job(
        folder=folder,
        frames=frames,
        cases=cases,
        epsilon=options.epsilon,
        unit=options.unit,
        persons=persons,
        seed=options.seed,
    )
    if cases is None:
        return job, real
    chosen = np.sort(job.rng(0).choice(real.cases, cases, replace=False))
    kept = {table: frames[table].iloc[rows] for table, rows in rows_of(real, chosen).items()}
    return replace(job, frames={**frames, **kept}), subset(real, chosen)


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="folder with CSV files and a domain.yaml")
    parser.add_argument("--epsilon", required=True, help="the ε of the protected unit")
    parser.add_argument("--unit", required=True, choices=["case", "person"])
    parser.add_argument("--seed", required=True, type=int, help="of splits and sampling, not noise")
    parser.add_argument("--roots", type=int, help="take that many rows of the first root")
    parser.add_argument("--runs", type=int, default=1, help="synthesise that often, new noise each")
    parser.add_argument("--persons", help="tables of persons, separated by commas")
    parser.add_argument("--schema", type=Path, metavar="FILE", help="instead of the converted one")
    parser.add_argument("--write", type=Path, metavar="DIR", help="save the last synthetic tables")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save all numbers")
    return parser.parse_args(arguments)


def main(
    arguments: Sequence[str] | None = None, *, synthesiser: Synthesiser = synthesise
) -> list[Line]:
    """Run the benchmark.

    Args:
        arguments: The command line; by default that of the process.
        synthesiser: What is measured, called as `synthesise` is.

    Returns:
        The lines that were printed.
    """
    options = options_of(arguments)
    job, real = prepare(options)
    rows = expected_rows(job.folder, real, cases=job.cases)
    schema = _schema(options, job)
    started = time.process_time()
    seeds = range(job.seed, job.seed + options.runs)
    runs = [synthesiser(job, schema, expect=rows, seed=seed) for seed in seeds]
    synthesis = time.process_time() - started
    ours = [encode(job.folder, frames) for frames in runs]
    drawn = [run_baseline(job, real, rows=rows, run=run) for run in range(options.runs)]
    oneway = [tables for tables in drawn if tables is not None]
    report = Report(
        lines=compare(job, real, ours, oneway),
        violations=_violations(job, runs),
        auc=_auc(job, real, ours, oneway),
    )
    if options.write:
        write_frames(job.folder, runs[-1], options.write)
    seconds, peak = used()
    memory = number_text(peak, 0)
    print(text_of(report))
    print(f"{seconds:.1f} CPU s, of them {synthesis:.1f} synthesis; peak memory {memory} MiB")
    if options.json:
        about = {"runs": options.runs, "synthesis_cpu_seconds": synthesis, **about_this_run()}
        options.json.write_text(as_json(job, report, about), encoding="utf-8")
    return list(report.lines)


def _schema(options: argparse.Namespace, job: Job) -> str:
    if options.schema:
        return str(options.schema.read_text(encoding="utf-8"))
    return schema_text(job.folder, job.frames, unit=job.unit, persons=job.persons)


def _violations(job: Job, runs: Sequence[Frames]) -> dict[str, list[int]]:
    checker = CHECKERS.get(job.folder.name)
    found = [violations(job.folder, frames, checker) for frames in runs]
    return {rule: [counts[rule] for counts in found] for rule in found[0]}


def _auc(
    job: Job, real: Database, ours: Sequence[Database], oneway: Sequence[Database]
) -> dict[str, float | None]:
    """Tell real cases from those of the last run, of the baseline, and from shuffled ones."""
    sides = {"independent": shuffled(real, job.rng(4)), "ours": ours[-1]}
    if oneway:
        sides["oneway"] = oneway[-1]
    return {name: c2st_agg(real, side, rng=job.rng(5)) for name, side in sides.items()}


if __name__ == "__main__":
    try:
        main()
    except FolderError as error:
        sys.exit(f"error: {error}")
