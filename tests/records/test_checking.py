import json

import pyarrow as pa
import pytest
from hypothesis import given

from casefiles import SCHEMA, csv_text, write_csv
from strategies import arrow_of, databases
from synthcase.records import check
from synthcase.schema import load_schema


def found(report, level="error"):
    return {(p.where, p.kind, p.count) for p in report.problems if p.level == level}


def frames(tables):
    return {name: pa.table(frame) for name, frame in tables.items()}


def test_good_records_have_no_problem(make_source, tables, schema):
    report = check(make_source(tables), schema)
    assert report.ok
    assert report.problems == ()
    assert report.text() == "no problem found"
    assert json.loads(report.to_json()) == {"ok": True, "problems": []}


CHANGES = [
    ("case", "country", ["XA", "NO", "XX"], "case.country", "value outside the domain"),
    ("case", "opened", ["2013-02-30", "2014", "2015"], "case.opened", "impossible date"),
    ("case", "opened", ["2013", "2014", "2099"], "case.opened", "value outside the domain"),
    ("victim", "age", ["8", "17", "", "forty"], "victim.age", "impossible number"),
    ("victim", "age", ["8", "17", "", "400"], "victim.age", "value outside the domain"),
    ("victim", "means", ["debt;x", "", "", "debt"], "victim.means", "value outside the domain"),
    (
        "victim",
        "minor",
        ["no", "yes", "", "no"],
        "victim.forbidden together: age, minor",
        "broken rule",
    ),
    ("victim", "owed", ["large", "small", "", "?"], "victim.gate of owed", "broken rule"),
    ("victim", "young", ["no", "yes", "", "no"], "victim.derived: young", "broken rule"),
    ("victim", "victim_id", ["v1", "v2", "v2", "v4"], "victim.victim_id", "duplicate key"),
    ("victim", "victim_id", ["v1", "v2", "", "v4"], "victim.victim_id", "missing key"),
    ("victim", "case_id", ["c2", "c1", "c9", "c3"], "victim.case_id", "orphan key"),
    ("link", "victim_id", ["v2", "v9"], "link.victim_id", "orphan key"),
]


@pytest.mark.parametrize(("table", "column", "texts", "where", "kind"), CHANGES)
def test_each_kind_of_problem_is_found_where_it_is(
    tables, schema, table, column, texts, where, kind
):
    if column == "victim_id" and table == "victim":
        tables["leg"] = {"victim_id": ["v1"], "leg_no": ["1"], "mode": ["road"]}
        tables["link"] = {"case_id": ["c1"], "victim_id": ["v1"]}
    tables[table][column] = texts
    report = check(frames(tables), schema)
    assert found(report) == {(where, kind, "<10")}
    assert not report.ok


def test_a_problem_is_found_in_every_kind_of_source(make_source, tables, schema):
    tables["victim"]["age"][0] = "old"
    tables["link"]["case_id"][0] = "c9"
    assert found(check(make_source(tables), schema)) == {
        ("victim.age", "impossible number", "<10"),
        ("link.case_id", "orphan key", "<10"),
    }


def test_missing_tables_and_columns(make_source, tables, schema):
    del tables["place"], tables["victim"]["case_id"], tables["victim"]["age"]
    report = check(make_source(tables), schema)
    assert found(report) == {
        ("place", "missing table", None),
        ("victim.case_id", "missing column", None),
        ("victim.age", "missing column", None),
    }


def test_a_derived_column_need_not_be_there(tables, schema):
    del tables["victim"]["young"]
    assert check(frames(tables), schema).ok


def test_a_table_that_cannot_be_read_hides_no_other_problem(tmp_path, tables, schema):
    tables["victim"]["age"][0] = "old"
    folder = write_csv(tmp_path / "csv", tables)
    (folder / "link.csv").write_text(csv_text(tables["link"]) + "c1,v1,v2\n")
    (folder / "place.csv").write_text("code,name,code\n")
    kinds = {(p.table, p.kind) for p in check(folder, schema).errors}
    assert kinds == {
        (
            "link",
            "cannot be read: table link has rows with another number of cells than its first line",
        ),
        ("place", "column there twice"),
        ("victim", "impossible number"),
    }


def test_counts_below_ten_are_hidden_and_row_numbers_are_asked_for(schema, tables):
    tables["leg"] = {
        "victim_id": ["v1"] * 12,
        "leg_no": [str(n) for n in range(12)],
        "mode": ["road", *["boat"] * 10, "ship"],
    }
    report = check(frames(tables), schema)
    assert found(report) == {("leg.mode", "value outside the domain", "11")}
    assert report.problems[0].row_numbers == ()
    assert "rows" not in json.loads(report.to_json())["problems"][0]
    tables["leg"]["mode"][1:11] = ["air"] * 10
    report = check(frames(tables), schema, rows=True)
    assert found(report) == {("leg.mode", "value outside the domain", "<10")}
    assert report.problems[0].row_numbers == (12,)
    assert "rows: 12" in report.text()
    assert "12" not in report._repr_html_()


def test_warnings_are_no_errors(tables):
    text = SCHEMA.replace("country:", "religion_of_victim:").replace(
        "mode: {kind", "mode: {from_data: true, kind"
    )
    tables["case"]["religion_of_victim"] = tables["case"].pop("country")
    report = check(frames(tables), load_schema(text))
    assert report.ok
    assert found(report, "warning") == {
        ("case.religion_of_victim", "sensitive topic without justification", None),
        ("leg.mode", "domain from the data, not approved", None),
    }


@given(databases(junk=False, rules=False))
def test_what_fits_the_schema_has_no_error(database):
    assert check(arrow_of(database.frames), database.schema).ok


@given(databases())
def test_any_cells_are_checked_without_a_crash(database):
    report = check(arrow_of(database.frames), database.schema, rows=True)
    assert {problem.kind for problem in report.errors} <= {
        "value outside the domain",
        "impossible number",
        "impossible date",
        "broken rule",
    }
