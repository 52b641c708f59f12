"""No value of a record shows anywhere: tokens are planted, everything is run, all is searched.

Every cell of the records holds a token, in keys, orders and columns that the schema does not name
too; numbers and days are tokens as well. Every command runs on every kind of source, and down every
path of errors. Then standard output, standard error, log lines and every file outside the records
(temporary folders included; compressed columns decoded) are searched for any token.
"""

import gzip
import io
import os
import re
import sys
import tempfile

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import casefiles
import shelter
from synthcase.errors import SynthcaseError
from synthcase.records import check, draft, read
from synthcase.schema import load_schema

MARK = "Zq7K"
NUMBER = "918273645"
DAY = "1907-08-19"
TOKENS = (MARK, NUMBER, DAY, MARK.lower())


def planted(tables):
    """Put a token into every cell but those of the public list; keys still lead somewhere."""
    return {
        name: {
            **(frame if name == "place" else _marked(frame)),
            f"{MARK}_{name}_notes": [f"{MARK} told us" for _ in next(iter(frame.values()))],
        }
        for name, frame in tables.items()
    }


def _marked(frame):
    return {
        column: [_token(column, cell, row) for row, cell in enumerate(cells)]
        for column, cells in frame.items()
    }


def _token(column, cell, row):
    if column.endswith("_id"):
        return f"{MARK}{cell}"
    if column == "age":
        return f"{NUMBER}{row}"
    if column in ("opened", "leg_no"):
        return DAY if row % 2 else f"{DAY[:5]}13-45"
    return f"{MARK}{column}{row}"


GOOD = planted(shelter.TABLES)
FOLDERS = {
    "csv": casefiles.SOURCES["csv"],
    "gz": casefiles.SOURCES["csv with tabs, compressed"],
    "parquet": casefiles.SOURCES["parquet"],
    "sqlite": casefiles.SOURCES["sqlite"],
    "duckdb": casefiles.SOURCES["duckdb"],
}
FRAMES = ["pandas", "pandas objects", "polars", "pyarrow"]


def changed(table, column, row, value):
    frame = {name: [*cells] for name, cells in GOOD[table].items()}
    frame[column][row] = value
    return {**GOOD, table: frame}


BROKEN = {
    "a key twice": changed("victim", "victim_id", 1, f"{MARK}v1"),
    "a reference to nowhere": changed("victim", "case_id", 1, f"{MARK}nowhere"),
    "an empty key": changed("victim", "victim_id", 1, ""),
    "an empty reference": changed("leg", "victim_id", 1, ""),
    "a table is missing": {name: frame for name, frame in GOOD.items() if name != "leg"},
    "a column is missing": {
        **GOOD,
        "victim": {name: cells for name, cells in GOOD["victim"].items() if name != "age"},
    },
}


@pytest.fixture
def house(tmp_path, monkeypatch):
    """Lay out a folder in which also temporary files and settings would be found."""
    shelter.quick_fit(monkeypatch)
    for name in ("temporary", "own"):
        (tmp_path / name).mkdir()
    for variable in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(variable, str(tmp_path / "temporary"))
    for variable in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "own"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    (tmp_path / "stages").mkdir()
    (tmp_path / "inputs").mkdir()
    (tmp_path / "schema.yaml").write_text(shelter.SCHEMA, encoding="utf-8")
    return tmp_path


def found_in(seen):
    """Return every place where a token is."""
    places = [
        " ".join(arguments)
        for arguments, _, out, err in seen.said
        if any(token in out + err for token in TOKENS)
    ]
    places += [f"log: {line}" for line in seen.logged if any(token in line for token in TOKENS)]
    places += [f"progress: {news}" for news in seen.progress if any(t in str(news) for t in TOKENS)]
    for name, (_, _, data) in seen.files.items():
        text = (name.encode() + b"\n" + (data or b"")) + decoded(name, data)
        if any(t.encode() in text or t.encode("utf-16-le") in text for t in TOKENS):
            places.append(f"file: {name}")
    return places


def decoded(name, data):
    """Return the content of a compressed file as text."""
    if data and name.endswith(".parquet"):
        return str(pq.read_table(io.BytesIO(data)).to_pydict()).encode()
    return gzip.decompress(data) if data and name.endswith(".gz") else b""


def observe(house, calls, monkeypatch):
    return shelter.observe(house, calls, monkeypatch, leave_out=("inputs",))


def checks(data):
    common = ["--schema", "schema.yaml"]
    return [
        ["check", data, *common], ["check", data, *common, "--rows"],
        ["check", data, *common, "--json"], ["check", data, *common, "--rows", "--json"],
    ]  # fmt: skip


def looks(data):
    """Return the commands that look at records, with what they need."""
    calls = shelter.commands(data)
    draft_again = ["draft", data, "--out", "inputs/draft.yaml", "--replace"]
    return [calls[0], calls[1], *checks(data), draft_again, calls[3], calls[8]]


