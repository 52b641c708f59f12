"""A small invented database, and everything that can be seen when the commands are run on it.

Tests of security share it: `run_all` calls every command that a custodian or a receiver calls, and
`observe` returns all that came of it: words, exit codes, progress, log lines and files.
"""

import contextlib
import io
import logging
import os
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from casefiles import write_csv
from synthcase.cli import talk
from synthcase.cli.boundary import run
from synthcase.privacy import chain

SCHEMA = """\
synthcase: 1
name: shelter
protect:
  unit: case
  persons: {victim: {max_cases: 2}, trafficker: {max_cases: 1}}
  caps: {victim: 4, trafficker: 3, leg: 3, link: 2}
tables:
  case:
    key: case_id
    columns:
      country: {kind: categorical, values: [XA, XB, XD], else: XB}
      opened: {kind: date, bins: {from: 2020, to: 2021, by: year}, else: "2020"}
  victim:
    key: victim_id
    parent: {table: case, by: case_id, typical: 2}
    columns:
      age: {kind: number, bins: [0, 18, 100], else: unknown, missing: {unknown: ""}}
      means: {kind: multi, values: [debt, threats], separator: ";", else: not_asked,
              missing: {not_asked: ""}}
  leg:
    key: [victim_id, leg_no]
    parent: {table: victim, by: victim_id, order: leg_no}
    columns:
      mode: {kind: categorical, values: [road, air], else: air}
  trafficker:
    key: trafficker_id
    parent: {table: case, by: case_id}
    columns:
      role: {kind: categorical, values: [leader, driver], else: driver}
  link:
    key: [victim_id, trafficker_id]
    parents: {victim: victim_id, trafficker: trafficker_id}
    columns:
      relation: {kind: categorical, values: [family, other], else: other}
  place: {key: code, lookup: true, columns: [name]}
questions:
  - count victim by age
"""

TABLES = {
    "case": {
        "case_id": ["c1", "c2", "c3", "c4", "c5"],
        "country": ["XA", "XB", "XA", "XD", "XB"],
        "opened": ["2020-03-01", "2021-05-31", "2020", "2021-01-01", "2020-12-31"],
        "notes": ["one", "two", "three", "four", "five"],
    },
    "victim": {
        "victim_id": ["v1", "v2", "v3", "v4", "v5", "v6", "v7"],
        "case_id": ["c1", "c1", "c2", "c2", "c2", "c3", "c4"],
        "age": ["12", "17", "", "40", "18", "99", "3"],
        "means": ["debt", "", "threats", "debt;threats", "", "debt", "threats"],
    },
    "leg": {
        "victim_id": ["v1", "v1", "v2", "v6", "v6", "v7"],
        "leg_no": ["1", "2", "1", "1", "2", "1"],
        "mode": ["road", "air", "road", "road", "road", "air"],
    },
    "trafficker": {
        "trafficker_id": ["t1", "t2", "t3", "t4"],
        "case_id": ["c1", "c2", "c2", "c4"],
        "role": ["leader", "driver", "leader", "driver"],
    },
    "link": {
        "victim_id": ["v1", "v3", "v4", "v7"],
        "trafficker_id": ["t1", "t2", "t2", "t4"],
        "relation": ["family", "other", "other", "family"],
    },
    "place": {"code": ["XA", "XB", "XD"], "name": ["Alder", "Birch", "Dune"]},
}

_OWNER = {
    "case": ("case", "case_id"),
    "victim": ("case", "case_id"),
    "trafficker": ("case", "case_id"),
    "leg": ("victim", "victim_id"),
    "link": ("victim", "victim_id"),
}


def without(tables, table, key):
    """Return the database less one row, less all rows below it and all that point to it."""
    gone = {table: {key}}
    found = {}
    for name, frame in tables.items():
        own = f"{name}_id"
        rows = range(len(next(iter(frame.values()))))
        leaves = set()
        for row in rows:
            for above in ("case", "victim", "trafficker"):
                column = f"{above}_id"
                if column in frame and frame[column][row] in gone.get(above, ()):
                    leaves.add(row)
        gone.setdefault(name, set()).update(frame[own][r] for r in leaves if own in frame)
        found[name] = {c: [cells[r] for r in rows if r not in leaves] for c, cells in frame.items()}
    return found


def quick_fit(monkeypatch):
    """Let the real fit have one member of few classes and steps: its quality is no matter here."""
    import synthcase.model

    module = sys.modules["synthcase.model.fit"]
    real = module.fit_once
    monkeypatch.setattr(module, "fit_once", lambda *a, steps, **b: real(*a, steps=20, **b))
    monkeypatch.setattr(module, "WIDTHS", (4, 4))
    monkeypatch.setitem(synthcase.model.fit.__kwdefaults__, "members", 1)


