import datetime as dt
import uuid
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from synthcase.errors import DataProblem
from synthcase.records.texts import array_text, cell_texts

DAY = dt.date(2014, 5, 31)
TIME = dt.datetime(2014, 5, 31, 1, 2, 3)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("array", "texts"),
    [
        (pa.array([1, None, -3], pa.int16()), ["1", None, "-3"]),
        (pa.array([3.0, 0.1, 1e22, 1e-7, None]), ["3", "0.1", "1" + "0" * 22, "0.0000001", None]),
        (pa.array([float("nan"), float("inf")]), [None, "inf"]),
        (pa.array([0.1, 16777216.0], pa.float32()), ["0.1", "16777216"]),
        (pa.array([Decimal("12.00"), Decimal("0.50"), None]), ["12", "0.5", None]),
        (pa.array([Decimal(100)]), ["100"]),
        (pa.array([True, False]), ["true", "false"]),
        (pa.array([DAY]), ["2014-05-31"]),
        (pa.array(["NO", "09", "", None]), ["NO", "09", "", None]),
        (pa.array(["b", "a", "b"]).dictionary_encode(), ["b", "a", "b"]),
        (pa.array([1.0, 2.0]).dictionary_encode(), ["1", "2"]),
        (pa.array([None, None]), [None, None]),
        (pa.array(["é"], pa.string_view()), ["é"]),
        (pa.array([], pa.float64()), []),
    ],
)
def test_arrays(array, texts):
    found = array_text(array, "t.c")
    assert found.type == pa.large_string()
    assert found.to_pylist() == texts


def test_a_time_begins_with_its_day():
    for array in (pa.array([TIME]), pa.array([TIME], pa.timestamp("s", "UTC"))):
        assert array_text(array, "t.c").to_pylist()[0].startswith("2014-05-31 01:02:03")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("a", "a"), (None, None), (pd.NA, None), (pd.NaT, None), (float("nan"), None),
        (np.float64("nan"), None), (Decimal("nan"), None), (True, "true"), (np.bool_(0), "false"),
        (3, "3"), (np.int8(3), "3"), (3.0, "3"), (np.float32(0.1), "0.1"), (1e300, "1" + "0" * 300),
        (Decimal("1.50"), "1.5"), (Decimal("1E+2"), "100"), (float("inf"), "inf"),
        (DAY, "2014-05-31"), (TIME, "2014-05-31 01:02:03"),
        (pd.Timestamp(TIME), "2014-05-31 01:02:03"),
        (dt.time(1, 2), "01:02:00"), (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)  # fmt: skip
def test_cells(cell, text):
    assert cell_texts([cell], "t.c").to_pylist() == [text]


@pytest.mark.parametrize(
    "array",
    [pa.array([[1]]), pa.array([b"a"]), pa.array([{"a": 1}]), pa.array([dt.timedelta(1)])],
)
def test_types_without_text_are_refused(array):
    with pytest.raises(DataProblem, match=r"t\.c holds cells"):
        array_text(array, "t.c")
    with pytest.raises(DataProblem, match=r"t\.c holds cells"):
        cell_texts(array.to_pylist(), "t.c")
