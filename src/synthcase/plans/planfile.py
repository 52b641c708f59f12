"""The text of a plan: canonical JSON whose hash names the plan, read back with every check."""

from __future__ import annotations

import re
from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from synthcase.core import canonical
from synthcase.core.canonical import fraction_text
from synthcase.errors import FileProblem, SynthcaseError
from synthcase.plans.fields import Fields, decimal_text
from synthcase.plans.nouns import KINDS, VOTE, ExpectedError, Guarantee, Plan, PlannedTable, cells
from synthcase.schema.layout import layout_of
from synthcase.schema.nouns import UNITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthcase.schema.layout import Layout
    from synthcase.schema.nouns import Schema

__all__ = ["FORMAT", "plan_bytes", "plan_from_bytes", "schema_from_text"]

FORMAT = "synthcase-plan"
VERSION = 1
SOURCES = ("given", "public", "assumed")
MAX_BYTES = 64 * 2**20
LONGEST_SCHEMA = 2**20

_EPSILON = re.compile(r"[0-9]{1,6}(\.[0-9]{1,12})?|[0-9]{1,12}/[1-9][0-9]{0,11}", re.ASCII)
_PLAN = (
    "format", "version", "schema_hash", "schema", "unit", "epsilon", "delta", "expected",
    "expected_source", "tables", "prices", "guarantees", "not_protected", "errors", "remarks",
)  # fmt: skip
_TABLE = ("id", "kind", "axes", "size", "root", "unit", "delta_squared", "sigma", "rho")
_GUARANTEE = ("who", "account", "cases", "files", "rho", "epsilon", "belief")
_ERROR = ("question", "answer", "half_width", "typical", "verdict")


def plan_bytes(plan: Plan) -> bytes:
    """Write a plan as canonical JSON: the same bytes for the same plan, on every machine.

    Args:
        plan: The plan.

    Returns:
        The content of `plan.json`. Exact figures are fractions "p/q", the others decimal texts,
        rounded up.

    Privacy:
        Reads no record.
    """
    return canonical.dumps(
        {
            "format": FORMAT,
            "version": VERSION,
            "schema_hash": plan.schema.hash,
            "schema": plan.schema.text,
            "unit": plan.unit,
            "epsilon": plan.epsilon,
            "delta": fraction_text(plan.delta),
            "expected": dict(plan.expected),
            "expected_source": plan.expected_source,
            "tables": [_table_fields(table) for table in plan.tables],
            "prices": _fraction_texts(plan.prices),
            "guarantees": [_guarantee_fields(line) for line in plan.guarantees],
            "not_protected": list(plan.not_protected),
            "errors": [_error_fields(error) for error in plan.errors],
            "remarks": list(plan.remarks),
        }
    )


def _fraction_texts(values: Mapping[str, Fraction]) -> dict[str, str]:
    return {name: fraction_text(value) for name, value in values.items()}


def _table_fields(table: PlannedTable) -> dict[str, object]:
    return {
        "id": table.id,
        "kind": table.kind,
        "axes": [list(axis) for axis in table.axes],
        "size": table.size,
        "root": table.root,
        "unit": table.unit,
        "delta_squared": _fraction_texts(table.delta_squared),
        "sigma": fraction_text(table.sigma),
        "rho": {kind: fraction_text(table.rho(kind)) for kind in table.delta_squared},
    }


def _guarantee_fields(line: Guarantee) -> dict[str, object]:
    return {
        "who": line.who,
        "account": line.account,
        "cases": line.cases,
        "files": line.files,
        "rho": fraction_text(line.rho),
        "epsilon": decimal_text(line.epsilon, 4),
        "belief": decimal_text(line.belief, 6),
    }


def _error_fields(error: ExpectedError) -> dict[str, object]:
    return {
        "question": error.question,
        "answer": error.answer,
        "half_width": None if error.half_width is None else decimal_text(error.half_width, 2),
        "typical": decimal_text(error.typical, 2),
        "verdict": error.verdict,
    }


def plan_from_bytes(data: bytes, *, what: str = "plan.json") -> Plan:
    """Read a plan and check every number that can be checked without records.

    Args:
        data: The content of a plan's file.
        what: The file's name, for messages.

    Returns:
        The plan; its hash is that of the file.

    Raises:
        FileProblem: It is damaged, was changed, or does not fit its own schema.

    Privacy:
        Reads no record.
    """
    value = canonical.loads(data, what=what, max_bytes=MAX_BYTES)
    fields = Fields(value, what, _PLAN)
    _check_format(fields)
    schema = schema_from_text(fields.long_text("schema", LONGEST_SCHEMA), what)
    _require(schema.hash == fields.hash("schema_hash"), what, "the hash of the schema inside")
    layout = layout_of(schema)
    plan = Plan(
        schema=schema,
        unit=fields.one_of("unit", UNITS),
        epsilon=fields.text("epsilon"),
        delta=fields.fraction("delta"),
        expected=fields.wholes("expected"),
        expected_source=fields.one_of("expected_source", SOURCES),
        tables=_tables(fields, layout),
        prices=fields.fractions("prices"),
        guarantees=tuple(_guarantee(item, what) for item in fields.items("guarantees")),
        not_protected=fields.texts("not_protected"),
        errors=tuple(_error(item, what) for item in fields.items("errors")),
        remarks=fields.texts("remarks"),
    )
    _check_promise(plan, what)
    _require(plan_bytes(plan) == data, what, "the canonical text of its own content")
    return plan


