from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthcase.errors import BudgetRefused
from synthcase.privacy.accounting import epsilon_of, rho_of
from synthcase.privacy.budget import Budget, Cap, check_fits, epsilon_text, totals
from synthcase.privacy.reservation import checked_prices, sealed

CAP = rho_of("4")
amounts = st.fractions(Fraction(1, 1000), Fraction(3, 10), max_denominator=1000)
prices = st.dictionaries(st.sampled_from(["case", "victim", "both"]), amounts, min_size=1)


def budget(*looks, cap="4"):
    made = tuple(
        sealed(
            ledger="0a" * 32,
            seq=number,
            line_hash="0b" * 32,
            said={"plan": "0c" * 32, "purpose": "a release", "day": "2026-11-24"},
            prices=checked_prices(look),
        )
        for number, look in enumerate(looks, start=1)
    )
    cap = Cap(Fraction(cap), rho_of(cap), "A. Person", "", "2026-11-24")
    return Budget("all persons", (cap,), made, {}, (), ())


@given(st.lists(prices, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_looks_never_changes_what_is_spent(looks, randomness):
    mixed = list(looks)
    randomness.shuffle(mixed)
    assert budget(*looks).spent() == budget(*mixed).spent()


@given(prices, prices)
def test_prices_fit_exactly_when_no_account_goes_above_the_cap(first, second):
    sums = totals([checked_prices(first), checked_prices(second)])
    over = [account for account in second if sums[account] > CAP]
    if over:
        with pytest.raises(BudgetRefused) as caught:
            check_fits(budget(first), checked_prices(second))
        assert all(f"'{account}'" in str(caught.value) for account in over)
    else:
        check_fits(budget(first), checked_prices(second))


def test_the_last_crumb_fits_and_nothing_more():
    crumb = Fraction(1, 10**30)
    spent = budget({"case": CAP - crumb})
    check_fits(spent, checked_prices({"case": crumb}))
    with pytest.raises(BudgetRefused):
        check_fits(spent, checked_prices({"case": crumb + Fraction(1, 10**60)}))


def test_thirds_add_up_to_a_whole():
    third = {"case": CAP / 3}
    check_fits(budget(third, third), checked_prices(third))


def test_a_refusal_names_what_was_asked_what_is_left_and_what_fits():
    asked = checked_prices({"case": Fraction(1, 100), "victim": Fraction(1, 10)})
    with pytest.raises(BudgetRefused) as caught:
        check_fits(budget({"victim": Fraction(3, 10)}), asked)
    message = str(caught.value)
    assert "account 'victim'" in message
    assert "'case'" not in message
    assert "ε = 2.142" in caught.value.came
    fits = caught.value.expected.split()[5]
    assert fits in caught.value.todo
    assert "ε = 4" in caught.value.exists


@given(st.fractions(Fraction(1, 100), Fraction(99, 100)))
@settings(max_examples=10)
def test_what_is_said_to_fit_does_fit(share):
    spent = budget({"case": share * CAP})
    with pytest.raises(BudgetRefused) as caught:
        check_fits(spent, checked_prices({"case": CAP}))
    fits = caught.value.todo.split("at most ")[1].split()[0]
    check_fits(spent, checked_prices({"case": rho_of(fits)}))


def test_an_empty_account_is_told_as_such():
    with pytest.raises(BudgetRefused, match="Nothing more can be measured about 'case'"):
        check_fits(budget({"case": CAP}), checked_prices({"case": Fraction(1)}))


def test_a_price_beyond_all_epsilons_is_refused_too():
    with pytest.raises(BudgetRefused, match="more than 1000"):
        check_fits(budget(), checked_prices({"case": Fraction(10**9)}))


@given(st.fractions(0, 100))
def test_a_printed_epsilon_is_rounded_in_the_direction_that_is_asked_for(rho):
    exact = Fraction(epsilon_of(rho))
    assert Fraction(epsilon_text(rho, up=False)) <= exact <= Fraction(epsilon_text(rho, up=True))
    assert Fraction(epsilon_text(rho, up=True)) - exact < Fraction(1, 1000)
