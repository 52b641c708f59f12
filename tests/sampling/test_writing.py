import hashlib

import pandas as pd
import pyarrow.parquet as pq
import pytest

import handmade
from synthcase.errors import FileProblem, UsageError
from synthcase.sampling import drawing
from synthcase.sampling.nouns import SyntheticTables
from synthcase.sampling.writing import write_tables

LOOKUPS = {"country_list": {"code": ["XA", "XB"], "name": ["=cmd()", 'a "b", c']}}


@pytest.fixture(autouse=True)
def hand_drawn(monkeypatch):
    monkeypatch.setattr(drawing, "draw_chunks", handmade.draw_by_hand)


def synthetic(seed=1, cases=8):
    return SyntheticTables(
        model=handmade.handmade_model(), seed=seed, roots={"case": cases}, lookups=LOOKUPS
    )


def hashes(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_both_formats_hold_the_same_rows(tmp_path):
    written = write_tables(synthetic(), tmp_path)
    assert written.rows == {
        "case": 8, "victim": 16, "trafficker": 16, "leg": 32, "link": 16, "country_list": 2,
    }  # fmt: skip
    assert sorted(written.files) == sorted(path.name for path in tmp_path.iterdir())
    assert not written.faults
    for name, rows in written.rows.items():
        text = pd.read_csv(tmp_path / f"{name}.csv", dtype=str, keep_default_na=False)
        typed = pq.read_table(tmp_path / f"{name}.parquet")
        assert len(text) == typed.num_rows == rows
        assert list(text.columns) == typed.column_names
    victim = pd.read_csv(tmp_path / "victim.csv", dtype=str, keep_default_na=False)
    ages = pq.read_table(tmp_path / "victim.parquet").column("age").to_pylist()
    assert victim["age"].tolist() == ["" if age is None else str(age) for age in ages]
    assert victim["victim_id"].is_unique
    legs = pd.read_csv(tmp_path / "leg.csv")
    assert set(legs["victim_id"]) <= set(victim["victim_id"])


def test_the_bytes_are_the_same_each_time_and_differ_by_seed(tmp_path):
    folders = [tmp_path / name for name in "abc"]
    for folder, seed in zip(folders, (1, 1, 2), strict=True):
        folder.mkdir()
        write_tables(synthetic(seed), folder)
    one, two, three = map(hashes, folders)
    assert one == two
    assert one["victim.csv"] != three["victim.csv"]


def test_a_public_code_list_is_copied_without_formulas(tmp_path):
    write_tables(synthetic(), tmp_path)
    text = (tmp_path / "country_list.csv").read_text()
    assert text == 'code,name\nXA,\'=cmd()\nXB,"a ""b"", c"\n'


def test_one_format_is_enough(tmp_path):
    write_tables(synthetic(), tmp_path, formats=["csv"])
    assert {path.suffix for path in tmp_path.iterdir()} == {".csv"}
    with pytest.raises(UsageError, match="csv, parquet"):
        write_tables(synthetic(), tmp_path, formats=["xlsx"])


def test_progress_counts_cases(tmp_path):
    heard = []
    write_tables(synthetic(), tmp_path, progress=lambda *news: heard.append(news))
    assert heard == [("write", 3, 8), ("write", 6, 8), ("write", 8, 8)]


def test_unsound_rows_are_counted_and_not_written(tmp_path, monkeypatch):
    def spoiled(*args, **options):
        for chunk in handmade.draw_by_hand(*args, **options):
            chunk.tables["case"].codes["country"][0] = 9
            yield chunk

    monkeypatch.setattr(drawing, "draw_chunks", spoiled)
    written = write_tables(synthetic(), tmp_path)
    assert written.faults == {("case", "unknown state"): 1}
    assert written.rows["case"] == 0


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FileProblem, match="nowhere"):
        write_tables(synthetic(), tmp_path / "nowhere")
