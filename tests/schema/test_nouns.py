import pytest

from synthcase.errors import SchemaError
from synthcase.schema.columns import Column
from synthcase.schema.domains import Values
from synthcase.schema.nouns import Parent, Person, Protect, Schema, Table

CASE = Table(name="case", key=("id",))
LEG = Table(name="leg", key=("id",), parents=(Parent(table="victim", by="up"),))
VICTIM = Table(name="victim", key=("id",), parents=(Parent(table="case", by="up", typical=5),))


def schema(*tables, **protect):
    return Schema(name="s", tables=tables, protect=Protect(**protect))


def test_parents_stand_before_their_children():
    made = schema(LEG, VICTIM, CASE, Table(name="code", key=("id",), lookup=True))
    assert [table.name for table in made.measured] == ["case", "victim", "leg"]
    assert made.path("leg") == ("case", "victim", "leg")
    assert made.roots == (CASE,)
    assert made.children("case") == (VICTIM,)
    with pytest.raises(SchemaError, match="no table 'x'"):
        made.table("x")


def test_a_cap_is_given_or_four_times_what_is_typical():
    made = schema(CASE, VICTIM, LEG, caps=(("leg", 7),))
    assert [made.cap(name) for name in ("case", "victim", "leg")] == [1, 20, 7]


def test_circles_are_refused():
    one = Table(name="one", key=("id",), parents=(Parent(table="two", by="up"),))
    two = Table(name="two", key=("id",), parents=(Parent(table="one", by="up"),))
    with pytest.raises(SchemaError, match="circle"):
        schema(CASE, one, two)
    with pytest.raises(SchemaError, match="no table is without a parent"):
        schema(one, two)


@pytest.mark.parametrize(
    "protect",
    [
        {"unit": "house"},
        {"caps": (("victim", 0),)},
        {"caps": (("victim", 301),)},
        {"persons": (Person("victim", 0),)},
        {"persons_per_case": 0},
    ],
)
def test_figures_of_protection_have_bounds(protect):
    with pytest.raises(SchemaError):
        Protect(**protect)


def test_the_name_of_a_schema_is_checked():
    with pytest.raises(SchemaError):
        Schema(name="a/b", tables=(CASE,), protect=Protect())


def test_a_page_shows_names_as_text():
    odd = Column(name="<b>", domain=Values(("a",)), otherwise="a")
    made = schema(Table(name="case", key=("id",), columns=(odd,)))
    assert "&lt;b&gt; (categorical)" in made._repr_html_()
    assert "<b> (" not in made._repr_html_()
