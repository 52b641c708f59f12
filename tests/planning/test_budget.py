from fractions import Fraction
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neighbours import whole_plan
from small_schemas import SMALL, schema_of
from synthcase.errors import UsageError
from synthcase.planning import plan
from synthcase.planning.budget import SHARES, Weighted, allot, one_way_share
from synthcase.planning.candidates import Candidate
from synthcase.plans.nouns import RHO_GRID, VOTE
from synthcase.privacy.accounting import rho_of


def table(name, *, kind="one_way", size=2, mass=1e6, unit=1, **squares):
    axes = (("victim", name),) if kind == "one_way" else (("victim", name), ("victim", "b"))
    candidate = Candidate(kind=kind, axes=axes, sizes=(size,), size=size, group=kind)
    return Weighted(candidate, mass, {k: Fraction(v) for k, v in squares.items()}, unit)


def spent(tables, sigmas, kind):
    return sum(
        item.delta_squared.get(kind, 0) / (2 * sigmas[item.candidate.id] ** 2) for item in tables
    )


class TestOneWayShare:
    def test_it_is_a_tenth_where_one_ways_are_sharp_anyway(self):
        assert one_way_share([table("a", victim=1)], 1.0) == 0.1

    def test_it_is_all_where_one_ways_are_all_that_can_be_told(self):
        assert one_way_share([table("a", victim=1, mass=10)], 0.01) == 1.0

    def test_between_it_is_the_expected_error_over_twelve_hundredths(self):
        items = [table("a", victim=1, mass=100, size=3), table("b", victim=1, mass=100, size=5)]
        # √(2/π) · cells · √(2 tables / 2ρ) / (2 · mass), averaged over both
        expected = (2 / 3.141592653589793) ** 0.5 * 4 * 2**0.5 * 0.5**0.5 / 200 / 0.12
        assert 0.1 < expected < 0.8
        assert isclose(one_way_share(items, 1.0), expected)

    def test_votes_count_in_votes(self):
        rows = [table("a", victim=1, mass=100, size=30)]
        votes = [table("a", victim=VOTE**2, mass=100, size=30, unit=VOTE)]
        assert isclose(one_way_share(rows, 1.0), one_way_share(votes, 1.0))

    def test_a_schema_without_columns_has_none(self):
        assert one_way_share([], 1.0) == 1.0


class TestAllot:
    @given(
        squares=st.lists(
            st.tuples(st.integers(0, 40), st.integers(0, 40)).filter(any), min_size=1, max_size=9
        ),
        rho=st.fractions("1/1000", 4, max_denominator=10**6),
    )
    def test_no_kind_of_person_pays_more_and_the_first_to_pay_all_pays_all(self, squares, rho):
        tables = [
            table(f"t{at}", **{k: v for k, v in (("victim", one), ("trafficker", two)) if v})
            for at, (one, two) in enumerate(squares)
        ]
        sigmas = allot(tables, rho)
        paid = [spent(tables, sigmas, kind) for kind in ("victim", "trafficker")]
        assert max(paid) <= rho
        assert max(paid) >= rho * Fraction(9, 10)

    def test_each_kind_of_person_pays_all_it_has_where_tables_concern_it_alone(self):
        tables = [
            table("a", victim=1),
            table("b", victim=9, trafficker=2),
            table("c", trafficker=1),
            table("d", child=4),
        ]
        sigmas = allot(tables, Fraction(1, 10))
        for kind in ("victim", "trafficker", "child"):
            assert Fraction(999, 10000) <= spent(tables, sigmas, kind) <= Fraction(1, 10)

    def test_prices_rounded_up_one_by_one_still_add_up_to_no_more(self):
        tables = [table(f"t{n}", victim=1, mass=1e9) for n in range(500)]
        rho = Fraction(1, 10**7)
        sigmas = allot(tables, rho)
        rounded = [
            -(-item.worst * RHO_GRID // (2 * sigmas[item.candidate.id] ** 2)) for item in tables
        ]
        assert sum(rounded) <= rho * RHO_GRID

    def test_too_little_for_so_many_tables_is_refused(self):
        tables = [table(f"t{n}", victim=1, mass=1e9) for n in range(500)]
        with pytest.raises(UsageError, match="too small"):
            allot(tables, Fraction(500, RHO_GRID))

    def test_pairs_get_nothing_where_one_ways_need_all(self):
        tables = [table("a", victim=1, mass=10), table("a", kind="own", victim=1, mass=10)]
        assert allot(tables, Fraction(1, 100)).keys() == {"one_way/victim.a"}

    def test_a_larger_table_gets_more_and_a_sharper_one_less(self):
        tables = [table("a", victim=1, size=2), table("b", victim=1, size=20)]
        sigmas = allot(tables, Fraction(1))
        assert sigmas["one_way/victim.b"] < sigmas["one_way/victim.a"]

    @pytest.mark.parametrize("unit", [1, VOTE])
    def test_noise_is_a_dyadic_fraction_and_whole_for_votes(self, unit):
        (sigma,) = allot([table("a", victim=unit**2, unit=unit)], Fraction(1, 7)).values()
        assert sigma.denominator & (sigma.denominator - 1) == 0
        assert sigma.denominator <= (1 if unit > 1 else 2**10)
        assert Fraction(float(sigma)) == sigma

    def test_no_tables_need_no_noise(self):
        assert allot([], Fraction(1)) == {}

    def test_every_kind_of_table_has_a_share(self):
        kinds = {t.kind for s in SMALL.values() for t in whole_plan(s, "case").tables}
        assert kinds == {*SHARES, "one_way"}


EPSILONS = ["0.02", "0.5", "4", "8"]


@pytest.mark.parametrize("epsilon", EPSILONS)
@pytest.mark.parametrize("schema", SMALL.values(), ids=SMALL.keys())
@pytest.mark.parametrize("unit", ["case", "person"])
def test_plans_spend_all_of_the_budget_and_never_more(schema, epsilon, unit):
    made = plan(schema, epsilon=epsilon, unit=unit, expect={t.name: 10**6 for t in schema.measured})
    rho = rho_of(epsilon)
    for root in schema.roots:
        tables = [table for table in made.tables if table.root == root.name]
        kinds = {kind for table in tables for kind in table.delta_squared}
        paid = {kind: sum(table.rho(kind) for table in tables) for kind in kinds}
        assert max(paid.values()) <= rho
        # the account of children below victims may be left with some, since victims pay for all
        full = kinds - {"child"}
        assert all(paid[kind] >= rho * Fraction(99, 100) for kind in full)


def test_a_plan_of_very_many_tables_at_a_small_epsilon_costs_no_more_than_it_says():
    schema = schema_of({"case": {f"c{n}": 2 for n in range(40)}}, persons={"case": 1})
    made = plan(schema, epsilon="0.05", unit="person", expect={"case": 10**9})
    assert len(made.tables) > 800
    assert sum(table.rho("case") for table in made.tables) <= rho_of("0.05")
