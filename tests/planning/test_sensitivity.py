"""The bounds by hand; `properties/test_sensitivity.py` tries every neighbour."""

from fractions import Fraction

import pytest

from neighbours import whole_plan
from small_schemas import BETWEEN, DEEP, KINSHIP, LINKED, NESTED, PLAIN, SMALL, STUDENTS, TWO_ROOTS
from synthcase.planning.sensitivity import of_one_row, votes, weight_one
from synthcase.plans.nouns import VOTE


def squares(schema, table):
    return dict(whole_plan(schema, "person").by_id[table].delta_squared)


@pytest.mark.parametrize("schema", SMALL.values(), ids=SMALL.keys())
def test_a_table_of_votes_moves_by_one_vote_of_its_root(schema):
    for table in whole_plan(schema, "case").tables:
        assert votes(schema, table) == {schema.path(table.axes[0][0])[0]: Fraction(VOTE**2)}


@pytest.mark.parametrize(
    ("schema", "table", "expected"),
    [
        # one row, whoever leaves
        (PLAIN, "rows/victim.", {"victim": 1}),
        (PLAIN, "own/victim.a*victim.n", {"victim": 1}),
        (PLAIN, "ancestor/case.x*victim.a", {"victim": 1}),
        # a case vanishes with its last person, or one of its counts changes
        (PLAIN, "rows/case.", {"victim": 1, "trafficker": 1}),
        (PLAIN, "one_way/case.x", {"victim": 1, "trafficker": 1}),
        (PLAIN, "one_way/case.#victim", {"victim": 2, "trafficker": 1}),
        (PLAIN, "own/case.#victim*case.#trafficker", {"victim": 2, "trafficker": 2}),
        # the chain of siblings
        (PLAIN, "sibling/victim.a*victim.a", {"victim": 3}),
        (PLAIN, "agreement/victim.n*victim.n", {"victim": 1}),
        (PLAIN, "agreement/victim.n*victim.m", {"victim": 2}),
        # one pair a case
        (PLAIN, "co_child/victim.a*trafficker.r", {"victim": 2, "trafficker": 2}),
        (PLAIN, "agreement/victim.n*trafficker.n", {"victim": 1, "trafficker": 1}),
        # rows she owns, cut to 2 and 3
        (DEEP, "rows/exploitation.", {"victim": 4}),
        (DEEP, "one_way/journey_leg.s", {"victim": 9}),
        (DEEP, "one_way/journey_leg.#fare", {"victim": 9}),
        (DEEP, "one_way/victim.#journey_leg", {"victim": 1}),
        (DEEP, "sibling/journey_leg.s*journey_leg.s", {"victim": 4}),
        (DEEP, "agreement/exploitation.n*exploitation.m", {"victim": 1}),
        (DEEP, "co_child/exploitation.t*journey_leg.s", {"victim": 1}),
        # rows of the case alone
        (DEEP, "one_way/site.k", {"victim": 4}),
        (DEEP, "one_way/visit.v", {"victim": 16}),
        (DEEP, "one_way/case.#site", {"victim": 1}),
        (DEEP, "sibling/site.k*site.k", {"victim": 1}),
        (DEEP, "sibling/visit.v*visit.v", {"victim": 4}),
        (DEEP, "co_child/victim.a*site.k", {"victim": 2}),
        # rows between leave with their last person, and what they own leaves with them
        (BETWEEN, "rows/household.", {"member": 1}),
        (BETWEEN, "one_way/case.#household", {"member": 2, "helper": 1}),
        (BETWEEN, "sibling/household.h*household.h", {"member": 3}),
        (BETWEEN, "one_way/income.i", {"member": 4}),
        (BETWEEN, "co_child/household.h*helper.r", {"member": 2, "helper": 2}),
        # children of victims: another one may take the place of one that was cut off
        (NESTED, "rows/child.", {"victim": 36, "child": 1}),
        (NESTED, "one_way/child.c", {"victim": 36, "child": 2}),
        (NESTED, "one_way/toy.t", {"victim": 144, "child": 8}),
        (NESTED, "one_way/event.#child", {"victim": 4, "child": 2}),
        (NESTED, "one_way/victim.a", {"victim": 1}),
        (NESTED, "sibling/child.c*child.c", {"victim": 16, "child": 6}),
        (NESTED, "sibling/toy.t*toy.t", {"victim": 36, "child": 2}),
        # links: the victim's own three, and at most three that point to a trafficker
        (LINKED, "one_way/link.l", {"victim": 9, "trafficker": 18}),
        (LINKED, "one_way/victim.#link", {"victim": 1, "trafficker": 18}),
        (LINKED, "rows/link.", {"victim": 9, "trafficker": 9}),
        (LINKED, "one_way/act.y", {"victim": 36, "trafficker": 72}),
        (LINKED, "sibling/link.l*link.l", {"victim": 4, "trafficker": 54}),
        (LINKED, "agreement/link.n*link.n", {"victim": 4, "trafficker": 36}),
        (LINKED, "sibling/act.y*act.y", {"victim": 9, "trafficker": 18}),
        (LINKED, "one_way/victim.a", {"victim": 1}),
        # both ends may be hers: (2 + 2√2)² ≤ 2 · (4 + 8)
        (KINSHIP, "one_way/kin.l", {"person": 24}),
        (STUDENTS, "one_way/mark.g", {"student": 36}),
        (STUDENTS, "sibling/mark.g*mark.g", {"student": 9}),
        (TWO_ROOTS, "one_way/stay.s", {"victim": 4}),
    ],
)
def test_a_table_of_weight_one_rows_moves_by_what_leaves(schema, table, expected):
    assert squares(schema, table) == expected


def test_a_row_that_leaves_alone_may_be_replaced_by_one_that_was_cut_off():
    planned = whole_plan(TWO_ROOTS, "person").by_id
    for name, square in {
        "one_way/stay.s": 2,
        "rows/stay.": 1,
        "one_way/victim.#stay": 2,
        "one_way/victim.a": 0,
        "sibling/stay.s*stay.s": 2,
        "one_way/case.#victim": 0,
    }.items():
        assert of_one_row(TWO_ROOTS, "stay", planned[name]) == square, name


def test_tables_of_others_cost_a_person_nothing():
    for schema in SMALL.values():
        for table in whole_plan(schema, "person").tables:
            assert all(table.delta_squared.values())
            if table.unit == 1:
                assert weight_one(schema, table) == table.delta_squared
