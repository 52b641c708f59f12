import numpy as np
import pyarrow as pa

from synthcase.records.linking import key_findings, repeated, rows_of
from synthcase.records.tables import Keys, RawTable
from synthcase.schema.nouns import Parent, Table


def keys(*texts):
    return Keys(pa.array(texts, pa.large_string()), np.array([text == "" for text in texts]))


def raw(table, own, *references):
    return RawTable(
        table=table,
        rows=0,
        keys=own,
        references=references,
        order=None,
        scans={},
        copied={},
    )


CASE = Table(name="case", key=("id",))
VICTIM = Table(name="victim", key=("id",), parents=(Parent(table="case", by="up"),))


def found(raws):
    return [(f.table, f.column, f.kind, f.rows.tolist()) for f in key_findings(raws)]


def test_references_lead_to_rows():
    rows = rows_of(keys("b", "x", "a", "b").texts, keys("a", "b").texts)
    assert rows.tolist() == [1, -1, 0, 1]
    assert rows.dtype == np.int64
    assert rows_of(keys("a").texts, keys().texts).tolist() == [-1]


def test_a_key_is_repeated_from_its_second_row_on():
    assert repeated(keys("a", "b", "a", "a")).tolist() == [False, False, True, True]
    assert repeated(keys()).tolist() == []


def test_what_is_wrong_is_told_once():
    raws = {
        "case": raw(CASE, keys("a", "a", "", "")),
        "victim": raw(VICTIM, keys("1", "2", "3"), keys("a", "", "z")),
    }
    assert found(raws) == [
        ("case", "id", "missing key", [False, False, True, True]),
        ("case", "id", "duplicate key", [False, True, False, False]),
        ("victim", "up", "missing key", [False, True, False]),
        ("victim", "up", "orphan key", [False, False, True]),
    ]


def test_a_table_that_was_not_read_is_not_referred_to():
    assert found({"victim": raw(VICTIM, keys("1"), keys("a"))}) == []
    assert found({"case": raw(CASE, None), "victim": raw(VICTIM, None, keys("a"))}) == []
    assert found({"case": raw(CASE, keys("a")), "victim": raw(VICTIM, keys("1"), None)}) == []
