"""Commands about the records and their schema, before any plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from synthcase.cli.options import Data, Json, Quiet, Replace, SchemaFile, Unit
from synthcase.cli.talk import Talk, answer

__all__ = ["check", "draft", "schema_json"]


def draft(
    data: Data,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file of the schema.")] = Path(
        "schema.yaml"
    ),
    unit: Unit = "case",
    replace: Replace = False,
    quiet: Quiet = False,
) -> None:
    """Propose a schema from the records, for a person to finish.

    Every list of values in it was read off the records: replace it by your code book, or approve
    it by name and source. Until then no release is made by it.

    Example: synthcase draft records -o schema.yaml
    """
    from synthcase.core.files import write_aside
    from synthcase.records import draft as propose

    talk = Talk(quiet)
    text = propose(data, unit=unit or "case")
    write_aside(out, text.encode(), private=True, replace=replace)
    talk.say(f"{out} is a draft. It holds values from your records, so it stays inside.")
    talk.next(f"edit {out}, then: synthcase check {data} --schema {out}")


def check(
    data: Data,
    schema: SchemaFile,
    rows: Annotated[
        bool, typer.Option("--rows", help="Add row numbers, on your screen only.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """List every problem of the records, never a value.

    Problems are listed by table, column, kind and count; a count below 10 is shown as <10.

    Example: synthcase check records --schema schema.yaml
    """
    from synthcase.records import check as find_problems
    from synthcase.schema import load_schema

    talk = Talk(quiet)
    report = find_problems(data, load_schema(schema), rows=rows)
    answer(report.to_json() if json else report.text())
    if not report.ok:
        talk.say("The list is about real records: it stays inside.")
        raise typer.Exit(1)
    talk.next(f"synthcase plan --schema {schema} --epsilon 4")


def schema_json() -> None:
    """Write the JSON Schema of schema files.

    An editor that knows it completes the schema while you write.

    Example: synthcase schema-json > schema.schema.json
    """
    from synthcase.schema.forms import json_schema_text

    answer(json_schema_text())
