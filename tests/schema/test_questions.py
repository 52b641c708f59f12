import pytest

from synthcase.errors import SchemaError
from synthcase.schema import load_schema
from synthcase.schema.questions import question_of

SCHEMA = load_schema("""
synthcase: 1
name: asked
tables:
  case: {key: id, columns: {country: {kind: binary, else: "no"}, a b.c: {kind: binary, else: "no"}}}
  victim:
    key: id
    parent: {table: case, by: up}
    columns: {sex: {kind: binary, else: "no"}, case.x: {kind: binary, else: "no"}}
  far: {key: id, columns: {sex: {kind: binary, else: "no"}}}
  code: {key: id, lookup: true, columns: [name]}
""")


@pytest.mark.parametrize(
    ("text", "table", "by"),
    [
        ("count victim by sex", "victim", (("victim", "sex"),)),
        (
            " count  victim\n by sex ,case.country",
            "victim",
            (("victim", "sex"), ("case", "country")),
        ),
        ("count victim by victim.sex", "victim", (("victim", "sex"),)),
        ("count victim by case.x", "victim", (("victim", "case.x"),)),
        ("count case by a b.c", "case", (("case", "a b.c"),)),
    ],
)
def test_questions_are_understood(text, table, by):
    question = question_of(text, SCHEMA)
    assert (question.table, question.by) == (table, by)
    assert question.text == " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("count victim", "not understood"),
        ("victim by sex", "not understood"),
        ("count victim by ", "not understood"),
        ("count victims by sex", "no table"),
        ("count code by name", "look-up table"),
        ("count victim by age", "no column 'age'"),
        ("count victim by sex,", "no column ''"),
        ("count victim by case.sex", "no column 'sex'"),
        ("count victim by far.sex", "by a column of 'far'"),
        ("count case by victim.sex", "by a column of 'victim'"),
        ("count victim by sex, victim.sex", "a column twice"),
    ],
)
def test_questions_that_have_no_answer(text, match):
    with pytest.raises(SchemaError, match=match):
        question_of(text, SCHEMA)
