"""From the forms of the file to the nouns of the schema."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from synthcase.errors import InternalError, SchemaError
from synthcase.schema.columns import Approval, Column, Missing
from synthcase.schema.nouns import Person, Protect, Schema
from synthcase.schema.questions import question_of
from synthcase.schema.ruling import rules_of
from synthcase.schema.tables import Parent, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthcase.schema.column_forms import AnyColumn
    from synthcase.schema.forms import ParentForm, ProtectForm, SchemaForm, TableForm


def schema_of(form: SchemaForm) -> Schema:
    """Build a schema from its form.

    Args:
        form: The validated file.

    Returns:
        The checked schema, without its canonical text.

    Raises:
        SchemaError: If the parts do not fit each other; the message names table and column.
    """
    for name in form.public:
        if name not in form.tables:
            raise SchemaError(
                f"`public` names {name[:40]!r}, which is no table", exists=", ".join(form.tables)
            )
    tables = tuple(_table(name, table, form) for name, table in form.tables.items())
    by_name = {table.name: table for table in tables}
    schema = Schema(
        name=form.name,
        tables=tables,
        protect=_protect(form.protect),
        rules=rules_of(form.rules, by_name),
    )
    questions = tuple(question_of(text, schema) for text in form.questions)
    return Schema(
        name=schema.name,
        tables=tables,
        protect=schema.protect,
        rules=schema.rules,
        questions=questions,
    )


@contextmanager
def _within(where: str) -> Iterator[None]:
    """Name the place of an error that is raised below."""
    try:
        yield
    except SchemaError as error:
        raise SchemaError(
            f"{where}: {error.what}",
            expected=error.expected,
            came=error.came,
            exists=error.exists,
            todo=error.todo,
        ) from None


def _table(name: str, form: TableForm, file: SchemaForm) -> Table:
    public = file.public.get(name)
    # A code list is copied as it is: it needs no domains, and those given are not used.
    listed = form.lookup or isinstance(form.columns, tuple)
    columns = {} if form.lookup or isinstance(form.columns, tuple) else form.columns
    with _within(f"table {name[:40]}"):
        return Table(
            name=name,
            key=form.key,
            columns=tuple(_column(column, part) for column, part in columns.items()),
            parents=_parents(form),
            lookup=form.lookup,
            public_rows=public.rows if public else None,
            public_source=public.source if public else None,
            copied=tuple(form.columns) if listed else (),
        )


def _parents(form: TableForm) -> tuple[Parent, ...]:
    from synthcase.schema.forms import ParentForm

    if form.parent is not None and form.parents is not None:
        raise SchemaError("both `parent` and `parents` are given", expected="one of them")
    if form.parent is not None:
        return (_parent(form.parent, form.typical),)
    parts = form.parents or ()
    if isinstance(parts, dict):
        parts = tuple(ParentForm(table=name, by=by) for name, by in parts.items())
    return tuple(_parent(part, None if at else form.typical) for at, part in enumerate(parts))


def _parent(form: ParentForm, typical: int | None) -> Parent:
    if form.typical is not None and typical is not None:
        raise SchemaError("`typical` is given twice", expected="once, in `parent`")
    figure = form.typical if form.typical is not None else typical
    return Parent(
        table=form.table,
        by=_first(form.by),
        also_by=form.by[1:],
        typical=1 if figure is None else figure,
        order=form.order,
        most=form.most,
    )


def _first(by: tuple[str, ...]) -> str:
    if not by:
        raise SchemaError("`by` names no column")
    return by[0]


def _column(name: str, form: AnyColumn) -> Column:
    from synthcase.schema.column_forms import LikeForm

    if isinstance(form, LikeForm):
        raise InternalError(f"column {name[:40]} was not copied")
    approved = form.approved
    with _within(f"column {name[:40]}"):
        return Column(
            name=name,
            domain=form.domain(),
            otherwise=form.otherwise,
            missing=tuple(Missing(kind, tuple(texts)) for kind, texts in form.missing.items()),
            shared=form.shared,
            topic=form.topic,
            justification=form.justification,
            from_data=form.from_data,
            approved=Approval(approved.by, approved.source) if approved else None,
        )


def _protect(form: ProtectForm) -> Protect:
    with _within("`protect`"):
        return Protect(
            unit=form.unit,
            persons=tuple(Person(name, part.max_cases) for name, part in form.persons.items()),
            caps=tuple(form.caps.items()),
            persons_per_case=form.persons_per_case,
        )
