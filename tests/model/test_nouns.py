from dataclasses import replace

import numpy as np
import pytest

from handmade import handmade_model
from synthcase.errors import InternalError
from synthcase.model.nouns import ONE, Component, FitReport
from toymodels import EVERYTHING, toy_model, toy_schema


def changed(model, **parts):
    """Return the model with another victim table in its first component."""
    component = model.components[0]
    victim = replace(component.tables["victim"], **parts)
    tables = {**component.tables, "victim": victim}
    return replace(model, components=(Component(tables, component.references),))


def test_classes_and_roles():
    model = toy_model(toy_schema(EVERYTHING), classes=3)
    tables = model.components[0].tables
    assert [tables[name].classes for name in tables] == [3] * 5
    assert {name: table.roles for name, table in tables.items()} == {
        "case": 1, "victim": 4, "leg": 2, "service": 2, "trafficker": 2,
    }  # fmt: skip


def test_a_profile_of_another_width_is_a_bug():
    model = handmade_model()
    profile = model.components[0].tables["victim"].profile
    with pytest.raises(InternalError, match="victim has another width"):
        changed(model, profile=profile[:, :-1])


@pytest.mark.parametrize("part", ["prior", "profile"])
def test_shares_that_do_not_add_up_are_a_bug(part):
    model = handmade_model()
    values = getattr(model.components[0].tables["victim"], part).copy()
    values[..., 0] += 1
    with pytest.raises(InternalError, match="distribution of victim does not add up"):
        changed(model, **{part: values})


def test_sums_are_taken_in_64_bits():
    # four times 2^30 would be 0 in 32 bits, and eight times 2^29 too
    model = handmade_model()
    prior = model.components[0].tables["victim"].prior
    with pytest.raises(InternalError):
        changed(model, prior=np.full_like(prior, ONE))


def test_a_model_shows_its_fit_and_escapes_names():
    model = handmade_model()
    text = model._repr_html_()
    assert "2 fits of 2 classes" in text
    assert "<td>own</td><td>1.25</td>" in text
    report = FitReport(chi_squared={"<script>": 1.0}, classes=1, members=1)
    assert "<script>" not in replace(model, report=report)._repr_html_()
