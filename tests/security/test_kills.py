"""Ended by SIGKILL at any moment, `release` loses nothing, pays once and shows nothing half.

After every end: the ledger's chain is whole, what is spent never falls, a release that can be seen
is whole and was paid for, and the same command finishes without paying again.
"""

import os
import random
import shutil

import pytest

import shelter
from crash import Nursery
from synthcase.errors import SynthcaseError
from synthcase.privacy.ledger import Ledger
from synthcase.releasing import verify

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="POSIX only")

SCHEMA = """\
synthcase: 1
name: kiosk
protect: {persons: {victim: {max_cases: 1}}}
tables:
  case:
    key: case_id
    columns: {country: {kind: categorical, values: [XA, XB, XD], else: XB}}
  victim:
    key: victim_id
    parent: {table: case, by: case_id, typical: 2}
    columns: {minor: {kind: binary, else: "no"}}
"""
TABLES = {
    "case": {name: shelter.TABLES["case"][name] for name in ("case_id", "country")},
    "victim": {
        "victim_id": shelter.TABLES["victim"]["victim_id"],
        "case_id": shelter.TABLES["victim"]["case_id"],
        "minor": ["yes", "no", "yes", "yes", "no", "no", "yes"],
    },
}


class House:
    """A custodian's folder whose commands get killed."""

    def __init__(self, home, nursery):
        self.home = shelter.settle(home, TABLES, schema=SCHEMA)
        self.nursery, self.said = nursery, home.parent / "said.txt"
        self.ledger = Ledger.create(
            home / "ledger", population="invented", cap_epsilon="400", set_by="a test"
        )
        self.spent = {}

    def release(self, out, **end):
        call = [
            "release", "records", "--schema", "schema.yaml", "--epsilon", "1", "--expect",
            "case=60,victim=120", "--ledger", "ledger", "--out", out, "--cases", "4", "--yes",
        ]  # fmt: skip
        return self.nursery.run(call, home=self.home, said=self.said, **end)

    def look(self):
        """Check everything that must hold whatever has happened."""
        ledger = Ledger.open(self.ledger.folder)
        ledger.verify()
        spent = ledger.spent()
        assert all(spent[account] >= rho for account, rho in self.spent.items())
        self.spent = spent
        seen = [p for p in self.home.iterdir() if (p / "data").exists() and p.name[0] != "."]
        for folder in seen:
            report = verify(folder)
            assert report.ok, report.problems
        self.check_paid(seen, ledger)
        return ledger

    def check_paid(self, seen, ledger):
        from synthcase.releasing import load_release

        paid = {(r.seq, r.hash): r for r in ledger.reservations()}
        for folder in seen:
            entry = load_release(folder).manifest.ledger
            reservation = paid[entry.sequence, entry.head]
            assert ledger.answers(reservation) is not None

    def finish(self, out):
        """Run the same command until the end; it must not pay for what was paid for."""
        ledger = self.look()
        before = [r for r in ledger.reservations() if r.purpose == f"release {out}"]
        written = [release.name for release in ledger.budget.releases]
        result = self.release(out)
        # Killed after its last line, the job was done, and its name is taken.
        assert result["code"] == (2 if out in written else 0), self.said.read_text()
        ledger = self.look()
        after = [r for r in ledger.reservations() if r.purpose == f"release {out}"]
        assert len(after) == 1
        assert before in ([], after)
        made = [release for release in ledger.budget.releases if release.name == out]
        assert len(made) == 1
        shutil.rmtree(self.home / out)
        return result


@pytest.fixture(scope="module")
def nursery():
    with Nursery() as running:
        yield running


def test_a_release_that_nobody_kills(tmp_path, nursery):
    house = House(tmp_path / "house", nursery)
    assert house.release("whole")["code"] == 0
    house.look()
    assert {path.name for path in house.home.iterdir()} == {
        "records", "stages", "schema.yaml", "ledger", "whole",
    }  # fmt: skip


def calls_of(house):
    house.finish("first")
    return int((house.said.parent / (house.said.name + ".calls")).read_text())


def kill_and_finish(house, points):
    for before in points:
        assert house.release(f"out{before}", kill_before=before)["code"] == -9
        house.finish(f"out{before}")


def test_killed_before_some_of_its_calls_to_the_disk(tmp_path, nursery):
    house = House(tmp_path / "house", nursery)
    number = calls_of(house)
    kill_and_finish(house, (2, number // 3, number - 2))


WRITTEN_IN_PLACE = """
import contextlib
import synthcase.releasing.packaging as packaging

@contextlib.contextmanager
def in_place(target, **_):
    target.mkdir(exist_ok=True)
    yield target

packaging.new_folder_aside = in_place
"""
FORGETFUL = """
import synthcase.pipeline.resuming as resuming, synthcase.pipeline.whole as whole
import synthcase.privacy.ledger as ledger

resuming.paid_before = whole.paid_before = lambda *_: None
ledger.Ledger.find = lambda *_, **__: None
"""


@pytest.mark.parametrize("mutant", [WRITTEN_IN_PLACE, FORGETFUL], ids=["in place", "forgetful"])
def test_a_release_that_is_half_or_paid_twice_is_noticed(tmp_path, mutant):
    with Nursery(mutant) as running:
        house = House(tmp_path / "house", running)
        assert house.release("first")["code"] == 0
        number = int((house.said.parent / (house.said.name + ".calls")).read_text())
        with pytest.raises((AssertionError, SynthcaseError)):
            kill_and_finish(house, (number // 2, 2 * number // 3, 5 * number // 6))


@pytest.mark.slow
def test_killed_before_each_of_its_calls_to_the_disk(tmp_path, nursery):
    house = House(tmp_path / "house", nursery)
    number = calls_of(house)
    assert number > 40
    kill_and_finish(house, range(1, number + 1))


@pytest.mark.slow
def test_killed_at_fifty_random_moments(tmp_path, nursery):
    house, chance = House(tmp_path / "house", nursery), random.Random(1)
    usual = house.finish("whole")["seconds"]
    killed = 0
    for number in range(50):
        out = f"out{number}"
        for _ in range(chance.choice([1, 1, 2])):
            end = house.release(out, kill_after=chance.uniform(0, usual))
            killed += end["code"] == -9
            house.look()
            if end["code"] == 0:
                break
        if end["code"] != 0:
            house.finish(out)
    assert killed > 25