def schema_from_text(text: str, what: str) -> Schema:
    """Read the schema that stands inside another file, and refuse one that is not canonical.

    Args:
        text: The schema's canonical text.
        what: The name of the file around it, for messages.

    Raises:
        FileProblem: It is no valid schema, or another text of one.

    Privacy:
        Reads no record.
    """
    from synthcase.schema import load_schema

    # One line would be taken for a path.
    _require("\n" in text, what, "a schema in its canonical text")
    try:
        schema = load_schema(text)
    except SynthcaseError:
        raise _changed(what, "a valid schema inside") from None
    _require(schema.text == text, what, "a schema in its canonical text")
    return schema


def _check_format(fields: Fields) -> None:
    fields.one_of("format", [FORMAT])
    fields.whole("version", least=VERSION, most=VERSION)


def _require(holds: bool, what: str, expected: str) -> None:  # noqa: FBT001 - it reads as a claim
    if not holds:
        raise _changed(what, expected)


def _changed(what: str, expected: str) -> FileProblem:
    return FileProblem(
        f"{what} was changed, or is damaged.",
        expected=expected,
        todo="Take an unchanged copy, or make the plan again: synthcase plan",
    )


def _tables(fields: Fields, layout: Layout) -> tuple[PlannedTable, ...]:
    found = tuple(_table(item, fields.what, layout) for item in fields.items("tables"))
    _require(len({t.id for t in found}) == len(found), fields.what, "each table once")
    return found


def _table(value: object, what: str, layout: Layout) -> PlannedTable:
    fields = Fields(value, f"{what}, a table", _TABLE)
    kind = fields.one_of("kind", KINDS)
    axes = tuple(_axis(item, fields.what, layout) for item in fields.items("axes"))
    _require(1 <= len(axes) <= 3, fields.what, "one to three axes")
    sigma = fields.fraction("sigma")
    denominator = sigma.denominator
    _require(sigma > 0, fields.what, "noise above 0")
    _require(denominator & (denominator - 1) == 0, fields.what, "a dyadic fraction as noise")
    size = fields.whole("size", least=1)
    root = fields.one_of("root", [layout.path(axes[0][0])[0]])
    unit = fields.whole("unit", least=1)
    _require(unit in (1, VOTE), fields.what, "a unit of one row or one vote")
    whole = _size(kind, axes, layout, votes=unit > 1)
    _require(size == whole, fields.what, "a size that its axes give")
    table = PlannedTable(
        id=fields.text("id"), kind=kind, axes=axes, size=size, root=root, unit=unit,
        delta_squared=fields.fractions("delta_squared"), sigma=sigma,
    )  # fmt: skip
    rho = {name: table.rho(name) for name in table.delta_squared}
    _require(fields.fractions("rho") == rho, fields.what, "the price Δ²/(2σ²), rounded up")
    return table


def _axis(value: object, what: str, layout: Layout) -> tuple[str, str]:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(v, str) for v in value):
        table, name = value
        if table in layout.by_name and (not name or name in layout.by_name[table].index):
            return table, name
    raise _changed(what, "axes that the schema has")


def _size(kind: str, axes: tuple[tuple[str, str], ...], layout: Layout, *, votes: bool) -> int:
    """Return how many cells a table of this kind has; 0 if it cannot be."""
    if kind in ("ends", "met"):
        # the last axis names the link between the two ends, and has no cells
        if len(axes) != 3 or axes[2][1]:
            return 0
        axes = axes[:2]
    if len(axes) > 2 or kind == "rows" or not all(name for _, name in axes):
        return int(kind == "rows" and len(axes) == 1 and not axes[0][1])
    attributes = [layout.by_name[table].attribute(name) for table, name in axes]
    if (kind == "one_way") != (len(axes) == 1):
        return 0
    if kind in ("agreement", "met"):
        return attributes[0].values
    if kind == "sibling" and axes[0] == axes[1] and votes:
        return attributes[0].size * (attributes[0].size + 1) // 2
    return cells(tuple(attribute.size for attribute in attributes))


def _guarantee(value: object, what: str) -> Guarantee:
    fields = Fields(value, f"{what}, a guarantee", _GUARANTEE)
    return Guarantee(
        who=fields.text("who"),
        account=fields.optional("account", fields.text),
        cases=fields.whole("cases"),
        files=fields.whole("files"),
        rho=fields.fraction("rho"),
        epsilon=fields.number("epsilon"),
        belief=fields.number("belief"),
    )


def _error(value: object, what: str) -> ExpectedError:
    fields = Fields(value, f"{what}, an expected error", _ERROR)
    return ExpectedError(
        question=fields.text("question"),
        answer=fields.text("answer"),
        half_width=fields.optional("half_width", fields.number),
        typical=fields.number("typical"),
        verdict=fields.text("verdict"),
    )


def _check_promise(plan: Plan, what: str) -> None:
    """Check that no account is charged less than the tables cost it."""
    _require(bool(_EPSILON.fullmatch(plan.epsilon)), what, "an ε such as 4 or 0.5")
    _require(0 < plan.delta < 1, what, "a δ between 0 and 1")
    names = {table.name for table in plan.schema.tables}
    _require(set(plan.expected) <= names, what, "expected rows of tables of the schema")
    costs: dict[str, Fraction] = defaultdict(Fraction)
    for table in plan.tables:
        for kind in table.delta_squared:
            costs[kind] += table.rho(kind)
    for kind, cost in costs.items():
        _require(plan.prices.get(kind, Fraction(0)) >= cost, what, "prices that cover the tables")
    for line in plan.guarantees:
        _require(line.account is None or line.account in plan.prices, what, "accounts with a price")
        _require(line.rho >= 0 and 0 <= line.belief <= 1, what, "a promise that can be kept")
