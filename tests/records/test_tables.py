import numpy as np
import pyarrow as pa
import pytest

from casefiles import TABLES
from synthcase.records.frames import FrameSource
from synthcase.records.tables import derived_columns, read_table, wanted_columns


def raw(schema, name, tables=TABLES, columns=None):
    table = schema.table(name)
    source = FrameSource({name: pa.table(tables[name])})
    there = columns or wanted_columns(schema, table)
    coded = [c for c in table.columns if set(c.source_names) <= set(there)]
    return read_table(source, table, there, coded)


def test_only_what_the_schema_names_is_wanted(schema):
    assert wanted_columns(schema, schema.table("case")) == ("case_id", "country", "opened")
    assert wanted_columns(schema, schema.table("leg")) == ("victim_id", "leg_no", "mode")
    assert wanted_columns(schema, schema.table("place")) == ("code", "name")
    assert derived_columns(schema, schema.table("victim")) == {"young"}
    assert "young" not in wanted_columns(schema, schema.table("victim"))


def test_batches_are_put_together(schema, monkeypatch):
    whole = raw(schema, "leg")
    monkeypatch.setattr("synthcase.records.frames.BATCH_ROWS", 2)
    parts = raw(schema, "leg")
    for one in (whole, parts):
        assert one.rows == 5
        assert one.keys.texts.to_pylist()[:2] == ["v2\x1f2", "v1\x1f10"]
        assert one.references[0].texts.to_pylist() == TABLES["leg"]["victim_id"]
        assert one.order.tolist() == [2, 10, 9, np.inf, 1]
        assert one.scans["mode"].codes["mode"].tolist() == [1, 0, 1, 0, 0]


def test_order_is_by_number_or_date_and_what_is_neither_stands_last(schema):
    numbers = ["2014-05-02", "2014-05-01", "x", "", "1e1"]
    tables = {"leg": TABLES["leg"] | {"leg_no": numbers}}
    order = raw(schema, "leg", tables).order
    assert order[1] == order[0] - 1
    assert np.isinf(order[2:4]).all()
    assert order[4] == 10


def test_what_is_missing_is_left_out(schema):
    found = raw(schema, "leg", columns=("leg_no", "mode"))
    assert found.keys is None
    assert found.references == (None,)
    assert found.rows == 5


def test_empty_parts_of_keys_are_marked(schema):
    tables = {"leg": TABLES["leg"] | {"leg_no": ["1", "", "2", "3", "4"]}}
    assert raw(schema, "leg", tables).keys.partial.tolist() == [False, True, False, False, False]


@pytest.mark.parametrize("name", ["victim", "leg", "place"])
def test_a_table_without_rows_has_empty_arrays(schema, name):
    tables = {name: {column: pa.array([], pa.string()) for column in TABLES[name]}}
    found = raw(schema, name, tables)
    assert found.rows == 0
    assert len(found.keys.texts) == 0
    assert all(len(scan.verdict) == 0 for scan in found.scans.values())
