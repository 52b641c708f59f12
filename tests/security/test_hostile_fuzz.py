"""Any change of a good file is refused by an error of ours, or harmless; nothing else happens."""

import json
import os
import re
import struct
import subprocess
import sys
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import casefiles
import shelter
from audit import tell
from crash import Nursery
from fuzz_targets import TARGETS, accepts
from synthcase.errors import DataProblem
from synthcase.plans.fields import Fields
from synthcase.records import check, draft, read
from synthcase.schema import load_schema

NAMES = [*TARGETS]
ODD_TEXTS = ["", "../x", "\x1b[2J", "=1+1", "\u202e", "nul", "x" * 5000, "1/0", "0/1", "-1/2", "٣"]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.sampled_from(ODD_TEXTS),
    st.text(max_size=8),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


@st.composite
def other_bytes(draw, good):
    """Cut, repeat, exchange or flip some bytes of a good file."""
    data = bytearray(good)
    for _ in range(draw(st.integers(1, 4))):
        low = draw(st.integers(0, len(data)))
        high = draw(st.integers(low, min(len(data), low + 200)))
        how = draw(st.sampled_from(["cut", "repeat", "put", "flip", "end"]))
        if how == "cut":
            del data[low:high]
        elif how == "repeat":
            data[low:low] = data[low:high] * draw(st.integers(1, 5))
        elif how == "put":
            data[low:high] = draw(st.binary(max_size=30))
        elif how == "flip" and low < len(data):
            data[low] ^= 1 << draw(st.integers(0, 7))
        else:
            del data[low:]
    return bytes(data)


