from fractions import Fraction

import pytest
import yaml
from convert import _number, cap, persons_of, safe_names, schema_text, tree, typical
from folder import Column, read_folder, read_frames

from synthcase.schema import load_schema

APPROVED = {"from_data": True, "approved": {"by": "benchmark", "source": "domain.yaml"}}
UNKNOWN = {"missing": {"unknown": ""}, "else": "unknown"}


@pytest.fixture
def schema(tiny):
    folder = read_folder(tiny)
    return yaml.safe_load(schema_text(folder, read_frames(folder), unit="case"))


def test_who_is_protected(schema, tiny):
    assert schema["synthcase"] == 1
    assert schema["name"] == "tiny"
    assert schema["protect"] == {
        "unit": "case",
        "persons": {"victim": {"max_cases": 1}},
        "caps": {"victim": 8, "leg": 8, "link": 8},
    }
    folder = read_folder(tiny)
    named = schema_text(folder, read_frames(folder), unit="person", persons=["Case", "helper"])
    assert list(yaml.safe_load(named)["protect"]["persons"]) == ["case", "helper"]


def test_tables_keys_and_parents(schema):
    tables = schema["tables"]
    assert tables["case"]["key"] == "id"
    assert "parent" not in tables["case"]
    assert tables["victim"]["parent"] == {"table": "case", "by": "id", "typical": 2}
    assert tables["leg"]["key"] == ["victim_id", "leg_no"]
    assert tables["leg"]["parent"] == {
        "table": "victim", "by": "victim_id", "typical": 2, "order": "leg_no",
    }  # fmt: skip
    assert tables["link"]["parents"] == {"victim": "victim_id", "helper": "helper_id"}
    assert tables["link"]["typical"] == 1


def test_columns_and_their_domains(schema):
    tables = schema["tables"]
    assert tables["case"]["columns"]["colour"] == {
        "kind": "categorical", "values": ["red", "no"], "else": "red", **APPROVED,
    }  # fmt: skip
    assert tables["case"]["columns"]["year"] == {
        "kind": "number",
        "bins": [2000, 2002, 2004, 2006, 2008, 2010, 2012, 2014, 2016, 2018, 2020],
        **UNKNOWN,
    }
    assert tables["victim"]["columns"]["sex"] == {
        "kind": "binary", "values": ["f", "m"], **UNKNOWN,
    }  # fmt: skip
    assert list(tables["leg"]["columns"]) == ["day", "mode"]
    assert tables["leg"]["columns"]["day"] == {
        "kind": "ordinal", "values": ["0", "1", "2", "3", "4", "5"], "else": "0",
    }  # fmt: skip


def test_a_value_that_is_called_unknown_leaves_another_word_for_missing(schema):
    assert schema["tables"]["link"]["columns"]["role"] == {
        "kind": "categorical",
        "values": ["a", "b", "unknown"],
        "missing": {"not_asked": ""},
        "else": "not_asked",
    }


def test_look_ups_are_copied_and_their_codes_are_values(schema):
    assert schema["tables"]["country"] == {
        "key": "iso",
        "lookup": True,
        "columns": ["region"],
    }
    assert schema["tables"]["victim"]["columns"]["country"] == {
        "kind": "categorical", "values": ["NA", "XA", "XB"], **UNKNOWN,
    }  # fmt: skip


def test_only_look_ups_are_read(tiny):
    folder = read_folder(tiny)
    frames = {"country": read_frames(folder)["country"]}
    assert schema_text(folder, frames, unit="case")


def test_real_numbers_have_ten_bins_and_two_decimals(schema):
    score = schema["tables"]["helper"]["columns"]["score"]
    assert score["decimals"] == 2
    assert score["bins"] == [0.5, 0.8, 1.1, 1.4, 1.7, 2, 2.3, 2.6, 2.9, 3.2, 3.5]
    assert score["else"] == "0.50-0.79"


