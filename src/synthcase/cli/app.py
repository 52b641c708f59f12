"""The commands, gathered. Nothing heavy is loaded before a command needs it."""

from __future__ import annotations

from typing import Annotated

import typer

from synthcase import __version__
from synthcase.cli import data, first, ledgers, receiving, stages, whole
from synthcase.cli.talk import answer

__all__ = ["app"]

EXAMPLES = """\
Share the structure of human-trafficking case records, never the records.

Examples:

\b
  synthcase demo                                        a first look, on invented cases
  synthcase draft DATA -o schema.yaml                   a schema to be finished by you
  synthcase check DATA --schema schema.yaml             what is wrong with the records
  synthcase plan --schema schema.yaml --epsilon 4       the promise, before a record is read
  synthcase ledger new LEDGER --population "…" --cap 8 --set-by "…"
  synthcase release DATA --schema schema.yaml --epsilon 4 --ledger LEDGER --out RELEASE
  synthcase verify RELEASE                              for whoever receives it
"""

app = typer.Typer(
    name="synthcase",
    help=EXAMPLES,
    epilog="Exit codes: 0 done, 1 data problems, 2 usage, 3 budget refused, 4 gate failed.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        answer(f"synthcase {__version__}")
        raise typer.Exit


def _info(wanted: bool) -> None:
    if wanted:
        from synthcase.cli.about import about

        answer(about())
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Say the version."),
    ] = False,
    _info: Annotated[
        bool,
        typer.Option(
            "--info", callback=_info, is_eager=True, help="Say what a report of a bug needs."
        ),
    ] = False,
) -> None:
    pass


for _name, _command in (
    ("demo", first.demo),
    ("draft", data.draft),
    ("check", data.check),
    ("plan", stages.plan),
    ("measure", stages.measure),
    ("fit", stages.fit),
    ("sample", stages.sample),
    ("package", stages.package),
    ("release", whole.release),
    ("verify", receiving.verify),
    ("schema-json", data.schema_json),
):
    app.command(_name)(_command)
app.add_typer(ledgers.app, name="ledger")