def fixed_entropy(monkeypatch):
    """Let every ledger begin alike, on the same day."""

    class Calendar(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2026, 1, 1, tzinfo=tz or UTC)

    monkeypatch.setattr(os, "urandom", lambda number: b"\x07" * number)
    monkeypatch.setattr(chain, "datetime", Calendar)


def commands(data, *, unit="case"):
    """Return every command whose output may leave, in the order of a custodian's day."""
    plan = [
        "plan", "--schema", "schema.yaml", "--epsilon", "9", "--unit", unit, "--expect",
        "case=60,victim=120",
    ]  # fmt: skip
    job = ["--seed", "7", "--cases", "6"]
    return [
        ["ledger", "new", "ledger", "--population", "invented", "--cap", "900", "--set-by", "A"],
        [*plan, "--out", "stages/plan.json"],
        [*plan, "--out", "stages/again.json", "--json"],
        ["measure", data, "--plan", "stages/plan.json", "--ledger", "ledger", "--out",
         "stages/measurements.json", "--yes"],
        ["fit", "stages/measurements.json", "--out", "stages/model.safetensors"],
        ["sample", "stages/model.safetensors", "--out", "stages/tables", "--lookups", data, *job],
        ["package", "stages/model.safetensors", "--measurements", "stages/measurements.json",
         "--ledger", "ledger", "--out", "stages/release", "--lookups", data, *job],
        ["verify", "stages/release"],
        ["release", data, "--schema", "schema.yaml", "--epsilon", "9", "--unit", unit, "--expect",
         "case=60,victim=120", "--ledger", "ledger", "--out", "release", "--yes", *job],
        ["verify", "release", "--json"],
        ["ledger", "show", "ledger"],
        ["ledger", "show", "ledger", "--json"],
        ["ledger", "verify", "ledger"],
    ]  # fmt: skip


def settle(home, tables, *, write=write_csv, schema=SCHEMA):
    """Lay out a custodian's folder: `records`, `schema.yaml`, and a place for the stages."""
    home.mkdir(exist_ok=True)
    (home / "stages").mkdir()
    (home / "schema.yaml").write_text(schema, encoding="utf-8")
    write(home / "records", tables)
    return home


@dataclass
class Seen:
    """What one run of commands let somebody see."""

    said: list = field(default_factory=list)
    progress: list = field(default_factory=list)
    logged: list = field(default_factory=list)
    files: dict = field(default_factory=dict)

    @property
    def codes(self):
        return [code for _, code, _, _ in self.said]

    def text(self):
        """Return all words as one text, for a message of a failing test."""
        return "\n".join(f"{' '.join(a)} -> {code}\n{out}{err}" for a, code, out, err in self.said)


class _Keep(logging.Handler):
    def __init__(self, kept):
        super().__init__(level=0)
        self.kept = kept

    def emit(self, record):
        self.kept.append(record.getMessage())


def say(arguments):
    """Run one command in this process and return its exit code and what it said."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run([str(argument) for argument in arguments])
    return [*map(str, arguments)], code, out.getvalue(), err.getvalue()


def observe(home, calls, monkeypatch, *, leave_out=("records",)):
    """Run commands inside a folder and return everything that came of it."""
    seen = Seen()
    keeper, logger, level = _Keep(seen.logged), logging.getLogger(), logging.getLogger().level

    def progress(self):
        spoken = talk.Talk(self.quiet)._line

        def report(*news):
            seen.progress.append(news)
            if not self.quiet:
                spoken(*news)

        return report

    with monkeypatch.context() as patched:
        patched.chdir(home)
        patched.setattr(talk.Talk, "progress", property(progress))
        logger.addHandler(keeper)
        logger.setLevel(0)
        try:
            seen.said = [say(call) for call in calls]
        finally:
            logger.removeHandler(keeper)
            logger.setLevel(level)
    seen.files = files_of(home, leave_out=leave_out)
    return seen


def files_of(home, *, leave_out=("records",)):
    """Return mode, size and content of everything in a folder, by name."""
    return {
        path.relative_to(home).as_posix(): (
            path.lstat().st_mode,
            path.lstat().st_size if path.is_file() else None,
            path.read_bytes() if path.is_file() else None,
        )
        for path in sorted(Path(home).rglob("*"))
        if path.relative_to(home).parts[0] not in leave_out
    }
