"""The verb demo: the whole job on invented cases, for a first look."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from synthcase.core.files import file_problem
from synthcase.errors import UsageError
from synthcase.pipeline.whole import release

if TYPE_CHECKING:
    from synthcase.core.progress import ProgressOption
    from synthcase.releasing import Release

__all__ = ["EPSILON", "Demo", "demo"]

EPSILON = "4"
CASES = 200
UNIT = "person"
MEMBERS = 2
_PER_CASE = {"case": 1, "victim": 8, "trafficker": 4, "exploitation": 9, "journey_leg": 14}


@dataclass(frozen=True)
class Demo:
    """What a demonstration left behind.

    Attributes:
        cases: Folder of the invented cases, with their schema.
        ledger: Folder of the ledger.
        release: The release made from them.
    """

    cases: Path
    ledger: Path
    release: Release

    def _repr_html_(self) -> str:
        return f"<p>A demonstration on invented cases:</p>{self.release._repr_html_()}"


def demo(
    out: Path | str, *, cases: int = CASES, seed: int = 0, progress: ProgressOption = None
) -> Demo:
    """Do the whole job on invented cases: nothing in it stems from a real record.

    Args:
        out: The folder to be made; the folder above must exist.
        cases: Number of invented cases.
        seed: Seed of the invention and of the sampling.
        progress: See `core.progress`.

    Returns:
        The folders of the cases and the ledger, and the release.

    Raises:
        UsageError: The name is taken.
        FileProblem: The system refuses.

    Privacy:
        The records are invented.
    """
    from synthcase.datasets import demo_cases
    from synthcase.planning import plan as make_plan
    from synthcase.privacy.accounting import epsilon_of
    from synthcase.privacy.ledger import Ledger
    from synthcase.schema import load_schema

    out = Path(out)
    _make(out)
    folder = demo_cases(cases, seed=seed).write(out / "cases")
    schema = load_schema(folder / "schema.yaml")
    expect = {table: number * cases for table, number in _PER_CASE.items()}
    plan = make_plan(schema, epsilon=EPSILON, expect=expect, unit=UNIT)
    # A real cap is decided by people, before any plan; invented persons need only one that fits.
    cap = ceil(max(epsilon_of(rho) for rho in plan.prices.values()))
    ledger = Ledger.create(
        out / "ledger", population="invented persons of the demonstration", cap_epsilon=str(cap),
        set_by="synthcase demo",
    )  # fmt: skip
    made = release(
        folder, schema=schema, epsilon=EPSILON, ledger=ledger, out=out / "release",
        expect=expect, unit=UNIT, seed=seed, members=MEMBERS,
        purpose="a demonstration on invented cases", progress=progress,
    )  # fmt: skip
    return Demo(folder, out / "ledger", made)


def _make(out: Path) -> None:
    try:
        out.mkdir()
    except FileExistsError:
        raise UsageError(
            f"{out.name} exists already.", todo="Choose another name with --out."
        ) from None
    except OSError as error:
        raise file_problem(out, "making the folder", error) from None
