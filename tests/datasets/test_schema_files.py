"""The two schema files describe exactly what the simulator writes."""

import re

import pytest
import yaml

from synthcase.datasets.blanks import GATES
from synthcase.schema import load_schema
from synthcase.schema.layout import layout_of

NOT_MODELLED = {("trafficker", "person_id")}


@pytest.fixture(params=["simulated", "demo"])
def cases(request):
    return request.getfixturevalue(request.param)


def schema_of(cases):
    # The base loader leaves every scalar a text, as the schema means it.
    return yaml.load(cases.schema_text, Loader=yaml.BaseLoader)


def columns_of(schema):
    """Every column with what it copies from another filled in."""
    tables = schema["tables"]

    def resolved(column):
        if "like" not in column:
            return column
        table, name = column["like"].split(".")
        return {**resolved(tables[table]["columns"][name]), **column}

    return {
        (table, name): resolved(column)
        for table, form in tables.items()
        for name, column in form["columns"].items()
    }


def keys_of(form):
    parents = [form["parent"]["by"]] if "parent" in form else list(form.get("parents", {}).values())
    key = form["key"]
    return {*([key] if isinstance(key, str) else key), *parents}


def spellings_of(column):
    return {text: kind for kind, text in column.get("missing", {}).items()}


def fits(column, cell):
    if column["kind"] == "number":
        edges = [int(edge) for edge in column["bins"]]
        return cell.isdecimal() and edges[0] <= int(cell) <= edges[-1]
    if column["kind"] == "date":
        shape = re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])-01", cell)
        return bool(shape) and column["bins"]["from"] <= cell <= column["bins"]["to"]
    if column["kind"] == "multi":
        chosen = cell.split(column["separator"])
        return len(set(chosen)) == len(chosen) and set(chosen) <= set(column["values"])
    return cell in column["values"]


def test_every_cell_is_a_value_or_a_spelling_of_missing(cases):
    for (table, name), column in columns_of(schema_of(cases)).items():
        for cell in set(cases.tables[table][name]) - set(spellings_of(column)):
            assert fits(column, cell), (table, name)


def test_tables_and_columns_are_those_of_the_files(cases):
    schema = schema_of(cases)
    assert list(schema["tables"]) == list(cases.tables)
    for name, form in schema["tables"].items():
        named = keys_of(form) | set(form["columns"])
        present = set(cases.tables[name].columns)
        assert named <= present
        assert {(name, column) for column in present - named} <= NOT_MODELLED


def test_every_value_and_every_kind_of_missing_occurs(simulated):
    # Otherwise the schema and the simulator have drifted apart.
    rare = {("case", "n_victims_estimated_band"), ("victim", "gender"), ("trafficker", "gender")}
    never_empty = {
        ("journey_leg", "from_country"), ("journey_leg", "to_country"),
        ("journey_leg", "border_crossed"),
    }  # fmt: skip
    for (table, name), column in columns_of(schema_of(simulated)).items():
        cells = set(simulated.tables[table][name])
        if column["kind"] == "multi":
            cells = {flag for cell in cells for flag in cell.split(";")}
        if "values" in column and (table, name) not in rare:
            assert set(column["values"]) <= cells, (table, name)
        if (table, name) not in never_empty:
            assert set(spellings_of(column)) <= cells, (table, name)


def test_every_column_says_where_other_values_go(cases):
    for name, column in columns_of(schema_of(cases)).items():
        allowed = {*column.get("values", ()), *column.get("missing", {})}
        assert column["else"] in allowed, name


def test_gates_of_the_schema_are_those_of_the_simulator(simulated):
    rules = [rule for rule in schema_of(simulated)["rules"] if "gate" in rule]
    found = {
        (rule["gate"], *next((gate, tuple(states)) for gate, states in rule["open_if"].items()))
        for rule in rules
    }
    assert found == {(f"{t}.{c}", f"{t}.{gate}", states) for t, c, gate, states in GATES}


def test_a_closed_gate_means_not_applicable_and_an_open_one_does_not(cases):
    for rule in schema_of(cases)["rules"]:
        if "gate" in rule:
            table, dependent = rule["gate"].split(".")
            ((gate, states),) = rule["open_if"].items()
            rows = cases.tables[table]
            is_open = rows[gate.split(".")[1]].isin(states)
            assert ((rows[dependent] == "n.a.") == ~is_open).all()
            assert is_open.any()
            assert not is_open.all()


def test_minor_is_derived_from_age(cases):
    (rule,) = (rule for rule in schema_of(cases)["rules"] if "derive" in rule)
    bins = [label for labels in rule["map"].values() for label in labels]
    assert len(set(bins)) == len(bins) == 10
    rows = cases.tables["victim"]
    for age, minor in zip(rows.age_at_recruitment, rows.minor, strict=True):
        assert minor == ("" if age == "" else "yes" if int(age) < 18 else "no")


def test_forbidden_combinations_do_not_occur(simulated):
    rules = [rule["forbid"] for rule in schema_of(simulated)["rules"] if "forbid" in rule]
    assert len(rules) == 3
    for rule in rules:
        (table,) = {name.split(".")[0] for name in rule}
        rows = simulated.tables[table]
        hit = [rows[name.split(".")[1]].isin(states) for name, states in rule.items()]
        assert not (hit[0] & hit[1]).any()


def test_questions_name_columns_that_exist(cases):
    schema = schema_of(cases)
    for question in schema["questions"]:
        table, columns = re.fullmatch(r"count (\w+) by (.+)", question).groups()
        assert set(columns.split(", ")) <= set(schema["tables"][table]["columns"])


def test_nothing_identifies_a_person_or_marks_a_group(simulated):
    words = r"name|street|address|birth|ethnic|religio|race|phone|mail|passport|photo|town|city"
    for table in simulated.tables.values():
        assert not [column for column in table.columns if re.search(words, column)]


def test_countries_are_from_the_block_that_will_never_be_assigned(cases):
    for (table, name), column in columns_of(schema_of(cases)).items():
        if "country" in name or name == "citizenship":
            assert all(re.fullmatch(r"X[A-Z]", code) for code in column["values"]), (table, name)
            # In use elsewhere: Kosovo and Northern Ireland.
            assert not {"XK", "XI"} & set(column["values"])


def test_nobody_is_in_more_cases_than_the_schema_says(simulated):
    declared = {
        name: int(form["max_cases"])
        for name, form in schema_of(simulated)["protect"]["persons"].items()
    }
    assert simulated.tables["trafficker"].person_id.value_counts().max() == declared["trafficker"]
    # A victim's row is a person, and belongs to one case.
    assert declared["victim"] == 1


def test_the_loader_accepts_the_schema(cases, tmp_path):
    (tmp_path / "schema.yaml").write_text(cases.schema_text, encoding="utf-8")
    schema = load_schema(tmp_path / "schema.yaml")
    assert [table.name for table in schema.tables] == list(cases.tables)
    assert layout_of(schema).tables[0].name == "case"
    assert not schema.unapproved
    shared = {
        (table.name, column.name)
        for table in schema.tables
        for column in table.columns
        if column.shared == "nationality"
    }
    assert shared == {
        ("victim", "citizenship"), ("trafficker", "citizenship"), ("exploitation", "country"),
    }  # fmt: skip
