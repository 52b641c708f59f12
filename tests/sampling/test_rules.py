from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthcase.core.streams import stream
from synthcase.errors import SchemaError
from synthcase.model.quantise import whole
from synthcase.sampling.columns import Looks, Rows
from synthcase.sampling.rules import broken, concerned, mend
from synthcase.schema.layout import Attribute, GateAt, TableLayout
from toymodels import drawn, layout_of, model_of, toy_design, toy_logits, toy_schema

ATTRIBUTES = (
    Attribute(name="age", states=("child", "youth", "adult"), values=3),
    Attribute(name="married", states=("no", "yes"), values=2),
    Attribute(name="work", states=("no", "yes"), values=2),
    Attribute(
        name="pay",
        states=("low", "high", "not_applicable"),
        values=2,
        gate=GateAt("work", frozenset([1])),
        closed=2,
        never_when_open=True,
    ),
    Attribute(name="colour", states=("red", "blue"), values=2),
)
MARRIED_CHILD = (("age", frozenset([0])), ("married", frozenset([1])))


def table_of(*forbidden):
    return TableLayout(
        name="person", parent=None, typical=1, counts=None, attributes=ATTRIBUTES,
        forbidden=forbidden,
    )  # fmt: skip


def rows_of(table, profile, number, copy=None, references=None):
    """Return rows of one class each in turn, with the shares given by attribute."""
    classes = len(next(iter(profile.values())))
    shares = [
        whole(np.array(profile.get(a.name, [[1.0] * a.values] * classes), dtype=float))
        for a in table.attributes
    ]
    padded = [
        np.pad(part, ((0, 0), (0, a.size - part.shape[1])))
        for part, a in zip(shares, table.attributes, strict=True)
    ]
    looks = Looks(table, np.concatenate(padded, axis=1), copy or {})
    return Rows(looks, np.arange(number) % classes, references or {})


def codes_of(table, rng, number):
    codes = {a.name: rng.integers(0, a.values, number).astype(np.int16) for a in ATTRIBUTES}
    codes["pay"] = np.where(codes["work"] == 1, codes["pay"], np.int16(2))
    return codes


def test_broken_asks_for_all_of_a_combination_and_any_of_its_states():
    table = table_of(MARRIED_CHILD, (("age", frozenset([0, 1])), ("work", frozenset([1]))))
    codes = {
        "age": np.array([0, 0, 1, 1, 2], dtype=np.int16),
        "married": np.array([1, 0, 1, 0, 1], dtype=np.int16),
        "work": np.array([0, 0, 0, 1, 1], dtype=np.int16),
    }
    assert broken(table, codes).tolist() == [True, False, False, True, False]
    assert not broken(table_of(), codes).any()
    assert broken(table_of(), {}).shape == (0,)


def test_a_rule_concerns_its_columns_their_gates_and_what_stands_behind():
    assert concerned(table_of(MARRIED_CHILD)) == {"age", "married"}
    assert concerned(table_of((("pay", frozenset([0])), ("age", frozenset([0]))))) == {
        "age", "work", "pay",
    }  # fmt: skip
    assert concerned(table_of((("work", frozenset([1])), ("age", frozenset([0]))))) == {
        "age", "work", "pay",
    }  # fmt: skip


forbidden = st.lists(
    st.dictionaries(
        st.sampled_from([a.name for a in ATTRIBUTES]),
        st.frozensets(st.integers(0, 1), min_size=1, max_size=1),
        min_size=1,
        max_size=3,
    ).map(lambda states: tuple(states.items())),
    min_size=1,
    max_size=5,
)


@given(forbidden, st.integers(0, 2**32), st.integers(1, 30))
def test_mended_rows_break_no_rule_or_none_could(combinations, seed, number):
    table = table_of(*combinations)
    rng = np.random.default_rng(seed)
    rows = rows_of(table, {"age": [[0.9, 0.05, 0.05], [0.0, 0.0, 1.0]]}, number)
    codes = codes_of(table, rng, number)
    before = {name: states.copy() for name, states in codes.items()}
    bad = broken(table, codes)
    every = np.array(np.meshgrid(*[range(a.values) for a in ATTRIBUTES], indexing="ij"))
    possible = dict(zip([a.name for a in ATTRIBUTES], every.reshape(5, -1), strict=True))
    possible["pay"] = np.where(possible["work"] == 1, possible["pay"], 2)
    if broken(table, possible).all():
        with pytest.raises(SchemaError, match="no possible row"):
            mend(rows, codes, stream(seed, "rules"))
        return
    mend(rows, codes, stream(seed, "rules"))
    assert not broken(table, codes).any()
    np.testing.assert_array_equal(codes["pay"] == 2, codes["work"] == 0)
    for name, states in codes.items():
        np.testing.assert_array_equal(states[~bad], before[name][~bad])
        assert states.dtype == np.int16
        if name not in concerned(table):
            np.testing.assert_array_equal(states, before[name])