SLOW = {"duckdb", 0.3, 0.99}
"""What takes longer and differs little from the others."""


def some(values):
    return [pytest.param(v, marks=[pytest.mark.slow] if v in SLOW else []) for v in values]


@pytest.mark.parametrize("kind", some(FOLDERS))
def test_every_command_on_every_kind_of_source(house, monkeypatch, kind):
    data = FOLDERS[kind](house / "inputs", GOOD)
    calls = [
        *checks(data),
        ["draft", data, "--out", "inputs/draft.yaml"],
        # A draft lists values: nobody but the custodian may read it, and no release is made by it.
        ["release", data, "--schema", "inputs/draft.yaml", "--epsilon", "4", "--ledger", "ledger",
         "--out", "refused", "--yes"],
        *shelter.commands(data),
    ]  # fmt: skip
    seen = observe(house, calls, monkeypatch)
    assert found_in(seen) == []
    assert seen.codes[:5] == [1, 1, 1, 1, 0], seen.text()
    # What is for the custodian alone says so.
    assert "stays inside" in seen.said[0][3]
    assert "stays inside" in seen.said[4][3]
    assert (house / "inputs" / "draft.yaml").read_text("utf-8").startswith("# FOR THE CUSTODIAN")
    assert os.name == "nt" or (house / "inputs" / "draft.yaml").stat().st_mode & 0o077 == 0
    assert seen.codes[5] not in (0, 70)
    assert seen.codes[6:] == [0] * len(seen.codes[6:]), seen.text()


def test_rows_are_told_by_their_numbers_alone(house, monkeypatch):
    data = FOLDERS["csv"](house / "inputs", BROKEN["a key twice"])
    seen = observe(house, checks(data), monkeypatch)
    (_, code, said, _) = seen.said[1]
    assert code == 1
    lines = [line for line in said.splitlines() if line.startswith("  rows: ")]
    assert len(lines) > 5
    assert all(re.fullmatch(r"  rows: \d+(, \d+)*", line) for line in lines)
    assert "rows:" not in seen.said[0][2]
    assert set(seen.files) == {"own", "temporary", "stages", "schema.yaml"}


@pytest.mark.parametrize("name", BROKEN)
def test_records_that_are_broken(house, monkeypatch, name):
    data = FOLDERS["csv"](house / "inputs", BROKEN[name])
    seen = observe(house, looks(data), monkeypatch)
    assert found_in(seen) == []
    assert seen.codes[2:6] == [1] * 4
    assert {"measure": 1, "release": 1}.items() <= {a[0]: c for a, c, *_ in seen.said}.items()
    assert 70 not in seen.codes, seen.text()


