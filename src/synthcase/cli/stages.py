"""One command for each stage; each reads what the one before has saved."""

from __future__ import annotations

from dataclasses import replace as changed
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from synthcase.cli.options import (
    Cases,
    Data,
    Epsilon,
    Expect,
    Json,
    LedgerFolder,
    Purpose,
    Quiet,
    Replace,
    SchemaFile,
    Seed,
    Unit,
    Yes,
    parse_expect,
)
from synthcase.cli.spending import consent
from synthcase.cli.talk import Talk, answer, show

if TYPE_CHECKING:
    from synthcase.sampling.nouns import SyntheticTables

__all__ = ["fit", "measure", "package", "plan", "sample"]

CodeLists = Annotated[
    Path | None,
    typer.Option("--lookups", help="Where the public code lists are copied from."),
]
PlanFile = Annotated[
    Path | None, typer.Option("--plan", "-p", help="The plan [plan.json beside the measurements].")
]
Members = Annotated[
    int | None, typer.Option(help="Fits in the ensemble [8]; fewer are quicker and rougher.")
]
ModelFile = Annotated[Path, typer.Argument(help="A model that `fit` saved.")]


def plan(
    schema: SchemaFile,
    epsilon: Epsilon,
    expect: Expect = None,
    unit: Unit = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file of the plan.")] = Path(
        "plan.json"
    ),
    replace: Replace = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """State questions, noise, promise and expected error.

    No record is read, so the plan can be reviewed and signed first.

    Example: synthcase plan --schema schema.yaml --epsilon 4 --expect case=80,victim=350
    """
    from synthcase.cli.showing import plan_lines, plan_tables
    from synthcase.planning import plan as make_plan
    from synthcase.plans.files import plan_bytes, save_plan
    from synthcase.schema import load_schema

    talk = Talk(quiet)
    made = make_plan(load_schema(schema), epsilon=epsilon, expect=parse_expect(expect), unit=unit)
    save_plan(made, out, replace=replace)
    if json:
        answer(plan_bytes(made).decode("ascii"))
    else:
        for table in plan_tables(made):
            show(table)
        for line in plan_lines(made):
            show(line)
    talk.say(f"{out}: plan {made.hash[:12]}")
    talk.next(f"synthcase measure DATA --plan {out} --ledger LEDGER")


def measure(
    data: Data,
    plan: Annotated[Path, typer.Option("--plan", "-p", help="A plan that `plan` saved.")],
    ledger: LedgerFolder = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file of the noisy answers.")] = Path(
        "measurements.json"
    ),
    replace: Replace = False,
    purpose: Purpose = "",
    yes: Yes = False,
    quiet: Quiet = False,
) -> None:
    """Look at the records once; the only step that spends.

    Counts every table of the plan, adds its noise, and keeps the answers in the ledger first.

    Example: synthcase measure records --plan plan.json --ledger ledger
    """
    from synthcase.pipeline.steps import measure_once
    from synthcase.plans.files import load_plan

    talk, wanted = Talk(quiet), load_plan(plan)
    measure_once(
        data, wanted, ledger, out, replace=replace, purpose=purpose, progress=talk.progress,
        consent=partial(consent, talk=talk, yes=yes),
    )  # fmt: skip
    answer(str(out))
    talk.next(f"synthcase fit {out}")


def fit(
    measurements: Annotated[Path, typer.Argument(help="Noisy answers that `measure` saved.")],
    plan: PlanFile = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file of the model.")] = Path(
        "model.safetensors"
    ),
    members: Members = None,
    replace: Replace = False,
    quiet: Quiet = False,
) -> None:
    """Explain the noisy answers by one model. Reads no record.

    Example: synthcase fit measurements.json
    """
    from synthcase.model.files import save_model
    from synthcase.pipeline.whole import fit_members
    from synthcase.plans.files import load_measurements, load_plan

    talk = Talk(quiet)
    noisy = load_measurements(measurements, None if plan is None else load_plan(plan))
    model = fit_members(noisy, members, progress=talk.progress)
    save_model(model, out, replace=replace)
    answer(str(out))
    for kind, value in model.report.chi_squared.items():
        talk.say(f"  {kind}: χ² a cell {value:.2f} (1 is perfect)")
    talk.next(f"synthcase package {out} --measurements {measurements} --out RELEASE")


def _drawn(model: Path, seed: int, cases: int | None, lookups: Path | None) -> SyntheticTables:
    from synthcase.model.files import load_model
    from synthcase.pipeline.codelists import code_lists
    from synthcase.pipeline.whole import check_draw
    from synthcase.sampling import sample as draw

    check_draw(seed, cases)
    loaded = load_model(model)
    lists = code_lists(lookups, loaded.schema)
    return changed(draw(loaded, seed=seed, cases=cases), lookups=lists)


def sample(
    model: ModelFile,
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to be made.")],
    seed: Seed = 0,
    cases: Cases = None,
    lookups: CodeLists = None,
    quiet: Quiet = False,
) -> None:
    """Draw synthetic tables from a model.

    They are written as CSV and Parquet; a release (package) holds more.

    Example: synthcase sample model.safetensors --seed 7 -o tables
    """
    from synthcase.core.files import new_folder_aside
    from synthcase.sampling.soundness import refuse_faults
    from synthcase.sampling.writing import write_tables

    talk, synthetic = Talk(quiet), _drawn(model, seed, cases, lookups)
    with new_folder_aside(out) as aside:
        written = write_tables(synthetic, aside, progress=talk.progress)
        refuse_faults(written.faults)
    answer(str(out))
    for table, rows in written.rows.items():
        talk.say(f"  {table}: {rows} synthetic rows")


def package(
    model: ModelFile,
    measurements: Annotated[
        Path, typer.Option("--measurements", "-m", help="What the model was fitted to.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The release folder to be made.")],
    plan: PlanFile = None,
    ledger: LedgerFolder = None,
    seed: Seed = 0,
    cases: Cases = None,
    lookups: CodeLists = None,
    replace: Replace = False,
    purpose: Purpose = "",
    quiet: Quiet = False,
) -> None:
    """Write a release folder.

    It holds data, schema, plan, measurements, model, datasheet and manifest. With --ledger it is
    written into the ledger that paid for it.

    Example: synthcase package model.safetensors --measurements measurements.json --out release
    """
    from synthcase.pipeline.preparing import open_ledger
    from synthcase.pipeline.whole import remember
    from synthcase.plans.files import load_measurements, load_plan
    from synthcase.releasing import package as write

    talk = Talk(quiet)
    opened = None if ledger is None else open_ledger(ledger)
    noisy = load_measurements(measurements, None if plan is None else load_plan(plan))
    made = write(
        _drawn(model, seed, cases, lookups), measurements=noisy, out=out, replace=replace,
        progress=talk.progress, purpose=purpose,
    )  # fmt: skip
    if opened is not None:
        remember(made, opened)
    else:
        talk.say("The release is not written into the ledger; --ledger LEDGER would do it.")
    answer(str(made.folder))
    talk.say(f"Read {made.folder / 'README.md'} before you give the folder away.")
    talk.next(f"synthcase verify {made.folder}")
