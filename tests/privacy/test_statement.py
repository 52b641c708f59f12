from fractions import Fraction

from synthcase.privacy.accounting import epsilon_of
from synthcase.privacy.statement import statement


def test_a_new_ledger_says_whose_it_is_and_what_is_allowed(ledger):
    first, second, third = statement(ledger.budget)
    assert first == "Ledger of: all persons of the invented shelter"
    assert "ε = 4" in second
    assert "δ = 1/1000000" in second
    assert "A. Person" in second
    assert third == "Nothing has been spent."


def test_every_entry_is_told(busy_ledger):
    text = "\n".join(statement(busy_ledger.budget))
    for part in (
        "Cap raised to ε = 5",
        "B. Person",
        "a second year",
        "Account case",
        "Account victim",
        "first release",
        "answered",
        "paid, not answered yet",
        "release-1",
        "0c" * 32,
        "shown to the board",
    ):
        assert part in text


def test_what_was_spent_is_rounded_up_and_what_is_left_is_rounded_down(busy_ledger):
    line = next(x for x in statement(busy_ledger.budget) if x.startswith("Account victim"))
    spent, left = (Fraction(part.split("ε = ")[1].split()[0]) for part in line.split(";"))
    budget = busy_ledger.budget
    exact = budget.spent()["victim"]
    assert Fraction(epsilon_of(exact)) <= spent
    assert left <= Fraction(epsilon_of(budget.cap - exact))
