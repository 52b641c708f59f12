"""The form of the schema file, part by part, as pydantic models.

The models turn the text of the file into typed values, refuse every key they do not know, and
give the JSON Schema by which editors complete and check a schema while it is written:
`python -m synthcase.schema.forms schemas/schema.schema.json` writes it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, WithJsonSchema

from synthcase.schema.column_forms import AnyColumn
from synthcase.schema.scalars import (
    Form,
    Texts,
    Truth,
    Whole,
    WholeOrNothing,
    mapping_or_list,
)


class ParentForm(Form):
    """The table above, and the columns that hold its key."""

    table: str
    by: Texts = Field(description="The column (or columns) with the parent's key.")
    typical: Whole | None = Field(
        default=None, description="Typical number of children of one parent: a public figure."
    )
    order: str | None = Field(default=None, description="The column that orders the children.")
    most: Whole | None = Field(
        default=None,
        description="Most rows that point to one row of this second parent: records that break "
        "the promise are refused.",
    )


class TableForm(Form):
    """One table."""

    key: Texts = Field(description="The column (or columns) that identify a row.")
    parent: ParentForm | None = None
    parents: (
        Annotated[
            Annotated[dict[str, Texts], Tag("mapping")]
            | Annotated[tuple[ParentForm, ...], Tag("list")],
            Discriminator(mapping_or_list),
        ]
        | None
    ) = Field(
        default=None, description="Two parents make a link; the first is the parent in the model."
    )
    typical: Whole | None = Field(default=None, description="As in `parent`, for `parents`.")
    lookup: Truth = Field(default=False, description="A public code list: copied, never measured.")
    columns: Annotated[
        Annotated[dict[str, AnyColumn], Tag("mapping")] | Annotated[tuple[str, ...], Tag("list")],
        Discriminator(mapping_or_list),
    ] = Field(default={}, description="What is kept. A look-up table may list names only.")


class PersonForm(Form):
    """A table of persons."""

    max_cases: Whole = Field(default=1, description="The most cases one person is in.")


class ProtectForm(Form):
    """Who is protected."""

    unit: Literal["case", "person"] = "case"
    persons: dict[str, PersonForm] = Field(default={}, description="The tables of persons.")
    caps: dict[str, Whole] = Field(
        default={}, description="Largest number of children counted, by child table."
    )
    persons_per_case: Whole = Field(
        default=3, description="Persons of one case whose price the plan states together."
    )


class PublicForm(Form):
    """A number of rows that is really public."""

    rows: WholeOrNothing = Field(default=None, description="The number, or null.")
    source: str | None = Field(default=None, description="Where it was published.")


class GateForm(Form):
    """A column that has a value only where another has one of some states."""

    gate: str = Field(description="The dependent column, as table.column.")
    open_if: dict[str, Texts] = Field(description="The other column and its opening states.")


class DeriveForm(Form):
    """A column that is determined by another."""

    derive: str = Field(description="The determined column, as table.column.")
    source: str = Field(alias="from", description="The column it is determined by.")
    mapping: dict[str, Texts] = Field(
        alias="map", description="For each state of the one, the states of the other."
    )


class ForbidForm(Form):
    """States that never stand together in one row."""

    forbid: dict[str, Texts] = Field(description="Columns and their states.")


class WhenForm(Form):
    """If these states, then only those values."""

    when: dict[str, Texts] = Field(description="Columns and their states.")
    then: dict[str, Texts] = Field(description="Columns and the values they may then have.")


def _rule_of(value: object) -> str | None:
    if not isinstance(value, dict):
        return None
    return next((name for name in ("gate", "derive", "forbid", "when") if name in value), None)


AnyRule = Annotated[
    Annotated[GateForm, Tag("gate")]
    | Annotated[DeriveForm, Tag("derive")]
    | Annotated[ForbidForm, Tag("forbid")]
    | Annotated[WhenForm, Tag("when")],
    Discriminator(
        _rule_of,
        custom_error_type="rule",
        custom_error_message="a rule starts with gate, derive, forbid or when",
    ),
]


class SchemaForm(Form):
    """A schema file of synthcase."""

    synthcase: Annotated[Literal["1"], WithJsonSchema({"enum": [1, "1"]})] = Field(
        description="Version of this form."
    )
    name: str
    protect: ProtectForm = ProtectForm()
    public: dict[str, PublicForm] = Field(
        default={}, description="Numbers of rows that are really public, by table."
    )
    tables: dict[str, TableForm]
    rules: tuple[AnyRule, ...] = ()
    questions: tuple[str, ...] = Field(
        default=(), description="Wanted counts: `count victim by exploitation, sex`."
    )


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the schema file, for editors."""
    found = _plainer(SchemaForm.model_json_schema(by_alias=True))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "synthcase schema",
        **found,
    }


def _plainer(part: Any) -> Any:  # noqa: ANN401 -- JSON is of any type
    """Leave out generated titles, and `null` where the file cannot say it."""
    if isinstance(part, list):
        return [_plainer(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {key: _plainer(value) for key, value in part.items() if key != "title"}
    if "default" in kept and kept["default"] is None:
        del kept["default"]
    options = [option for option in kept.get("anyOf", ()) if option != {"type": "null"}]
    if len(options) == 1:
        del kept["anyOf"]
        kept = {**options[0], **kept}
    return kept


def json_schema_text() -> str:
    """Return the text of `schemas/schema.schema.json`."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    for name in sys.argv[1:]:
        Path(name).write_text(json_schema_text(), encoding="utf-8", newline="\n")
