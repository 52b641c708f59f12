from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import handmade
from synthcase.errors import InternalError
from synthcase.plans.nouns import RHO_GRID, VOTE, Measurements, PlannedTable


def table(**changes):
    given = {
        "id": "one_way/victim.age", "kind": "one_way", "axes": (("victim", "age"),), "size": 4,
        "root": "case", "unit": VOTE, "delta_squared": {"case": Fraction(VOTE**2)},
        "sigma": Fraction(3 * VOTE),
    }  # fmt: skip
    return PlannedTable(**given | changes)


@pytest.mark.parametrize(
    "changes", [{"kind": "three_way"}, {"size": 0}, {"sigma": Fraction(0)}, {"unit": 0}]
)
def test_a_table_that_cannot_be_counted_is_refused(changes):
    with pytest.raises(InternalError, match="not well formed"):
        table(**changes)


def test_a_price_is_rounded_up_to_the_grid_and_never_down():
    exact = Fraction(1, 18)
    price = table().rho("case")
    assert exact <= price < exact + Fraction(1, RHO_GRID)
    assert (price * RHO_GRID).denominator == 1
    assert table().rho("victim") == 0


def test_a_plan_counts_no_table_twice():
    plan = handmade.handmade_plan()
    with pytest.raises(InternalError, match="twice"):
        replace(plan, tables=(*plan.tables, plan.tables[0]))


def test_links_are_learned_where_both_ends_are_counted():
    plan = handmade.handmade_plan()
    assert plan.links == frozenset()
    ends = table(
        id="ends/victim.sex*trafficker.sex*link.", kind="ends",
        axes=(("victim", "sex"), ("trafficker", "sex"), ("link", "")),
    )  # fmt: skip
    assert replace(plan, tables=(*plan.tables, ends)).links == {"link"}


def test_measurements_answer_every_table_in_full():
    measurements = handmade.handmade_measurements()
    name = measurements.plan.tables[0].id
    short = {**measurements.answers, name: np.zeros(0, dtype=np.int64)}
    with pytest.raises(InternalError, match="another size"):
        Measurements(plan=measurements.plan, entry=measurements.entry, answers=short)


def test_cards_show_the_promise_and_no_table():
    html = handmade.handmade_plan()._repr_html_()
    assert "a victim in one case" in html
    assert "<script" not in html
