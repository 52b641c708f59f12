import json

import yaml
from hypothesis import given
from hypothesis import strategies as st

from strategies import column_nouns, schemas
from synthcase.schema import load_schema
from synthcase.schema.dump import column_form, flow, scalar, schema_text
from synthcase.schema.text import parse_yaml


@given(schemas())
def test_other_readers_of_yaml_take_every_text_for_text(schema):
    ours, theirs = parse_yaml(schema.text), yaml.safe_load(schema.text)

    def plain(tree):
        if isinstance(tree, dict):
            return {key: plain(value) for key, value in tree.items()}
        if isinstance(tree, list):
            return [plain(item) for item in tree]
        return json.dumps(tree) if isinstance(tree, bool | int) else tree

    assert plain(theirs) == ours


@given(schemas())
def test_one_schema_has_one_text(schema):
    assert schema_text(schema) == schema.text == schema_text(load_schema(schema.text))


@given(column_nouns())
def test_a_column_is_written_so_that_it_is_read_again(column):
    table = {"key": "id", "columns": {column.name: column_form(column)}}
    again = load_schema({"synthcase": 1, "name": "x", "tables": {"t": table}})
    assert again.table("t").columns == (column,)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_text_stands_on_one_printable_line(text):
    assert scalar(text).isprintable()
    assert parse_yaml(f"a: {scalar(text)}") == {"a": text}


def test_words_that_others_take_for_values_are_quoted():
    words = ["NO", "yes", "null", "~", "1", "1.5", "2014-05-01", "12:30", "", " a", "a: b", "#"]
    assert all(scalar(word).startswith('"') for word in words)
    assert [scalar("female"), scalar("case_id")] == ["female", "case_id"]
    assert flow({"a": [1, True, "x"], "b": {}}) == "{a: [1, true, x], b: {}}"
