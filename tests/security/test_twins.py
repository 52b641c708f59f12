"""What leaves depends on the records through the noisy answers alone.

Every command whose output may leave is run on a clean database, on the same less one person, and on
the same less one case, with every noisy answer replaced by a constant. Then nothing may differ: no
byte, name, size, mode, exit code, progress total or log line. `check` and `draft` speak to the
custodian alone and say so; they are not called here.
"""

import sys

import numpy as np
import pytest

import shelter
import synthcase.datasets
from synthcase.core.progress import resolve
from synthcase.measurement import measuring
from synthcase.records import check, reading
from synthcase.schema import load_schema

CLEAN = shelter.TABLES
ODD = {
    **CLEAN,
    "victim": {name: [*cells] for name, cells in CLEAN["victim"].items()},
}
# Values that no schema lists, in a person who is to leave: nothing about them may be learned.
ODD["victim"]["age"][3] = "4711"
ODD["victim"]["means"][3] = "witchcraft"

NEIGHBOURS = {
    "less a person": (CLEAN, shelter.without(CLEAN, "victim", "v4")),
    "less the only person of a case": (CLEAN, shelter.without(CLEAN, "victim", "v6")),
    "less a trafficker": (CLEAN, shelter.without(CLEAN, "trafficker", "t2")),
    "less a case": (CLEAN, shelter.without(CLEAN, "case", "c2")),
    "less the only case of a country": (CLEAN, shelter.without(CLEAN, "case", "c4")),
    "less a person whom no domain fits": (ODD, shelter.without(ODD, "victim", "v4")),
}
QUICK = ["less a person", "less the only case of a country"]


def constant(counts, sigma):
    """Stand in for a noisy answer: it depends on the table's size and σ, which are public."""
    pattern = 3 + np.arange(counts.size, dtype=np.int64) % 3
    return (pattern * 4 * int(sigma + 1)).reshape(counts.shape)


@pytest.fixture
def look(tmp_path, monkeypatch):
    """Run everything on a database and return all that can be seen of it."""
    shelter.quick_fit(monkeypatch)
    shelter.fixed_entropy(monkeypatch)
    monkeypatch.setattr(measuring, "add_noise", constant)

    def observe(name, tables, unit):
        home = shelter.settle(tmp_path / name, tables)
        return shelter.observe(home, shelter.commands("records", unit=unit), monkeypatch)

    return observe


def differences(one, other):
    """Name everything in which two runs differ."""
    found = []
    for (arguments, *first), (_, *second) in zip(one.said, other.said, strict=True):
        found += [f"said: {arguments[0]}"] if first != second else []
    found += ["progress"] if one.progress != other.progress else []
    found += ["logged"] if one.logged != other.logged else []
    names = {*one.files, *other.files}
    return found + [f"file: {n}" for n in names if one.files.get(n) != other.files.get(n)]


def assert_whole(seen):
    """Check that the run was one of real work, else equality would say little."""
    assert seen.codes == [0] * len(seen.codes), seen.text()
    assert {stage for stage, _, _ in seen.progress} >= {"read", "measure", "fit", "package"}
    assert {"release/manifest.json", "stages/tables/victim.csv"} <= set(seen.files)


def neighbours():
    for unit in ("case", "person"):
        for name in NEIGHBOURS:
            marks = [] if name in QUICK else [pytest.mark.slow]
            yield pytest.param(unit, name, marks=marks, id=f"{unit}, {name}")


@pytest.mark.parametrize(("unit", "name"), [*neighbours()])
def test_nothing_that_leaves_differs_between_neighbours(look, unit, name):
    tables, less = NEIGHBOURS[name]
    one, other = look("one", tables, unit), look("other", less, unit)
    assert_whole(one)
    assert differences(one, other) == []


def test_the_databases_are_clean_and_differ():
    schema = load_schema(shelter.SCHEMA)
    for tables, less in NEIGHBOURS.values():
        assert tables != less
        problems = [*check(frames(tables), schema).errors, *check(frames(less), schema).errors]
        assert tables is ODD or problems == []


