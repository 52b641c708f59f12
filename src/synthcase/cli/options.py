"""Options that several commands share, each with one name and one meaning."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from synthcase.errors import UsageError

__all__ = [
    "Cases",
    "Data",
    "Epsilon",
    "Expect",
    "Json",
    "LedgerFolder",
    "Purpose",
    "Quiet",
    "Replace",
    "SchemaFile",
    "Seed",
    "Unit",
    "Yes",
    "parse_expect",
]

Data = Annotated[
    Path, typer.Argument(help="Folder of CSV or Parquet files, or a DuckDB or SQLite file.")
]
SchemaFile = Annotated[Path, typer.Option("--schema", "-s", help="The schema, a YAML file.")]
Epsilon = Annotated[
    str,
    typer.Option("--epsilon", "-e", help="ε of the protected unit, such as 4 or 0.5."),
]
Expect = Annotated[
    str | None,
    typer.Option(
        help="Expected rows, public or rounded figures, such as case=80,victim=350. "
        "They are printed in the plan."
    ),
]
Unit = Annotated[
    str | None, typer.Option(help="What is protected as a whole: case or person [the schema's].")
]
LedgerFolder = Annotated[
    Path | None, typer.Option("--ledger", "-l", help="The ledger of these persons, a folder.")
]
Seed = Annotated[int, typer.Option(help="Seed of the sampling. The noise has none.")]
Cases = Annotated[
    int | None, typer.Option(help="Synthetic cases to draw [the noisy number of real ones].")
]
Replace = Annotated[bool, typer.Option("--replace", help="Replace what has the same name.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Spend without asking.")]
Purpose = Annotated[
    str, typer.Option(help="What it is for; stands in the ledger and in the datasheet.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
Json = Annotated[bool, typer.Option("--json", help="Write JSON for machines.")]


def parse_expect(text: str | None) -> dict[str, int] | None:
    """Read expected rows as they are written on the command line.

    Args:
        text: Such as `case=80,victim=350`; None if nothing was said.

    Raises:
        UsageError: It is of another form, or names a table twice.

    Example:
        >>> parse_expect("case=80,victim=350")
        {'case': 80, 'victim': 350}
    """
    if text is None:
        return None
    found: dict[str, int] = {}
    for part in text.split(","):
        name, equals, number = (piece.strip() for piece in part.partition("="))
        if not equals or not name or name in found or not (number.isascii() and number.isdigit()):
            raise UsageError(
                "--expect cannot be read.",
                expected="a whole number for each table, such as case=80,victim=350",
            )
        found[name] = int(number[:12])
    return found
