from dataclasses import replace
from fractions import Fraction
from math import isclose, sqrt

import pytest

from small_schemas import PLAIN, STUDENTS
from synthcase.planning.answers import Z90, expected_errors
from synthcase.planning.masses import expected_rows
from synthcase.plans.nouns import VOTE, PlannedTable
from synthcase.schema.layout import layout_of
from synthcase.schema.nouns import Question

ROWS = dict.fromkeys([table.name for table in PLAIN.measured], False)
VOTES = dict.fromkeys(ROWS, True)


def planned(kind, *axes, size, sigma, unit=1):
    return PlannedTable(
        id=f"{kind}/{axes}", kind=kind, axes=axes, size=size, root="case", unit=unit,
        delta_squared={}, sigma=Fraction(sigma) * unit,
    )  # fmt: skip


def ask(tables, *by, table="victim", votes=ROWS, expect=100, schema=PLAIN):
    question = Question(f"count {table}", table, by)
    schema = replace(schema, questions=(question,))
    expected = expected_rows(schema, {table: expect}, votes=votes)
    (found,) = expected_errors(schema, layout_of(schema), tables, expected)
    return found


A = ("victim", "a")  # three states
X = ("case", "x")
R = ("trafficker", "r")
ONE_WAY = planned("one_way", A, size=3, sigma=4)


class TestHalfWidth:
    def test_a_one_way_table_alone(self):
        found = ask([ONE_WAY], A, expect=300)
        assert isclose(found.half_width, Z90 * 4)
        assert (found.typical, found.answer) == (100, "a typical one of 3 cells")

    def test_the_margins_of_pairs_make_it_sharper(self):
        pair = planned("ancestor", X, A, size=9, sigma=2)
        found = ask([ONE_WAY, pair], A, expect=300)
        # 1/16, and the sum of three cells of variance 4
        assert isclose(found.half_width, Z90 * sqrt(1 / (1 / 16 + 1 / 12)))

    def test_both_margins_of_a_pair_inside_a_row_count(self):
        n = ("victim", "n")
        pair = planned("own", A, n, size=39, sigma=2)
        assert isclose(ask([pair], A).half_width, Z90 * sqrt(4 * 13))
        assert isclose(ask([pair], n).half_width, Z90 * sqrt(4 * 3))
        assert isclose(ask([pair], n, A).half_width, Z90 * 2)

    def test_rows_by_a_column_of_their_ancestor_are_a_margin_and_not_the_ancestors(self):
        pair = planned("ancestor", X, A, size=9, sigma=2)
        cases = planned("one_way", X, size=3, sigma=1)
        assert isclose(ask([pair, cases], X).half_width, Z90 * sqrt(4 * 3))
        assert isclose(ask([pair, cases], X, table="case").half_width, Z90)
        assert ask([pair], X, table="case").half_width is None

    def test_votes_are_scaled_to_rows(self):
        table = planned("one_way", A, size=3, sigma=4, unit=VOTE)
        found = ask([table], A, votes=VOTES, expect=400)
        # 1000 cases; 400 victims of a typical 2 a case weigh 200 votes
        assert isclose(found.half_width, Z90 * 4 * 400 / 200)

    def test_the_total_comes_from_the_number_of_rows(self):
        rows = planned("rows", ("victim", ""), size=1, sigma=3)
        found = ask([rows])
        assert (found.answer, found.typical) == ("the total", 100)
        assert isclose(found.half_width, Z90 * 3)


class TestVerdict:
    @pytest.mark.parametrize(
        ("sigma", "verdict"), [(4, "useful"), (5, "rough"), (10, "rough"), (11, "no")]
    )
    def test_it_goes_by_the_share_of_a_typical_cell(self, sigma, verdict):
        # a third of 100 rows, and 1.6449 σ
        assert ask([planned("one_way", A, size=3, sigma=sigma)], A).verdict == verdict

    @pytest.mark.parametrize("by", [(A, X), (A, X, ("case", "n")), (R, A)])
    def test_what_is_not_counted_has_no_error_yet(self, by):
        found = ask([ONE_WAY, planned("co_child", A, R, size=9, sigma=1)], *by)
        assert (found.verdict, found.half_width) == ("not measured", None)

    def test_several_answers_in_one_column_have_no_table_of_their_own(self):
        schema = replace(STUDENTS, questions=(Question("q", "student", (("student", "u"),)),))
        expected = expected_rows(
            schema, None, votes=dict.fromkeys(["student", "course", "mark"], False)
        )
        (found,) = expected_errors(schema, layout_of(schema), [], expected)
        assert found.verdict == "not measured"


def test_without_questions_every_column_is_asked_for_up_to_forty():
    expected = expected_rows(PLAIN, None, votes=ROWS)
    found = expected_errors(PLAIN, layout_of(PLAIN), [ONE_WAY], expected)
    assert [line.question for line in found] == [
        f"count {table.name} by {column.name}"
        for table in PLAIN.measured
        for column in table.columns
    ]
