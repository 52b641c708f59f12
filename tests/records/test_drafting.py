import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles import TABLES
from synthcase.errors import DataProblem, UsageError
from synthcase.records import check, draft, read
from synthcase.records.drafting import MARK
from synthcase.schema import load_schema

CASES = {
    "case": {
        "case_id": [f"c{n}" for n in range(30)],
        "country": ["XA", "XB", "NO"] * 10,
        "opened": [f"20{10 + n % 5}-03-0{1 + n % 9}" for n in range(30)],
        "summary": ["she said so"] * 30,
        "religion": ["one", "other"] * 15,
        "constant": [""] * 30,
    },
    "victim": {
        "victim_id": [f"v{n}" for n in range(40)],
        "case_id": [f"c{n % 30}" for n in range(40)],
        "surname": [f"Name{n}" for n in range(40)],
        "dateOfBirth": ["2000-01-01"] * 40,
        "age": [str(5 + n) if n else "unknown" for n in range(40)],
        "weight": [f"{40 + n}.5" for n in range(40)],
        "minor": ["yes", "no", "", "NK"] * 10,
        "means": ["debt;threats", "threats", "debt", "Refused"] * 10,
        "word": [f"a text of its own {n}" for n in range(40)],
        "cell": [f"{n}5550000" for n in range(40)],
        "=formula": ["1"] * 40,
    },
    "leg": {
        "victim_id": [f"v{n // 2}" for n in range(60)],
        "case_id": [f"c{n // 2 % 30}" for n in range(60)],
        "leg_no": [str(n % 2) for n in range(60)],
        "mode": ["road", "=2+5", "air"] * 20,
    },
    "trafficker": {"id": ["t1", "t2"], "case_id": ["c1", "c1"], "role": ["a", "b"]},
    "victim_trafficker": {"victim_id": ["v1", "v2"], "trafficker_id": ["t1", "t1"]},
    "loose": {"colour": ["red", "red"]},
    "Bad Name": {"id": ["1"]},
}


def frames(tables):
    import pyarrow as pa

    return {name: pa.table(columns) for name, columns in tables.items()}


@pytest.fixture(scope="module")
def text():
    return draft(frames(CASES))


def test_the_draft_loads_and_finds_tables_keys_and_references(text):
    schema = load_schema(text)
    shapes = {t.name: (t.key, [(p.table, p.by, p.order) for p in t.parents]) for t in schema.tables}
    assert shapes == {
        "case": (("case_id",), []),
        "victim": (("victim_id",), [("case", "case_id", None)]),
        "leg": (("victim_id", "leg_no"), [("victim", "victim_id", "leg_no")]),
        "trafficker": (("id",), [("case", "case_id", None)]),
        "victim_trafficker": (
            ("victim_id", "trafficker_id"),
            [("victim", "victim_id", None), ("trafficker", "trafficker_id", None)],
        ),
    }
    assert [person.table for person in schema.protect.persons] == ["victim", "trafficker"]
    assert schema.roots[0].name == "case"


def test_kinds_are_guessed_and_every_domain_is_marked(text):
    schema = load_schema(text)
    victim, case = schema.table("victim"), schema.table("case")
    kinds = {column.name: column.domain.kind for t in (case, victim) for column in t.columns}
    assert kinds == {
        "country": "categorical",
        "opened": "date",
        "age": "number",
        "weight": "number",
        "minor": "binary",
        "means": "multi",
    }
    names = [f"{t.name}.{c.name}" for t in schema.tables for c in t.columns]
    assert list(schema.unapproved) == names
    assert text.count(f"# {MARK}") == len(names) + 1  # and the one that is commented out
    assert {m.kind: m.spellings for m in victim.column("means").missing} == {
        "unknown": ("",),
        "withheld": ("Refused",),
    }


def test_it_says_first_that_it_is_for_the_custodian_alone(text):
    assert text.startswith("# FOR THE CUSTODIAN ALONE")


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("left out: summary: its name says that it is free text", "she said so"),
        ("left out: surname: its name says that it identifies", "Name1"),
        ("left out: dateOfBirth: its name says that it identifies", "2000-01-01"),
        ("left out: word: its many different values", "a text of its own 1"),
        ("left out: cell: its many long", "15550000"),
        ("left out: constant: no value occurs", "nothing of this kind"),
        ("left out: mode: a value would be a formula", "=2+5"),
        ('left out: "=formula": its name is not safe', "nothing of this kind"),
        ('left out: table "Bad Name": rename it', "nothing of this kind"),
        ("left out: table loose: no key was found", "colour"),
    ],
)
def test_what_identifies_or_is_free_text_is_left_out_by_name(text, line, value):
    assert re.search(line, text)
    assert value not in text


def test_a_sensitive_column_waits_for_its_reason(text):
    assert not any(c.name == "religion" for c in load_schema(text).table("case").columns)
    assert "# sensitive (religion): write in `justification`" in text
    awake = text.replace("# religion: {", "religion: {")
    with pytest.raises(Exception, match="says not why"):
        load_schema(awake)
    asked = awake.replace('justification: ""', 'justification: "asked for by the donor"')
    assert load_schema(asked).table("case").column("religion").topic == "religion"


def approved(text):
    return text.replace("from_data: true", "from_data: true, approved: {by: A, source: codebook}")


def test_an_approved_draft_needs_nothing_more_and_fits_the_records(text):
    schema = load_schema(approved(text))
    assert schema.unapproved == ()
    assert load_schema(schema.text) == schema
    kept = {name: frame for name, frame in CASES.items() if name not in ("loose", "Bad Name")}
    assert check(frames(kept), schema).problems == ()
    assert read(frames(kept), schema).tables["leg"].rows == 60


def test_every_source_gives_the_same_draft(make_source):
    assert draft(make_source(TABLES)) == draft(frames(TABLES))


def test_the_person_may_be_the_unit():
    assert load_schema(draft(frames(CASES), unit="person")).protect.unit == "person"
    only = {"visit": {"visit_id": ["1", "2"], "place": ["a", "b"]}}
    schema = load_schema(draft(frames(only), unit="person"))
    assert [person.table for person in schema.protect.persons] == ["visit"]
    with pytest.raises(UsageError):
        draft(frames(only), unit="house")


def test_nothing_to_draft_from_is_refused():
    with pytest.raises(DataProblem, match="no table with a key"):
        draft({})
    with pytest.raises(DataProblem, match="no table with a key"):
        draft(frames({"loose": {"colour": ["red", "red"]}}))


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
CELLS = st.one_of(TEXTS, st.sampled_from(["", "1", "2.5", "-3", "2014-05-01", "a;b", "yes", "NK"]))


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=12), TEXTS)
def test_whatever_is_in_the_cells_a_draft_loads_and_fits(rows, name):
    columns = {"case_id": [str(n) for n in range(len(rows))], "one": [a for a, _ in rows]}
    columns.setdefault(name, [b for _, b in rows])
    source = frames({"case": columns})
    schema = load_schema(draft(source))
    assert check(source, schema).errors == ()
