import pytest

from casefiles import TABLES
from synthcase.errors import FileProblem
from synthcase.records.sources import open_source


def rows(source, table, columns):
    found = {name: [] for name in columns}
    for batch in source.batches(table, columns):
        assert list(batch) == list(columns)
        for name, array in batch.items():
            found[name] += array.to_pylist()
    return found


def test_every_source_tells_and_gives_the_same(make_source, tables):
    source = open_source(make_source(tables))
    assert sorted(source.tables()) == sorted(TABLES)
    assert source.columns("victim") == tuple(TABLES["victim"])
    wanted = ("young", "case_id")
    assert rows(source, "victim", wanted) == {name: TABLES["victim"][name] for name in wanted}


def test_every_source_reads_in_batches(make_source, tables, monkeypatch):
    for room in ("sources", "folders", "databases", "frames"):
        if room != "sources":
            monkeypatch.setattr(f"synthcase.records.{room}.BATCH_ROWS", 2)
    source = open_source(make_source(tables))
    assert rows(source, "leg", ("mode",)) == {"mode": TABLES["leg"]["mode"]}


def test_a_folder_that_cannot_be_opened_is_named(tmp_path):
    with pytest.raises(FileProblem, match="none"):
        open_source(tmp_path / "none")
    for content in (b"", b"a,b\n1,2\n", b"SQLite format 4\0"):
        (tmp_path / "file.csv").write_bytes(content)
        with pytest.raises(FileProblem, match="name the folder"):
            open_source(tmp_path / "file.csv")
