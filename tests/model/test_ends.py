import numpy as np
import pytest

from synthcase.measurement.view import vote_view
from synthcase.model.classes import class_tables
from synthcase.model.tape import Tape
from synthcase.sampling import drawing
from toymodels import model_of, records_of, toy_design, toy_logits, toy_schema

TIED = """\
synthcase: 1
name: tied
protect:
  unit: UNIT
  persons: {victim: {max_cases: 1}, trafficker: {max_cases: 1}}
  caps: {victim: 5, trafficker: 4, tie: MOST}
tables:
  case:
    key: case_id
    columns:
      kind: {kind: categorical, values: [a, b], else: b}
  victim:
    key: victim_id
    parent: {table: case, by: case_id, typical: 2}
    columns:
      nationality: {kind: categorical, values: [XA, XB, XC], else: unknown, shared: country,
                    missing: {unknown: ""}}
      age: {kind: categorical, values: [child, adult], else: adult}
  trafficker:
    key: trafficker_id
    parent: {table: case, by: case_id, typical: 2}
    columns:
      nationality: {like: victim.nationality}
      sex: {kind: categorical, values: [f, m], else: m}
  tie:
    key: [victim_id, trafficker_id]
    parents: {victim: victim_id, trafficker: trafficker_id}
    columns:
      relation: {kind: categorical, values: [family, friend, stranger], else: friend}
"""
LIKING = np.array([[1.5, -1.5, 0], [-1.5, 1.5, 0], [0, 0, 0]], dtype=np.float32)


def toy(most, seed):
    """Return a model whose victims and traffickers choose each other, and never find too few."""
    schema = toy_schema(TIED.replace("MOST", str(most)))
    design = toy_design(schema)
    logits = toy_logits(design, seed)
    span = design.layout.by_name["case"].span("#trafficker")
    logits["profile", "case"][:, span.start : span.start + most] -= 40
    logits["affinity", "tie"] = LIKING
    return schema, design, logits


def expected(design, logits):
    """Return the weight of links by the classes of both ends, for a case."""
    tape = Tape()
    leaves = {key: tape.leaf(value.astype(np.float64)) for key, value in logits.items()}
    tables = class_tables(tape, design, leaves)
    return tables["tie"].ends.across.value * tables["victim"].weight.value


def drawn(schema, design, logits, *, cases=20_000):
    """Return the same as counted in synthetic cases."""
    model = model_of(schema, (design, logits))
    drawer = drawing._Drawer(model, 0, 0, {table.name: 0 for table in model.layout.tables})
    chunk = drawing.Chunk(0, drawer.chunk("case", cases))
    share = vote_view(records_of(schema, chunk))["tie"].share
    tie, one, two = (drawer.drawn[name] for name in ("tie", "victim", "trafficker"))
    found = np.zeros((design.classes, design.classes))
    np.add.at(found, (one.classes[tie.parent], two.classes[tie.other]), 1 / share)
    return found / cases


@pytest.mark.parametrize("seed", range(4))
def test_one_link_each_is_expected_nearly_as_it_is_drawn(seed):
    case = toy(1, seed)
    assert np.abs(expected(*case[1:]) - drawn(*case)).max() < 0.03


@pytest.mark.parametrize("seed", range(2))
def test_several_links_each_are_expected_roughly_as_they_are_drawn(seed):
    # each link is taken to choose for itself, though nobody is chosen twice
    case = toy(3, seed)
    assert np.abs(expected(*case[1:]) - drawn(*case)).max() < 0.1


@pytest.mark.parametrize("seed", range(4))
def test_without_affinity_the_expectation_would_be_wrong(seed):
    schema, design, logits = toy(1, seed)
    none = {**logits, ("affinity", "tie"): np.zeros_like(LIKING)}
    found = drawn(schema, design, logits)
    wrong, right = (np.abs(expected(design, given) - found).sum() for given in (none, logits))
    assert wrong > 2 * right
