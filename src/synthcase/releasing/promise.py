"""Computing a plan's promise again from its schema, so that nobody has to believe a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthcase.errors import SynthcaseError
from synthcase.planning import sensitivity
from synthcase.planning.candidates import Candidate
from synthcase.planning.prices import prices_of
from synthcase.privacy.accounting import epsilon_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthcase.plans.nouns import Plan, PlannedTable
    from synthcase.schema.nouns import Schema

__all__ = ["promise_problems"]

_ROUNDING = 1e-6


def promise_problems(plan: Plan) -> Iterator[str]:
    """Compute every sensitivity, price and printed ε again, exactly, and say what differs.

    Args:
        plan: A plan that came from a file.

    Yields:
        A sentence for each difference; nothing if the promise is what the schema gives.

    Privacy:
        Reads no record.
    """
    for table in plan.tables:
        if not _right_sensitivity(plan, table):
            yield f"the plan counts {table.id} at another sensitivity than the schema gives"
    lines = prices_of(plan.schema, plan.tables, unit=plan.unit)
    if dict(plan.prices) != {line.account: line.rho for line in lines if line.account}:
        yield "the plan charges other prices than its tables give"
    stated = [(g.who, g.account, g.cases, g.files, g.rho) for g in plan.guarantees]
    if stated != [(one.who, one.account, one.cases, one.files, one.rho) for one in lines]:
        yield "the plan promises something else than its prices give"
    for line in plan.guarantees:
        try:
            honest = epsilon_of(line.rho, delta=plan.delta)
        except SynthcaseError:
            honest = float("inf")
        # Far below the last printed digit, so that another version of the arithmetic may round.
        if line.epsilon < honest - _ROUNDING:
            yield f"the plan promises a smaller ε than its price gives: {line.who}"


def _right_sensitivity(plan: Plan, table: PlannedTable) -> bool:
    votes = _by_votes(plan.schema, table.root, plan.unit)
    candidate = Candidate(
        kind=table.kind, axes=table.axes, sizes=(), size=table.size, group=table.root
    )
    right = (sensitivity.votes if votes else sensitivity.weight_one)(plan.schema, candidate)
    return (table.unit > 1) is votes and dict(table.delta_squared) == right


def _by_votes(schema: Schema, root: str, unit: str) -> bool:
    """Say whether a tree is counted in votes: always for cases, and where nobody is a person."""
    persons = {schema.path(person.table)[0] for person in schema.protect.persons}
    return unit == "case" or root not in persons
