"""Measure how faithful synthetic tables are, on any folder of tables with a `domain.yaml`.

    python benchmarks/fidelity.py FOLDER --epsilon 4 --unit case --seed 1

Prints, for each measure, the distance of fresh real data (floor), of shuffled columns
(independent), of one-way counts with noise (oneway) and of synthcase (ours), and the score
(independent - ours) / (independent - floor): 1 is as good as fresh real data, 0 is worthless.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from coding import Database, encode, halves, rows_of, shuffled, subset
from convert import persons_of, schema_text
from folder import FolderError, read_folder, read_frames, write_frames
from machine import about_this_run, used
from measures import distance, measures_of
from oneway import expected_rows
from running import DELTA, Job, run_baseline, synthesise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    Frames = dict[str, pd.DataFrame]
    Synthesiser = Callable[..., Frames]

SPLITS = 10
SHUFFLES = 10
TOO_CLOSE = 0.005


@dataclass(frozen=True)
class Line:
    """One measure: distances, each a mean over splits, shuffles or runs; None where not run."""

    name: str
    floor: float
    independent: float
    ours: tuple[float, ...] = ()
    oneway: tuple[float, ...] = ()

    def score(self, distances: Sequence[float]) -> float | None:
        """Return the score of some distances; None where floor and independent are too close."""
        room = self.independent - self.floor
        if room < TOO_CLOSE or not distances:
            return None
        return (self.independent - float(np.mean(distances))) / room

    @property
    def lost(self) -> bool:
        """Say whether ours is farther than the one-way baseline, beyond two standard errors."""
        if min(len(self.ours), len(self.oneway)) < 2:
            return False
        error = np.sqrt(
            np.var(self.ours, ddof=1) / len(self.ours)
            + np.var(self.oneway, ddof=1) / len(self.oneway)
        )
        return bool(np.mean(self.ours) - np.mean(self.oneway) > 2 * error)


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


def table_of(lines: Sequence[Line]) -> str:
    """Return the report as text, with mean and lowest score below."""
    width = max(len(line.name) for line in lines)
    heads = ("floor", "independent", "oneway", "ours", "score")
    texts = [" " * width + "".join(f"{head:>13}" for head in heads)]
    for line in lines:
        means = [float(np.mean(found)) if found else None for found in (line.oneway, line.ours)]
        numbers = [_text(n, 4) for n in (line.floor, line.independent, *means)]
        numbers.append(_text(line.score(line.ours), 2))
        worse = "  worse than one-way" if line.lost else ""
        texts.append(line.name.ljust(width) + "".join(f"{n:>13}" for n in numbers) + worse)
    scores = [score for line in lines if (score := line.score(line.ours)) is not None]
    if scores:
        texts += ["", f"mean score {np.mean(scores):.2f}, lowest {min(scores):.2f}"]
    return "\n".join(texts)


def _text(number: float | None, decimals: int) -> str:
    return "–" if number is None else f"{number:.{decimals}f}"


def as_json(job: Job, lines: Sequence[Line], about: Mapping[str, object]) -> str:
    """Return numbers, settings, versions, machine and resources as JSON."""
    measures = {
        line.name: {
            "floor": line.floor,
            "independent": line.independent,
            "oneway": list(line.oneway),
            "oneway_score": line.score(line.oneway),
            "ours": list(line.ours),
            "score": line.score(line.ours),
            "worse_than_oneway": line.lost,
        }
        for line in lines
    }
    settings = {
        "kind": "fidelity",
        "dataset": job.folder.name,
        "roots": job.cases,
        "rows": {table: len(frame) for table, frame in job.frames.items()},
        "epsilon": job.epsilon,
        "delta": float(DELTA),
        "unit": job.unit,
        "persons": list(job.persons),
        "seed": job.seed,
    }
    return json.dumps({**settings, **about, "measures": measures}, indent=1, ensure_ascii=False)


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
    schema = schema_text(job.folder, job.frames, unit=job.unit, persons=job.persons)
    started, frames, ours = time.process_time(), {}, []
    for run in range(options.runs):
        frames = synthesiser(job, schema, expect=rows, seed=job.seed + run)
        ours.append(encode(job.folder, frames))
    synthesis = time.process_time() - started
    drawn = [run_baseline(job, real, rows=rows, run=run) for run in range(options.runs)]
    oneway = [tables for tables in drawn if tables is not None]
    lines = compare(job, real, ours, oneway)
    if options.write:
        write_frames(job.folder, frames, options.write)
    print(table_of(lines))
    seconds, peak = used()
    print(
        f"{seconds:.1f} CPU s, of them {synthesis:.1f} synthesis; peak memory {_text(peak, 0)} MiB"
    )
    if options.json:
        about = {"runs": options.runs, "synthesis_cpu_seconds": synthesis, **about_this_run()}
        options.json.write_text(as_json(job, lines, about), encoding="utf-8")
    return lines


if __name__ == "__main__":
    try:
        main()
    except FolderError as error:
        sys.exit(f"error: {error}")