def frames(tables):
    import pandas as pd

    return {name: pd.DataFrame(frame, dtype=str) for name, frame in tables.items()}


def row_count_in_the_progress(monkeypatch):
    real = reading.read

    def read(source, schema, *, progress=None):
        records = real(source, schema, progress=progress)
        resolve(progress)("code", 0, records.tables["victim"].rows)
        return records

    monkeypatch.setattr("synthcase.records.read", read)


def row_count_printed(monkeypatch):
    real = reading.read

    def read(source, schema, *, progress=None):
        records = real(source, schema, progress=progress)
        sys.stderr.write(f"read {sum(table.rows for table in records.tables.values())} rows")
        return records

    monkeypatch.setattr("synthcase.records.read", read)


def row_count_logged(monkeypatch):
    import logging

    real = reading.read

    def read(source, schema, *, progress=None):
        records = real(source, schema, progress=progress)
        logging.getLogger("synthcase").debug("%d rows", records.tables["victim"].rows)
        return records

    monkeypatch.setattr("synthcase.records.read", read)


def category_learned_from_the_data(monkeypatch):
    """Only what occurs is counted with noise: a value that nobody has stays exactly empty."""
    monkeypatch.setattr(
        measuring, "add_noise", lambda counts, sigma: constant(counts, sigma) * (counts != 0)
    )


def one_table_without_noise(monkeypatch):
    calls = []

    def add_noise(counts, sigma):
        calls.append(1)
        return constant(counts, sigma) + (counts if len(calls) == 1 else 0)

    monkeypatch.setattr(measuring, "add_noise", add_noise)


MUTANTS = [
    row_count_printed,
    row_count_in_the_progress,
    row_count_logged,
    category_learned_from_the_data,
    one_table_without_noise,
]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_the_comparison_finds_every_mutant(tmp_path, monkeypatch, mutant):
    tables, less = NEIGHBOURS["less the only case of a country"]
    shelter.fixed_entropy(monkeypatch)
    monkeypatch.setattr(measuring, "add_noise", constant)
    seen = []
    for name, database in (("one", tables), ("other", less)):
        with monkeypatch.context() as broken:
            mutant(broken)
            home = shelter.settle(tmp_path / name, database)
            seen.append(shelter.observe(home, shelter.commands("records")[:4], broken))
    assert differences(*seen) != []


class Invented:
    """Stands in for the invented cases of the demonstration: the real ones, changed a little."""

    def __init__(self, real, tables):
        self.schema_text, self.tables, self._real = real.schema_text, tables, real

    def write(self, folder):
        shelter.write_csv(folder, self.tables)
        (folder / "schema.yaml").write_text(self.schema_text)
        return folder


@pytest.mark.slow
@pytest.mark.parametrize(("table", "key"), [("victim", 0), ("case", 0)])
def test_the_demonstration_differs_only_in_its_invented_cases(tmp_path, monkeypatch, table, key):
    shelter.quick_fit(monkeypatch)
    shelter.fixed_entropy(monkeypatch)
    monkeypatch.setattr(measuring, "add_noise", constant)
    real = synthcase.datasets.demo_cases(20, seed=1)
    full = {name: frame.astype(str).to_dict("list") for name, frame in real.tables.items()}
    less = shelter.without(full, table, full[table][f"{table}_id"][key])
    seen = []
    for name, tables in (("one", full), ("other", less)):
        made = Invented(real, tables)
        monkeypatch.setattr(synthcase.datasets, "demo_cases", lambda *_, made=made, **__: made)
        (tmp_path / name).mkdir()
        calls = [["demo", "--out", "demo"], ["verify", "demo/release"]]
        seen.append(shelter.observe(tmp_path / name, calls, monkeypatch))
    assert seen[0].codes == [0, 0], seen[0].text()
    found = differences(*seen)
    assert [name for name in found if not name.startswith("file: demo/cases/")] == []
    assert found
