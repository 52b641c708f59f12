"""Computing a plan's promise again from its schema, so that nobody has to believe a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthcase.errors import SynthcaseError
from synthcase.planning.honesty import refuse_false_promise
from synthcase.privacy.accounting import epsilon_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthcase.plans.nouns import Plan

__all__ = ["promise_problems"]

_ROUNDING = 1e-6


def promise_problems(plan: Plan) -> Iterator[str]:
    """Compute every sensitivity, price and printed ε again, and say what differs.

    Args:
        plan: A plan that came from a file.

    Yields:
        A sentence for each difference; nothing if the promise is what the schema gives.

    Privacy:
        Reads no record.
    """
    try:
        refuse_false_promise(plan)
    except SynthcaseError as refused:
        yield refused.what
    for line in plan.guarantees:
        try:
            honest = epsilon_of(line.rho, delta=plan.delta)
        except SynthcaseError:
            honest = float("inf")
        # Far below the last printed digit, so that another version of the arithmetic may round.
        if line.epsilon < honest - _ROUNDING:
            yield f"the plan promises a smaller ε than its price gives: {line.who}"
