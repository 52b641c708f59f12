import pytest

from synthcase.errors import SchemaError
from synthcase.schema.coherence import check_protect, check_references, check_shared
from synthcase.schema.columns import Column
from synthcase.schema.domains import Values
from synthcase.schema.nouns import Parent, Person, Protect, Table

ROOT = Table(name="root", key=("a", "b"))
CODE = Table(name="code", key=("id",), lookup=True)


def child(**reference):
    return Table(name="child", key=("id",), parents=(Parent(**reference),))


def test_references_lead_to_measured_tables_by_their_whole_key():
    check_references([ROOT, CODE, child(table="root", by="x", also_by=("y",))])
    for tables, match in (
        ([ROOT, ROOT], "a table twice"),
        ([ROOT, child(table="rot", by="x")], "which is no table"),
        ([CODE, child(table="code", by="x")], "look-up table code"),
        ([ROOT, child(table="root", by="x")], "each part of its key"),
    ):
        with pytest.raises(SchemaError, match=match):
            check_references(tables)


def test_a_schema_has_no_endless_tables():
    tables = [Table(name=f"t{number}", key=("id",)) for number in range(201)]
    check_references(tables[:200])
    with pytest.raises(SchemaError, match="201 tables"):
        check_references(tables)


def test_only_what_is_measured_is_protected_or_capped():
    tables = [ROOT, child(table="root", by="x", also_by=("y",))]
    check_protect(Protect(persons=(Person("child"),), caps=(("child", 3),)), tables)
    for protect, match in (
        (Protect(persons=(Person("code"),)), "no measured table"),
        (Protect(caps=(("code", 2),)), "no measured table"),
        (Protect(caps=(("root", 2),)), "no parent"),
        (Protect(unit="person"), "no table holds persons"),
    ):
        with pytest.raises(SchemaError, match=match):
            check_protect(protect, tables)


def test_columns_that_share_a_domain_agree():
    def table(name, *labels):
        one = Column(name="c", domain=Values(labels), otherwise="a", shared="d")
        return Table(name=name, key=("id",), columns=(one,))

    check_shared([table("one", "a", "b"), table("two", "a", "b")])
    with pytest.raises(SchemaError, match=r"one\.c and two\.c share the domain d"):
        check_shared([table("one", "a", "b"), table("two", "b", "a")])