def spoiled(folder):
    """Yield files of one table that cannot be read, with what they are called."""
    text = casefiles.csv_text(GOOD["victim"])
    yield "uneven rows", "victim.csv", (text + f"{MARK},{MARK}\n").encode()
    yield "an open quote", "victim.csv", (text + f'"{MARK}').encode()
    yield "no header", "victim.csv", text.partition("\n")[2].encode()
    yield "latin letters", "victim.csv", text.replace("told", "töld").encode("latin-1")
    yield "utf-16", "victim.csv", text.encode("utf-16")
    yield "zeros", "victim.csv", f"{MARK}\0\0".encode() * 9
    yield "no gzip", "victim.csv.gz", MARK.encode() * 30
    yield "half a gzip", "victim.csv.gz", gzip.compress(text.encode())[:-9]
    yield "no parquet", "victim.parquet", b"PAR1" + MARK.encode() * 30 + b"PAR1"
    whole = folder / "whole"
    whole.mkdir()
    casefiles.write_parquet(whole, {"victim": GOOD["victim"]})
    data = (whole / "victim.parquet").read_bytes()
    yield "half a parquet", "victim.parquet", data[: len(data) // 2]
    yield "a folder", "victim.csv", None


def test_tables_that_cannot_be_read(house, monkeypatch):
    (house / "inputs" / "scratch").mkdir()
    ready, *run = looks("inputs/records")
    observe(house, [ready, run.pop(0)], monkeypatch)
    for name, file, data in spoiled(house / "inputs" / "scratch"):
        folder = shelter.write_csv(house / "inputs" / "records", GOOD)
        (folder / "victim.csv").unlink(missing_ok=True)
        path = folder / file
        path.mkdir() if data is None else path.write_bytes(data)
        seen = observe(house, run, monkeypatch)
        assert found_in(seen) == [], name
        assert {*seen.codes[:4], *seen.codes[5:]} <= {1, 2}, seen.text()
        path.rmdir() if data is None else path.unlink()


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
@pytest.mark.parametrize("part", some([0.3, 0.7, 0.99]))
def test_databases_that_cannot_be_read(house, monkeypatch, kind, part):
    path = FOLDERS[kind](house / "inputs", GOOD)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    seen = observe(house, looks(path), monkeypatch)
    assert found_in(seen) == []
    assert set(seen.codes[2:]) <= {1, 2}, seen.text()


@pytest.mark.parametrize("kind", FRAMES)
def test_frames(kind, capfd):
    schema = load_schema(shelter.SCHEMA)
    frames = casefiles.SOURCES[kind](None, GOOD)
    said = [repr(read(frames, schema)), read(frames, schema)._repr_html_()]
    for source in (frames, casefiles.SOURCES[kind](None, BROKEN["a key twice"])):
        for rows in (False, True):
            report = check(source, schema, rows=rows)
            said += [repr(report), report.text(), report.to_json(), report._repr_html_()]
        try:
            read(source, schema)
        except SynthcaseError as error:
            said += [str(error), repr(error), repr(vars(error)), repr(error.__context__)]
    draft(frames)
    said += [*capfd.readouterr()]
    assert [text for text in said if any(token in text for token in TOKENS)] == []


def raising(error):
    def broken(*_, **__):
        raise error

    return broken


CRASHES = {
    "while reading": "synthcase.records.tables.scan",
    "while following keys": "synthcase.records.linking.rows_of",
    "while coding": "synthcase.records.reading.apply_gates",
    "while arranging": "synthcase.measurement.measuring.vote_view",
    "while counting": "synthcase.measurement.measuring.count",
    "while drawing noise": "synthcase.measurement.measuring.add_noise",
    "while fitting": "synthcase.model.fit",
    "while writing": "synthcase.sampling.writing.write_tables",
}
ERRORS = {
    "a foreign error": ValueError(f"could not convert {MARK}"),
    "an error of the system": OSError(5, MARK, f"/{MARK}"),
    "no memory": MemoryError(MARK),
    "an odd error": BaseException(MARK),
    "Ctrl-C": KeyboardInterrupt(MARK),
}


@pytest.mark.parametrize("place", CRASHES)
def test_an_error_of_any_library_anywhere(house, monkeypatch, place):
    data = FOLDERS["csv"](house / "inputs", GOOD)
    new, *_ = calls = shelter.commands(data)
    for number, (kind, error) in enumerate(ERRORS.items()):
        ledger = f"ledger{number}"
        run = [
            [ledger if part == "ledger" else part for part in call[1:]] for call in (new, calls[8])
        ]
        with monkeypatch.context() as broken:
            broken.setattr(CRASHES[place], raising(error))
            seen = observe(house, [["ledger", *run[0]], ["release", *run[1]]], broken)
        assert found_in(seen) == [], kind
        assert seen.codes[1] in (1, 2, 70, 130), (kind, seen.text())


def messages_that_quote(monkeypatch):
    monkeypatch.setattr(
        "synthcase.records.reading.bucket", lambda count: f"{count} such as {MARK}c1"
    )


def errors_that_pass(monkeypatch):
    from contextlib import nullcontext

    monkeypatch.setattr("synthcase.records.tables.values_hidden", lambda *_, **__: nullcontext())
    monkeypatch.setattr(
        "synthcase.cli.boundary.say_unexpected", lambda *_: sys.stderr.write(f"{MARK}v1")
    )
    monkeypatch.setattr("synthcase.records.tables.scan", raising(ValueError(MARK)))


def a_temporary_file(monkeypatch):
    def copy(batch):
        with tempfile.NamedTemporaryFile("w", delete=False) as file:
            file.write(str(batch.to_pylist()))
        return batch

    monkeypatch.setattr("synthcase.records.tables._filled", copy)


def a_compressed_copy(monkeypatch):
    def copy(batch):
        with tempfile.NamedTemporaryFile(suffix=".parquet", delete=False) as file:
            pq.write_table(pa.table({"cells": batch}), file.name, compression="zstd")
        return batch

    monkeypatch.setattr("synthcase.records.tables._filled", copy)


def a_log_line(monkeypatch):
    import logging

    def log(batch):
        logging.getLogger("synthcase.records").debug("read %s", batch.to_pylist())
        return batch

    monkeypatch.setattr("synthcase.records.tables._filled", log)


MUTANTS = [messages_that_quote, errors_that_pass, a_temporary_file, a_compressed_copy, a_log_line]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_the_search_finds_every_mutant(house, monkeypatch, mutant):
    data = FOLDERS["csv"](house / "inputs", BROKEN["a key twice"])
    calls = shelter.commands(data)
    mutant(monkeypatch)
    assert found_in(observe(house, [calls[0], calls[8]], monkeypatch)) != []


def test_a_token_in_every_cell_is_looked_for(house):
    for name, frame in GOOD.items():
        cells = [str(cell) for cells in frame.values() for cell in cells]
        hit = [cell for cell in cells if any(t in cell for t in TOKENS) or cell.startswith("1907")]
        assert name == "place" or len(hit) == len(cells), name
    assert pd.DataFrame(GOOD["victim"]).shape[0] == 7
