from fractions import Fraction

import pytest

from synthcase.privacy.ledger import Ledger

PLAN = "0a" * 32
OTHER_PLAN = "0b" * 32
PRICES = {"case": Fraction(1, 50), "victim": Fraction(1, 25)}


@pytest.fixture
def ledger(tmp_path):
    return Ledger.create(
        tmp_path / "ledger",
        population="all persons of the invented shelter",
        cap_epsilon="4",
        set_by="A. Person",
    )


@pytest.fixture
def busy_ledger(ledger):
    """Hold one entry of every kind, and an unanswered reservation."""
    first = ledger.reserve(PRICES, plan_hash=PLAN, purpose="first release")
    ledger.journal(first, b"[1,2]\n")
    ledger.record_release("0c" * 32, name="release-1", reservation=first)
    ledger.note("shown to the board")
    ledger.raise_cap("5", set_by="B. Person", reason="a second year")
    ledger.reserve(PRICES, plan_hash=OTHER_PLAN, purpose="second release")
    return ledger
