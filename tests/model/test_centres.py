from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from synthcase.model.answers import Answer
from synthcase.model.centres import centres_of, to_simplex
from toymodels import EVERYTHING, all_tables, layout_of, toy_schema

numbers = arrays(np.float64, st.integers(1, 12), elements=st.floats(-1e4, 1e6))


@given(numbers)
@example(np.array([0.0, -1.0, 1.0000001]))
@example(np.array([-9999.0, 3.0, 2.9]))
@example(np.zeros(4))
def test_a_centre_is_a_distribution_whatever_the_noise(values):
    found = to_simplex(values)
    assert (found >= 0).all()
    assert found.sum() == pytest.approx(1)


@given(arrays(np.float64, st.integers(1, 12), elements=st.floats(0.01, 1e5)))
def test_positive_counts_are_only_scaled(values):
    np.testing.assert_allclose(to_simplex(values), values / values.sum(), atol=1e-9)


@given(arrays(np.float64, 5, elements=st.floats(-1, 2)), st.integers(0, 2**32))
def test_no_other_distribution_is_nearer(values, seed):
    values = values + (1 - values.sum()) / 5
    found = to_simplex(values)
    others = np.random.default_rng(seed).dirichlet(np.ones(5), 50)
    least = ((others - values) ** 2).sum(1).min()
    assert ((found - values) ** 2).sum() <= least + 1e-9


def test_the_centre_weighs_one_way_and_margins_by_their_noise():
    layout = layout_of(toy_schema(EVERYTHING))
    tables = {t.id: t for t in all_tables(layout, votes=True)}
    one_way = tables["one_way/trafficker.role"]
    own = tables["own/trafficker.role*trafficker.speaks"]
    above = tables["ancestor/case.kind*trafficker.role"]
    answers = [
        Answer(one_way, np.array([10.0, 20.0, 70.0]), 4.0),
        # margins 30, 30, 40 with variance 3 · 2
        Answer(own, np.array([10.0, 10, 10, 5, 5, 20, 0, 20, 20]), 2.0),
        # margins of the row's column alone: 50, 25, 25 with variance 2 · 5
        Answer(above, np.array([40.0, 20, 10, 10, 5, 15]), 5.0),
        # neither siblings nor other kinds say anything about rows
        Answer(tables["sibling/trafficker.role*trafficker.role"], np.full(6, 1e6), 1e-9),
    ]
    centre = centres_of(layout, answers)["trafficker"]
    span = layout.by_name["trafficker"].span("role")
    weights = np.array([1 / 4, 1 / 6, 1 / 10])
    rows = np.array([[10, 20, 70], [30, 30, 40], [50, 25, 25]], dtype=float)
    mean = weights @ rows / weights.sum()
    np.testing.assert_allclose(centre[span], mean / mean.sum())
    speaks = layout.by_name["trafficker"].span("speaks")
    np.testing.assert_allclose(centre[speaks], np.array([15, 35, 50]) / 100)
    # what was not measured has even shares
    nationality = layout.by_name["trafficker"].span("nationality")
    np.testing.assert_allclose(centre[nationality], 1 / 4)
    assert set(centres_of(layout, [])) == {t.name for t in layout.tables}


def test_less_noise_counts_for_more():
    layout = layout_of(toy_schema(EVERYTHING))
    table = next(t for t in all_tables(layout, votes=True) if t.id == "one_way/case.kind")
    sure, vague = (
        Answer(table, np.array([1.0, 9.0]), 1e-6),
        Answer(table, np.array([9.0, 1.0]), 1e6),
    )
    vague = replace(vague, table=replace(table, id="again"))
    span = layout.by_name["case"].span("kind")
    np.testing.assert_allclose(
        centres_of(layout, [sure, vague])["case"][span], [0.1, 0.9], atol=1e-6
    )
