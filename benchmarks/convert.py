"""Turn a `domain.yaml` into the text of a synthcase schema, from public facts alone."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from folder import LISTED, Column, Folder, FolderError, Relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

CAPS = (8, 12, 20, 40, 80, 150, 300)
FEW = 12
_MISSING = ("unknown", "not_asked", "withheld", "not_applicable")
_RESERVED = {"con", "prn", "aux", "nul"} | {f"{s}{n}" for s in ("com", "lpt") for n in range(10)}


def schema_text(
    folder: Folder,
    frames: Mapping[str, pd.DataFrame],
    *,
    unit: str,
    persons: Sequence[str] = (),
) -> str:
    """Write the schema of a folder as YAML.

    Args:
        folder: The description; rows, domains and relations are taken from it.
        frames: The tables; only look-up tables, which are public code lists, are read.
        unit: `case` or `person`.
        persons: Tables whose rows are persons; by default `persons_of(folder)`.

    Returns:
        The text.

    Raises:
        FolderError: If a reference is not to the key of its table.
    """
    import yaml

    names = safe_names(folder.tables)
    caps = {names[r.child]: cap(folder, r) for r in tree(folder)}
    protect: dict[str, Any] = {
        "unit": unit,
        "persons": {names[table]: {"max_cases": 1} for table in persons or persons_of(folder)},
    }
    schema = {
        "synthcase": 1,
        "name": safe_names([folder.name])[folder.name],
        "protect": protect | ({"caps": caps} if caps else {}),
        "tables": {names[name]: _table(folder, name, frames, names) for name in folder.tables},
    }
    return yaml.safe_dump(schema, sort_keys=False, allow_unicode=True, width=100)


def safe_names(names: Iterable[str]) -> dict[str, str]:
    """Return for each name one that a schema accepts: lower case, not reserved by Windows."""
    found: dict[str, str] = {}
    for name in names:
        safe = re.sub(r"[^a-z0-9_]", "_", name.lower())[:40]
        if not safe[:1].isalpha() or safe in _RESERVED:
            safe = f"t_{safe}"[:40]
        while safe in found.values():
            safe = f"{safe[:38]}_2"
        found[name] = safe
    return found


def tree(folder: Folder) -> tuple[Relation, ...]:
    """Return the relation of each child table to its first parent, the parent in the model."""
    return tuple(folder.parents(name)[0] for name in folder.measured if folder.parents(name))


def persons_of(folder: Folder) -> tuple[str, ...]:
    """Guess the tables of persons.

    Returns:
        The children of the first root that have a single-column key of their own; the first
        root itself if there is none.
    """
    root = folder.roots[0]
    children = [r for r in tree(folder) if r.parent == root]
    own = [r.child for r in children if folder.tables[r.child].key not in ((), r.child_key)]
    return tuple(name for name in own if len(folder.tables[name].key) == 1) or (root,)


def typical(folder: Folder, relation: Relation) -> int:
    """Return the typical number of children a parent: the ratio of the expected rows, rounded."""
    child, parent = folder.tables[relation.child].rows, folder.tables[relation.parent].rows
    if not child or not parent:
        return 1
    return min(max(1, math.floor(child / parent + 0.5)), 1000)


def cap(folder: Folder, relation: Relation) -> int:
    """Return a generous public cap on the children of one parent: four times the typical number."""
    enough = [size for size in CAPS if size >= 4 * typical(folder, relation)]
    return enough[0] if enough else CAPS[-1]


def _table(
    folder: Folder, name: str, frames: Mapping[str, pd.DataFrame], names: Mapping[str, str]
) -> dict[str, Any]:
    table = folder.tables[name]
    key = _one_or_list(table.key)
    if name in folder.lookups:
        copied = [column for column in table.columns if column not in table.key]
        return {"key": key, "lookup": True, "columns": copied}
    parents = _parents(folder, name, names)
    return {"key": key, **parents, "columns": _columns(folder, name, frames)}


def _one_or_list(names: tuple[str, ...]) -> str | list[str]:
    return names[0] if len(names) == 1 else list(names)


def _parents(folder: Folder, name: str, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the references of a table: to one parent, or to two of which the first is above."""
    relations = folder.parents(name)
    if not relations:
        return {}
    figure = {"typical": typical(folder, relations[0])}
    if len(relations) == 1:
        return {"parent": _reference(folder, relations[0], names) | figure}
    tables = {relation.parent for relation in relations}
    if len(tables) == len(relations) and not any(relation.order for relation in relations):
        by = {names[r.parent]: _by(folder, r) for r in relations}
        return {"parents": by, **figure}
    first, *others = (_reference(folder, relation, names) for relation in relations)
    return {"parents": [first | figure, *others]}


