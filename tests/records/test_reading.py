import pickle
import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefiles import shown, write_csv
from strategies import arrow_of, databases, records_of
from synthcase.errors import DataProblem, FileProblem, UsageError
from synthcase.records import read


def test_every_kind_of_source_gives_the_same_records(make_source, tables, schema):
    records = read(make_source(tables), schema)
    assert shown(records) == {
        "case": {
            "codes": {"country": [0, 1, 2], "opened": [0, 1, 2]},
            "keys": ["c1", "c2", "c3"],
            "parent": None,
            "other": None,
        },
        "victim": {
            "codes": {
                "age": [0, 1, 3, 2],
                "minor": [1, 1, 2, 0],
                "means": [0, 0, 1, 0],
                "means.debt": [1, 0, 2, 1],
                "means.threats": [1, 1, 2, 0],
                # the gate is shut in the second row and the third; `?` stays unknown in the last
                "owed": [1, 2, 2, 3],
            },
            "keys": ["v1", "v2", "v3", "v4"],
            "parent": [1, 0, 1, 2],
            "other": None,
        },
        "leg": {
            # by victim, then by number as a number, what is no number last
            "codes": {"mode": [1, 0, 0, 0, 1]},
            "keys": ["v1\x1f9", "v1\x1f10", "v1\x1f?", "v2\x1f1", "v2\x1f2"],
            "parent": [0, 0, 0, 1, 1],
            "other": None,
        },
        "link": {
            "codes": {},
            "keys": ["c1\x1fv2", "c2\x1fv1"],
            "parent": [0, 1],
            "other": [1, 0],
        },
        "lookups": {"place": {"code": ["XA", "NO"], "name": ["Xanadu", "Norway"]}},
    }


def test_tables_without_rows_are_read(make_source, tables, schema):
    empty = {name: {column: [] for column in frame} for name, frame in tables.items()}
    if make_source(tables) is not None:
        empty["case"] = tables["case"]
    records = read(empty_source(empty), schema)
    assert [records.tables[name].rows for name in ("case", "victim", "leg", "link")] == [3, 0, 0, 0]
    assert records.tables["victim"].parent.dtype == np.int64


def empty_source(tables):
    return {
        name: pa.table({c: pa.array(texts, pa.string()) for c, texts in frame.items()})
        for name, frame in tables.items()
    }


def test_an_empty_csv_file_with_a_header_is_a_table_without_rows(tmp_path, tables, schema):
    empty = {name: {column: [] for column in frame} for name, frame in tables.items()}
    records = read(write_csv(tmp_path / "none", empty), schema)
    assert records.tables["leg"].rows == 0


@given(databases())
def test_whatever_is_drawn_is_read_whole(database):
    records = records_of(database)
    for table in records.layout.tables:
        found = records.tables[table.name]
        key = database.schema.table(table.name).key
        rows = zip(*(database.frames[table.name][part] for part in key), strict=True)
        assert sorted(found.keys) == sorted("\x1f".join(row) for row in rows)
        names = [a.name for a in table.attributes if a.counts is None]
        assert sorted(found.codes) == sorted(names)
        for attribute in table.attributes:
            if attribute.counts is None:
                states = found.codes[attribute.name]
                assert ((states >= 0) & (states < attribute.size)).all()


@given(databases(rules=False), st.randoms())
def test_a_row_is_coded_and_linked_the_same_wherever_it_stands(database, random):
    turned = {}
    for name, frame in database.frames.items():
        rows = len(next(iter(frame.values())))
        order = random.sample(range(rows), rows)
        turned[name] = {column: [texts[at] for at in order] for column, texts in frame.items()}
    one, two = records_of(database), read(arrow_of(turned), database.schema)
    for name in one.tables:
        assert by_key(one, name) == by_key(two, name)


def by_key(records, name):
    table, schema = records.tables[name], records.schema.table(name)
    above = [parent.table for parent in schema.parents]
    found = {}
    for row, key in enumerate(table.keys):
        links = [
            records.tables[parent].keys[rows[row]]
            for parent, rows in zip(above, (table.parent, table.other), strict=False)
        ]
        found[key] = ({a: int(states[row]) for a, states in table.codes.items()}, links)
    return found


