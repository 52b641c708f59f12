import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from synthcase.model.nouns import ONE
from synthcase.model.quantise import component_tables, whole
from synthcase.model.states import never_drawn
from synthcase.model.tape import softmax_values
from toymodels import EVERYTHING, toy_design, toy_logits, toy_schema


@given(
    arrays(
        np.float64,
        st.tuples(st.integers(1, 5), st.integers(1, 40)),
        elements=st.floats(0, 1e6, allow_subnormal=False),
    ).filter(lambda shares: (shares.sum(1) > 1e-3).all())
)
def test_whole_shares_add_up_to_exactly_one(shares):
    found = whole(shares)
    assert found.dtype == np.int32
    assert (found.sum(1, dtype=np.int64) == ONE).all()
    assert (found >= 0).all()
    assert (found[shares == 0] == 0).all()
    exact = shares / shares.sum(1, keepdims=True)
    np.testing.assert_allclose(found / ONE, exact, atol=shares.shape[1] / ONE)


def test_whole_shares_along_the_last_of_three_axes():
    shares = np.random.default_rng(0).random((3, 4, 7)).astype(np.float32)
    assert (whole(shares).sum(-1, dtype=np.int64) == ONE).all()


@pytest.mark.parametrize("spread", [0.5, 5.0, 200.0])
def test_components_add_up_and_never_draw_what_no_open_gate_shows(spread):
    design = toy_design(toy_schema(EVERYTHING), 4)
    tables, references = component_tables(design, toy_logits(design, 1, spread))
    for layout in design.layout.tables:
        table = tables[layout.name]
        sums = np.add.reduceat(table.profile.astype(np.int64), layout.offsets[:-1], axis=1)
        assert (sums == ONE).all()
        assert (table.prior.sum(-1, dtype=np.int64) == ONE).all()
        assert (table.profile[:, never_drawn(layout)] == 0).all()
        assert set(table.copy) == {a.name for a in design.shared(layout.name)}
        for share in table.copy.values():
            assert share.dtype == np.int32
            assert ((share >= 0) & (share <= ONE)).all()
    assert never_drawn(design.layout.by_name["victim"]).sum() == 7
    assert set(references["case"]) == {"country", "language"}
    for shares in references["case"].values():
        assert (shares.sum(1, dtype=np.int64) == ONE).all()


def test_components_have_the_shares_of_their_logits():
    design = toy_design(toy_schema(EVERYTHING), 3)
    logits = toy_logits(design, 2)
    tables, references = component_tables(design, logits)
    prior = softmax_values(logits["prior", "victim"].astype(float))
    np.testing.assert_allclose(tables["victim"].prior / ONE, prior, atol=1e-7)
    country = softmax_values(logits["reference", "case", "country"].astype(float))
    np.testing.assert_allclose(references["case"]["country"] / ONE, country, atol=1e-7)
    copy = 1 / (1 + np.exp(-logits["copy", "victim"][:, 1].astype(float)))
    np.testing.assert_allclose(tables["victim"].copy["birth"] / ONE, copy, atol=1e-7)
    role = softmax_values(
        logits["profile", "trafficker"][:, design.layout.by_name["trafficker"].span("role")]
    )
    span = design.layout.by_name["trafficker"].span("role")
    np.testing.assert_allclose(tables["trafficker"].profile[:, span] / ONE, role, atol=1e-6)
