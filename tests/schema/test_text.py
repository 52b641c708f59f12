from datetime import date, datetime
from decimal import Decimal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from synthcase.errors import SchemaError
from synthcase.schema.dump import flow
from synthcase.schema.text import as_text, parse_yaml


def test_scalars_stay_the_text_that_stands_in_the_file():
    text = "[NO, yes, 12:30:45, 1_0, 0o17, 1e3, 2014-05-01, null, ~, '', .inf, <<, =]"
    assert parse_yaml(text) == [
        *("NO", "yes", "12:30:45", "1_0", "0o17", "1e3"),
        *("2014-05-01", "null", "~", "", ".inf", "<<", "="),
    ]


BOMB = "a: &a [x, x]\n" + "\n".join(f"{n}: &{n} [*a, *a]" for n in "bcdefghi")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (BOMB, "anchor or alias in line 1"),
        ("a: [x]\nb: *a", "anchor or alias in line 2|no YAML in line 2"),
        ("a: 1\nb: 2\na: 3", "the key 'a' twice in line 3"),
        ("x:\n  {a: 1, a: 2}", "the key 'a' twice in line 2"),
        ("a: !!python/object/apply:os.system [echo]", "a tag in line 1"),
        ("a: !!str 1", "a tag"),
        ("a: ! 1", "a tag"),
        ("%YAML 1.2\n---\na: 1", "a directive"),
        ("%TAG ! tag:x,2000:\n---\na: 1", "a directive"),
        ("a: 1\n---\nb: 2", "a second document in line 2"),
        ("? [a]\n: b", "a key that is no text"),
        ("a: [b", "no YAML in line"),
        ("a: \x07", "no YAML"),
        ('a: "\\uD800"', "half a character"),
        ('a: "\\UFFFFFFFF"', "no YAML"),
        ("a: \ud800", "no YAML|large"),
        ("", "empty"),
        ("# nothing", "empty"),
    ],
)
def test_what_a_schema_does_not_need_is_refused(text, match):
    with pytest.raises(SchemaError, match=match):
        parse_yaml(text)


HOSTILE = {
    "lists": ("[" * 20_000, 30),
    "maps": ("{" * 20_000, 30),
    "dashes": ("- " * 20_000, 30),
    "steps": ("\n".join(" " * n + "a:" for n in range(1000)), 60),
    "long list": ("[" + "a," * 400_000 + "a]", 100_010),
    "long text": ("a: " + "x" * 1_000_001, 0),
    "long bytes": ("a: " + "é" * 600_000, 0),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_refused_at_its_first_wrong_event(name, monkeypatch):
    # To read the first two whole takes the parser a quarter of a minute.
    text, most = HOSTILE[name]
    read, parse = [], yaml.parse

    def counted(text, Loader):  # noqa: N803
        return (read.append(1) or event for event in parse(text, Loader=Loader))

    monkeypatch.setattr(yaml, "parse", counted)
    with pytest.raises(SchemaError, match=r"deeper|large|no text"):
        parse_yaml(text)
    assert len(read) <= most


def test_twenty_levels_are_enough_and_allowed():
    assert parse_yaml("[" * 20 + "]" * 20)
    with pytest.raises(SchemaError, match="deeper"):
        parse_yaml("[" * 21 + "]" * 21)


PLAIN = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab é\n", max_size=4), inner)
    ),
    max_leaves=8,
)


@given(PLAIN)
def test_what_is_written_is_read(value):
    assert parse_yaml(flow(value) + "\n") == value


def test_python_values_become_what_the_file_would_say():
    value = {"a": [1, 2.5, Decimal("0.10"), None, date(2014, 5, 1), ("x",), True]}
    assert as_text(value) == {"a": ["1", "2.5", "0.10", "null", "2014-05-01", ["x"], "true"]}


@pytest.mark.parametrize("value", [b"x", datetime(2014, 1, 1), {1: "x"}, {"a": {1, 2}}])  # noqa: DTZ001
def test_python_values_without_one_text_are_refused(value):
    with pytest.raises(SchemaError):
        as_text(value)


def test_python_values_that_contain_themselves_are_refused():
    loop = []
    loop.append(loop)
    with pytest.raises(SchemaError, match="deeper"):
        as_text(loop)
