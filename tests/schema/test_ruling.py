import pytest

from synthcase.errors import SchemaError
from synthcase.schema import load_schema
from synthcase.schema.rules import Derived, Forbidden, Gate

TEXT = """
synthcase: 1
name: ruled
tables:
  t:
    key: id
    columns:
      a: {kind: categorical, values: [x, y, z], else: unknown, missing: {unknown: ""}}
      b: {kind: binary, else: unknown, missing: {unknown: "", not_applicable: NA}}
      c: {kind: binary, else: "no"}
      m: {kind: multi, values: [p, q], separator: ";", else: unknown, missing: {unknown: ""}}
  u: {key: id, columns: {d: {kind: binary, else: "no"}}}
  code: {key: id, lookup: true, columns: [name]}
rules:
"""


def rules(*lines):
    return load_schema(TEXT + "".join(f"  - {line}\n" for line in lines)).rules


def test_gates_derived_columns_and_forbidden_combinations():
    assert rules(
        "{gate: t.b, open_if: {t.a: [x, unknown]}}",
        '{derive: t.c, from: t.a, map: {"yes": [x, y], "no": [z, unknown]}}',
        "{forbid: {t.a: x, t.m: [p, q], t.b: [unknown]}}",
    ) == (
        Gate("t", "b", "a", ("x", "unknown")),
        Derived("t", "c", "a", (("yes", ("x", "y")), ("no", ("z", "unknown")))),
        Forbidden("t", (("a", ("x",)), ("m", ("p", "q")), ("b", ("unknown",)))),
    )


def test_when_and_then_become_what_they_forbid():
    # A kind of missing is forbidden by no `then`, and fires a `when` only if it is named there.
    assert rules('{when: {t.a: [x, unknown], t.m: p}, then: {t.b: "yes", t.c: ["no"]}}') == (
        Forbidden("t", (("a", ("x", "unknown")), ("m", ("p",)), ("b", ("no",)))),
        Forbidden("t", (("a", ("x", "unknown")), ("m", ("p",)), ("c", ("yes",)))),
    )


@pytest.mark.parametrize(
    ("line", "match"),
    [
        ("{gate: t.b, open_if: {u.d: 'yes'}}", "joins columns of 2 tables"),
        ("{forbid: {t.a: x, u.d: 'yes'}}", "another release"),
        ("{gate: t.b, open_if: {}}", "names 0 columns"),
        ("{gate: t.b, open_if: {t.a: x, t.c: 'yes'}}", "names 2 columns"),
        ("{gate: t.b, open_if: {t.b: 'yes'}}", "its own gate"),
        ("{gate: t.b, open_if: {t.a: w}}", "opens for a state"),
        ("{gate: t.b, open_if: {t.a: []}}", "opens for no state"),
        ("{gate: t.b, open_if: {t.m: [p, q]}}", "exactly one of its values"),
        ("{gate: t.c, open_if: {t.a: x}}", "cannot be missing as not_applicable"),
        ("{gate: t.nothing, open_if: {t.a: x}}", "no column 'nothing'"),
        ("{gate: v.b, open_if: {v.a: x}}", "no column of a measured table"),
        ("{forbid: {code.name: x}}", "no column of a measured table"),
        ("{forbid: {}}", "names no column"),
        ("{forbid: {t.a: w}}", "states of t.a wrongly"),
        ("{forbid: {t.a: []}}", "states of t.a wrongly"),
        ("{forbid: {t.a: [x, x]}}", "states of t.a wrongly"),
        ("{derive: t.c, from: t.a, map: {'yes': [x, y], 'no': [z]}}", "every state of a once"),
        ("{derive: t.c, from: t.a, map: {'yes': [x, y, z, unknown], 'no': [z]}}", "once"),
        ("{derive: t.c, from: t.a, map: {maybe: [x, y, z, unknown]}}", "states of t.c wrongly"),
        ("{derive: t.c, from: t.m, map: {'yes': [p]}}", "multi-select"),
        ("{derive: t.c, from: t.c, map: {'yes': ['yes'], 'no': ['no']}}", "from itself"),
        ("{when: {t.a: x}, then: {t.b: ['no', 'yes']}}", "says nothing"),
        ("{when: {t.a: x}, then: {t.a: y}}", "different columns"),
        ("{when: {t.a: x}, then: {}}", "different columns"),
        ("{when: {t.a: x}, then: {t.m: p}}", "multi-select"),
        ("{when: {t.a: x}}", "this key is missing"),
        ("{whenever: {t.a: x}}", "a rule starts with"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(line, match):
    with pytest.raises(SchemaError, match=match):
        rules(line)


DERIVED = '{derive: t.c, from: t.a, map: {"yes": [x, y], "no": [z, unknown]}}'


@pytest.mark.parametrize(
    ("line", "match"),
    [
        (DERIVED, "two rules derive the same column"),
        ('{forbid: {t.c: ["yes"], t.m: p}}', "which another rule derives"),
        ('{gate: t.b, open_if: {t.c: ["yes"]}}', "which another rule derives"),
        (
            '{derive: t.b, from: t.c, map: {"yes": ["yes"], "no": ["no"]}}',
            "which another rule derives",
        ),
    ],
)
def test_what_is_derived_is_used_by_no_other_rule(line, match):
    with pytest.raises(SchemaError, match=match):
        rules(DERIVED, line)


GATES = {
    "depends on itself": (
        "{gate: t.b, open_if: {t.c: 'yes'}}",
        "{gate: t.c, open_if: {t.b: 'yes'}}",
    ),
    "two gates": ("{gate: t.b, open_if: {t.a: x}}", "{gate: t.b, open_if: {t.c: 'yes'}}"),
}


@pytest.mark.parametrize("match", GATES)
def test_gates_in_a_circle_or_twice_are_refused(match):
    bare = 'c: {kind: binary, else: "no"}'
    text = TEXT.replace(bare, 'c: {kind: binary, else: "no", missing: {not_applicable: ""}}')
    with pytest.raises(SchemaError, match=match):
        load_schema(text + "".join(f"  - {line}\n" for line in GATES[match]))
