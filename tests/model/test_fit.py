from importlib import import_module

import numpy as np
import pytest

from synthcase.model.fit import fit
from synthcase.plans.files import measurements_hash
from toymodels import (
    LINKED,
    SHARED_GATE,
    drawn,
    measured,
    model_of,
    toy_design,
    toy_logits,
    toy_schema,
)

verb = import_module("synthcase.model.fit")
ROOTS = {"case": 3000, "court": 400, "office": 400}


@pytest.fixture
def quick(monkeypatch):
    """Let a fit take few steps with few classes, and say what was fitted."""
    fitted = []
    whole = verb.fit_once

    def few_steps(design, targets, *, member, steps, tick):
        fitted.append((design.layout.tables[0].name, design.classes, member, steps))
        for _ in range(steps):
            tick()
        return whole(design, targets, member=member, steps=12)

    monkeypatch.setattr(verb, "fit_once", few_steps)
    monkeypatch.setattr(verb, "WIDTHS", (2, 3, 5))
    return fitted


@pytest.fixture(scope="module")
def linked():
    schema = toy_schema(LINKED)
    design = toy_design(schema, 3)
    model = model_of(schema, (design, toy_logits(design, 5)))
    return measured(schema, model, cases=400, expect=ROOTS)


def test_a_model_holds_every_table_of_every_tree(quick, linked):
    model = fit(linked, members=2)
    assert model.schema is linked.plan.schema
    assert model.roots == {"case": 400, "court": 400, "office": 400}
    assert model.plan_hash == linked.plan.hash
    assert model.measurements_hash == measurements_hash(linked)
    assert model.report.members == len(model.components) == 2
    for component in model.components:
        assert set(component.tables) == set(model.layout.by_name)
        assert set(component.references) >= {"case"}
        assert "country" in component.references["case"]
    profiles = [component.tables["victim"].profile for component in model.components]
    assert (profiles[0] != profiles[1]).any()
    assert model.report.classes == max(classes for _, classes, _, _ in quick)
    assert all(value >= 0 for value in model.report.chi_squared.values())
    assert {"one_way (case)", "sibling (case)", "one_way (court)"} <= set(model.report.chi_squared)
    chunks = list(drawn(model, cases=50))
    assert sum(chunk.tables["victim"].length for chunk in chunks if "victim" in chunk.tables) > 20


def test_fitting_again_gives_the_same_model(quick, linked):
    one, two = fit(linked, members=1), fit(linked, members=1)
    for name, table in one.components[0].tables.items():
        again = two.components[0].tables[name]
        np.testing.assert_array_equal(table.profile, again.profile)
        np.testing.assert_array_equal(table.prior, again.prior)
    assert one.report == two.report


def test_classes_grow_only_while_that_explains_more(quick, linked, monkeypatch):
    monkeypatch.setattr(verb, "ENOUGH", 0.0)
    monkeypatch.setattr(verb, "GAIN", 1e9)
    fit(linked, members=3)
    assert [(c, m) for root, c, m, _ in quick if root == "case"] == [
        (2, 0), (3, 0), (2, 1), (2, 2),
    ]  # fmt: skip
    quick.clear()
    monkeypatch.setattr(verb, "GAIN", -1e9)
    model = fit(linked, members=2)
    assert [(c, m) for root, c, m, _ in quick if root == "case"] == [
        (2, 0), (3, 0), (3, 1),
    ]  # fmt: skip
    assert model.report.classes == 3  # linked tables stop before the widest
    quick.clear()
    monkeypatch.setattr(verb, "ENOUGH", 1e9)
    fit(linked, members=1)
    assert [(c, m) for root, c, m, _ in quick if root == "case"] == [(2, 0)]


def test_progress_ends_where_it_said(quick, linked):
    news = []
    fit(linked, members=2, progress=lambda *step: news.append(step))
    assert {stage for stage, _, _ in news} == {"fit"}
    assert all(0 < done <= total for _, done, total in news)
    assert news[-1][1] == news[-1][2]


def test_one_ways_alone_need_one_class(quick):
    schema = toy_schema(SHARED_GATE)
    design = toy_design(schema, 2)
    model = model_of(schema, (design, toy_logits(design, 5)))
    found = measured(schema, model, cases=200, expect={"case": 12})
    assert {table.kind for table in found.plan.tables} <= {"rows", "one_way"}
    fitted = fit(found, members=2)
    assert {classes for _, classes, _, _ in quick} == {1}
    assert fitted.report.classes == 1
    rows = sum(chunk.tables["victim"].length for chunk in drawn(fitted, cases=100))
    assert rows > 20
