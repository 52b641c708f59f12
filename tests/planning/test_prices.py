from dataclasses import replace
from fractions import Fraction
from math import isqrt

import pytest

from neighbours import whole_plan
from small_schemas import BETWEEN, LINKED, PLAIN, SMALL, STUDENTS, TWO_ROOTS, schema_of
from synthcase.errors import SchemaError
from synthcase.planning import plan
from synthcase.planning.prices import BOTH, pointers, prices_of
from synthcase.plans.nouns import VOTE, PlannedTable
from synthcase.privacy.accounting import DELTA, belief, epsilon_of


def votes(*sigmas, root="case"):
    """Return tables of votes whose noise is so many votes."""
    return [
        PlannedTable(
            id=f"one_way/{root}.{at}", kind="one_way", axes=((root, "x"),), size=2, root=root,
            unit=VOTE, delta_squared={root: Fraction(VOTE**2)}, sigma=Fraction(sigma) * VOTE,
        )
        for at, sigma in enumerate(sigmas)
    ]  # fmt: skip


def weight_one(*tables, root="case"):
    """Return tables of rows from (σ, {person: Δ²})."""
    return [
        PlannedTable(
            id=f"one_way/{root}.{at}", kind="one_way", axes=((root, "x"),), size=2, root=root,
            unit=1, delta_squared={k: Fraction(v) for k, v in squares.items()},
            sigma=Fraction(sigma),
        )
        for at, (sigma, squares) in enumerate(tables)
    ]  # fmt: skip


def lines(schema, tables, unit):
    found = prices_of(schema, tables, unit=unit)
    assert len({price.who for price in found}) == len(found)
    return {price.who: price.rho for price in found}


def accounts(schema, tables, unit):
    return {
        price.account: price.rho for price in prices_of(schema, tables, unit=unit) if price.account
    }


# ρ of a case: 1/(2·2²) + 1/(2·4²) = 1/8 + 1/32
RHO = Fraction(5, 32)


class TestByCase:
    def test_every_line_by_hand(self):
        assert lines(PLAIN, votes(2, 4), "case") == {
            "a victim in one case": 2 * RHO,
            "a victim in 2 cases": 8 * RHO,
            "a victim in 3 cases": 18 * RHO,
            "a victim in 5 cases": 50 * RHO,
            "a victim recorded in the files of 2 custodians": 16 * RHO,
            "a victim recorded in the files of 3 custodians": 24 * RHO,
            "a trafficker in one case": 2 * RHO,
            "a trafficker in 2 cases": 8 * RHO,
            "a trafficker in 3 cases": 18 * RHO,
            "a trafficker in 5 cases": 50 * RHO,
            "a trafficker recorded in the files of 2 custodians": 36 * RHO,
            "a trafficker recorded in the files of 3 custodians": 54 * RHO,
            # in two cases as a victim and in three as a trafficker
            "a person who is victim and trafficker": 50 * RHO,
            "3 persons of one case together": 2 * RHO,
            "a case with all its rows": RHO,
            "a case with all its rows recorded in the files of 2 custodians": 2 * RHO,
            "a case with all its rows recorded in the files of 3 custodians": 3 * RHO,
        }

    def test_the_line_of_the_most_cases_is_charged(self):
        assert accounts(PLAIN, votes(2, 4), "case") == {
            "victim": 8 * RHO,
            "trafficker": 18 * RHO,
            BOTH: 50 * RHO,
            "case": RHO,
        }

    def test_where_the_cases_are_persons_a_person_is_a_whole_case(self):
        assert lines(STUDENTS, votes(2, 4, root="student"), "case") == {
            "a person with 2 rows of student": 4 * RHO,
            "a person with 2 rows of student recorded in the files of 2 custodians": 8 * RHO,
            "a person with 2 rows of student recorded in the files of 3 custodians": 12 * RHO,
        }

    def test_with_a_public_number_cases_are_exchanged_and_persons_move(self):
        schema = small(public={"case": 90})
        found = lines(schema, votes(2, 4), "case")
        assert found["a case exchanged for another, with all its rows"] == 2 * RHO
        assert found["a victim moved from one case to another"] == 8 * RHO
        assert found["a victim in one case"] == 2 * RHO

    def test_a_public_number_of_persons_is_kept_by_neighbours_too(self):
        schema = small(public={"victim": 90})
        assert accounts(schema, votes(2, 4), "case")["case"] == 2 * RHO

    def test_somebody_who_is_a_case_and_stands_in_others_is_both(self):
        schema = small(persons={"case": 2, "victim": 3})
        # (2 + 3√2)² is at most 2 · 5²
        assert accounts(schema, votes(2, 4), "case")[BOTH] == 50 * RHO


def small(**options):
    persons = options.pop("persons", {"victim": 1})
    return schema_of(
        {"case": {"x": 2}, "victim": {"up": "case", "a": 2}}, persons=persons, **options
    )


