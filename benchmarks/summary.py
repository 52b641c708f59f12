"""The page of results, made from the files of numbers alone."""

from __future__ import annotations

import json
from statistics import fmean, variance
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from jobs import Benchmark, Target

    Numbers = Mapping[str, Any]
    Results = Mapping[str, Numbers]

HEAD = """# Results

Written by `python dev.py bench` from the files of numbers beside it; what the columns mean stands
in [the benchmarks' README](../README.md). Distances are to real public data, of which no row is
here; `ctdc_global` is the CTDC Global Synthetic Dataset of IOM.

A win is a measure at which ours is nearer to the real tables than noisy one-way counts at the same
budget are, a loss one at which it is farther; with several runs only what lies beyond two standard
errors counts, with one run every difference does.
"""


def results_of(folder: Path, jobs: Sequence[Benchmark]) -> dict[str, Numbers]:
    """Read the results that are there, in the order of the list of benchmarks."""
    files = {job.name: folder / f"{job.name}.json" for job in jobs}
    return {
        name: json.loads(file.read_text(encoding="utf-8"))
        for name, file in files.items()
        if file.is_file()
    }


def page(results: Results, jobs: Sequence[Benchmark]) -> str:
    """Return the page as Markdown.

    Args:
        results: Numbers by name of the benchmark.
        jobs: The list; gives order and targets.

    Returns:
        The text; parts without results are left out.
    """
    by_name = {job.name: job for job in jobs}
    fidelity = {name: found for name, found in results.items() if found["kind"] == "fidelity"}
    small = {name: found for name, found in fidelity.items() if by_name[name].small}
    parts = [
        HEAD,
        *_overview(fidelity),
        *_targets(fidelity, by_name),
        *_small(small),
        *_whole({name: found for name, found in results.items() if found["kind"] == "whole"}),
        *_scale({name: found for name, found in results.items() if found["kind"] == "scale"}),
        *_lines(fidelity),
        *_machines(results),
    ]
    if not results:
        parts.append("Nothing has been run yet.\n")
    return "\n".join(parts)


def outcome(line: Numbers) -> int:
    """Say whether ours beats one-way counts: 1, 0 for neither, -1 where it loses to them."""
    ours, oneway = line["ours"], line["oneway"]
    if not ours or not oneway:
        return 0
    gain, error = fmean(oneway) - fmean(ours), 0.0
    if min(len(ours), len(oneway)) > 1:
        error = (variance(ours) / len(ours) + variance(oneway) / len(oneway)) ** 0.5
    return (gain > 2 * error) - (gain < -2 * error)


def reached(target: Target, line: Numbers | None) -> tuple[str, bool | None]:
    """Return what was found for a target, and whether that is enough; None if it is unknown."""
    if line is None or not line["ours"]:
        return "–", None
    if target.score is not None:
        score = line["score"]
        return (_number(score, 2), None if score is None else score >= target.score)
    if not line["floor"]:
        return "–", None
    floors = fmean(line["ours"]) / line["floor"]
    return f"{floors:.2f} × floor", floors <= (target.floors or 0)