def _reference(folder: Folder, relation: Relation, names: Mapping[str, str]) -> dict[str, Any]:
    found = {"table": names[relation.parent], "by": _by(folder, relation)}
    return found | ({"order": relation.order[0]} if relation.order else {})


def _by(folder: Folder, relation: Relation) -> str | list[str]:
    """Return the columns with the parent's key, in the order of that key."""
    held_by = dict(zip(relation.parent_key, relation.child_key, strict=True))
    key = folder.tables[relation.parent].key
    if set(key) != set(held_by):
        raise FolderError(f"table {relation.child} does not refer to the key of {relation.parent}")
    return _one_or_list(tuple(held_by[name] for name in key))


def _columns(
    folder: Folder, name: str, frames: Mapping[str, pd.DataFrame]
) -> dict[str, dict[str, Any]]:
    """Return the columns that are modelled: all but keys and the column that gives the order.

    A key of no relation means nothing in synthetic tables: it is left out, and written empty.
    """
    table = folder.tables[name]
    relations = folder.parents(name)
    left_out = {*table.key, *(n for r in relations for n in (*r.child_key, *r.order[:1]))}
    codes = {r.child_key[0]: r for r in folder.relations if r.lookup and r.child == name}
    found = {}
    for column in table.columns.values():
        if column.name in left_out:
            continue
        if column.name in codes:
            relation = codes[column.name]
            listed = _distinct(frames[relation.parent][relation.parent_key[0]])
            found[column.name] = _listed("categorical", listed, nullable=column.nullable)
        elif column.kind != "key":
            found[column.name] = _column(column)
    return found


def _distinct(cells: pd.Series[str]) -> tuple[str, ...]:
    return tuple(sorted({text for text in cells if text}))


def _column(column: Column) -> dict[str, Any]:
    if column.kind in LISTED:
        found = _listed(column.kind, column.values, nullable=column.nullable)
    elif column.kind == "integer" and column.high - column.low < FEW:
        # The last bin of a number is closed, so bins of one whole number each are a list.
        whole = range(math.ceil(column.low), math.floor(column.high) + 1)
        found = _listed("ordinal", tuple(map(str, whole)), nullable=column.nullable)
    else:
        found = _number(column)
    approval = {"from_data": True, "approved": {"by": "benchmark", "source": "domain.yaml"}}
    return found | (approval if column.from_data else {})


def _listed(kind: str, values: tuple[str, ...], *, nullable: bool) -> dict[str, Any]:
    kind = "categorical" if kind == "binary" and len(values) != 2 else kind
    return {"kind": kind, "values": list(values)} | _unlisted(values, nullable=nullable)


def _unlisted(labels: Sequence[str], *, nullable: bool) -> dict[str, Any]:
    """Return where that goes which the domain does not list."""
    if not nullable:
        return {"else": labels[0]}
    kind = next(kind for kind in _MISSING if kind not in labels)
    return {"missing": {kind: ""}, "else": kind}


def _number(column: Column) -> dict[str, Any]:
    """Return a number with the ten bins of the measures.

    Edges are rounded up to the decimals of the column, which moves no number that has no more
    decimals than that into another bin.
    """
    decimals = 0 if column.kind == "integer" else decimals_of(column)
    scale = 10**decimals
    edges = [Fraction(math.ceil(edge * scale), scale) for edge in column.edges]
    edges[0] = Fraction(math.floor(column.low * scale), scale)
    if len(edges) == 2 and edges[0] == edges[1]:
        edges[1] += Fraction(1, scale)
    bins = [int(edge) if edge.denominator == 1 else float(edge) for edge in edges]
    found = {"kind": "number", "bins": bins} | ({"decimals": decimals} if decimals else {})
    return found | _unlisted([label_of(edges, decimals)], nullable=column.nullable)


def decimals_of(column: Column) -> int:
    """Return the decimals of a real column: two, or as many as its ten bins need."""
    width = (column.high - column.low) / 10
    return max(2, math.ceil(-math.log10(width)) + 1) if width else 2


def label_of(edges: Sequence[Fraction], decimals: int) -> str:
    """Return the label that a schema gives to the first bin."""
    step = Fraction(1, 10**decimals)
    top = edges[1] if len(edges) == 2 else edges[1] - step
    texts = [f"{float(number):.{decimals}f}" for number in (edges[0], top)]
    return texts[0] if texts[0] == texts[1] else "-".join(texts)