@pytest.mark.parametrize(
    ("kind", "low", "high", "step"),
    [("integer", "0", "99", 1), ("integer", "-7", "30", 1), ("real", "1.17", "8.01", 100)],
)
def test_bins_of_the_schema_are_those_of_the_measures(kind, low, high, step):
    column = Column(name="x", kind=kind, low=Fraction(low), high=Fraction(high))
    bins = [Fraction(str(edge)) for edge in _number(column)["bins"]]
    for number in range(int(column.low * step), int(column.high * step) + 1):
        value = Fraction(number, step)
        places = [
            min(sum(value >= edge for edge in edges) - 1, 9) for edges in (bins, column.edges)
        ]
        assert places[0] == places[1]


def test_a_narrow_range_gets_the_decimals_that_its_bins_need():
    column = Column(name="x", kind="real", low=Fraction(0), high=Fraction("0.04"))
    assert _number(column)["decimals"] == 4
    assert len(set(_number(column)["bins"])) == 11
    single = Column(name="x", kind="real", low=Fraction(2), high=Fraction(2))
    assert _number(single)["bins"] == [2, 2.01]


def test_typical_numbers_and_caps_come_from_public_rows(tiny):
    source = tiny / "domain.yaml"
    source.write_text(source.read_text().replace("rows: 8", "rows: 14"))
    folder = read_folder(tiny)
    relation = next(r for r in tree(folder) if r.child == "victim")
    assert typical(folder, relation) == 4
    assert cap(folder, relation) == 20
    source.write_text(source.read_text().replace("rows: 14", "rows: 4000"))
    folder = read_folder(tiny)
    assert cap(folder, next(r for r in tree(folder) if r.child == "victim")) == 300


def test_the_root_is_the_person_where_no_child_has_a_key_of_its_own(households, tiny):
    assert persons_of(read_folder(households)) == ("person",)
    source = tiny / "domain.yaml"
    source.write_text(
        source.read_text().replace("primary_key: victim_id", "primary_key: [id, sex]")
    )
    assert persons_of(read_folder(tiny)) == ("Case",)


def test_table_names_are_made_safe_and_distinct(tiny):
    source = tiny / "domain.yaml"
    text = (
        source.read_text().replace("helper:\n", "con:\n").replace("parent: helper", "parent: con")
    )
    source.write_text(
        text.replace("  leg:\n", "  2nd leg:\n").replace("child: leg", "child: 2nd leg")
    )
    names = safe_names(read_folder(tiny).tables)
    assert names["Case"] == "case"
    assert names["con"] == "t_con"
    assert names["2nd leg"] == "t_2nd_leg"


def test_two_references_to_one_table_are_listed(tiny):
    source = tiny / "domain.yaml"
    text = source.read_text().replace(
        "parent: helper, parent_key: helper_id", "parent: victim, parent_key: victim_id"
    )
    source.write_text(text)
    folder = read_folder(tiny)
    schema = yaml.safe_load(schema_text(folder, read_frames(folder), unit="case"))
    assert schema["tables"]["link"]["parents"] == [
        {"table": "victim", "by": "victim_id", "typical": 1},
        {"table": "victim", "by": "helper_id"},
    ]


def test_the_package_loads_what_is_written(tiny):
    folder = read_folder(tiny)
    schema = load_schema(schema_text(folder, read_frames(folder), unit="person"))
    assert [table.name for table in schema.roots] == ["case", "helper"]
    assert schema.table("country").lookup
    assert schema.unapproved == ()
    assert schema.table("helper").column("score").domain.labels[0] == "0.50-0.79"


def test_a_key_of_several_columns_is_named_in_the_order_of_the_parents_key(tiny):
    source = tiny / "domain.yaml"
    stop = """  stop:
    file: stop.csv
    primary_key: stop_id
    columns:
      stop_id: {type: key, nullable: false}
      who: {type: key, nullable: false}
      leg: {type: key, nullable: false}
relations:
- {child: stop, child_key: [leg, who], parent: leg, parent_key: [leg_no, victim_id]}
"""
    source.write_text(source.read_text().replace("relations:\n", stop))
    (tiny / "stop.csv").write_text("stop_id,who,leg\n")
    folder = read_folder(tiny)
    text = schema_text(folder, read_frames(folder), unit="case")
    assert load_schema(text).table("stop").parents[0].columns == ("who", "leg")
