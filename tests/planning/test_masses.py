from math import isclose

import pytest

from small_schemas import DEEP, PLAIN, schema_of
from synthcase.errors import UsageError
from synthcase.planning.candidates import Candidate
from synthcase.planning.masses import IN_GROUPS, ROOTS, expected_rows

ROWS = dict.fromkeys([table.name for table in DEEP.measured], False)
VOTES = dict.fromkeys(ROWS, True)


def test_given_figures_go_down_the_tree_by_typical_numbers():
    found = expected_rows(DEEP, {"case": 50}, votes=VOTES)
    assert found.source == "given"
    assert found.rows == {
        "case": 50, "victim": 150, "site": 100, "exploitation": 300, "journey_leg": 300,
        "fare": 300, "visit": 100,
    }  # fmt: skip


def test_a_given_figure_goes_before_its_parent_s():
    found = expected_rows(DEEP, {"case": 50, "victim": 60}, votes=VOTES)
    assert (found.rows["victim"], found.rows["journey_leg"]) == (60, 120)


def test_public_figures_are_used_where_none_is_given():
    schema = schema_of(
        {"case": {"x": 2}, "victim": {"up": "case", "typical": 2}},
        persons={"victim": 1},
        public={"case": 70},
    )
    found = expected_rows(schema, None, votes={"case": True, "victim": True})
    assert (found.source, dict(found.rows)) == ("public", {"case": 70, "victim": 140})
    given = expected_rows(schema, {"victim": 9}, votes={"case": True, "victim": True})
    assert (given.source, dict(given.rows)) == ("given", {"case": 70, "victim": 9})


def test_a_public_number_of_no_rows_expects_one():
    schema = schema_of({"case": {"x": 2}}, persons={}, unit="case", public={"case": 0})
    assert expected_rows(schema, None, votes={"case": True}).rows["case"] == 1


def test_without_figures_a_thousand_cases_are_assumed():
    found = expected_rows(PLAIN, None, votes={})
    assert (found.source, found.rows["case"], found.rows["victim"]) == ("assumed", ROOTS, 2 * ROOTS)


@pytest.mark.parametrize("number", [0, -1, 10**10 + 1, 1.5, True, "50"])
def test_a_figure_that_is_no_whole_number_is_refused(number):
    with pytest.raises(UsageError, match="victim must be a whole number"):
        expected_rows(PLAIN, {"victim": number}, votes={})


def test_an_unknown_table_is_refused_with_the_known_ones():
    with pytest.raises(UsageError, match="'vicitm'") as caught:
        expected_rows(PLAIN, {"vicitm": 3}, votes={})
    assert "victim" in str(caught.value)


def test_rows_of_persons_weigh_one_each():
    found = expected_rows(DEEP, {"case": 50}, votes=ROWS)
    assert found.weight(DEEP, "fare") == 300


def test_votes_are_as_many_as_cases_and_fewer_where_groups_are_small():
    full = expected_rows(DEEP, {"case": 50}, votes=VOTES)
    assert full.weight(DEEP, "case") == full.weight(DEEP, "victim") == 50
    assert isclose(full.weight(DEEP, "fare"), 50)
    few = expected_rows(DEEP, {"case": 50, "victim": 75, "journey_leg": 75}, votes=VOTES)
    # 1.5 victims of a typical 3 are half of the votes, and 1 leg of a typical 2 half of those
    assert isclose(few.weight(DEEP, "victim"), 25)
    assert isclose(few.weight(DEEP, "journey_leg"), 12.5)


def test_a_table_of_pairs_has_the_mass_of_those_in_groups():
    found = expected_rows(DEEP, {"case": 50}, votes=VOTES)

    def mass(kind, *axes):
        return found.mass(DEEP, Candidate(kind=kind, axes=axes, sizes=(), size=1, group=""))

    assert mass("ancestor", ("case", "x"), ("victim", "a")) == 50
    assert mass("sibling", ("victim", "a"), ("victim", "a")) == IN_GROUPS * 50
