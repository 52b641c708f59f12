"""Plans and ledgers for reading, by people (the person's number first) and by machines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from synthcase.plans.fields import decimal_text

if TYPE_CHECKING:
    from rich.table import Table

    from synthcase.plans.nouns import Plan
    from synthcase.privacy.ledger import Ledger

__all__ = ["as_json", "ledger_json", "plan_lines", "plan_tables"]


def plan_tables(plan: Plan) -> list[Table]:
    """Return the promise and the expected errors as tables.

    Privacy:
        Reads no record.
    """
    return [_promise(plan), _errors(plan)]


def plan_lines(plan: Plan) -> list[str]:
    """Return what else a reader of the plan must know, a line each."""
    expected = ", ".join(f"{table}={rows}" for table, rows in plan.expected.items())
    size = f"{len(plan.tables)} tables, {plan.cells} noisy numbers"
    return [
        f"{size}; unit {plan.unit}, ε = {plan.epsilon}",
        f"Expected rows: {expected} ({plan.expected_source})",
        *(f"Not promised: {line}" for line in plan.not_protected),
        *(f"Remark: {line}" for line in plan.remarks),
    ]


def _table(title: str, *columns: str) -> Table:
    from rich import box
    from rich.table import Table as RichTable

    table = RichTable(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        text = name in {"who is protected", "question", "answer", "use"}
        table.add_column(name, justify="left" if text else "right", overflow="fold")
    return table


def _promise(plan: Plan) -> Table:
    table = _table(
        f"The promise (δ = {plan.delta})",
        "who is protected", "ε", "50 % sure becomes at most",
    )  # fmt: skip
    for line in plan.guarantees:
        table.add_row(
            line.who, decimal_text(line.epsilon, 2), f"{decimal_text(100 * line.belief, 1)} %",
        )  # fmt: skip
    return table


def _errors(plan: Plan) -> Table:
    table = _table(
        "Expected error of the main answers",
        "question", "answer", "rows in a typical cell", "90 % interval", "use",
    )  # fmt: skip
    for error in plan.errors:
        half_width = error.half_width
        table.add_row(
            error.question, error.answer, f"{error.typical:.0f}",
            "–" if half_width is None else f"± {decimal_text(half_width, 0)}", error.verdict,
        )  # fmt: skip
    return table


def as_json(value: object) -> str:
    """Return a value as indented JSON for machines."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def ledger_json(ledger: Ledger) -> str:
    """Return what a ledger says as JSON for machines.

    Privacy:
        Reads no record.
    """
    from synthcase.core.canonical import fraction_text
    from synthcase.privacy.budget import epsilon_text

    budget, head = ledger.budget, ledger.head
    left = {account: budget.cap - rho for account, rho in budget.spent().items()}
    return as_json(
        {
            "population": budget.population,
            "cap": {
                "epsilon": f"{float(budget.caps[-1].epsilon):g}",
                "rho": fraction_text(budget.cap),
            },
            "spent": {
                account: {"epsilon": epsilon_text(rho, up=True), "rho": fraction_text(rho)}
                for account, rho in budget.spent().items()
            },
            "left": {
                account: {"epsilon": epsilon_text(rho, up=False), "rho": fraction_text(rho)}
                for account, rho in left.items()
            },
            "looks": len(budget.reservations),
            "releases": [release.name for release in budget.releases],
            "head": {"line": head.seq + 1, "hash": head.hash, "words": head.words},
        }
    )
