"""Commands about the budget of a population of persons."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from synthcase.cli.options import Json, Quiet, Yes
from synthcase.cli.talk import Talk, answer, is_terminal

__all__ = ["app"]

app = typer.Typer(
    help="The privacy budget of a population of persons.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Folder = Annotated[Path, typer.Argument(help="The ledger's folder.")]
Cap = Annotated[
    str, typer.Option(help="ε (at δ = 1/1000000) that no account may exceed, over all releases.")
]
SetBy = Annotated[str, typer.Option(help="Who decided it, by name.")]


@app.command("new")
def new(
    folder: Folder,
    population: Annotated[
        str, typer.Option(help="Whose ledger it is: all persons whose records you ever hold.")
    ],
    cap: Cap,
    set_by: SetBy,
    yes: Yes = False,
    quiet: Quiet = False,
) -> None:
    """Begin the ledger of a population of persons.

    One ledger serves all files and releases of these persons; what is spent never comes back.

    Example: synthcase ledger new ledger --population "persons assisted by the agency" --cap 8
    --set-by "A. Officer"
    """
    from synthcase.privacy.ledger import Ledger

    talk = Talk(quiet)
    talk.say("One ledger belongs to all persons whose records you hold, this year and later.")
    if not yes and is_terminal():
        typer.confirm("Have these persons no ledger yet?", default=False, abort=True, err=True)
    ledger = Ledger.create(folder, population=population, cap_epsilon=cap, set_by=set_by)
    talk.say(f"{folder} is ready. Write its first words into your notebook:")
    answer(ledger.head.words)
    talk.next(f"synthcase release DATA --schema SCHEMA --epsilon 4 --ledger {folder} --out RELEASE")


@app.command("show")
def show(folder: Folder, json: Json = False) -> None:
    """Say what was spent on what, and what is left.

    The last line holds the head of the chain as twelve words.

    Example: synthcase ledger show ledger
    """
    from synthcase.privacy.ledger import Ledger

    ledger = Ledger.open(folder)
    if json:
        from synthcase.cli.showing import ledger_json

        answer(ledger_json(ledger))
    else:
        answer("\n".join(ledger.summary()))


@app.command("verify")
def verify(folder: Folder, quiet: Quiet = False) -> None:
    """Check the whole chain and every file of answers.

    Writes the head as twelve words.

    Example: synthcase ledger verify ledger
    """
    from synthcase.privacy.ledger import Ledger

    head = Ledger.open(folder).verify()
    answer(head.words)
    Talk(quiet).say(
        f"Line {head.seq + 1}: whole and unchanged. Compare the words with your notebook: lines "
        "cut off from the end show only there."
    )


@app.command("raise")
def raise_(
    folder: Folder,
    cap: Cap,
    set_by: SetBy,
    reason: Annotated[str, typer.Option(help="Why; it stays readable for ever.")],
    yes: Yes = False,
    quiet: Quiet = False,
) -> None:
    """Raise the cap, under a name and for a reason.

    Example: synthcase ledger raise ledger --cap 12 --set-by "A. Officer" --reason "new mandate"
    """
    from synthcase.privacy.ledger import Ledger

    talk, ledger = Talk(quiet), Ledger.open(folder)
    talk.say("A higher cap weakens the promise to every person of the population.")
    if not yes and is_terminal():
        typer.confirm("Raise it?", default=False, abort=True, err=True)
    ledger.raise_cap(cap, set_by=set_by, reason=reason)
    answer(ledger.head.words)
