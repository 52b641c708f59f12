"""A plan that somebody sent is believed only where this version would have stated the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from synthcase.errors import UsageError
from synthcase.planning.planner import plan as make_plan
from synthcase.planning.prices import prices_of
from synthcase.privacy.accounting import DELTA, rho_of

if TYPE_CHECKING:
    from synthcase.plans.nouns import Plan

__all__ = ["refuse_false_promise"]


def refuse_false_promise(plan: Plan) -> None:
    """Refuse a plan whose sensitivities, prices or promise do not follow from its own schema.

    A plan is a file, and may come from somebody who wants to know what is in the records: a small
    Δ² makes little noise look dear. So everything but σ is worked out again. σ may differ, since
    the last digit of a root differs between machines; its price is checked.

    Args:
        plan: The plan.

    Raises:
        UsageError: It states something that this version of synthcase would not state.

    Privacy:
        Reads no record.
    """
    for fault in _faults(plan):
        raise UsageError(
            f"The plan promises what it does not keep: {fault}.",
            expected="the tables, sensitivities and prices that its own schema gives",
            todo="Make the plan again from the schema: synthcase plan",
        )


def _faults(plan: Plan) -> Iterator[str]:
    if plan.delta != DELTA:
        yield "it states its ε at another δ"
    honest = make_plan(plan.schema, epsilon=plan.epsilon, expect=plan.expected, unit=plan.unit)
    spent: dict[str, Fraction] = defaultdict(Fraction)
    for table in plan.tables:
        ours = honest.by_id.get(table.id)
        if ours is None or replace(table, sigma=ours.sigma) != ours:
            yield f"table {table.id[:100]} has another sensitivity, or is never counted"
            return
        for kind in table.delta_squared:
            spent[kind] += table.rho(kind)
    if any(rho > rho_of(plan.epsilon) for rho in spent.values()):
        yield "its tables cost more than its ε"
    prices = prices_of(plan.schema, plan.tables, unit=plan.unit)
    if dict(plan.prices) != {price.account: price.rho for price in prices if price.account}:
        yield "its prices are not those of its tables"
    stated = {(line.who, line.account, line.rho) for line in plan.guarantees}
    if not {(price.who, price.account, price.rho) for price in prices} <= stated:
        yield "it leaves out a line of the promise"
