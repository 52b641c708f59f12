"""The whole road with nothing replaced: real processes, real noise, real files."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import handmade
from synthcase.releasing import load_release

SOURCE = Path(__file__).resolve().parent.parent.parent / "src"

pytestmark = pytest.mark.slow


class House:
    """A custodian's folder in which commands are run, and everything they say is kept."""

    def __init__(self, folder):
        self.folder = folder
        self.said = ""

    def run(self, *arguments, code=0, hash_seed="0"):
        environment = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(
            [sys.executable, "-m", "synthcase", *arguments],
            cwd=self.folder, env=environment, capture_output=True, encoding="utf-8", check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        self.said += done.stdout + done.stderr
        assert done.returncode == code, done.stderr
        return done.stdout

    def hashes(self, folder):
        return {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in (self.folder / folder).iterdir()
        }

    def written(self):
        """All files but the records themselves and the draft, which holds their values."""
        for path in self.folder.rglob("*"):
            inside = path.relative_to(self.folder).parts[0]
            if path.is_file() and inside not in {"records", "draft.yaml"}:
                yield path


@pytest.fixture
def house(tmp_path):
    handmade.write_records(tmp_path / "records")
    (tmp_path / "schema.yaml").write_text(handmade.SCHEMA)
    found = House(tmp_path)
    found.run("ledger", "new", "ledger", "--population", "p", "--cap", "40", "--set-by", "x")
    return found


@pytest.mark.parametrize("unit", ["case", "person"])
def test_stage_by_stage_no_value_of_the_records_leaves_the_records(house, unit):
    plan = ["plan", "-s", "schema.yaml", "-e", "4", "--unit", unit, "--expect", "case=50"]
    house.run("draft", "records", "-o", "draft.yaml")
    house.run("check", "records", "-s", "schema.yaml", "--rows", code=1)
    house.run("check", "records", "-s", "draft.yaml")
    house.run(*plan)
    house.run("measure", "records", "-p", "plan.json", "-l", "ledger")
    house.run("fit", "measurements.json")
    for seed in ("1", "2"):
        out = f"tables{seed}"
        house.run(
            "sample", "model.safetensors", "--seed", "7", "--cases", "300", "-o", out,
            hash_seed=seed,
        )  # fmt: skip
    assert house.hashes("tables1") == house.hashes("tables2")
    house.run(
        "package", "model.safetensors", "-m", "measurements.json", "-o", "release", "-l", "ledger",
        "--lookups", "records",
    )  # fmt: skip
    house.run("verify", "release")
    house.run("ledger", "show", "ledger")
    assert handmade.SENTINEL not in house.said
    for path in house.written():
        assert handmade.SENTINEL.encode() not in path.read_bytes(), path


def test_all_in_one_gives_a_release_that_loads(house):
    house.run(
        "release", "records", "-s", "schema.yaml", "-e", "2", "-l", "ledger", "-o", "release",
        "--cases", "100",
    )  # fmt: skip
    release = load_release(house.folder / "release")
    assert len(release.frames["case"]) == 100
    keys = set(release.frames["victim"]["victim_id"])
    assert set(release.frames["leg"]["victim_id"]) <= keys
    assert set(release.frames["link"]["victim_id"]) <= keys
    assert not release.frames["link"][["victim_id", "trafficker_id"]].duplicated().any()
    assert handmade.SENTINEL not in house.said


def test_the_demonstration(tmp_path):
    house = House(tmp_path)
    house.run("demo", "--out", "demo")
    house.run("verify", "demo/release")
    house.run("ledger", "verify", "demo/ledger")
    assert "Open first" in house.said
