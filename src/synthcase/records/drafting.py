"""A schema proposed from records, for the custodian to mend. It holds values: it stays inside."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from synthcase.errors import DataProblem, SchemaError, UsageError
from synthcase.records.boundary import values_hidden
from synthcase.records.linking import repeated
from synthcase.records.profiles import Profile, proposed
from synthcase.records.relations import MOST_PARENTS, Shape, guess_shapes
from synthcase.records.sources import open_source
from synthcase.records.tables import read_table
from synthcase.schema.dump import flow, scalar
from synthcase.schema.names import check_column_name, check_table_name
from synthcase.schema.nouns import UNITS, Table
from synthcase.schema.topics import topic_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from synthcase.records.sources import Source
    from synthcase.schema.dump import Tree

MARK = (
    "from your data: replace by your codebook, or approve by name and source (each value would be "
    "listed had any one person never been recorded)"
)
_HEAD = """\
# FOR THE CUSTODIAN ALONE. This proposal was read off your records and lists values that stand in
# them: do not send or publish it as it is. For every column marked `from_data`, take the values
# from a public codebook and remove the mark; or approve them, by adding
# `approved: {by: NAME, source: SOURCE}`, which says that each value would be listed had any one
# person never been recorded. Remove what you do not need. A release refuses marks without approval.
"""
# Stems of the words of names. A word of a name that is in a list of words is meant as a whole.
_PERSONS = (
    *("victim", "survivor", "traffick", "offender", "suspect", "perpetrator", "person", "witness"),
    *("individual", "beneficiar", "client", "migrant", "child", "auteur", "temoin", "patient"),
    *("student", "lecturer", "inhabitant", "member"),
)
_IDENTIFYING = (
    *("surname", "firstname", "lastname", "fullname", "nickname", "prenom", "alias", "phone"),
    *("telephon", "mobile", "address", "adress", "birth", "naissan", "passport", "passeport"),
    *("postcod", "postal", "iban", "latitud", "longitud", "photo", "signatur", "licen"),
)
_IDENTIFYING_WORDS = (
    *("name", "names", "nom", "noms", "email", "mail", "tel", "street", "rue", "zip", "dob", "ssn"),
    *("plate", "url", "ip", "lat", "lon", "lng", "gps", "identity", "account", "born"),
)
_FREE_TEXT = (
    *("narrat", "summar", "statement", "descri", "comment", "remark", "remarq", "freetext"),
    *("recit", "resume"),
)
_FREE_TEXT_WORDS = ("note", "notes", "story", "text", "texte", "detail", "details")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def draft(source: str | Path | Mapping[str, object], *, unit: str = "case") -> str:
    """Propose a schema for some records.

    Args:
        source: As in `read`.
        unit: The protected unit, `case` or `person`.

    Returns:
        YAML text, with comments, that `load_schema` reads. Keys, references and domains are
        guessed; each domain is marked `from_data`. Columns that look like free text or identify a
        person directly are left out and named in a comment; those that sound sensitive are
        commented out until somebody writes why they are needed.

    Raises:
        DataProblem: If no table can be read.
        FileProblem: If the source is none that can be read.
        UsageError: If the unit is no unit.

    Privacy:
        Lists values of real records. It is for the custodian alone, and says so in its first line.
    """
    if unit not in UNITS:
        raise UsageError("this is no protected unit", exists=", ".join(UNITS))
    opened = open_source(source)
    tables, left_out = _named_tables(opened)
    shapes = guess_shapes(tables, partial(_is_key, opened))
    keyless = [name for name, shape in shapes.items() if not shape.key]
    lost = _with_children(keyless, shapes)
    kept = {name: shapes[name] for name in _in_order(shapes) if name not in lost}
    if not kept:
        raise DataProblem(
            "no table with a key was found",
            expected="tables with lower-case names, each with a column that never repeats",
        )
    lines = [_HEAD.rstrip(), "synthcase: 1", "name: drafted", *_protect(kept, unit)]
    lines += [f"# left out: {line}" for line in left_out]
    lines += [
        f"# left out: table {name}: no key was found (or none of its parent)" for name in lost
    ]
    lines.append("tables:")
    for name, shape in kept.items():
        lines += _table(opened, name, shape, tables[name])
    return "\n".join(lines) + "\n"


def _is_key(source: Source, name: str, columns: Sequence[str]) -> bool:
    """Say whether some columns are whole and never repeat."""
    try:
        table = Table(name=name, key=tuple(columns))
    except SchemaError:
        return False
    keys = read_table(source, table, columns, ()).keys
    if keys is None or not len(keys.partial):
        return False
    return not (keys.partial.any() or repeated(keys).any())


def _named_tables(source: Source) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    tables: dict[str, tuple[str, ...]] = {}
    left_out = []
    for name in sorted(source.tables()):
        try:
            check_table_name(name)
        except SchemaError:
            left_out.append(f"table {scalar(name)}: rename it (lower-case letters, digits and _)")
            continue
        tables[name] = source.columns(name)
    return tables, left_out


def _with_children(lost: list[str], shapes: Mapping[str, Shape]) -> list[str]:
    """Return tables without a key, and all that refer to them."""
    found = list(lost)
    for name in found:
        found += [
            child
            for child, shape in shapes.items()
            if child not in found and name in dict(shape.parents)
        ]
    return found


def _in_order(shapes: Mapping[str, Shape]) -> list[str]:
    """Return the tables, first the root that most others stand below: its rows are the cases."""
    below = {name: _with_children([name], shapes) for name in shapes}
    depth = {name: sum(name in found for found in below.values()) for name in shapes}
    return sorted(shapes, key=lambda name: (depth[name] > 1, -len(below[name]), name))


def _protect(shapes: Mapping[str, Shape], unit: str) -> list[str]:
    persons = [
        name
        for name, shape in shapes.items()
        if len(shape.parents) < MOST_PARENTS
        and any(word.startswith(_PERSONS) for word in name.split("_"))
    ]
    if unit == "person" and not persons:
        persons = [next(name for name, shape in shapes.items() if not shape.parents)]
    form: Tree = {"unit": unit, "persons": {name: {"max_cases": 1} for name in persons}}
    return [
        "# Which tables hold persons? In how many cases can one person be, at most (max_cases)?",
        f"protect: {flow(form)}",
    ]


def _table(source: Source, name: str, shape: Shape, columns: Sequence[str]) -> list[str]:
    lines = [f"  {name}:", f"    key: {flow(list(shape.key))}"]
    if shape.parents:
        lines.append(
            "    # typical: the usual number of children of one parent, from public figures"
        )
    parents: list[Tree] = [
        {"table": parent, "by": by, "typical": 1, **({"order": shape.order} if shape.order else {})}
        for parent, by in shape.parents
    ]
    if len(parents) == 1:
        lines.append(f"    parent: {flow(parents[0])}")
    elif parents:
        lines += ["    parents:", *(f"      - {flow(parent)}" for parent in parents)]
    lines += [f"    # left out: {scalar(by)} refers to {to}" for to, by in shape.further]
    used = {*shape.key, *(by for _, by in (*shape.parents, *shape.further)), shape.order}
    kept = [column for column in columns if column not in used]
    body = _columns(kept, _profiles(source, name, kept))
    has_columns = any(not line.lstrip().startswith("#") for line in body)
    return [*lines, "    columns:" if has_columns else "    columns: {}", *body]


def _profiles(source: Source, table: str, columns: Sequence[str]) -> dict[str, Profile]:
    looked_at = [c for c in dict.fromkeys(columns) if columns.count(c) == 1 and not _why_not(c)]
    found = {column: Profile() for column in looked_at}
    if looked_at:
        import pyarrow.compute as pc

        with values_hidden(f"table {table}"):
            for batch in source.batches(table, looked_at):
                for column, profile in found.items():
                    profile.add(pc.fill_null(batch[column], ""))
    return found


def _columns(columns: Sequence[str], profiles: Mapping[str, Profile]) -> list[str]:
    lines = []
    for column in columns:
        if column not in profiles:
            reason = _why_not(column) or "its name is there twice"
            lines.append(f"      # left out: {scalar(column)}: {reason}")
            continue
        form = proposed(profiles[column])
        if isinstance(form, str):
            lines.append(f"      # left out: {scalar(column)}: {form}")
            continue
        marked = {**form, "from_data": True}
        topic = topic_of(column)
        lines.append(f"      # {MARK}")
        if topic is None:
            lines.append(f"      {scalar(column)}: {flow(marked)}")
            continue
        asked = {**marked, "topic": topic, "justification": ""}
        lines.append(
            f"      # sensitive ({topic.replace('_', ' ')}): write in `justification` why it is "
            "needed and remove the #, or delete the line"
        )
        lines.append(f"      # {scalar(column)}: {flow(asked)}")
    return lines


def _why_not(column: str) -> str | None:
    """Say why a column should be left out by its name alone."""
    try:
        check_column_name(column)
    except SchemaError:
        return "its name is not safe in files and spreadsheets"
    words = [word.lower() for word in _WORD.findall(column)]
    if any(word in _IDENTIFYING_WORDS or word.startswith(_IDENTIFYING) for word in words):
        return "its name says that it identifies a person"
    if any(word in _FREE_TEXT_WORDS or word.startswith(_FREE_TEXT) for word in words):
        return "its name says that it is free text"
    return None
