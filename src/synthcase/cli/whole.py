"""The command that does every stage."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from synthcase.cli.options import (
    Cases,
    Data,
    Epsilon,
    Expect,
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
from synthcase.cli.talk import Talk, answer

__all__ = ["release"]


def release(
    data: Data,
    schema: SchemaFile,
    epsilon: Epsilon,
    out: Annotated[Path, typer.Option("--out", "-o", help="The release folder to be made.")],
    ledger: LedgerFolder = None,
    expect: Expect = None,
    unit: Unit = None,
    seed: Seed = 0,
    cases: Cases = None,
    replace: Replace = False,
    purpose: Purpose = "",
    yes: Yes = False,
    quiet: Quiet = False,
) -> None:
    """Make a release from real records, every stage in one.

    Example: synthcase release records --schema schema.yaml --epsilon 4 --ledger ledger
    --out release --expect case=80,victim=350
    """
    from synthcase.pipeline import release as run
    from synthcase.pipeline.preparing import open_ledger

    talk = Talk(quiet)

    made = run(
        data, schema=schema, epsilon=epsilon, ledger=open_ledger(ledger), out=out,
        expect=parse_expect(expect), unit=unit, seed=seed, cases=cases, replace=replace,
        purpose=purpose, consent=partial(consent, talk=talk, yes=yes), progress=talk.progress,
    )  # fmt: skip
    answer(str(made.folder))
    talk.say(f"Read {made.folder / 'README.md'} before you give the folder away.")
    talk.next(f"synthcase verify {made.folder}")
