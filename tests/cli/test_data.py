import json
import os

import handmade


def test_problems_are_listed_without_a_value(house, call):
    said = call("check", "records", "--schema", "schema.yaml")
    assert said.code == 1
    assert "case.country: value outside the domain (<10 rows)" in said.out
    assert handmade.SENTINEL not in said.out + said.err
    assert "stays inside" in said.err


def test_row_numbers_only_if_asked(house, call):
    assert "rows: " not in call("check", "records", "-s", "schema.yaml").out
    assert "rows: 2" in call("check", "records", "-s", "schema.yaml", "--rows").out


def test_problems_for_machines(house, call):
    said = call("check", "records", "-s", "schema.yaml", "--json")
    assert said.code == 1
    assert json.loads(said.out)["ok"] is False


def test_clean_records_lead_on(house, call):
    bad = handmade.SENTINEL
    for name, wrong, right in (
        ("case", f",{bad},,", ",XB,,"),
        ("victim", f"c2,{bad},,debt,yes,{bad},", "c2,20,,debt,no,,no"),
        ("leg", f"2,{bad}\n", "2,sea\n"),
    ):
        path = house / "records" / f"{name}.csv"
        path.write_text(path.read_text().replace(wrong, right))
    said = call("check", "records", "-s", "schema.yaml")
    assert said.out == "no problem found\n"
    assert said.code == 0
    assert "Next: synthcase plan" in said.err


def test_a_draft_is_private_and_never_overwrites(house, call):
    said = call("draft", "records", "-o", "draft.yaml")
    assert said.code == 0, said.err
    path = house / "draft.yaml"
    assert "from_data" in path.read_text()
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0
    assert handmade.SENTINEL not in said.out + said.err
    assert call("draft", "records", "-o", "draft.yaml").code == 2
    assert call("draft", "records", "-o", "draft.yaml", "--replace").code == 0


def test_the_json_schema_is_data(call):
    said = call("schema-json")
    assert json.loads(said.out)["title"] == "synthcase schema"
