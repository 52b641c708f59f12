import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given

from strategies import databases, records_of
from synthcase.errors import InternalError
from synthcase.schema import load_schema
from synthcase.schema.attributes import Attribute, GateAt, TableLayout
from synthcase.schema.coding import encode
from synthcase.schema.layout import layout_of
from synthcase.schema.row_rules import apply_gates, broken_rules, derive, gated

SCHEMA = load_schema("""
synthcase: 1
name: gates
tables:
  t:
    key: id
    columns:
      third: {kind: binary, else: unknown, missing: {not_applicable: "", unknown: "?"}}
      second: {kind: multi, values: [a, other], separator: ";", else: other,
               missing: {not_applicable: ""}}
      first: {kind: categorical, values: [x, y], else: x, missing: {unknown: ""}}
      stays: {kind: categorical, values: [s], else: not_applicable, missing: {not_applicable: ""}}
      letter: {kind: categorical, values: [k, m], else: k, missing: {unknown: ""}}
rules:
  - {gate: t.third, open_if: {t.second: [a]}}
  - {gate: t.second, open_if: {t.first: [x, unknown]}}
  - {gate: t.stays, open_if: {t.first: x}}
  - {forbid: {t.first: x, t.stays: s}}
  - {derive: t.letter, from: t.first, map: {k: x, m: y, unknown: unknown}}
""")
TABLE = SCHEMA.table("t")
LAYOUT = layout_of(SCHEMA).by_name["t"]


def coded(**cells):
    codes = {}
    for name, texts in cells.items():
        codes |= encode(TABLE.column(name), {name: pa.array(texts)})
    return codes


CODES = coded(
    first=["x", "x", "y", "y", "", "x"],
    second=["a", "", "a", "", "other", "a"],
    third=["yes", "yes", "yes", "", "?", ""],
    stays=["s", "", "s", "", "s", ""],
    letter=["k", "", "k", "m", "", "zz"],
)


def test_a_gate_beats_its_dependents_and_theirs():
    found = apply_gates(LAYOUT, CODES)
    closed = TABLE.column("third").states.index("not_applicable")
    unknown = TABLE.column("third").states.index("unknown")
    # row 1: first is open and second not applicable, so `other` is chosen and third is shut
    assert found["second"].tolist() == [0, 0, 1, 1, 0, 0]
    assert found["second.a"].tolist() == [1, 0, 2, 2, 0, 1]
    assert found["second.other"].tolist() == [0, 1, 2, 2, 1, 0]
    assert found["third"].tolist() == [1, closed, closed, closed, closed, unknown]
    assert found["stays"].tolist() == [0, 1, 1, 1, 1, 1]
    assert CODES["third"].tolist()[1] == 1


def test_gates_are_applied_after_the_gates_they_depend_on():
    names = [attribute.name for attribute in gated(LAYOUT)]
    assert names.index("second") < names.index("second.a") < names.index("third")


def test_derived_states_follow_the_mapping():
    rule = LAYOUT.derived[0]
    assert derive(TABLE, rule, CODES["first"]).tolist() == [0, 0, 1, 1, 2, 0]


def test_broken_rules_are_found_in_the_rows_as_written():
    found = {
        name: rows.tolist() for name, rows in broken_rules(LAYOUT, CODES, columns=TABLE).items()
    }
    assert found == {
        "gate of second": [False, False, True, False, False, False],
        "gate of third": [False, True, False, False, False, False],
        "gate of stays": [False, False, True, False, True, False],
        "forbidden together: first, stays": [True, False, False, False, False, False],
        "derived: letter": [False, False, True, False, False, False],
    }
    assert "derived: letter" not in broken_rules(LAYOUT, CODES)


def test_rules_on_the_same_columns_are_told_together():
    two = layout_of(
        load_schema(SCHEMA.text + '  - {forbid: {t.first: [y], t.stays: ["s"]}}\n')
    ).by_name["t"]
    rows = broken_rules(two, CODES)["forbidden together: first, stays"]
    assert rows.tolist() == [True, False, True, False, False, False]


@given(databases())
def test_records_keep_every_gate(database):
    records = records_of(database)
    for table in records.layout.tables:
        codes = records.tables[table.name].codes
        again = apply_gates(table, codes)
        assert {n: s.tolist() for n, s in again.items()} == {
            n: s.tolist() for n, s in codes.items()
        }
        assert not any(
            rows.any()
            for name, rows in broken_rules(table, codes).items()
            if name.startswith("gate of")
        )
        for attribute in table.attributes:
            if attribute.never_when_open:
                opened = np.isin(codes[attribute.gate.attribute], list(attribute.gate.open_states))
                assert not (opened & (codes[attribute.name] == attribute.closed)).any()


def test_a_gate_without_a_closed_state_is_a_bug():
    gate = GateAt("a", frozenset([0]))
    attributes = (
        Attribute(name="a", states=("x",), values=1),
        Attribute(name="b", states=("y",), values=1, gate=gate),
    )
    table = TableLayout(name="t", parent=None, typical=1, counts=None, attributes=attributes)
    with pytest.raises(InternalError):
        apply_gates(table, {"a": np.zeros(1, np.int16), "b": np.zeros(1, np.int16)})
