"""From the schema file to the schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from synthcase.core.files import read_limited
from synthcase.errors import SchemaError
from synthcase.schema.building import schema_of
from synthcase.schema.dump import schema_text
from synthcase.schema.layout import layout_of
from synthcase.schema.likes import copy_likes
from synthcase.schema.text import MAX_BYTES, as_text, parse_yaml

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from synthcase.schema.forms import SchemaForm
    from synthcase.schema.nouns import Schema
    from synthcase.schema.text import Plain

_SHOWN = 10


def load_schema(source: str | Path | Mapping[str, object]) -> Schema:
    """Load a schema from its file, its text or a dict of the same form.

    Args:
        source: A path; or YAML text, which has more than one line; or nested dicts and lists.

    Returns:
        The checked schema; its `text` is the canonical form of what was loaded.

    Raises:
        SchemaError: If the text is no strict YAML, has a key that is not known, or describes no
            database that can be measured. A schema is public, so the message may quote it.
        FileProblem: If the file cannot be read.

    Privacy:
        Reads no record.

    Example:
        >>> schema = load_schema('''
        ... synthcase: 1
        ... name: tiny
        ... tables:
        ...   case:
        ...     key: case_id
        ...     columns:
        ...       country: {kind: categorical, values: [XA, NO], else: NO}
        ... ''')
        >>> schema.table("case").column("country").domain.labels
        ('XA', 'NO')
    """
    raw = _raw(source)
    if not isinstance(raw, dict):
        raise SchemaError("a schema is a mapping", expected="`synthcase: 1`, `name:`, `tables:`")
    schema = schema_of(_form(copy_likes(raw)))
    layout_of(schema)
    text = schema_text(schema)
    if len(text.encode()) > MAX_BYTES:
        raise SchemaError("the schema is too large", expected=f"at most {MAX_BYTES} bytes")
    return replace(schema, text=text)


def _raw(source: str | Path | Mapping[str, object]) -> Plain:
    if isinstance(source, Mapping):
        return as_text(source)
    if isinstance(source, str) and "\n" in source:
        return parse_yaml(source)
    data = read_limited(Path(source), MAX_BYTES)
    try:
        return parse_yaml(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise SchemaError(
            f"{Path(source).name} is not UTF-8 text", todo="save it as UTF-8 and try again"
        ) from None


def _form(raw: dict[str, Plain]) -> SchemaForm:
    from pydantic import ValidationError

    from synthcase.schema.forms import SchemaForm

    try:
        return SchemaForm.model_validate(raw)
    except ValidationError as error:
        raise _translated(error, raw) from None


def _translated(error: ValidationError, raw: Plain) -> SchemaError:
    details = error.errors(include_url=False, include_context=False)
    lines = [f"{_path(detail, raw)}: {_reason(detail)}" for detail in details[:_SHOWN]]
    if len(details) > _SHOWN:
        lines.append(f"and {len(details) - _SHOWN} more")
    return SchemaError("the schema is not of the right form:\n" + "\n".join(lines))


def _path(detail: ErrorDetails, raw: Plain) -> str:
    """Return where in the file an error is, without the names of the models' alternatives."""
    parts: list[str] = []
    at: Plain | None = raw
    for part in detail["loc"]:
        if isinstance(at, dict) and part in at:
            at = at[str(part)]
        elif isinstance(at, list) and isinstance(part, int) and part < len(at):
            at = at[part]
        elif part is not detail["loc"][-1] or detail["type"] != "missing":
            continue
        parts.append(str(part)[:60])
    return ".".join(parts) or "the file"


def _reason(detail: ErrorDetails) -> str:
    if detail["type"] == "extra_forbidden":
        return "this key is not known here"
    if detail["type"] == "missing":
        return "this key is missing"
    reason = detail["msg"].removeprefix("Value error, ")
    value = detail["input"]
    return f"{reason} (came: {value[:40]!r})" if isinstance(value, str) else reason
