import numpy as np
import pytest

from synthcase.model.classes import class_tables
from synthcase.model.states import gate_columns, never_drawn, shut_logits
from synthcase.model.tape import Tape
from toymodels import EVERYTHING, toy_design, toy_logits, toy_schema


@pytest.fixture(scope="module")
def victim():
    design = toy_design(toy_schema(EVERYTHING))
    tape = Tape()
    leaves = {k: tape.leaf(v.astype(np.float64)) for k, v in toy_logits(design).items()}
    return class_tables(tape, design, leaves)["victim"]


def shares(table, node, name):
    return node.value[:, table.layout.span(name)]


def test_every_attribute_is_a_distribution_in_every_class(victim):
    for attribute in victim.layout.attributes:
        assert np.allclose(shares(victim, victim.states.profile, attribute.name).sum(1), 1)


def test_a_shut_gate_closes_what_stands_behind_it(victim):
    form = victim.layout.attribute("form")
    opened = victim.states.profile.value[
        :, gate_columns(victim.layout, form.gate.attribute, form.gate.open_states)
    ].sum(1)
    closed = shares(victim, victim.states.profile, "form")[:, form.closed]
    assert np.allclose(closed, 1 - opened, atol=1e-6)


def test_what_is_copied_is_missing_from_what_is_drawn(victim):
    copying = victim.states.copying(victim.layout.attribute("nationality"))
    drawn = shares(victim, victim.states.own, "nationality").sum(1)
    assert np.allclose(drawn, 1 - copying.share.value[:, 0], atol=1e-6)
    assert victim.states.copying(victim.layout.attribute("exploited")) is None


def test_closed_states_are_never_drawn_where_the_gate_is_open(victim):
    never = never_drawn(victim.layout)
    assert never.sum() > 0
    assert (shut_logits(victim.layout)[never] == -60).all()
    assert (victim.states.raw.value[:, never] < 1e-6).all()