def _number(number: float | None, decimals: int) -> str:
    return "–" if number is None else f"{number:.{decimals}f}"


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Return a part of the page; nothing if it has no rows."""
    lines = [f"| {' | '.join(map(str, row))} |" for row in rows]
    if not lines:
        return []
    rule = "|".join("---" for _ in head)
    return [f"## {title}\n", f"| {' | '.join(head)} |", f"|{rule}|", *lines, ""]


def _overview(fidelity: Results) -> list[str]:
    head = (
        *("benchmark", "ε", "unit", "roots", "runs", "seed", "wins", "losses"),
        *(
            "mean score",
            "lowest",
            "C2ST-Agg AUC",
            "rules broken",
            "CPU s",
            "of them synthesis",
            "peak MiB",
            "day",
        ),
    )
    rows = []
    for name, found in fidelity.items():
        lines = found["measures"].values()
        outcomes = [outcome(line) for line in lines]
        scores = [line["score"] for line in lines if line["score"] is not None]
        rows.append(
            (
                name, found["epsilon"], found["unit"], found["roots"] or "all", found["runs"],
                found["seed"], outcomes.count(1), outcomes.count(-1),
                _number(fmean(scores) if scores else None, 2),
                _number(min(scores, default=None), 2),
                _number(found["c2st_agg_auc"].get("ours"), 2),
                sum(map(sum, found["rule_violations"].values())),
                _number(found["cpu_seconds"], 0), _number(found["synthesis_cpu_seconds"], 0),
                _number(found["peak_memory_mib"], 0), found["date"],
            )
        )  # fmt: skip
    return _table("Fidelity in short", head, rows)


def _targets(fidelity: Results, jobs: Mapping[str, Benchmark]) -> list[str]:
    rows = []
    words = {True: "reached", False: "**missed**", None: "not known"}
    for name, found in fidelity.items():
        for target in jobs[name].targets:
            text, enough = reached(target, found["measures"].get(target.measure))
            rows.append((name, target.measure, target.asked, text, words[enough]))
    return _table("What was asked for", ("benchmark", "measure", "asked", "found", ""), rows)


def _small(small: Results) -> list[str]:
    rows = []
    for name, found in small.items():
        outcomes = {
            measure: outcome(line)
            for measure, line in found["measures"].items()
            if measure.endswith("2-way")
        }
        worse = [measure for measure, result in outcomes.items() if result < 0]
        better = list(outcomes.values()).count(1)
        rows.append((name, len(outcomes), better, len(worse), "; ".join(worse) or "–"))
    title = "Few cases: nowhere worse than one-way counts"
    return _table(title, ("benchmark", "2-way lines", "better", "worse", "where"), rows)


def _whole(whole: Results) -> list[str]:
    rows = []
    for name, found in whole.items():
        for key, unit in (("cpu_seconds", "CPU s"), ("peak_memory_mib", "MiB at the peak")):
            used, limit = found[key], found["limits"][key]
            within = "not known" if used is None else "kept" if used <= limit else "**broken**"
            rows.append((name, f"{_number(used, 1)} {unit}", f"{limit:.0f}", within))
    return _table("The whole job on the command line", ("benchmark", "used", "limit", ""), rows)


def _scale(scale: Results) -> list[str]:
    rows = [
        (
            name, f"{found['rows']:,} × {found['columns']}", stage["stage"],
            _number(stage["seconds"], 1), _number(stage["cpu_seconds"], 1),
            _number(stage["peak_memory_mib"], 0),
        )
        for name, found in scale.items()
        for stage in found["stages"]
    ]  # fmt: skip
    return _table(
        "Many rows", ("benchmark", "rows", "stage", "s", "CPU s", "peak MiB so far"), rows
    )


def _lines(fidelity: Results) -> list[str]:
    parts = []
    words = {1: "", 0: "", -1: "worse than one-way"}
    head = ("measure", "floor", "independent", "oneway", "ours", "score", "")
    for name, found in fidelity.items():
        rows = [
            (
                measure, _number(line["floor"], 4), _number(line["independent"], 4),
                _number(fmean(line["oneway"]) if line["oneway"] else None, 4),
                _number(fmean(line["ours"]) if line["ours"] else None, 4),
                _number(line["score"], 2), words[outcome(line)],
            )
            for measure, line in found["measures"].items()
        ]  # fmt: skip
        parts += _table(name, head, rows)
    return parts


def _machines(results: Results) -> list[str]:
    """Return versions and machine, with the benchmarks that ran on each."""
    names: dict[str, list[str]] = {}
    for name, found in results.items():
        packages = (f"{package} {number}" for package, number in found["versions"].items())
        machine = found["machine"]
        where = f"{machine['system']}, {machine['processor']}, {machine['cpus']} CPUs"
        names.setdefault(f"{where}; {', '.join(packages)}", []).append(name)
    rows = [(where, ", ".join(found)) for where, found in names.items()]
    return _table("Versions and machine", ("machine and versions", "benchmarks"), rows)
