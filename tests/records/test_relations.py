import pytest

from synthcase.records.relations import Shape, guess_shapes, looks_like_key


def shapes(tables, *unique):
    """Guess with the combinations of columns that never repeat."""
    held = {(table, tuple(columns.split())) for table, columns in unique}
    return guess_shapes(tables, lambda table, columns: (table, tuple(columns)) in held)


def test_names_of_keys():
    names = ["id", "case_id", "caseId", "CaseID", "leg_no", "code", "paid", "android", "avoid"]
    assert [name for name in names if looks_like_key(name)] == names[:6]


def test_a_tree_of_tables():
    found = shapes(
        {
            "case": ["case_id", "x"],
            "victim": ["case_id", "victim_id"],
            "leg": ["victim_id", "case_id", "leg_no"],
        },
        ("case", "case_id"), ("victim", "case_id"), ("victim", "victim_id"),
        ("leg", "victim_id leg_no"),
    )  # fmt: skip
    assert found == {
        "case": Shape(("case_id",)),
        "victim": Shape(("victim_id",), (("case", "case_id"),)),
        "leg": Shape(("victim_id", "leg_no"), (("victim", "victim_id"),), "leg_no"),
    }


def test_a_link_has_the_keys_of_both_ends_even_where_one_never_repeats():
    found = shapes(
        {"a": ["a_id"], "b": ["b_id"], "l": ["a_id", "b_id"]},
        ("a", "a_id"), ("b", "b_id"), ("l", "a_id"), ("l", "a_id b_id"),
    )  # fmt: skip
    assert found["l"] == Shape(("a_id", "b_id"), (("a", "a_id"), ("b", "b_id")))


def test_plain_ids_are_referred_to_by_the_name_of_their_table():
    found = shapes(
        {"cases": ["id"], "victim": ["id", "case_id"]}, ("cases", "id"), ("victim", "id")
    )
    assert found["victim"] == Shape(("id",), (("cases", "case_id"),))
    assert found["cases"] == Shape(("id",))


def test_a_table_with_the_key_of_another_is_its_child():
    found = shapes(
        {"victim": ["victim_id"], "victim_detail": ["victim_id"]},
        ("victim", "victim_id"),
        ("victim_detail", "victim_id"),
    )
    assert found["victim_detail"] == Shape(("victim_id",), (("victim", "victim_id"),))
    assert found["victim"] == Shape(("victim_id",))


def test_circles_are_cut_and_a_third_reference_is_told():
    found = shapes(
        {"a": ["a_id", "b_id"], "b": ["b_id", "a_id"], "c": ["c_id"], "d": ["d_id"],
         "l": ["l_id", "a_id", "c_id", "d_id"]},
        *((name, f"{name}_id") for name in "abcdl"),
    )  # fmt: skip
    assert found["a"].parents == (("b", "b_id"),)
    assert found["b"].parents == ()
    assert found["l"].parents == (("a", "a_id"), ("c", "c_id"))
    assert found["l"].further == (("d", "d_id"),)


@pytest.mark.parametrize("columns", [["colour"], ["colour", "case_id"]])
def test_a_table_without_a_key_has_none(columns):
    found = shapes({"case": ["case_id"], "loose": columns}, ("case", "case_id"))
    assert found["loose"].key == ()
