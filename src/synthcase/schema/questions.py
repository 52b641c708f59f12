"""The counts a custodian wants, written as a sentence: `count victim by exploitation, sex`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from synthcase.errors import SchemaError
from synthcase.schema.nouns import Question

if TYPE_CHECKING:
    from synthcase.schema.nouns import Schema

_SENTENCE = re.compile(r"\s*count\s+([a-z0-9_]+)\s+by\s+(.*\S)\s*", re.DOTALL)


def question_of(text: str, schema: Schema) -> Question:
    """Parse a question.

    Args:
        text: `count TABLE by COLUMN, COLUMN`; a column of a table above is `case.country`.
        schema: The schema whose tables and columns it names.

    Returns:
        The question with every column as (table, column).

    Raises:
        SchemaError: If it has another form, or names what does not exist.
    """
    match = _SENTENCE.fullmatch(text)
    if not match:
        raise SchemaError(
            f"the question {text[:60]!r} is not understood",
            expected="count TABLE by COLUMN, COLUMN",
        )
    path = schema.path(match[1])
    if schema.table(match[1]).lookup:
        raise SchemaError(f"a question counts {match[1]}, a look-up table, which is not measured")
    by = tuple(_column(part.strip(), path, schema) for part in match[2].split(","))
    if len(set(by)) != len(by):
        raise SchemaError(f"the question {text[:60]!r} names a column twice")
    return Question(" ".join(text.split()), match[1], by)


def _column(name: str, path: tuple[str, ...], schema: Schema) -> tuple[str, str]:
    own = schema.table(path[-1])
    if any(column.name == name for column in own.columns):
        return own.name, name
    table, dot, column = name.partition(".")
    if not dot:
        return own.name, own.column(name).name
    if table not in path:
        raise SchemaError(
            f"a question counts {own.name} by a column of {table[:40]!r}",
            expected=f"columns of {', '.join(path)}",
        )
    return table, schema.table(table).column(column).name
