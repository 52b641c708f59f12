"""The written list of benchmarks, and what each of them should reach."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class TargetError(ValueError):
    """A target asks for nothing, or for two things at once."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """What one measure should reach.

    Attributes:
        measure: Name of the line.
        score: The least score, or None.
        floors: The largest distance in floors, or None.
    """

    measure: str
    score: float | None = None
    floors: float | None = None

    def __post_init__(self) -> None:
        """Check that exactly one thing is asked."""
        if (self.score is None) == (self.floors is None):
            raise TargetError(f"the target for {self.measure} is a score or a number of floors")

    @property
    def asked(self) -> str:
        """What is asked, in words."""
        return f"score ≥ {self.score:g}" if self.floors is None else f"≤ {self.floors:g} × floor"


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """One program with its options, run as a process of its own.

    Attributes:
        name: Its name, and that of its file of results.
        script: The program in this folder.
        folder: The public data set it reads, if any.
        simulated: Number of simulated cases that are written first and read instead.
        options: Further options.
        targets: What its measures should reach.
        small: It asks whether few cases make us worse than one-way counts.
        on_request: It takes long, and runs only if `--only` names it.
    """

    name: str
    script: str = "fidelity.py"
    folder: str | None = None
    simulated: int | None = None
    options: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    small: bool = False
    on_request: bool = False


def _fidelity(folder: str, epsilon: str, *more: str, runs: int = 1) -> Benchmark:
    options = ("--epsilon", epsilon, "--unit", "case", "--seed", "1", "--runs", str(runs), *more)
    return Benchmark(name=f"{folder}-eps{epsilon}", folder=folder, options=options)


def _small(folder: str, *more: str) -> Benchmark:
    return replace(_fidelity(folder, "1", *more, runs=10), name=f"small-{folder}", small=True)


def _simulated(cases: int, epsilon: str, unit: str) -> Benchmark:
    return Benchmark(
        name=f"simulated-{cases}-eps{epsilon}-{unit}",
        simulated=cases,
        options=("--epsilon", epsilon, "--unit", unit, "--seed", "1"),
        on_request=True,
    )


def _scores(measures: Mapping[str, float]) -> tuple[Target, ...]:
    return tuple(Target(measure=measure, score=least) for measure, least in measures.items())


_HOUSEHOLD_4 = {
    "household: 2-way": 0.9,
    "person: 2-way": 0.9,
    "household × person: 2-way": 0.9,
    "person: sibling pairs": 0.85,
    "person: sibling agreement": 0.85,
}
_HOUSEHOLD_1 = {
    "person: 2-way": 0.8,
    "household: 2-way": 0.6,
    "household × person: 2-way": 0.7,
    "person: sibling agreement": 0.7,
    "person: sibling pairs": 0.5,
}
_HOMICIDE_4 = {
    "case × victim: 2-way": 0.85,
    "victim × offender across victim_offender: 2-way": 0.8,
    "victim × victim_offender: 2-way": 0.75,
    "offender × victim_offender: 2-way": 0.75,
    "victim: sibling agreement": 0.75,
}
_HOMICIDE_DEGREES = ("victim → victim_offender", "offender → victim_offender")

JOBS = (
    replace(
        _fidelity("household_survey", "1", runs=3),
        targets=_scores(_HOUSEHOLD_1),
    ),
    replace(
        _fidelity("household_survey", "4", runs=3),
        targets=(
            *_scores(_HOUSEHOLD_4),
            Target(measure="household → person: child counts", floors=1.5),
        ),
    ),
    replace(
        _fidelity("adult", "1", "--roots", "24000"),
        targets=(Target(measure="adult: 2-way", floors=1.2),),
    ),
    replace(
        _fidelity("adult", "4", "--roots", "24000"),
        targets=(Target(measure="adult: 2-way", floors=0.7),),
    ),
    replace(
        _fidelity("shr_homicide", "4"),
        targets=(
            *_scores(_HOMICIDE_4),
            *(Target(measure=f"{end}: child counts", floors=2) for end in _HOMICIDE_DEGREES),
        ),
    ),
    _fidelity("patient_visits", "4"),
    _fidelity("link_ratings", "4"),
    _small("household_survey", "--roots", "300"),
    _small("adult", "--roots", "300"),
    _small("shr_homicide", "--roots", "300"),
    _small("ctdc_global", "--roots", "300"),
    _small("patient_visits"),
    Benchmark(
        name="whole-household_survey",
        script="whole.py",
        folder="household_survey",
        options=("--epsilon", "4", "--unit", "case", "--seed", "1"),
    ),
    Benchmark(name="scale-1e6", script="scale.py", options=("--rows", "1000000", "--seed", "1")),
    Benchmark(
        name="scale-1e7",
        script="scale.py",
        options=("--rows", "10000000", "--seed", "1"),
        on_request=True,
    ),
    *(_simulated(cases, "4", unit) for cases in (1000, 10_000) for unit in ("case", "person")),
)
