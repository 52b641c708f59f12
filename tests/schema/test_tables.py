import pytest

from synthcase.errors import SchemaError
from synthcase.schema.columns import Column
from synthcase.schema.domains import Flags, Values
from synthcase.schema.tables import Parent, Table

SEX = Column(name="sex", domain=Values(("f", "m")), otherwise="f")
MEANS = Column(name="means", domain=Flags(("debt",)), otherwise="debt")


def table(**options):
    return Table(**{"name": "t", "key": ("id",)} | options)


def test_a_table_finds_its_parent_and_columns():
    up = Parent(table="up", by="up_id")
    made = table(columns=(SEX,), parents=(up, Parent(table="far", by="far_id")))
    assert made.parent is up
    assert made.column("sex") is SEX
    with pytest.raises(SchemaError, match="no column 'age'"):
        made.column("age")
    assert table().parent is None


def test_a_composite_reference_has_all_its_columns():
    assert Parent(table="up", by="a", also_by=("b",)).columns == ("a", "b")


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"name": "T"}, "cannot name a table"),
        ({"key": ()}, "needs a key"),
        ({"key": ("a", "a")}, "needs a key"),
        ({"key": ("a/b",)}, "cannot name a column"),
        ({"columns": (SEX, SEX)}, "names a column twice"),
        (
            {"columns": (MEANS, Column(name="means.debt", domain=SEX.domain, otherwise="f"))},
            "names a column twice",
        ),
        ({"key": ("sex",), "columns": (SEX,)}, "a key and a column at once"),
        ({"parents": (Parent(table="u", by="sex"),), "columns": (SEX,)}, "a key and a column"),
        (
            {"parents": (Parent(table="u", by="x", also_by=("sex",)),), "columns": (SEX,)},
            "a key and a column",
        ),
        ({"parents": tuple(Parent(table="u", by=f"b{n}") for n in range(3))}, "at most two"),
        ({"lookup": True, "parents": (Parent(table="u", by="b"),)}, "look-up table"),
        ({"copied": ("a",)}, "without a domain"),
        ({"public_rows": 5}, "needs a `source`"),
        ({"public_rows": -1, "public_source": "x"}, "needs a `source`"),
    ],
)
def test_tables_that_contradict_themselves(options, match):
    with pytest.raises(SchemaError, match=match):
        table(**options)


@pytest.mark.parametrize(
    "options",
    [{"typical": 0}, {"typical": 1001}, {"by": ""}, {"order": "a\n"}, {"also_by": ("b",)}],
)
def test_references_that_are_none(options):
    with pytest.raises(SchemaError):
        Parent(**{"table": "u", "by": "b"} | options)