class TestByPerson:
    # Δ² / (2σ²): victims 1/8 + 9/32, traffickers 2/8
    TABLES = weight_one((2, {"victim": 1, "trafficker": 2}), (4, {"victim": 9}))
    VICTIM, TRAFFICKER = Fraction(13, 32), Fraction(1, 4)

    def test_every_line_by_hand(self):
        found = lines(PLAIN, self.TABLES, "person")
        both = found.pop("a person who is victim and trafficker")
        assert found == {
            "a victim in one case": self.VICTIM,
            "a victim in 2 cases": 4 * self.VICTIM,
            "a victim in 3 cases": 9 * self.VICTIM,
            "a victim in 5 cases": 25 * self.VICTIM,
            "a victim recorded in the files of 2 custodians": 8 * self.VICTIM,
            "a victim recorded in the files of 3 custodians": 12 * self.VICTIM,
            "a trafficker in one case": self.TRAFFICKER,
            "a trafficker in 2 cases": 4 * self.TRAFFICKER,
            "a trafficker in 3 cases": 9 * self.TRAFFICKER,
            "a trafficker in 5 cases": 25 * self.TRAFFICKER,
            "a trafficker recorded in the files of 2 custodians": 18 * self.TRAFFICKER,
            "a trafficker recorded in the files of 3 custodians": 27 * self.TRAFFICKER,
            "a case with 3 persons": 9 * self.VICTIM,
        }
        # (2·1 + 3·√2)²/8 + (2·3)²/32, the root rounded up
        exact_low = (4 + 18 + 12 * Fraction(isqrt(2 * 10**16), 10**8)) / 8 + Fraction(36, 32)
        assert exact_low < both < exact_low + Fraction(1, 10**4)

    def test_the_line_of_the_most_cases_is_charged(self):
        found = accounts(PLAIN, self.TABLES, "person")
        assert found.pop(BOTH) > 0
        assert found == {
            "victim": 4 * self.VICTIM,
            "trafficker": 9 * self.TRAFFICKER,
            "case": 9 * self.VICTIM,
        }

    def test_somebody_who_is_both_pays_whole_roots_exactly(self):
        tables = weight_one((1, {"victim": 1, "trafficker": 4}))
        # (2·1 + 3·2)² / 2
        assert accounts(PLAIN, tables, "person")[BOTH] == 32

    @pytest.mark.parametrize("table", ["case", "victim"])
    def test_a_public_number_costs_four_times_as_much(self, table):
        tables = weight_one((2, {"victim": 1}))
        assert accounts(small(public={table: 90}), tables, "person") == {
            "victim": Fraction(4, 8),
            "case": Fraction(9 * 4, 8),
        }

    def test_where_the_cases_are_persons_no_case_has_several(self):
        tables = weight_one((2, {"student": 1}), root="student")
        assert accounts(STUDENTS, tables, "person") == {"student": Fraction(4, 8)}


class TestSeveralRoots:
    SCHEMA = schema_of(
        {
            "case": {"x": 2},
            "victim": {"up": "case", "a": 2},
            "police": {"p": 2},
        },
        persons={"victim": 2, "police": 1},
    )

    def test_a_person_in_the_tables_of_two_trees_pays_for_both(self):
        tables = votes(2, 4) + votes(1, root="police")
        # 2·2²·5/32 in the one, 1/2 in the other
        assert accounts(self.SCHEMA, tables, "case")[BOTH] == 8 * RHO + Fraction(1, 2)
        tables = weight_one((2, {"victim": 1})) + weight_one((1, {"police": 1}), root="police")
        assert accounts(self.SCHEMA, tables, "person")[BOTH] == Fraction(4, 8) + Fraction(1, 2)

    def test_each_root_has_its_own_account(self):
        tables = votes(2, 4) + votes(1, root="police")
        found = accounts(self.SCHEMA, tables, "case")
        assert (found["case"], found["police"]) == (RHO, Fraction(1, 2))

    @pytest.mark.parametrize("number", [1, 3, 10])
    def test_a_row_that_others_point_to_changes_so_many_of_them(self, number):
        tables = votes(2, 4) + votes(1, root="shelter")
        found = lines(TWO_ROOTS, tables, "case")
        price = found[f"a shelter that {number} rows of stay point to"]
        assert price == Fraction(1, 2) + 2 * number**2 * RHO

    @pytest.mark.parametrize("number", [1, 3, 10])
    def test_with_weight_one_rows_each_may_be_replaced(self, number):
        made = whole_plan(TWO_ROOTS, "person")
        stays = {
            "rows/stay.": 1, "one_way/stay.s": 2, "one_way/stay.n": 2, "own/stay.s*stay.n": 2,
            "one_way/victim.#stay": 2, "own/victim.a*victim.#stay": 2,
            "ancestor/case.x*victim.#stay": 2,
            "sibling/stay.s*stay.s": 2, "sibling/stay.s*stay.n": 2, "agreement/stay.n*stay.n": 2,
            **{f"ancestor/{up}*stay.{a}": 2 for up in ("case.x", "victim.a") for a in "sn"},
        }  # fmt: skip
        assert stays.keys() <= made.by_id.keys()
        own = sum(table.rho("shelter") for table in made.tables if table.root == "shelter")
        pointing = sum(
            Fraction(square) / (2 * made.by_id[t].sigma ** 2) for t, square in stays.items()
        )
        price = lines(TWO_ROOTS, made.tables, "person")[
            f"a shelter that {number} rows of stay point to"
        ]
        assert 0 <= price - own - number**2 * pointing < Fraction(number**2 * len(stays), 2**40)

    def test_with_a_public_number_one_such_row_is_exchanged_for_another(self):
        schema = schema_of(
            {
                "case": {"x": 2},
                "stay": {"up": ("case", "shelter"), "s": 2},
                "shelter": {"k": 2},
            },
            persons={"case": 1},
            public={"shelter": 9},
        )
        found = lines(schema, votes(2, 4) + votes(1, root="shelter"), "case")
        assert found["a shelter that 1 rows of stay point to"] == 4 * (Fraction(1, 2) + 2 * RHO)

    def test_where_persons_stand_below_the_pointing_rows_there_is_no_price(self):
        schema = schema_of(
            {
                "case": {"x": 2},
                "stay": {"up": ("case", "shelter"), "s": 2},
                "victim": {"up": "stay", "a": 2},
                "shelter": {"k": 2},
            },
            persons={"victim": 1},
        )
        assert list(pointers(schema, unit="case")) == [("stay", "shelter", True)]
        assert list(pointers(schema, unit="person")) == [("stay", "shelter", False)]
        assert not [
            who for who in lines(schema, weight_one((2, {"victim": 1})), "person") if "point" in who
        ]

    def test_links_inside_a_tree_are_no_pointers(self):
        assert list(pointers(LINKED, unit="case")) == []
        assert list(pointers(BETWEEN, unit="person")) == []


