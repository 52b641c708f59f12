import pytest

from synthcase.errors import SchemaError
from synthcase.schema.likes import copy_likes


def raw(**columns):
    return {"tables": {"t": {"columns": columns}, "u": {"columns": {"x": {"like": "t.a"}}}}}


def column(found, table="t", name="b"):
    return found["tables"][table]["columns"][name]


A = {
    "kind": "categorical",
    "values": ["p"],
    "else": "p",
    "from_data": "true",
    "approved": {"by": "A"},
}


def test_a_copy_says_what_its_model_says():
    found = copy_likes(raw(a=A, b={"like": "t.a"}))
    assert column(found) == column(found, "u", "x") == A


def test_a_copy_of_a_copy_and_its_own_words():
    found = copy_likes(raw(a=A, b={"like": "t.c", "else": "q"}, c={"like": "t.a", "shared": "s"}))
    assert column(found) == A | {"shared": "s", "else": "q"}


def test_other_values_are_not_approved_and_another_kind_has_no_values():
    kept = {"kind": "categorical", "else": "p"}
    assert column(copy_likes(raw(a=A, b={"like": "t.a", "values": ["q"]}))) == kept | {
        "values": ["q"]
    }
    assert column(copy_likes(raw(a=A, b={"like": "t.a", "kind": "binary"}))) == kept | {
        "kind": "binary"
    }


@pytest.mark.parametrize(
    "columns",
    [
        {"a": {"like": "t.a"}},
        {"a": {"like": "t.b"}, "b": {"like": "t.a"}},
        {"a": {"like": "t"}},
        {"a": {"like": "x.a"}},
        {"a": {"like": ["t.b"]}},
    ],
)
def test_copies_of_nothing_are_refused(columns):
    with pytest.raises(SchemaError, match=r"copies no other column|is no column"):
        copy_likes({"tables": {"t": {"columns": columns}}})


def test_a_long_row_of_copies_is_refused():
    row = {f"c{number}": {"like": f"t.c{number + 1}"} for number in range(3000)}
    with pytest.raises(SchemaError, match="copies no other column"):
        copy_likes(raw(**row, c3000=A))


def test_copies_that_make_a_small_file_large_are_refused():
    long = {**A, "values": [f"v{number}" for number in range(500)]}
    few, many = ({f"c{n}": {"like": "t.a"} for n in range(number)} for number in (100, 300))
    assert len(copy_likes(raw(a=long, **few))["tables"]["t"]["columns"]) == 101
    with pytest.raises(SchemaError, match="too large"):
        copy_likes(raw(a=long, **many))


@pytest.mark.parametrize(
    "odd", [{}, {"tables": "x"}, {"tables": {"t": "x"}}, {"tables": {"t": {"columns": ["a"]}}}]
)
def test_another_shape_is_left_to_the_forms(odd):
    assert copy_likes(odd) == odd
