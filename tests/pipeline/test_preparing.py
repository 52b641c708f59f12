from dataclasses import replace
from fractions import Fraction

import pytest

import handmade
from synthcase.errors import BudgetRefused, FileProblem, UsageError
from synthcase.pipeline.preparing import afford, open_ledger, paid_before

PLAN = handmade.handmade_plan()


def test_without_a_ledger_the_line_that_makes_one_is_shown():
    with pytest.raises(UsageError, match="synthcase ledger new LEDGER --population"):
        open_ledger(None)


def test_a_ledger_is_opened_by_its_folder(ledger, tmp_path):
    assert open_ledger(str(ledger.folder)).id == ledger.id
    assert open_ledger(ledger) is ledger
    with pytest.raises(FileProblem, match="synthcase ledger new"):
        open_ledger(tmp_path / "nothing")


def test_a_plan_that_is_too_dear_is_refused_and_nothing_spent(ledger):
    dear = replace(PLAN, prices={"case": Fraction(1, 10), "victim": Fraction(100)})
    with pytest.raises(BudgetRefused, match="victim"):
        afford(ledger, dear)
    afford(ledger, PLAN)
    assert ledger.reservations() == ()


def test_only_the_same_unfinished_job_goes_on(ledger):
    assert paid_before(ledger, PLAN, "one") is None
    first = ledger.reserve(PLAN.prices, plan_hash=PLAN.hash, purpose="one")
    assert paid_before(ledger, PLAN, "one") == first
    assert paid_before(ledger, PLAN, "two") is None
    assert paid_before(ledger, replace(PLAN, epsilon="3"), "one") is None
    ledger.journal(first, b"{}")
    assert paid_before(ledger, PLAN, "one") == first
    ledger.record_release("ab" * 32, name="r", reservation=first)
    assert paid_before(ledger, PLAN, "one") is None
