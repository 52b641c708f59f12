import pytest

import handmade
from synthcase.cli.spending import consent, spending_lines
from synthcase.cli.talk import Talk
from synthcase.errors import BudgetRefused
from synthcase.privacy.budget import epsilon_text
from synthcase.privacy.ledger import Ledger

PLAN = handmade.handmade_plan()


@pytest.fixture
def ledger(tmp_path):
    return Ledger.create(tmp_path / "l", population="p", cap_epsilon="20", set_by="x")


def test_what_is_spent_stands_beside_what_is_left(ledger):
    lines = spending_lines(PLAN, ledger)
    assert len(lines) == len(PLAN.prices)
    price = epsilon_text(PLAN.prices["victim"], up=True)
    assert lines[0] == f"  victim: this spends ε = {price} of 19.999 left"


def test_without_a_terminal_nobody_is_asked(ledger, capsys):
    consent(PLAN, ledger, None, talk=Talk(), yes=False)
    said = capsys.readouterr()
    assert "victim: this spends" in said.err
    assert said.out == ""


def test_a_no_spends_nothing(ledger, terminal):
    terminal("n\n")
    with pytest.raises(BudgetRefused, match="nothing was spent"):
        consent(PLAN, ledger, None, talk=Talk(), yes=False)


def test_whoever_is_asked_is_told_the_price_even_if_quiet(ledger, terminal, capsys):
    terminal("y\n")
    consent(PLAN, ledger, None, talk=Talk(quiet=True), yes=False)
    assert "victim: this spends" in capsys.readouterr().err


def test_a_yes_goes_on(ledger, terminal):
    terminal("y\n")
    consent(PLAN, ledger, None, talk=Talk(), yes=False)


def test_a_yes_given_beforehand_needs_no_question(ledger, terminal):
    terminal("")
    consent(PLAN, ledger, None, talk=Talk(), yes=True)


def test_what_was_paid_for_is_not_asked_again(ledger, terminal, capsys):
    terminal("n\n")
    paid = ledger.reserve(PLAN.prices, plan_hash=PLAN.hash, purpose="p")
    consent(PLAN, ledger, paid, talk=Talk(), yes=False)
    assert f"Paid for on {paid.day}" in capsys.readouterr().err
