"""The canonical text of a schema: one text for one schema, hashed into every later file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from synthcase.schema.domains import Domain, Flags, NumberBins, Values
from synthcase.schema.rules import Derived, Gate, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synthcase.schema.columns import Column
    from synthcase.schema.nouns import Schema
    from synthcase.schema.tables import Parent, Table

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*", re.ASCII)
# Words that some reader of YAML takes for something other than text.
_WORDS = frozenset(["null", "true", "false", "yes", "no", "on", "off", "y", "n"])

Tree: TypeAlias = "str | int | Sequence[Tree] | Mapping[str, Tree]"


def schema_text(schema: Schema) -> str:
    """Write a schema as canonical YAML.

    Args:
        schema: A checked schema.

    Returns:
        Text that `load_schema` reads back to an equal schema. Copies (`like`) are written out and
        every `when` stands as what it forbids.

    Privacy:
        Reads no record.
    """
    lines = ["synthcase: 1", f"name: {scalar(schema.name)}"]
    lines.append(f"protect: {flow(_protect(schema))}")
    public = {table.name: part for table in schema.tables if (part := _public(table))}
    if public:
        lines.append(f"public: {flow(public)}")
    lines.append("tables:")
    for table in schema.tables:
        lines += _table(table)
    if schema.rules:
        lines += ["rules:", *(f"  - {flow(_rule(rule))}" for rule in schema.rules)]
    if schema.questions:
        lines += ["questions:", *(f"  - {scalar(q.text)}" for q in schema.questions)]
    return "\n".join(lines) + "\n"


def _table(table: Table) -> list[str]:
    lines = [f"  {table.name}:", f"    key: {flow(list(table.key))}"]
    parents = [_parent(parent) for parent in table.parents]
    if len(parents) == 1:
        lines.append(f"    parent: {flow(parents[0])}")
    elif parents:
        lines += ["    parents:", *(f"      - {flow(parent)}" for parent in parents)]
    if table.lookup:
        lines.append("    lookup: true")
    if table.copied:
        lines.append(f"    columns: {flow(list(table.copied))}")
    elif table.columns:
        lines.append("    columns:")
        lines += [f"      {scalar(c.name)}: {flow(column_form(c))}" for c in table.columns]
    return lines


def _parent(parent: Parent) -> Tree:
    by: Tree = parent.by if not parent.also_by else list(parent.columns)
    order = {"order": parent.order} if parent.order is not None else {}
    most = {"most": parent.most} if parent.most is not None else {}
    return {"table": parent.table, "by": by, "typical": parent.typical, **order, **most}


def column_form(column: Column) -> Tree:
    """Return what the file says of a column."""
    found: dict[str, Tree] = {
        "kind": column.domain.kind,
        **_domain(column.domain),
        "else": column.otherwise,
    }
    if column.missing:
        found["missing"] = {
            missing.kind: missing.spellings[0]
            if len(missing.spellings) == 1
            else list(missing.spellings)
            for missing in column.missing
        }
    for key in ("shared", "topic", "justification"):
        if (text := getattr(column, key)) is not None:
            found[key] = text
    if column.from_data:
        found["from_data"] = True
    if column.approved:
        found["approved"] = {"by": column.approved.by, "source": column.approved.source}
    return found


def _domain(domain: Domain) -> dict[str, Tree]:
    if isinstance(domain, Values):
        return {"values": list(domain.labels)}
    if isinstance(domain, NumberBins):
        edges = [domain.text(edge) for edge in domain.edges]
        whole = [int(edge) for edge in domain.edges if not domain.decimals]
        return {"bins": whole or edges, "decimals": domain.decimals}
    if isinstance(domain, Flags):
        if domain.columns:
            return {"flags": dict(zip(domain.labels, domain.columns, strict=True))}
        return {"values": list(domain.labels), "separator": str(domain.separator)}
    if domain.by == "edges":
        return {"bins": [day.isoformat() for day in domain.edges]}
    return {
        "bins": {
            "from": domain.edges[0].isoformat(),
            "to": domain.last.isoformat(),
            "by": domain.by,
        }
    }


def _protect(schema: Schema) -> Tree:
    protect = schema.protect
    return {
        "unit": protect.unit,
        "persons": {person.table: {"max_cases": person.max_cases} for person in protect.persons},
        "caps": dict(protect.caps),
        "persons_per_case": protect.persons_per_case,
    }


def _public(table: Table) -> dict[str, Tree]:
    rows = {} if table.public_rows is None else {"rows": table.public_rows}
    source = {} if table.public_source is None else {"source": table.public_source}
    return {**rows, **source}


def _rule(rule: Rule) -> Tree:
    if isinstance(rule, Gate):
        where = {f"{rule.table}.{rule.gate}": list(rule.open_if)}
        return {"gate": f"{rule.table}.{rule.dependent}", "open_if": where}
    if isinstance(rule, Derived):
        mapping = {state: list(states) for state, states in rule.mapping}
        target, source = f"{rule.table}.{rule.target}", f"{rule.table}.{rule.source}"
        return {"derive": target, "from": source, "map": mapping}
    return {"forbid": {f"{rule.table}.{name}": list(states) for name, states in rule.conditions}}


def flow(tree: Tree) -> str:
    """Write a value on one line.

    Example:
        >>> flow({"values": ["XA", "NO"], "typical": 3})
        '{values: [XA, "NO"], typical: 3}'
    """
    if isinstance(tree, int):
        return str(tree).lower() if isinstance(tree, bool) else str(tree)
    if isinstance(tree, str):
        return scalar(tree)
    if not isinstance(tree, Mapping):
        return "[" + ", ".join(map(flow, tree)) + "]"
    return "{" + ", ".join(f"{scalar(key)}: {flow(value)}" for key, value in tree.items()) + "}"


def scalar(text: str) -> str:
    """Write text so that every reader of YAML takes it for this text."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
