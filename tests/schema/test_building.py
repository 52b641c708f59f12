import pytest

from synthcase.errors import InternalError, SchemaError
from synthcase.schema.building import schema_of
from synthcase.schema.forms import SchemaForm
from synthcase.schema.tables import Parent

BINARY = {"kind": "binary", "else": "no"}


def built(**tables):
    return schema_of(SchemaForm.model_validate({"synthcase": "1", "name": "x", "tables": tables}))


def parents(**table):
    return built(a={"key": "id"}, b={"key": "id"}, t={"key": "id"} | table).table("t").parents


def test_parents_may_be_one_two_or_listed():
    assert parents() == ()
    assert parents(parent={"table": "a", "by": "x", "typical": "3", "order": "n"}) == (
        Parent(table="a", by="x", typical=3, order="n"),
    )
    assert parents(parent={"table": "a", "by": "x"}, typical="4")[0].typical == 4
    two = (Parent(table="a", by="x", typical=2), Parent(table="b", by="y"))
    assert parents(parents={"a": "x", "b": "y"}, typical="2") == two
    listed = [{"table": "a", "by": "x", "typical": "2"}, {"table": "b", "by": "y"}]
    assert parents(parents=listed) == two
    same = parents(parents=[{"table": "a", "by": "x"}, {"table": "a", "by": "y"}])
    assert [parent.by for parent in same] == ["x", "y"]


@pytest.mark.parametrize(
    ("table", "match"),
    [
        ({"parent": {"table": "a", "by": "x"}, "parents": {"b": "y"}}, "both `parent` and"),
        ({"parent": {"table": "a", "by": "x", "typical": "2"}, "typical": "2"}, "given twice"),
        ({"parent": {"table": "a", "by": []}}, "names no column"),
        ({"columns": {"c": BINARY | {"else": "maybe"}}}, "table t: column c: column c: `else"),
        (
            {"columns": {"c": {"kind": "number", "bins": [], "else": "x"}}},
            "table t: column c: bins",
        ),
    ],
)
def test_errors_name_table_and_column(table, match):
    with pytest.raises(SchemaError, match=match):
        parents(**table)


def test_a_look_up_table_is_copied_and_needs_no_domain():
    full = built(a={"key": "id"}, c={"key": "k", "lookup": "true", "columns": {"n": BINARY}})
    names = built(a={"key": "id"}, c={"key": "k", "lookup": "true", "columns": ["n"]})
    assert full == names
    assert names.table("c").copied == ("n",)


def test_copies_are_resolved_before():
    with pytest.raises(InternalError):
        built(a={"key": "id", "columns": {"c": {"like": "a.d"}}})
