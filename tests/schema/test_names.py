import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthcase.errors import SchemaError
from synthcase.schema.names import (
    check_column_name,
    check_label,
    check_schema_name,
    check_table_name,
)


@pytest.mark.parametrize("name", ["case", "a", "journey_leg2", "c" + "x" * 40])
def test_good_table_names(name):
    check_table_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Case",
        "1a",
        "a-b",
        "a b",
        "../x",
        "a/b",
        "con",
        "nul",
        "com1",
        "lpt9",
        "é",
        "a\n",
        "a" * 42,
    ],
)
def test_table_names_that_are_no_safe_file_names(name):
    with pytest.raises(SchemaError):
        check_table_name(name)


@pytest.mark.parametrize("name", ["casework", "Case-2024_b"])
def test_good_schema_names(name):
    check_schema_name(name)


@pytest.mark.parametrize("name", ["", "a/b", "a b", ".x", "-x", "CON", "a" * 70])
def test_schema_names_that_are_no_safe_file_names(name):
    with pytest.raises(SchemaError):
        check_schema_name(name)


@pytest.mark.parametrize("name", ["Age at entry", "âge", "a.b", "x#"])
def test_good_column_names(name):
    check_column_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", " a", "a ", "=a", "+a", "-a", "@a", "#a", "a/b", "a\\b", "a\tb", "a\x7f"),
        *("a__missing", "a\u202eb", "a\u2028b", "a" * 121),
    ],
)
def test_column_names_that_are_not_safe(name):
    with pytest.raises(SchemaError):
        check_column_name(name)


@pytest.mark.parametrize(
    "label", ["NO", "-1", "+5", "-1.5", "1,5", "48+", " a ", "\u0646\u200c\u0647", "a=b"]
)
def test_good_labels(label):
    check_label(label)


@pytest.mark.parametrize(
    "label",
    [
        "",
        "=1",
        "+a",
        "-a",
        "@a",
        " =1",
        "\t=1",
        "-1+1",
        "a\nb",
        "a\rb",
        "a\x00",
        "\u202ea",
        "x" * 201,
    ],
)
def test_labels_that_are_not_safe(label):
    with pytest.raises(SchemaError):
        check_label(label)


@given(st.text(max_size=6))
def test_no_good_label_is_a_formula(label):
    try:
        check_label(label)
    except SchemaError:
        return
    assert label.lstrip()[:1] not in ("=", "@", "\t", "\r")
    assert "\n" not in label
