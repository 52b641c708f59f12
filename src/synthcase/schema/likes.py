"""Columns that copy another one (`like:`), written out before anything else looks at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthcase.errors import SchemaError
from synthcase.schema.text import MAX_NODES

if TYPE_CHECKING:
    from synthcase.schema.text import Plain

MOST_STEPS = 20
"""How many columns may copy each other in a row."""

# Who approved a domain approved those values and no others.
_DOMAIN = ("kind", "values", "bins", "decimals", "separator", "flags")
_APPROVAL = ("from_data", "approved")


def copy_likes(raw: dict[str, Plain]) -> dict[str, Plain]:
    """Replace every `like: table.column` by what that column says.

    Args:
        raw: The parsed file.

    Returns:
        The same without `like`; what a column says itself replaces what it copies.

    Raises:
        SchemaError: If a copied column does not exist, columns copy each other in a circle or in a
            long row, or copying makes the schema too large.
    """
    tables = raw.get("tables")
    if not isinstance(tables, dict):
        return raw
    found: dict[str, Plain] = {}
    for name, table in tables.items():
        columns = table.get("columns") if isinstance(table, dict) else None
        if not isinstance(table, dict) or not isinstance(columns, dict):
            found[name] = table
            continue
        copied = {column: _resolved(tables, f"{name}.{column}", []) for column in columns}
        found[name] = {**table, "columns": copied}
        _check_size(found)
    return {**raw, "tables": found}


def _check_size(tables: dict[str, Plain]) -> None:
    """Refuse a small file that copying has made large, while the copies are still shared."""
    listed = 0
    for table in tables.values():
        columns = table.get("columns") if isinstance(table, dict) else None
        for column in columns.values() if isinstance(columns, dict) else ():
            parts = column.values() if isinstance(column, dict) else ()
            listed += 1 + sum(len(part) for part in parts if not isinstance(part, str))
    if listed > MAX_NODES:
        raise SchemaError("the schema is too large", expected=f"at most {MAX_NODES} entries")


def _resolved(tables: dict[str, Plain], name: str, seen: list[str]) -> Plain:
    own = _find(tables, name, seen)
    if not isinstance(own, dict) or "like" not in own:
        return own
    target = own["like"]
    if not isinstance(target, str) or name in seen or len(seen) >= MOST_STEPS:
        raise SchemaError(
            f"{(seen or [name])[0]} copies no other column", expected="`like: table.column`"
        )
    base = _resolved(tables, target, [*seen, name])
    if not isinstance(base, dict):
        return base
    own = {key: value for key, value in own.items() if key != "like"}
    dropped: set[str] = set()
    if any(key in own for key in _DOMAIN):
        dropped.update(_APPROVAL)
    if own.get("kind", base.get("kind")) != base.get("kind"):
        dropped.update(_DOMAIN)
    return {key: value for key, value in base.items() if key not in dropped} | own


def _find(tables: dict[str, Plain], name: str, seen: list[str]) -> Plain:
    table, _, column = name.partition(".")
    above = tables.get(table)
    columns = above.get("columns") if isinstance(above, dict) else None
    if not isinstance(columns, dict) or column not in columns:
        raise SchemaError(
            f"{seen[0] if seen else name} is like {name[:80]!r}, which is no column",
            expected="`like: table.column`",
        )
    return columns[column]
