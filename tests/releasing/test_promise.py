from dataclasses import replace
from fractions import Fraction

import pytest

import handmade
from synthcase.planning import plan
from synthcase.plans.nouns import VOTE
from synthcase.releasing.promise import promise_problems


@pytest.fixture(scope="module", params=["case", "person"])
def real(request):
    return plan(handmade.handmade_schema(), epsilon=2, unit=request.param)


def with_table(made, at=5, **changes):
    tables = list(made.tables)
    tables[at] = replace(tables[at], **changes)
    return replace(made, tables=tuple(tables))


def test_what_the_planner_says_is_what_the_schema_gives(real):
    assert list(promise_problems(real)) == []
    assert list(promise_problems(handmade.handmade_plan())) == []


def test_a_smaller_sensitivity_is_found_though_everything_else_fits(real):
    table = real.tables[5]
    smaller = {kind: value / 4 for kind, value in table.delta_squared.items()}
    problems = list(promise_problems(with_table(real, delta_squared=smaller)))
    assert f"the plan counts {table.id} at another sensitivity than the schema gives" in problems


def test_another_unit_of_counting_is_found(real):
    unit = 1 if real.unit == "case" else VOTE
    assert any("another sensitivity" in p for p in promise_problems(with_table(real, unit=unit)))


def test_other_prices_are_found(real):
    for account in real.prices:
        cheaper = {**real.prices, account: real.prices[account] / 2}
        assert list(promise_problems(replace(real, prices=cheaper))) == [
            "the plan charges other prices than its tables give"
        ]
    free = {k: v for k, v in real.prices.items() if k != "victim"}
    assert list(promise_problems(replace(real, prices=free)))


def test_other_words_and_smaller_numbers_are_found(real):
    first, *rest = real.guarantees
    for change in ({"who": "everybody"}, {"rho": first.rho / 2}, {"cases": 9}):
        other = replace(real, guarantees=(replace(first, **change), *rest))
        assert "the plan promises something else than its prices give" in promise_problems(other)
    better = replace(real, guarantees=(replace(first, epsilon=first.epsilon - 0.01), *rest))
    assert list(promise_problems(better)) == [
        f"the plan promises a smaller ε than its price gives: {first.who}"
    ]
    fewer = replace(real, guarantees=tuple(rest))
    assert list(promise_problems(fewer))


def test_a_price_beyond_all_arithmetic_is_no_crash(real):
    first, *rest = real.guarantees
    huge = replace(real, guarantees=(replace(first, rho=Fraction(10**9)), *rest))
    assert any("smaller ε" in problem for problem in promise_problems(huge))
