import numpy as np
import pytest

from synthcase.errors import InternalError
from synthcase.model.classes import class_tables
from synthcase.model.present import present
from synthcase.model.relations import Relations
from synthcase.model.states import never_drawn, shut_logits
from synthcase.model.tape import Tape
from toymodels import EVERYTHING, toy_design, toy_logits, toy_schema


def tables_of(design, logits):
    tape = Tape()
    leaves = {key: tape.leaf(value.astype(np.float64)) for key, value in logits.items()}
    return Relations(tape, design, class_tables(tape, design, leaves))


@pytest.fixture(scope="module", params=[True, False])
def relations(request):
    schema = toy_schema(EVERYTHING, "case" if request.param else "person")
    design = toy_design(schema, votes=request.param)
    return tables_of(design, toy_logits(design, 4))


def test_states_of_each_attribute_add_up_in_every_class(relations):
    for table in relations.tables.values():
        starts = table.layout.offsets[:-1]
        for node in (table.states.raw, table.states.profile):
            np.testing.assert_allclose(np.add.reduceat(node.value, starts, axis=1), 1, rtol=1e-5)
            assert (node.value >= 0).all()


def test_the_copied_part_is_what_own_states_lack(relations):
    for table in relations.tables.values():
        lack = {a.name: 1.0 for a in table.layout.attributes}
        for copying in table.states.copies:
            lack[copying.attribute.name] = 1 - copying.share.value[:, 0]
            assert (copying.share.value <= copying.chance.value).all()
        sums = np.add.reduceat(table.states.own.value, table.layout.offsets[:-1], axis=1)
        for at, name in enumerate(lack):
            np.testing.assert_allclose(sums[:, at], lack[name], rtol=1e-5)


def test_closed_states_are_as_frequent_as_shut_gates(relations):
    table = relations.tables["victim"]
    profile, layout = table.states.profile.value, table.layout

    def share(name, state):
        return profile[:, layout.span(name).start + state]

    opened = share("exploited", 1)
    np.testing.assert_allclose(share("form", 2), 1 - opened, rtol=1e-4)
    np.testing.assert_allclose(share("debt", 2), share("exploited", 0), rtol=1e-4)
    means = layout.attribute("means")
    np.testing.assert_allclose(share("means", means.closed), 1 - opened, rtol=1e-4)
    np.testing.assert_allclose(share("means.debt", 2), 1 - share("means", 0), rtol=1e-4)
    copied = {c.attribute.name: c for c in table.states.copies}["sold_in"]
    np.testing.assert_allclose(
        copied.share.value[:, 0], copied.chance.value[:, 0] * opened, rtol=1e-5
    )


def test_weights_are_those_of_the_numbers_of_children(relations):
    for name, table in relations.tables.items():
        assert table.joint.value.sum() == pytest.approx(float(table.weight.value.sum()), rel=1e-5)
        if table.layout.parent is None:
            assert float(table.weight.value.sum()) == pytest.approx(1)
            continue
        above, cast = relations.tables[table.layout.parent], relations.design.cast(name)
        weights = relations.numbers(name).value @ cast.rows.sum(1)
        np.testing.assert_allclose(table.transfer.value.sum(1), weights, rtol=1e-5)
        total = (above.weight.value[:, 0] * weights).sum()
        assert float(table.weight.value.sum()) == pytest.approx(total, rel=1e-5)


def test_references_of_a_class_are_a_mean_over_the_cases_it_is_met_in(relations):
    root = relations.tables["case"].references
    for table in relations.tables.values():
        for domain, shares in table.references.items():
            np.testing.assert_allclose(shares.value.sum(1), 1, rtol=1e-4)
            weights = table.joint.value / table.weight.value[:, 0]
            expected = weights.T @ root[domain].value
            np.testing.assert_allclose(shares.value, expected, rtol=1e-4)


def test_a_descendant_is_reached_step_by_step(relations):
    whole = relations.transfer("case", "leg").value
    steps = relations.transfer("case", "victim").value @ relations.transfer("victim", "leg").value
    np.testing.assert_allclose(whole, steps, rtol=1e-6)
    assert relations.root("leg") is relations.tables["case"]
    assert relations.parent("leg") is relations.tables["victim"]


def test_a_root_has_no_parent_class(relations):
    with pytest.raises(InternalError, match="no parent class"):
        relations.roles("case")
    assert present(relations.tables["leg"].roles) is relations.tables["leg"].roles


def test_only_states_that_no_open_gate_shows_are_shut():
    victim = toy_design(toy_schema(EVERYTHING)).layout.by_name["victim"]
    names = [
        f"{a.name}={state}"
        for a in victim.attributes
        for state, never in zip(a.states, never_drawn(victim)[victim.span(a.name)], strict=True)
        if never
    ]
    assert names == [
        "form=not_applicable", "debt=not_applicable", "sold_in=not_applicable",
        "sold_from=not_applicable", "means=not_applicable", "means.debt=not_applicable",
        "means.threats=not_applicable",
    ]  # fmt: skip
    np.testing.assert_array_equal(shut_logits(victim) < 0, never_drawn(victim))
