"""The lines of the benchmark, as text and as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from running import DELTA, Job

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TOO_CLOSE = 0.005
AUC_OF = ("independent", "oneway", "ours")


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


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything that was found.

    Attributes:
        lines: The measures.
        violations: Rows that break a rule, for each rule one number a run.
        auc: C2ST-Agg of the last run of ours, of the one-way baseline and of shuffled columns;
            None where it was not run.
    """

    lines: Sequence[Line]
    violations: Mapping[str, Sequence[int]] = field(default_factory=dict)
    auc: Mapping[str, float | None] = field(default_factory=dict)


def text_of(report: Report) -> str:
    """Return the report as text: the lines, mean and lowest score, AUC and broken rules."""
    parts = [table_of(report.lines), "", _auc_line(report.auc)]
    broken = {rule: sum(runs) for rule, runs in report.violations.items() if sum(runs)}
    rows = sum(broken.values())
    parts.append(f"rule violations {rows} ({len(report.violations)} rules looked at)")
    return "\n".join([*parts, *(f"  {rule}: {count} rows" for rule, count in broken.items())])


def _auc_line(auc: Mapping[str, float | None]) -> str:
    numbers = (f"{name} {number_text(auc.get(name), 2)}" for name in AUC_OF)
    return f"C2ST-Agg AUC {', '.join(numbers)}"


def table_of(lines: Sequence[Line]) -> str:
    """Return the lines as text, with mean and lowest score below."""
    width = max(len(line.name) for line in lines)
    heads = ("floor", "independent", "oneway", "ours", "score")
    texts = [" " * width + "".join(f"{head:>13}" for head in heads)]
    for line in lines:
        means = [float(np.mean(found)) if found else None for found in (line.oneway, line.ours)]
        numbers = [number_text(n, 4) for n in (line.floor, line.independent, *means)]
        numbers.append(number_text(line.score(line.ours), 2))
        worse = "  worse than one-way" if line.lost else ""
        texts.append(line.name.ljust(width) + "".join(f"{n:>13}" for n in numbers) + worse)
    scores = [score for line in lines if (score := line.score(line.ours)) is not None]
    if scores:
        texts += ["", f"mean score {np.mean(scores):.2f}, lowest {min(scores):.2f}"]
    return "\n".join(texts)


def number_text(number: float | None, decimals: int) -> str:
    """Return a number with some decimals; a dash where there is none."""
    return "–" if number is None else f"{number:.{decimals}f}"


def as_json(job: Job, report: Report, about: Mapping[str, object]) -> str:
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
        for line in report.lines
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
    found = {
        "c2st_agg_auc": dict(report.auc),
        "rule_violations": {rule: list(runs) for rule, runs in report.violations.items()},
        "measures": measures,
    }
    return json.dumps({**settings, **about, **found}, indent=1, ensure_ascii=False)