@st.composite
def other_json(draw, good):
    """Put something odd anywhere into a good JSON file, in its canonical form."""
    value = json.loads(good)
    for _ in range(draw(st.integers(1, 3))):
        _change(draw, value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass") + b"\n"


def _change(draw, at):
    for _ in range(draw(st.integers(0, 5))):
        inside = [v for v in (at.values() if isinstance(at, dict) else at) if v and _holds(v)]
        if not inside:
            break
        at = draw(st.sampled_from(inside))
    keys = [*at] if isinstance(at, dict) else [*range(len(at))]
    if not keys:
        return
    key = draw(st.sampled_from(keys))
    how = draw(st.sampled_from(["odd", "drop", "more", "twin"]))
    if how == "odd":
        at[key] = draw(ODD)
    elif how == "drop":
        del at[key]
    elif isinstance(at, dict):
        at[draw(st.text(max_size=5))] = at[key] if how == "twin" else draw(ODD)
    else:
        at.append(at[key] if how == "twin" else draw(ODD))


def _holds(value):
    return isinstance(value, dict | list)


@st.composite
def other_model(draw, good):
    """Change the header of a safetensors file, or its numbers."""
    length = struct.unpack("<Q", good[:8])[0]
    header = json.loads(good[8 : 8 + length])
    for _ in range(draw(st.integers(0, 2))):
        _change(draw, header)
    text = json.dumps(header).encode("utf-8", "surrogatepass")
    numbers = good[8 + length :]
    if draw(st.booleans()):
        numbers = draw(other_bytes(numbers))
    return struct.pack("<Q", len(text)) + text + numbers


def changed(name):
    good = TARGETS[name][0]()
    kinds = [other_bytes(good)]
    if name == "model":
        kinds.append(other_model(good))
    elif name not in ("schema", "ledger"):
        kinds.append(other_json(good))
    return st.one_of(kinds)


def test_the_good_files_are_good():
    for name, (good, _) in TARGETS.items():
        assert accepts(name, good()), name


def hunt(name, examples, phases=tuple(Phase), *, same=False):
    @settings(
        max_examples=examples,
        derandomize=same or settings.default.derandomize,
        phases=phases,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(changed(name))
    def run(data):
        accepts(name, data)

    run()


@pytest.mark.parametrize("name", NAMES)
def test_any_change_is_refused_or_harmless(name):
    hunt(name, 25)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_many_changes_are_refused_or_harmless(name):
    hunt(name, 1500)


def a_reader_that_trusts_texts(monkeypatch):
    monkeypatch.setattr(Fields, "text", lambda self, name: self._value[name])


def a_reader_that_trusts_shapes(monkeypatch):
    monkeypatch.setattr(Fields, "__init__", lambda self, value, what, names: self.__dict__.update(
        _value=value, what=what))  # fmt: skip


@pytest.mark.parametrize("mutant", [a_reader_that_trusts_texts, a_reader_that_trusts_shapes])
def test_the_hunt_finds_a_reader_that_trusts(mutant, monkeypatch):
    mutant(monkeypatch)
    # Whatever it trips over; several different errors come as a group.
    with pytest.raises((Exception, ExceptionGroup)):
        hunt("plan", 4000, [Phase.generate], same=True)


@settings(max_examples=25)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused(data):
    for name in NAMES:
        if name not in ("schema", "json"):
            assert not accepts(name, data)


VICTIMS = casefiles.csv_text(shelter.TABLES["victim"]).encode()


def look_at_table(folder, data):
    (folder / "victim.csv").write_bytes(data)
    schema = load_schema(shelter.SCHEMA)
    for verb in (read, check, lambda source, _: draft(source)):
        with suppress(DataProblem):
            verb(folder, schema)


def test_any_change_of_a_table_is_refused_or_harmless(tmp_path):
    folder = shelter.write_csv(tmp_path / "records", shelter.TABLES)

    @settings(max_examples=15)
    @given(other_bytes(VICTIMS))
    def run(data):
        look_at_table(folder, data)

    run()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="POSIX only")
@pytest.mark.parametrize("kind", ["sqlite", "duckdb", "parquet"])
def test_any_change_of_a_database_is_refused_or_harmless(tmp_path, kind):
    # The libraries that read these are written in C: each look is a process of its own.
    home = shelter.settle(tmp_path / "house", {})
    made = casefiles.SOURCES[kind](home, shelter.TABLES)
    path = made / "victim.parquet" if kind == "parquet" else made
    good, said = path.read_bytes(), tmp_path / "said"
    with Nursery() as nursery:

        @settings(max_examples=60)
        @given(other_bytes(good))
        def run(data):
            path.write_bytes(data)
            call = ["check", str(made), "--schema", "schema.yaml"]
            end = nursery.run(call, home=home, said=said)
            assert end["code"] in (0, 1, 2), (end, said.read_text())
            assert end["cpu"] < 2
            assert end["peak"] < 512 * 1024

        run()


ATHERIS = """
import os, sys

# A process that was started by a large one counts that one's memory as its own; its child does not.
started = os.fork()
if started:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(started, 0)[1]))
import atheris

with atheris.instrument_imports(include=["synthcase.core", "synthcase.plans", "synthcase.privacy",
                                         "synthcase.schema", "synthcase.model.container"]):
    import fuzz_targets

names = sorted(fuzz_targets.TARGETS)

def one(data):
    if data:
        fuzz_targets.accepts(names[data[0] % len(names)], data[1:])

atheris.Setup([sys.argv[0], "-max_total_time=40", "-rss_limit_mb=512", "-timeout=2",
               "-max_len=100000", "-verbosity=0",
               "-print_final_stats=1", sys.argv[1]], one)
atheris.Fuzz()
"""


@pytest.mark.slow
def test_a_fuzzer_that_sees_the_branches_finds_nothing(tmp_path, request):
    pytest.importorskip("atheris")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, name in enumerate(sorted(TARGETS)):
        (corpus / name).write_bytes(bytes([number]) + TARGETS[name][0]())
    done = subprocess.run(
        [sys.executable, "-c", ATHERIS, str(corpus)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    (number,) = re.findall(r"number_of_executed_units: *(\d+)", done.stderr)
    tell(request, f"{number} inputs in 40 s, nothing found")
    assert int(number) > 2000
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]
