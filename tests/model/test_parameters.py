import numpy as np
import pytest

from synthcase.model.parameters import gate_depth, gates, gates_above, given_open, start
from synthcase.schema import load_schema
from toymodels import EVERYTHING, SHARED_GATE, toy_design, toy_schema

ALONE = """\
synthcase: 1
name: alone
protect: {unit: case}
tables:
  case:
    key: case_id
    columns:
      country: {kind: categorical, values: [XA, XB], else: XB, shared: country}
      language: {kind: categorical, values: [m, n], else: n, shared: language}
  victim:
    key: victim_id
    parent: {table: case, by: case_id}
    columns:
      speaks: {like: case.language}
"""


@pytest.fixture(scope="module")
def design():
    return toy_design(toy_schema(EVERYTHING), 5)


def test_shapes_are_those_of_classes_and_states(design):
    width = {table.name: table.width for table in design.layout.tables}
    assert design.shapes == {
        ("prior", "case"): (5,),
        ("reference", "case", "country"): (5, 3),
        ("reference", "case", "language"): (5, 3),
        ("prior", "victim"): (5, 4, 5),
        ("prior", "leg"): (5, 2, 5),
        ("prior", "service"): (5, 2, 5),
        ("prior", "trafficker"): (5, 2, 5),
        **{("profile", name): (5, states) for name, states in width.items()},
        ("copy", "case"): (5, 1),
        ("copy", "victim"): (5, 5),
        ("copy", "leg"): (5, 2),
        ("copy", "service"): (5, 2),
        ("copy", "trafficker"): (5, 2),
    }


def test_a_column_that_nobody_shares_copies_nothing():
    design = toy_design(load_schema(ALONE))
    assert [a.name for a in design.shared("case")] == ["language"]
    assert design.domains("case") == {"language": 2}
    # siblings share a column with each other, so one is enough there
    assert design.members("case", "language") == [
        ("case", "language"), ("victim", "speaks"), ("victim", "speaks"),
    ]  # fmt: skip


def test_what_a_copying_gate_opens_does_not_copy():
    design = toy_design(toy_schema(SHARED_GATE))
    assert [a.name for a in design.shared("victim")] == ["nationality"]


def test_gates_come_after_the_gates_they_stand_behind(design):
    victim = design.layout.by_name["victim"]
    found = [(gate, [a.name for a in behind]) for gate, behind in gates(victim)]
    yes, maybe, recorded = frozenset([1]), frozenset([1, 2]), frozenset([0])
    assert found == [
        (("exploited", yes), ["form", "sold_in", "means"]),
        (("exploited", maybe), ["debt", "sold_from"]),
        (("means", recorded), ["means.debt", "means.threats"]),
    ]
    assert [gate_depth(victim, a) for a in ("exploited", "means", "means.debt")] == [0, 1, 2]
    flag = victim.attribute("means.debt")
    assert [gate.name for gate in gates_above(victim, flag)] == ["means", "exploited"]


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("form", "exploited", True),
        ("exploited", "form", False),
        ("form", "debt", True),
        ("means.debt", "means.threats", True),
        ("means.debt", "means", True),
        ("means", "means.debt", False),
        ("means.debt", "exploited", False),
        ("form", "birth", False),
        ("birth", "form", False),
    ],
)
def test_which_pairs_hold_only_where_a_gate_is_open(design, one, two, expected):
    victim = design.layout.by_name["victim"]
    assert given_open(victim.attribute(one), victim.attribute(two)) is expected


def test_a_fit_starts_around_the_centre(design):
    layout = design.layout
    rng = np.random.default_rng(0)
    centres = {
        t.name: np.concatenate([rng.dirichlet(np.full(a.size, 2.0)) for a in t.attributes])
        for t in layout.tables
    }
    starts = [start(design, centres, member=member) for member in range(200)]
    assert {key: value.shape for key, value in starts[0].items()} == design.shapes
    assert all(value.dtype == np.float32 for value in starts[0].values())
    profile = np.mean([s["profile", "victim"] for s in starts], axis=(0, 1))
    np.testing.assert_allclose(profile, np.log(centres["victim"]), atol=0.1)
    for key in (("prior", "victim"), ("copy", "victim"), ("prior", "case")):
        together = np.stack([s[key] for s in starts])
        assert abs(together.mean()) < 0.05
        assert together.std() == pytest.approx(0.7, abs=0.05)
    tongues = [
        ("victim", "tongue"),
        ("leg", "sign"),
        ("service", "speaks"),
        ("trafficker", "speaks"),
    ]
    spans = [centres[table][layout.by_name[table].span(name)][:3] for table, name in tongues]
    mean = np.mean([share / share.sum() for share in spans], axis=0)
    reference = np.mean([s["reference", "case", "language"] for s in starts], axis=(0, 1))
    np.testing.assert_allclose(reference, np.log(mean), atol=0.1)


def test_a_start_depends_on_its_member_alone(design):
    centres = {t.name: np.full(t.width, 0.3) for t in design.layout.tables}
    one, again, other = (start(design, centres, member=member) for member in (3, 3, 4))
    for key, value in one.items():
        np.testing.assert_array_equal(value, again[key])
        assert (value != other[key]).any()


def test_a_state_that_noise_left_without_share_can_come_back(design):
    centres = {t.name: np.zeros(t.width) for t in design.layout.tables}
    assert all(np.isfinite(v).all() for v in start(design, centres, member=0).values())