def test_a_table_called_like_the_account_of_several_tables_is_refused():
    schema = schema_of(
        {"case": {"x": 2}, "both": {"up": "case", "a": 2}, "victim": {"up": "case", "a": 2}},
        persons={"both": 1, "victim": 1},
    )
    with pytest.raises(SchemaError, match="called both"):
        prices_of(schema, votes(2), unit="case")


def test_a_line_states_what_its_price_means():
    price = prices_of(PLAIN, votes(2, 4), unit="case")[1]
    line = price.guarantee(DELTA)
    assert (line.who, line.account, line.cases, line.files) == (
        "a victim in 2 cases",
        "victim",
        2,
        1,
    )
    assert line.rho == 8 * RHO
    assert line.epsilon == epsilon_of(8 * RHO)
    assert line.belief == belief(8 * RHO)


@pytest.mark.parametrize("unit", ["case", "person"])
@pytest.mark.parametrize("schema", SMALL.values(), ids=SMALL.keys())
class TestWholePlans:
    def test_prices_are_the_exact_sums_of_the_tables(self, schema, unit):
        made = whole_plan(schema, unit)
        expected = {}
        for person in schema.protect.persons:
            root = schema.path(person.table)[0]
            own = [table for table in made.tables if table.root == root]
            times = person.max_cases**2
            if unit == "case":
                times *= 1 if person.table == root else 2
            kind = person.table if unit == "person" else root
            expected[person.table] = times * sum(table.rho(kind) for table in own)
        charged = {account: rho for account, rho in made.prices.items() if account in expected}
        assert charged == expected

    def test_every_account_covers_what_the_tables_cost_it(self, schema, unit):
        made = whole_plan(schema, unit)
        for table in made.tables:
            assert table.delta_squared.keys() <= made.prices.keys()
        for account, rho in made.prices.items():
            assert rho >= sum(table.rho(account) for table in made.tables)

    def test_several_tables_cost_no_less_than_the_dearest_and_no_more_than_all_roots_together(
        self, schema, unit
    ):
        made = whole_plan(schema, unit)
        persons = [made.prices[person.table] for person in schema.protect.persons]
        if len(persons) > 1:
            assert max(persons) <= made.prices[BOTH] <= len(persons) ** 2 * max(persons)

    def test_every_price_is_a_line_of_the_promise_and_persons_come_first(self, schema, unit):
        made = whole_plan(schema, unit)
        lines_of = {line.account: line.rho for line in made.guarantees if line.account}
        assert lines_of == dict(made.prices)
        accounts_in_order = [line.account for line in made.guarantees if line.account]
        persons = [person.table for person in schema.protect.persons]
        first = [a for a in accounts_in_order if a in persons]
        assert accounts_in_order[: len(first)] == first


def test_the_case_with_the_most_persons_is_a_public_figure():
    made = plan(small(k=5), epsilon="1", unit="person")
    (line,) = [line for line in made.guarantees if line.who == "a case with 5 persons"]
    assert line.rho == 25 * made.prices["victim"]


def test_a_smaller_noise_costs_more():
    one, two = votes(2), [replace(votes(2)[0], sigma=Fraction(VOTE))]
    assert accounts(PLAIN, two, "case")["case"] == 4 * accounts(PLAIN, one, "case")["case"]
