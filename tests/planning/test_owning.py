import pytest

from small_schemas import BETWEEN, DEEP, KINSHIP, LINKED, NESTED, STUDENTS, TWO_ROOTS
from synthcase.planning.owning import (
    above_persons,
    belongs_to_person,
    between,
    is_cut,
    leaves_with,
    most_below,
    pointing_at,
)


def those(schema, question):
    return {table.name for table in schema.measured if question(schema, table.name)}


def test_rows_of_a_person_are_hers_and_those_below():
    assert those(DEEP, belongs_to_person) == {"victim", "exploitation", "journey_leg", "fare"}
    assert those(STUDENTS, belongs_to_person) == {"student", "course", "mark"}


def test_above_persons_stand_cases_households_and_persons_of_persons():
    assert those(DEEP, above_persons) == {"case"}
    assert those(BETWEEN, above_persons) == {"case", "household", "room"}
    assert those(NESTED, above_persons) == {"case", "victim", "event"}


def test_between_are_neither_cases_nor_persons():
    assert those(BETWEEN, between) == {"household", "room"}
    assert those(NESTED, between) == set()


@pytest.mark.parametrize(
    ("schema", "cut"),
    [
        (DEEP, {"exploitation", "journey_leg", "fare", "site", "visit"}),
        (BETWEEN, {"income", "call"}),
        (NESTED, {"event", "child", "toy"}),
        (STUDENTS, {"course", "mark"}),
        (TWO_ROOTS, {"stay", "bed"}),
    ],
)
def test_cut_is_what_leaves_with_a_person_or_a_case(schema, cut):
    assert those(schema, is_cut) == cut


def test_rows_of_nobody_leave_with_the_nearest_row_that_holds_persons():
    assert leaves_with(DEEP, "site") == "case"
    assert leaves_with(DEEP, "visit") == "case"
    assert leaves_with(BETWEEN, "income") == "household"
    assert leaves_with(DEEP, "journey_leg") is None
    assert leaves_with(BETWEEN, "room") is None
    assert leaves_with(TWO_ROOTS, "bed") is None


def test_the_most_rows_below_one_are_the_product_of_caps():
    assert most_below(DEEP, "victim", "victim") == 1
    assert most_below(DEEP, "victim", "fare") == 3
    assert most_below(DEEP, "case", "visit") == 4


def test_links_point_at_the_person_of_their_second_end():
    assert pointing_at(LINKED, "trafficker") == ("link",)
    assert pointing_at(LINKED, "victim") == ()
    assert pointing_at(KINSHIP, "person") == ("kin",)


def test_a_link_to_a_room_points_at_those_who_may_take_the_room_along():
    assert pointing_at(BETWEEN, "member") == ("call",)
    assert pointing_at(BETWEEN, "helper") == ()


def test_links_to_another_tree_have_lines_of_their_own():
    assert pointing_at(TWO_ROOTS, "victim") == ()
