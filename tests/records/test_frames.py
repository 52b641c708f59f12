import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from synthcase.errors import SynthcaseError, UsageError
from synthcase.records.frames import FrameSource

DAY = dt.date(2014, 5, 31)


def cells(frame, column="c"):
    source = FrameSource({"t": frame})
    return [cell for batch in source.batches("t", [column]) for cell in batch[column].to_pylist()]


@pytest.mark.parametrize(
    ("frame", "texts"),
    [
        (pd.DataFrame({"c": [1.0, np.nan, 3.5]}), ["1", None, "3.5"]),
        (pd.DataFrame({"c": [1, None]}, dtype="Int64"), ["1", None]),
        (
            pd.DataFrame({"c": [1, None, "x", True, DAY]}, dtype=object),
            ["1", None, "x", "true", "2014-05-31"],
        ),
        (pd.DataFrame({"c": ["a", None, "a"]}, dtype="category"), ["a", None, "a"]),
        (pd.DataFrame({"c": [True, False]}), ["true", "false"]),
        (pd.DataFrame({"c": ["NO", "NA", ""]}), ["NO", "NA", ""]),
        (pl.DataFrame({"c": [1, None]}), ["1", None]),
        (pl.DataFrame({"c": [1.0, float("nan")]}), ["1", None]),
        (pl.DataFrame({"c": ["a", "b"]}, schema={"c": pl.Categorical}), ["a", "b"]),
        (pl.DataFrame({"c": ["a", "b"]}, schema={"c": pl.Enum(["b", "a"])}), ["a", "b"]),
        (pl.DataFrame({"c": [DAY]}), ["2014-05-31"]),
        (pa.table({"c": pa.chunked_array([["a"], [], ["b"]], pa.string())}), ["a", "b"]),
        (pa.table({"c": pa.array([], pa.string())}), []),
        (pa.table({"c": pa.chunked_array([], pa.int8())}), []),
    ],
)
def test_types_of_frames(frame, texts):
    assert cells(frame) == texts


def test_times_begin_with_their_day():
    frame = pd.DataFrame({"c": pd.to_datetime(["2014-05-31 01:02:03", None])})
    first, second = cells(frame)
    assert first.startswith("2014-05-31 01:02:03")
    assert second is None


def test_long_frames_come_in_batches(monkeypatch):
    monkeypatch.setattr("synthcase.records.frames.BATCH_ROWS", 3)
    frame = pl.DataFrame({"c": list(range(8))})
    sizes = [len(batch["c"]) for batch in FrameSource({"t": frame}).batches("t", ["c"])]
    assert sizes == [3, 3, 2]


def test_names_that_are_numbers_are_no_names_of_the_schema():
    source = FrameSource({"t": pd.DataFrame({0: ["a"], "c": ["b"]})})
    assert source.columns("t") == ("0", "c")
    assert cells(pd.DataFrame({0: ["a"], "c": ["b"]})) == ["b"]


@pytest.mark.parametrize(
    "frame", ["x", None, [1], {"a": [1]}, pl.LazyFrame({"c": [1]}), pd.Series([1])]
)
def test_what_is_no_frame_is_refused(frame):
    with pytest.raises(SynthcaseError):
        FrameSource({"t": frame})


def test_the_kind_that_came_is_named():
    with pytest.raises(UsageError, match="Came: str"):
        FrameSource({"t": "x"})
