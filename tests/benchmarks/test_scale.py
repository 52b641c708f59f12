import numpy as np
import pandas as pd
import pytest
import scale
from scale import SIZES, main, make_records, schema_text

from synthcase.schema import load_schema


def test_made_up_rows_are_fixed_by_the_seed_and_dependent(tmp_path, monkeypatch):
    monkeypatch.setattr(scale, "_CHUNK", 700)
    frames = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        (tmp_path / name).mkdir()
        make_records(tmp_path / name, 3000, seed=seed)
        frames.append(pd.read_parquet(tmp_path / name / "record.parquet"))
    assert frames[0].equals(frames[1])
    assert not frames[0].equals(frames[2])
    assert frames[0].record_id.tolist() == list(range(3000))
    assert [frames[0][f"c{number}"].nunique() for number in range(12)] == list(SIZES)
    table = pd.crosstab(frames[0].c4, frames[0].c6).to_numpy()
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    assert ((table - expected) ** 2 / expected).sum() > 500


def test_the_schema_is_that_of_the_rows():
    table = load_schema(schema_text()).table("record")
    assert [len(column.domain.labels) for column in table.columns] == list(SIZES)
    assert table.key == ("record_id",)


@pytest.mark.slow
def test_every_stage_is_measured(capsys):
    found = main(["--rows", "500"])
    assert [stage["stage"] for stage in found["stages"]] == [
        "make", "read", "measure", "fit", "write",
    ]  # fmt: skip
    peaks = [stage["peak_memory_mib"] or 0 for stage in found["stages"]]
    assert peaks == sorted(peaks)
    assert "MiB so far" in capsys.readouterr().out
