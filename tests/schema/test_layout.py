import pytest
from hypothesis import given

from strategies import schemas
from synthcase.errors import SchemaError
from synthcase.schema import load_schema
from synthcase.schema.layout import layout_of

TEXT = """
synthcase: 1
name: laid
protect: {caps: {child: 3}}
tables:
  child:
    key: id
    parent: {table: root, by: root_id, typical: 2}
    columns:
      a: {kind: binary, else: unknown, missing: {unknown: "", not_applicable: NA}}
      m: {kind: multi, values: [p, q], separator: ";", else: q, missing: {not_applicable: ""}}
      f: {kind: multi, values: [r], separator: ";", else: r}
      d: {kind: binary, else: unknown, missing: {unknown: ""}, shared: yesno}
  root: {key: id, columns: {x: {kind: binary, else: "no", shared: yesno}}}
  far: {key: id}
  code: {key: id, lookup: true}
rules:
  - {gate: child.m, open_if: {child.a: "yes"}}
  - derive: child.d
    from: child.a
    map: {"yes": "yes", "no": "no", unknown: [unknown, not_applicable]}
  - {forbid: {child.a: ["no"], child.f: r, child.m: [p, not_applicable]}}
"""


def test_columns_flags_and_counts_become_attributes():
    layout = layout_of(load_schema(TEXT))
    assert [table.name for table in layout.tables] == ["root", "far", "child"]
    root, child = layout.by_name["root"], layout.by_name["child"]
    assert [(a.name, a.states) for a in root.attributes] == [
        ("x", ("no", "yes")),
        ("#child", ("0", "1", "2", "3+")),
    ]
    assert [(a.name, a.states) for a in child.attributes] == [
        ("a", ("no", "yes", "unknown", "not_applicable")),
        ("m", ("recorded", "not_applicable")),
        ("m.p", ("no", "yes", "not_applicable")),
        ("m.q", ("no", "yes", "not_applicable")),
        ("f.r", ("no", "yes")),
    ]
    assert [rule.target for rule in child.derived] == ["d"]
    assert (child.typical, child.parent, child.counts.cap) == (2, "root", 3)
    assert layout.path("child") == ("root", "child")
    assert layout.children("root") == (child,)


def test_gates_close_and_their_else_opens():
    child = layout_of(load_schema(TEXT)).by_name["child"]
    m, p, q = (child.attribute(name) for name in ("m", "m.p", "m.q"))
    assert (m.gate.attribute, m.gate.open_states, m.closed, m.otherwise) == ("a", {1}, 1, 0)
    assert (p.gate.attribute, p.closed, p.otherwise, q.otherwise) == ("m", 2, 0, 1)
    assert all(attribute.never_when_open for attribute in (m, p, q))


def test_a_forbidden_combination_is_one_for_each_choice_of_flags():
    child = layout_of(load_schema(TEXT)).by_name["child"]
    a, r = ("a", frozenset([0])), ("f.r", frozenset([1]))
    assert child.forbidden == ((a, r, ("m.p", frozenset([1]))), (a, r, ("m", frozenset([1]))))


@given(schemas())
def test_spans_lie_side_by_side(schema):
    for table in layout_of(schema).tables:
        spans = [table.span(attribute.name) for attribute in table.attributes]
        assert [s.stop - s.start for s in spans] == [a.size for a in table.attributes]
        assert [s.start for s in spans] == list(table.offsets[:-1])
        assert table.width == sum(a.size for a in table.attributes)
        for attribute in table.attributes:
            if attribute.gate:
                gate = table.attribute(attribute.gate.attribute)
                assert attribute.gate.open_states <= set(range(gate.size))
                assert attribute.states[attribute.closed] == "not_applicable"


def test_a_gate_on_a_missing_state_of_flags_is_refused():
    text = TEXT.replace('open_if: {child.a: "yes"}', "open_if: {child.f: r}")
    assert layout_of(load_schema(text)).by_name["child"].attribute("m").gate.attribute == "f.r"
    wrong = (
        text.replace("r}", "r}")
        .replace(
            'f: {kind: multi, values: [r], separator: ";", else: r}',
            'f: {kind: multi, values: [r], separator: ";", else: r, missing: {unknown: ""}}',
        )
        .replace("open_if: {child.f: r}", "open_if: {child.f: unknown}")
    )
    with pytest.raises(SchemaError, match="exactly one of its values"):
        load_schema(wrong)
