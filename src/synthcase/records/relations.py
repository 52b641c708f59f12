"""Keys and references guessed from names and from which columns never repeat, for a draft.

Privacy:
    Sees real keys; what comes out are names of columns, for a draft that stays inside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Unique = Callable[[str, Sequence[str]], bool]

_ID = re.compile(r"(?:.*_)?(?:id|key|uuid|ref|code|no|nr|num|number)|.*(?:Id|ID)", re.DOTALL)
_ORDER = re.compile(r"(?:.*_)?(?:no|nr|num|number|seq|order|position|rank|step|index|leg|stage)")
MOST_PARENTS = 2


@dataclass(frozen=True)
class Shape:
    """The guessed key of a table and the tables it refers to.

    Attributes:
        key: The columns of its key; empty if none was found.
        parents: (parent table, column with its key), the first being the parent in the model.
        order: The column that orders its rows under one parent.
        further: Further references, which a schema cannot express.
    """

    key: tuple[str, ...] = ()
    parents: tuple[tuple[str, str], ...] = ()
    order: str | None = None
    further: tuple[tuple[str, str], ...] = ()


def guess_shapes(tables: Mapping[str, Sequence[str]], is_unique: Unique) -> dict[str, Shape]:
    """Guess keys and references.

    Args:
        tables: The columns of each table.
        is_unique: Whether a combination of columns is whole and never repeats in a table.

    Returns:
        A shape for each table. References form no circle; one to an ancestor that another one
        implies is left out.
    """
    keys = {name: _own_key(name, columns, is_unique) for name, columns in tables.items()}
    references: dict[str, tuple[tuple[str, str], ...]] = {}
    for name, columns in tables.items():
        found = [(_reference(name, column, keys), column) for column in columns]
        references[name] = tuple((above, column) for above, column in found if above)
    kept = _without_circles(references)
    kept = {name: _nearest(found, kept) for name, found in kept.items()}
    return {name: _shape(name, tables[name], keys[name], kept[name], is_unique) for name in tables}


def looks_like_key(name: str) -> bool:
    """Say whether a column's name is that of a key."""
    return bool(_ID.fullmatch(name) or _ID.fullmatch(name.lower()))


def _own_key(table: str, columns: Sequence[str], is_unique: Unique) -> str | None:
    names = (f"{table}_id", f"{table.removesuffix('s')}_id", f"{table}id", "id")
    preferred = [c for name in names for c in columns if c.lower() == name]
    others = [c for c in columns if looks_like_key(c)]
    candidates = dict.fromkeys([*preferred, *others])
    return next((c for c in candidates if is_unique(table, [c])), None)


def _reference(table: str, column: str, keys: Mapping[str, str | None]) -> str | None:
    """Return the table whose key a column holds, None if it holds none."""
    others = {name: key for name, key in keys.items() if name != table and key}
    stem = column.lower().removesuffix("_id")
    by_stem = [t for t in others if column.lower() != stem and stem in (t, t.removesuffix("s"))]
    if by_stem:
        return by_stem[0]
    if keys[table] == column:
        return None
    return next((name for name, key in others.items() if key == column), None)


def _without_circles(
    references: Mapping[str, tuple[tuple[str, str], ...]],
) -> dict[str, tuple[tuple[str, str], ...]]:
    kept: dict[str, tuple[tuple[str, str], ...]] = dict.fromkeys(references, ())
    for name, found in references.items():
        for parent, column in found:
            if name not in _above(parent, kept) and parent not in dict(kept[name]):
                kept[name] = (*kept[name], (parent, column))
    return kept


def _above(name: str, references: Mapping[str, tuple[tuple[str, str], ...]]) -> set[str]:
    """Return a table and all tables above it."""
    found = {name}
    waiting = [name]
    while waiting:
        for parent, _ in references[waiting.pop()]:
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found


def _nearest(
    found: tuple[tuple[str, str], ...], references: Mapping[str, tuple[tuple[str, str], ...]]
) -> tuple[tuple[str, str], ...]:
    implied: set[str] = set()
    for parent, _ in found:
        implied |= _above(parent, references) - {parent}
    return tuple((parent, column) for parent, column in found if parent not in implied)


def _shape(
    table: str,
    columns: Sequence[str],
    key: str | None,
    references: tuple[tuple[str, str], ...],
    is_unique: Unique,
) -> Shape:
    by = [column for _, column in references]
    parents, further = references[:MOST_PARENTS], references[MOST_PARENTS:]
    if key is not None and (key not in by or len(parents) == 1):
        order = next((c for c in columns if _ORDER.fullmatch(c.lower()) and c not in by), None)
        order = order if len(parents) == 1 and order != key else None
        return Shape((key,), parents, order, further)
    if by and is_unique(table, by[:MOST_PARENTS]):
        return Shape(tuple(by[:MOST_PARENTS]), parents, None, further)
    numbering = [c for c in columns if _ORDER.fullmatch(c.lower())]
    for column in [*numbering, *(c for c in columns if c not in numbering)]:
        if by and column not in by and is_unique(table, [*by[:1], column]):
            order = column if column in numbering and len(parents) == 1 else None
            return Shape((by[0], column), parents, order, further)
    return Shape((), parents, None, further)
