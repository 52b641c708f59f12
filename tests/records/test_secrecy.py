"""A token planted in every cell shows in no error, report or repr, whatever goes wrong."""

import io
import sys
import traceback

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from casefiles import csv_text, write_csv, write_duckdb, write_parquet, write_sqlite
from synthcase.errors import SynthcaseError
from synthcase.records import check, read

TOKEN = "TOKEN7391"


def planted(tables):
    """Put the token into every cell, keys too, without making two cells of a column equal."""
    return {
        name: {
            column: [f"{TOKEN}{column}{row}" for row in range(len(texts))]
            for column, texts in frame.items()
        }
        for name, frame in tables.items()
    }


def everything_said(source, schema, tmp_path):
    said = io.StringIO()
    outcomes = []
    for verb in (read, check, lambda s, m: check(s, m, rows=True)):
        try:
            result = verb(source, schema)
        except SynthcaseError as error:
            outcomes.append("refused")
            said.write("".join(traceback.format_exception(error)))
            said.write(repr(vars(error)))
        else:
            outcomes.append("done")
            said.write(repr(result) + result._repr_html_())
            if hasattr(result, "text"):
                said.write(result.text() + result.to_json())
    return said.getvalue(), outcomes


def assert_silent(source, schema, tmp_path, capfd):
    said, outcomes = everything_said(source, schema, tmp_path)
    out, err = capfd.readouterr()
    assert TOKEN not in said + out + err
    return said, outcomes


def test_values_that_do_not_fit(make_source, tables, schema, tmp_path, capfd):
    said, outcomes = assert_silent(make_source(planted(tables)), schema, tmp_path, capfd)
    assert outcomes == ["refused", "done", "done"]
    assert "orphan key" in said
    assert "value outside the domain" in said


def broken_files(at, tables):
    good = write_csv(at / "good", tables)
    text = csv_text(tables["victim"])
    (at / "victims.txt").write_text(text)
    broken = {
        "uneven rows": text + f"{TOKEN},{TOKEN}\n",
        "an open quote": text + f'"{TOKEN}',
        "no header": text.partition("\n")[2],
        "nothing": "",
        "empty lines": "\n\n",
        "a header twice": text.replace("age", "case_id", 1),
        "latin": text.replace("TOKEN7391age0", "é TOKEN7391", 1).encode("latin-1"),
        "latin in the header": text.replace("age", "âge", 1).encode("latin-1"),
        "utf-16": text.encode("utf-16"),
        "no utf-8 far away": text.encode() * 40_000 + b"\xff\xff\n",
        "zeros": b"\0" * 100,
    }
    for name, content in broken.items():
        data = content if isinstance(content, bytes) else content.encode()
        yield name, good, "victim.csv", data
    yield "no gzip", good, "victim.csv.gz", TOKEN.encode() * 20
    yield "no parquet", good, "victim.parquet", b"PAR1" + TOKEN.encode() * 20 + b"PAR1"


def test_files_that_cannot_be_read(tables, schema, tmp_path, capfd):
    for name, folder, file, data in broken_files(tmp_path, planted(tables)):
        (folder / "victim.csv").unlink(missing_ok=True)
        path = folder / file
        path.write_bytes(data)
        said, outcomes = assert_silent(folder, schema, tmp_path, capfd)
        assert outcomes == ["refused", "done", "done"], name
        assert "victim" in said
        assert ("UTF-8" in said) == name.startswith(("latin", "utf-16", "no utf-8")), name
        path.unlink()


def test_databases_that_cannot_be_read(tables, schema, tmp_path, capfd):
    for write, name in ((write_sqlite, "a.db"), (write_duckdb, "a.duckdb")):
        path = write(tmp_path / name, planted(tables))
        data = bytearray(path.read_bytes())
        data[4096 : len(data) - 64] = (TOKEN.encode() * len(data))[: len(data) - 64 - 4096]
        path.write_bytes(data)
        _, outcomes = assert_silent(path, schema, tmp_path, capfd)
        assert outcomes[0] == "refused"


class Odd:
    def __repr__(self):
        return TOKEN

    def __str__(self):
        raise ValueError(TOKEN)


ODD_CELLS = {
    "lists": [[TOKEN]] * 4,
    "bytes": [TOKEN.encode()] * 4,
    "objects": [Odd()] * 4,
    "half characters": [f"{TOKEN}\ud800"] * 4,
    "mixed": [TOKEN, 1, 2.5, [TOKEN]],
    "dicts": [{"a": TOKEN}] * 4,
    "complex": [1j] * 4,
}


@pytest.mark.parametrize("name", ODD_CELLS)
def test_cells_without_text(name, tables, schema, tmp_path, capfd):
    frames = {table: pd.DataFrame(frame) for table, frame in planted(tables).items()}
    frames["victim"]["age"] = pd.Series(ODD_CELLS[name], dtype=object)
    _, outcomes = assert_silent(frames, schema, tmp_path, capfd)
    assert outcomes[0] == "refused"


@pytest.mark.parametrize(
    "frame", [TOKEN, [TOKEN], {"a": [TOKEN]}, pl.LazyFrame({"a": [TOKEN]}), pd.Series([TOKEN])]
)
def test_what_is_no_frame(frame, tables, schema, tmp_path, capfd):
    frames = {name: pa.table(columns) for name, columns in tables.items()}
    _, outcomes = assert_silent(frames | {"victim": frame}, schema, tmp_path, capfd)
    assert set(outcomes) == {"refused"}


def test_frames_with_a_name_twice(tables, schema, tmp_path, capfd):
    frame = pd.DataFrame(planted(tables)["victim"])
    double = pd.concat([frame, frame[["age"]]], axis=1)
    frames = {name: pd.DataFrame(columns) for name, columns in tables.items()}
    assert_silent(frames | {"victim": double}, schema, tmp_path, capfd)


def test_nothing_is_written_and_no_unnamed_column_is_read(tables, schema, tmp_path, monkeypatch):
    written = []

    def watch(event, args):
        if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
            written.append(str(args[0]))

    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    sources = [
        write_csv(tmp_path / "csv", tables),
        write_parquet(tmp_path / "parquet", tables),
        write_sqlite(tmp_path / "a.db", tables),
        write_duckdb(tmp_path / "a.duckdb", tables),
    ]
    before = sorted(tmp_path.rglob("*"))
    sys.addaudithook(watch)
    written.clear()
    for source in sources:
        read(source, schema)
        check(source, schema)
    assert not written
    assert sorted(tmp_path.rglob("*")) == before


def test_a_column_that_the_schema_does_not_name_may_hold_anything(tables, schema):
    frames = {name: pd.DataFrame(columns) for name, columns in tables.items()}
    frames["case"]["secret"] = pd.Series([Odd()] * 3, dtype=object)
    assert read(frames, schema).tables["case"].rows == 3
