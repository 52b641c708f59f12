"""The datasheet: the page a receiver reads first, as the README of the release."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

from synthcase.plans.fields import decimal_text
from synthcase.privacy.words import head_words
from synthcase.releasing.codebook import codebook
from synthcase.sampling.keys import PREFIX
from synthcase.schema.names import MISSING_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthcase.model.nouns import Model
    from synthcase.plans.nouns import ExpectedError, Guarantee, Measurements, Plan
    from synthcase.schema.nouns import Schema

__all__ = ["DATASHEET_FILE", "datasheet", "markdown"]

DATASHEET_FILE = "README.md"

_MARKED = re.compile(r"([\\`*\[\]|])")
_SOURCES = {
    "given": "figures given by the custodian, public or rounded",
    "public": "public figures",
    "assumed": "figures assumed for want of better ones",
}


def markdown(text: object) -> str:
    r"""Return a text so that Markdown shows it as it is, in a table too.

    Example:
        >>> markdown("a|b <i>")
        'a\\|b &lt;i&gt;'
    """
    plain = " ".join(str(text).split())
    marked = _MARKED.sub(r"\\\1", plain.replace("&", "&amp;"))
    return marked.replace("<", "&lt;").replace(">", "&gt;")


def datasheet(
    measurements: Measurements,
    model: Model,
    rows: Mapping[str, int],
    *,
    seed: int,
    version: str,
    purpose: str = "",
) -> str:
    """Write the page for the receiver of a release.

    Args:
        measurements: What the release was made from.
        model: The model.
        rows: Released rows by table.
        seed: Seed of the sampling.
        version: Version of synthcase.
        purpose: What the release is for, in the custodian's words.

    Returns:
        Markdown.

    Privacy:
        Post-processing of Measurements; there is no way in for a record.
    """
    import jinja2

    plan = measurements.plan
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        finalize=markdown,
        # Markdown is not HTML: `finalize` escapes every value for it, angle brackets included.
        autoescape=False,  # noqa: S701
    )
    source = files("synthcase.releasing").joinpath("templates/datasheet.md.j2")
    template = environment.from_string(source.read_text(encoding="utf-8"))
    return template.render(
        **_about(measurements, rows, seed=seed, version=version),
        **_promise(plan),
        **_structure(plan, rows),
        purpose=purpose,
        fit=", ".join(f"{kind} {value:.2f}" for kind, value in model.report.chi_squared.items()),
    )


def _about(
    measurements: Measurements, rows: Mapping[str, int], *, seed: int, version: str
) -> dict[str, object]:
    plan, entry = measurements.plan, measurements.entry
    schema = plan.schema
    roots = " and ".join(f"{rows.get(t.name, 0)} invented rows of {t.name}" for t in schema.roots)
    return {
        "name": schema.name,
        "key_prefix": PREFIX,
        "root_rows": roots,
        "version": version,
        "seed": seed,
        "ledger_line": entry.sequence + 1,
        "ledger_id": entry.ledger[:12],
        "ledger_words": head_words(entry.head),
        "citation": f"{schema.name}: synthetic case records, made with synthcase {version} "
        f"(plan {plan.hash[:12]}, ledger line {entry.sequence + 1}).",
    }


def _promise(plan: Plan) -> dict[str, object]:
    return {
        "headline": [_headline(line) for line in plan.guarantees if line.account],
        "guarantees": [_guarantee(line) for line in plan.guarantees],
        "delta": str(plan.delta),
        "epsilon": plan.epsilon,
        "unit": plan.unit,
        "tables": len(plan.tables),
        "prices": [
            (line.account, f"{float(plan.prices[line.account]):.6g}")
            for line in plan.guarantees
            if line.account
        ],
        "not_protected": plan.not_protected,
        "expected": ", ".join(f"{number} rows of {name}" for name, number in plan.expected.items()),
        "expected_source": _SOURCES[plan.expected_source],
        "errors": [_error(error) for error in plan.errors],
        "remarks": plan.remarks,
    }


def _headline(line: Guarantee) -> str:
    return (
        f"For {line.who}: ε = {decimal_text(line.epsilon, 2)}. Somebody who is 50 % sure of their "
        f"presence can become at most {_percent(line.belief)} sure."
    )


def _guarantee(line: Guarantee) -> dict[str, object]:
    return {
        "who": line.who,
        "epsilon": decimal_text(line.epsilon, 2),
        "belief": _percent(line.belief),
    }


def _percent(share: float) -> str:
    return f"{decimal_text(100 * share, 1)} %"


def _error(error: ExpectedError) -> dict[str, object]:
    half_width = error.half_width
    return {
        "question": error.question,
        "answer": error.answer,
        "typical": f"{error.typical:.0f}",
        "half_width": "–" if half_width is None else f"± {decimal_text(half_width, 0)}",
        "verdict": error.verdict,
    }


def _structure(plan: Plan, rows: Mapping[str, int]) -> dict[str, object]:
    schema = plan.schema
    return {
        "tables_in_words": [
            {
                "name": table.name,
                "rows": table.rows,
                "told": " ".join(table.keys),
                "columns": table.columns,
            }
            for table in codebook(schema, rows, links=plan.links)
        ],
        "missing_suffix": MISSING_SUFFIX,
        "links": list(_links(schema, plan.links)),
        "orders": list(_orders(schema)),
        "sensitive": list(_sensitive(schema)),
    }


def _links(schema: Schema, learned: frozenset[str]) -> Iterator[str]:
    for table in schema.measured:
        if len(table.parents) < 2:
            continue
        first, second = table.parents
        if table.name in learned:
            yield (
                f"{table.name}: which {second.table} goes with which {first.table} of one "
                f"{schema.path(first.table)[-2]} was learned; that a {second.table} has several is "
                "not."
            )
        else:
            yield (
                f"{table.name}: the row was modelled as a child of {first.table}. Which row of "
                f"{second.table} it points to was filled at random, no pair twice. So nothing can "
                f"be learned here about which {second.table} goes with which {first.table}."
            )


def _orders(schema: Schema) -> Iterator[str]:
    for table in schema.measured:
        for parent in table.parents:
            if parent.order:
                yield (
                    f"{table.name}: {parent.order} is a place from 1 on. What follows on what was "
                    "not modelled, so the order of the rows means nothing."
                )


def _sensitive(schema: Schema) -> Iterator[str]:
    for table in schema.tables:
        for column in table.columns:
            if column.topic:
                yield (
                    f"{table.name}.{column.name} ({column.topic.replace('_', ' ')}): "
                    f"{column.justification}"
                )
