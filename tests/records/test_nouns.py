import copy
import pickle

import numpy as np
import pytest

from synthcase.errors import InternalError, UsageError
from synthcase.records.nouns import Records, RecordTable
from synthcase.schema.layout import Layout

KEYS = np.array(["k1", "k2"], dtype=object)
TABLE = RecordTable(name="t", codes={"a": np.zeros(2, np.int16)}, keys=KEYS)
RECORDS = Records(schema=None, layout=Layout(()), tables={"t": TABLE}, lookups={})


def test_arrays_of_a_table_have_one_length():
    assert TABLE.rows == 2
    for extra in (
        {"codes": {"a": np.zeros(3, np.int16)}},
        {"parent": np.zeros(1, np.int64)},
        {"other": np.zeros(1, np.int64)},
    ):
        with pytest.raises(InternalError):
            RecordTable(**{"name": "t", "codes": {}, "keys": KEYS} | extra)


def test_nothing_of_a_row_is_shown():
    for text in (repr(RECORDS), f"{RECORDS}", RECORDS._repr_html_(), repr(TABLE)):
        assert "t" in text
        assert not set("12") & set(text)


@pytest.mark.parametrize("refused", [pickle.dumps, copy.copy, copy.deepcopy, iter, list])
def test_records_are_not_saved_sent_or_listed(refused):
    with pytest.raises(UsageError):
        refused(RECORDS)