def test_mended_rows_follow_their_class_without_what_is_forbidden():
    table = table_of(MARRIED_CHILD)
    rows = rows_of(table, {"age": [[0.5, 0.2, 0.3]], "married": [[0.4, 0.6]]}, 60_000)
    codes = codes_of(table, np.random.default_rng(0), 60_000)
    codes["age"][:], codes["married"][:] = 0, 1
    mend(rows, codes, stream(0, "rules"))
    found = np.zeros((3, 2))
    np.add.at(found, (codes["age"], codes["married"]), 1 / 60_000)
    expected = np.outer([0.5, 0.2, 0.3], [0.4, 0.6])
    expected[0, 1] = 0
    np.testing.assert_allclose(found, expected / expected.sum(), atol=0.01)


def test_a_class_that_can_only_break_a_rule_borrows_from_rows_that_do_not():
    table = table_of(MARRIED_CHILD)
    profile = {"age": [[1, 0, 0], [0, 0, 1]], "married": [[0, 1], [1, 0]]}
    rows = rows_of(table, profile, 10)
    codes = codes_of(table, np.random.default_rng(0), 10)
    codes["age"] = np.array([0, 2] * 5, dtype=np.int16)
    codes["married"] = np.array([1, 0] * 5, dtype=np.int16)
    colour = codes["colour"].copy()
    mend(rows, codes, stream(0, "rules"))
    assert codes["age"].tolist() == [2] * 10
    assert codes["married"].tolist() == [0] * 10
    np.testing.assert_array_equal(codes["colour"], colour)


def test_one_row_whose_class_can_only_break_a_rule_is_mended_all_the_same():
    table = table_of(MARRIED_CHILD)
    rows = rows_of(table, {"age": [[1, 0, 0]], "married": [[0, 1]]}, 1)
    codes = codes_of(table, np.random.default_rng(0), 1)
    codes["age"][:], codes["married"][:] = 0, 1
    mend(rows, codes, stream(0, "rules"))
    assert not broken(table, codes).any()


def test_a_gate_may_change_where_what_stands_behind_it_has_no_way_out():
    table = table_of((("pay", frozenset([0])),), (("pay", frozenset([1])),))
    rows = rows_of(table, {"work": [[0.01, 0.99]]}, 50)
    codes = codes_of(table, np.random.default_rng(0), 50)
    codes["work"][:], codes["pay"][:] = 1, 0
    mend(rows, codes, stream(0, "rules"))
    assert (codes["work"] == 0).all()
    assert (codes["pay"] == 2).all()


def test_a_mended_column_still_copies_the_value_of_its_case():
    shared = replace(ATTRIBUTES[0], shared="ages")
    table = replace(table_of(MARRIED_CHILD), attributes=(shared, *ATTRIBUTES[1:]))
    sure = {"age": np.array([1 << 30], dtype=np.int32)}
    case = np.random.default_rng(0).integers(0, 3, 3000).astype(np.int16)
    rows = rows_of(table, {"age": [[0, 0, 1]]}, 3000, sure, {"ages": case})
    codes = codes_of(table, np.random.default_rng(0), 3000)
    codes["age"], codes["married"] = case.copy(), np.ones(3000, dtype=np.int16)
    mend(rows, codes, stream(0, "rules"))
    np.testing.assert_array_equal(codes["age"], case)


CONTRADICTION = """\
synthcase: 1
name: contradiction
protect: {unit: case}
tables:
  case:
    key: case_id
    columns:
      kind: {kind: categorical, values: [a, b], else: b}
      other: {kind: categorical, values: [c, d], else: d}
rules:
  - {forbid: {case.kind: [a], case.other: [c, d]}}
  - {forbid: {case.kind: [b]}}
"""


def test_contradictory_rules_are_named():
    schema = toy_schema(CONTRADICTION)
    assert layout_of(schema).tables[0].forbidden
    design = toy_design(schema)
    model = model_of(schema, (design, toy_logits(design)))
    with pytest.raises(SchemaError, match="rules of table case leave no possible row"):
        list(drawn(model, cases=20))