BROKEN = [
    (
        "victim",
        "victim_id",
        ["v1", "v1", "v3", "v4"],
        "victim.victim_id: duplicate key in <10 rows",
    ),
    ("victim", "victim_id", ["", "v2", "v3", "v4"], "victim.victim_id: missing key in <10 rows"),
    ("victim", "case_id", ["c9", "c1", "c2", "c3"], "victim.case_id: orphan key in <10 rows"),
    ("victim", "case_id", ["", "c1", "c2", "c3"], "victim.case_id: missing key in <10 rows"),
    ("leg", "leg_no", ["", "1", "2", "3", "4"], "leg.victim_id, leg_no: missing key in <10 rows"),
    ("link", "victim_id", ["v9", "v1"], "link.victim_id: orphan key in <10 rows"),
    ("place", "code", ["XA", "XA"], "place.code: duplicate key in <10 rows"),
]


@pytest.mark.parametrize(("table", "column", "texts", "line"), BROKEN)
def test_broken_keys_are_refused(tables, schema, table, column, texts, line):
    tables[table][column] = texts
    with pytest.raises(DataProblem, match=re.escape(line)):
        read(empty_source(tables), schema)


def test_a_count_of_ten_is_shown(schema, tables):
    tables["leg"] = {
        "victim_id": ["v1"] * 11,
        "leg_no": ["1"] * 11,
        "mode": ["road"] * 11,
    }
    with pytest.raises(DataProblem, match="duplicate key in 10 rows"):
        read(empty_source(tables), schema)


def test_missing_tables_and_columns_are_all_named(make_source, tables, schema):
    del tables["leg"], tables["victim"]["age"], tables["victim"]["case_id"]
    with pytest.raises(DataProblem) as caught:
        read(make_source(tables), schema)
    message = str(caught.value)
    for name in ("table leg", "column victim.age", "column victim.case_id"):
        assert name in message
    assert "secret" not in message


def test_derived_columns_need_not_be_there(tables, schema):
    del tables["victim"]["young"]
    assert "young" not in read(empty_source(tables), schema).tables["victim"].codes


def test_composite_references_lead_to_their_rows():
    from synthcase.schema import load_schema

    schema = load_schema(
        {
            "synthcase": 1,
            "name": "deep",
            "tables": {
                "a": {"key": ["x", "y"]},
                "b": {"key": "id", "parent": {"table": "a", "by": ["ax", "ay"]}},
            },
        }
    )
    frames = {
        "a": {"x": ["1", "1", "2"], "y": ["1", "2", "1"]},
        "b": {"id": ["b1", "b2"], "ay": ["1", "2"], "ax": ["2", "1"]},
    }
    assert read(empty_source(frames), schema).tables["b"].parent.tolist() == [2, 1]
    frames["b"]["ax"][0] = "3"
    with pytest.raises(DataProblem, match=r"b\.ax, ay: orphan key"):
        read(empty_source(frames), schema)


def test_progress_counts_tables(tables, schema):
    heard = []
    read(empty_source(tables), schema, progress=lambda *news: heard.append(news))
    assert heard == [("read", done, 5) for done in range(6)]


@pytest.mark.parametrize("source", [3, None, ["a"]])
def test_a_source_of_no_form_is_refused(source, schema):
    with pytest.raises(UsageError, match="data frames"):
        read(source, schema)


def test_a_path_that_is_none_is_refused(tmp_path, schema):
    with pytest.raises(FileProblem):
        read(tmp_path / "none", schema)
    (tmp_path / "file").write_text("hello")
    with pytest.raises(FileProblem, match="no database"):
        read(tmp_path / "file", schema)


def test_records_are_not_saved_listed_or_shown(tables, schema):
    records = read(empty_source(tables), schema)
    with pytest.raises(UsageError):
        pickle.dumps(records)
    with pytest.raises(UsageError):
        iter(records)
    for text in (repr(records), str(records), records._repr_html_(), repr(records.tables["case"])):
        assert "c1" not in text
        assert "3" not in text
