import numpy as np

from synthcase.core.streams import stream
from synthcase.model.nouns import ONE
from synthcase.sampling.columns import Rows, again, columns, looks_of
from toymodels import EVERYTHING, model_of, toy_design, toy_logits, toy_schema


def looks(members=2, name="victim"):
    schema = toy_schema(EVERYTHING)
    design = toy_design(schema)
    model = model_of(schema, *((design, toy_logits(design, seed)) for seed in range(members)))
    return model, looks_of(model, model.layout.by_name[name])


def rows(found, number, classes=6):
    values = {domain: np.zeros(number, dtype=np.int16) for domain in ("country", "language")}
    return Rows(found, np.arange(number) % classes, values)


def test_looks_of_members_stand_one_after_another():
    model, found = looks()
    for member, component in enumerate(model.components):
        own = slice(3 * member, 3 * member + 3)
        part = component.tables["victim"]
        np.testing.assert_array_equal(found.profile[own], part.profile)
        assert set(found.copy) == {"nationality", "birth", "tongue", "sold_in", "sold_from"}
        for name, share in found.copy.items():
            np.testing.assert_array_equal(share[own], part.copy[name])


def test_gates_come_before_what_they_open():
    _, found = looks()
    order = [attribute.name for attribute in found.attributes]
    assert order.index("exploited") < order.index("means") < order.index("means.debt")
    assert len(order) == len(found.table.attributes)


def test_columns_follow_class_and_copy_the_reference():
    _, found = looks()
    codes = columns(rows(found, 60_000), lambda *names: stream(1, *names))
    for at in range(6):
        share = found.copy["nationality"][at] / ONE
        raw = found.shares("nationality")[at] / ONE
        expected = (1 - share) * raw
        expected[0] += share
        states = np.bincount(codes["nationality"][at::6], minlength=4) / 10_000
        np.testing.assert_allclose(states, expected, atol=0.012)


def test_columns_drawn_again_have_the_same_law_and_others_stay():
    _, found = looks()
    drawn = rows(found, 30_000)
    codes = columns(drawn, lambda *names: stream(1, *names))
    before = {name: states.copy() for name, states in codes.items()}
    again(drawn, codes, {"nationality", "means", "means.debt", "means.threats"}, stream(2, "a"))
    changed = {name for name in codes if (codes[name] != before[name]).any()}
    assert changed == {"nationality", "means", "means.debt", "means.threats"}
    for name in changed:
        one, two = (
            np.bincount(c[name], minlength=found.table.attribute(name).size) / 30_000
            for c in (codes, before)
        )
        np.testing.assert_allclose(one, two, atol=0.015)
    shut = codes["exploited"] != 1
    assert (codes["means"][shut] == found.table.attribute("means").closed).all()
    np.testing.assert_array_equal(codes["means.debt"] == 2, codes["means"] != 0)
