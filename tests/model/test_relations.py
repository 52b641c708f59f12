import numpy as np
import pytest

from synthcase.model.classes import class_tables
from synthcase.model.relations import Relations, gram
from synthcase.model.tape import Tape
from toymodels import EVERYTHING, toy_design, toy_logits, toy_schema


@pytest.fixture(scope="module", params=[True, False], ids=["votes", "rows"])
def relations(request):
    schema = toy_schema(EVERYTHING, "case" if request.param else "person")
    design = toy_design(schema, votes=request.param)
    tape = Tape()
    leaves = {k: tape.leaf(v.astype(np.float64)) for k, v in toy_logits(design).items()}
    return Relations(tape, design, class_tables(tape, design, leaves))


def test_numbers_of_children_are_shares(relations):
    shares = relations.numbers("victim").value
    assert shares.shape == (3, len(relations.design.cast("victim").bins.ranges))
    assert np.allclose(shares.sum(1), 1)


def test_weight_passes_from_a_row_to_all_below_it(relations):
    for above, name in (("case", "victim"), ("case", "leg"), ("victim", "leg")):
        passed = relations.tables[above].weight.value.T @ relations.transfer(above, name).value
        assert np.allclose(passed, relations.tables[name].weight.value.T, atol=1e-5)


def test_roles_are_shares_of_classes(relations):
    assert np.allclose(relations.roles("victim").value.sum(-1), 1)


def test_what_a_child_looks_like_has_every_attribute_once(relations):
    layout = relations.design.layout.by_name["victim"]
    seen = relations.by_role("victim", "victim").value
    assert seen.shape == (3, relations.design.cast("victim").roles, layout.width)
    for attribute in layout.attributes:
        assert np.allclose(seen[..., layout.span(attribute.name)].sum(-1), 1, atol=1e-5)


def test_meetings_weigh_what_the_cast_says(relations):
    cast = relations.design.cast("victim")
    expected = np.tensordot(relations.numbers("victim").value, cast.pairs, 1)
    assert np.allclose(relations.meetings("victim").value, expected, atol=1e-5)


def test_a_table_without_two_ends_has_none(relations):
    with pytest.raises(KeyError):
        relations.ends("victim")


def test_gram_is_a_product_of_columns():
    tape = Tape()
    left, right = np.arange(6.0).reshape(3, 2), np.ones((3, 4))
    assert np.array_equal(gram(tape.leaf(left), tape.leaf(right)).value, left.T @ right)
