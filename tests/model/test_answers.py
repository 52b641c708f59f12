from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import handmade
from synthcase.model.answers import Answer, answers_of, cases_of, shaped
from synthcase.plans.nouns import VOTE
from toymodels import EVERYTHING, all_tables, layout_of, toy_schema


def tables(*, votes=True):
    return {table.id: table for table in all_tables(layout_of(toy_schema(EVERYTHING)), votes=votes)}


@pytest.mark.parametrize("unit", [VOTE, 1])
def test_answers_are_in_votes_or_rows(unit):
    measured = handmade.handmade_measurements()
    plan = measured.plan
    changed = tuple(replace(t, unit=unit, sigma=Fraction(5 * unit)) for t in plan.tables)
    measured = replace(
        measured,
        plan=replace(plan, tables=changed),
        answers={t.id: np.arange(t.size, dtype=np.int64) * unit for t in changed},
    )
    found = answers_of(measured, "case")
    assert [answer.table for answer in found] == list(changed)
    for answer in found:
        np.testing.assert_array_equal(answer.values, np.arange(answer.table.size))
        assert answer.noise == 25.0
    assert answers_of(measured, "elsewhere") == []


def test_every_full_table_of_the_root_tells_the_number_of_cases():
    found = tables()
    answers = [
        Answer(found["rows/case."], np.array([90.0]), 4.0),
        Answer(found["one_way/case.kind"], np.array([60.0, 50.0]), 8.0),
        Answer(found["own/case.country*case.kind"], np.full(8, 13.0), 0.5),
        # tables of other rows, and pairs of them, say nothing
        Answer(found["one_way/victim.form"], np.full(3, 1e6), 1e-9),
        Answer(found["ancestor/case.kind*victim.form"], np.full(6, 1e6), 1e-9),
    ]
    root = layout_of(toy_schema(EVERYTHING)).by_name["case"]
    weights = np.array([1 / 4, 1 / 16, 1 / 4])
    expected = weights @ [90, 110, 104] / weights.sum()
    assert cases_of(answers, root, None) == pytest.approx(expected)
    assert cases_of(answers, root, 1234) == 1234
    assert cases_of(answers, root, 0) == 1
    assert cases_of([Answer(found["rows/case."], np.array([-5.0]), 4.0)], root, None) == 1


def test_unordered_pairs_become_halves_of_both_orders():
    layout = layout_of(toy_schema(EVERYTHING))
    table = tables()["sibling/trafficker.role*trafficker.role"]
    packed = np.array([1.0, 2, 3, 4, 5, 6])
    found = shaped(layout, Answer(table, packed, 1.0))
    np.testing.assert_array_equal(found, [[1, 1, 1.5], [1, 4, 2.5], [1.5, 2.5, 6]])
    ordered = tables(votes=False)["sibling/trafficker.role*trafficker.role"]
    cells = np.arange(9.0)
    np.testing.assert_array_equal(shaped(layout, Answer(ordered, cells, 1.0)), cells.reshape(3, 3))


def test_agreement_is_a_column():
    layout = layout_of(toy_schema(EVERYTHING))
    table = tables()["agreement/victim.nationality*victim.birth"]
    assert shaped(layout, Answer(table, np.arange(3.0), 1.0)).shape == (3, 1)
