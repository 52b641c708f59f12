import json
from pathlib import Path
from typing import get_args

import jsonschema
import pytest
import yaml
from hypothesis import given

from strategies import schema_forms
from synthcase.schema.column_forms import MissingKind, Topic
from synthcase.schema.columns import TOPICS
from synthcase.schema.domains import MISSING_KINDS
from synthcase.schema.forms import json_schema, json_schema_text

FILE = Path(__file__).parents[2] / "schemas" / "schema.schema.json"


def test_the_file_for_editors_is_the_one_the_forms_give():
    assert json.loads(FILE.read_text(encoding="utf-8")) == json.loads(json_schema_text())


def test_the_words_of_the_forms_are_those_of_the_nouns():
    assert get_args(MissingKind) == MISSING_KINDS
    assert get_args(Topic) == TOPICS


@given(schema_forms())
def test_an_editor_accepts_what_we_accept(form):
    jsonschema.validate(form, json_schema())


# What an editor makes of a file: it types scalars by itself.
TYPED = """
synthcase: 1
name: typed
public: {case: {rows: null}}
tables:
  case:
    key: id
    columns:
      country: {kind: categorical, values: [NO, 12, null, 1.5], else: NO, missing: {unknown: }}
      age: {kind: number, bins: [0, 9.5, 18], else: unknown, missing: {unknown: [99, ""]}}
      again: {like: case.age, bins: [0, 1]}
      day: {kind: date, bins: {from: 2010, to: 2011, by: year}, else: "2010", from_data: true}
"""


def test_an_editor_accepts_scalars_of_any_type():
    jsonschema.validate(yaml.safe_load(TYPED), json_schema())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("synthcase: 1", "synthcase: 2"),
        ("key: id", "keys: id"),
        ("kind: number", "kind: numeric"),
        (", else: NO", ""),
        ("unknown: }", "none: }"),
        ("by: year", "by: week"),
    ],
)
def test_an_editor_marks_what_we_refuse(old, new):
    assert old in TYPED
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(TYPED.replace(old, new)), json_schema())
