from dataclasses import replace
from fractions import Fraction

import pytest

import handmade
from synthcase.planning import plan
from synthcase.releasing.promise import promise_problems


@pytest.fixture(scope="module", params=["case", "person"])
def real(request):
    return plan(handmade.handmade_schema(), epsilon=2, unit=request.param)


def test_what_the_planner_says_is_what_the_schema_gives(real):
    assert list(promise_problems(real)) == []
    assert list(promise_problems(handmade.handmade_plan())) == []


def test_a_smaller_sensitivity_is_found_though_everything_else_fits(real):
    tables = list(real.tables)
    smaller = {kind: value / 4 for kind, value in tables[5].delta_squared.items()}
    tables[5] = replace(tables[5], delta_squared=smaller)
    assert list(promise_problems(replace(real, tables=tuple(tables))))


def test_other_prices_are_found(real):
    for account in real.prices:
        cheaper = {**real.prices, account: real.prices[account] / 2}
        assert list(promise_problems(replace(real, prices=cheaper)))


def test_a_smaller_number_beside_the_right_price_is_found(real):
    first, *rest = real.guarantees
    better = replace(real, guarantees=(replace(first, epsilon=first.epsilon - 0.01), *rest))
    assert list(promise_problems(better)) == [
        f"the plan promises a smaller ε than its price gives: {first.who}"
    ]


def test_a_price_beyond_all_arithmetic_is_no_crash(real):
    first, *rest = real.guarantees
    huge = replace(real, guarantees=(replace(first, rho=Fraction(10**9)), *rest))
    assert any("smaller ε" in problem for problem in promise_problems(huge))
