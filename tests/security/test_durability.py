"""Reserve before look, journal before reveal, whole before visible: the order on the disk.

A release is run while every write, sync and rename is written down. Then the list is checked for
moments at which somebody could see what a power cut would take back. `tests/privacy` cuts the power
of the ledger alone, at every byte; here the road as a whole is looked at, with mutants.
"""

import os
from pathlib import Path
from typing import NamedTuple

import pytest

import shelter
from synthcase.core import files, platform
from synthcase.measurement import measuring
from synthcase.privacy import chain, journal, ledger
from synthcase.privacy.ledger import Ledger
from synthcase.releasing import packaging


class Event(NamedTuple):
    what: str
    path: Path
    text: bytes


pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows syncs no folders")


class Trace:
    """Writes down what happens to the disk, and when the records are counted and answers shown."""

    def __init__(self, monkeypatch):
        self.events, self.paths = [], {}
        for name in ("write", "fsync", "link", "rename", "replace", "open"):
            monkeypatch.setattr(os, name, getattr(self, f"_{name}")(getattr(os, name)))
        for name in ("count", "measure"):
            told = self._told(name, getattr(measuring, name))
            monkeypatch.setattr(measuring, name, told)
        monkeypatch.setattr("synthcase.measurement.measure", measuring.measure)

    def add(self, what, path, text=b""):
        self.events.append(Event(what, Path.cwd() / path, text))

    def _told(self, name, real):
        def told(*arguments, **options):
            # The records are looked at when counting begins, answers are shown at the end.
            if name == "count":
                self.add(name, ".")
            result = real(*arguments, **options)
            if name != "count":
                self.add(name, ".")
            return result

        return told

    def _open(self, real):
        def call(path, *rest, **options):
            descriptor = real(path, *rest, **options)
            if isinstance(path, str | os.PathLike):
                self.paths[descriptor] = path
            return descriptor

        return call

    def _write(self, real):
        def call(descriptor, data):
            if descriptor in self.paths:
                self.add("write", self.paths[descriptor], bytes(data))
            return real(descriptor, data)

        return call

    def _fsync(self, real):
        def call(descriptor):
            self.add("sync", self.paths[descriptor])
            return real(descriptor)

        return call

    def _link(self, real):
        def call(source, target, **options):
            self.add("name", target, os.fsencode(source))
            return real(source, target, **options)

        return call

    _rename = _replace = _link


def faults(events, home):
    """Name every moment at which more can be seen than a power cut would leave."""
    book, release = home / "ledger" / "ledger.jsonl", home / "release"
    unsynced, unnamed = set(), set()
    for at, event in enumerate(events):
        if event.what == "write":
            unsynced.add(event.path)
        elif event.what == "sync":
            unsynced.discard(event.path)
            unnamed = {path for path in unnamed if path.parent != event.path}
        elif event.what == "name":
            source = home / os.fsdecode(event.text)
            inside = [p for p in unsynced if p == source or source in p.parents]
            if inside:
                yield f"{event.path.name} got its name before its content was on the disk"
            unnamed.add(event.path)
        before = b"".join(e.text for e in events[:at] if e.what == "write" and e.path == book)
        if event.what == "count" and (b'"kind":"reserve"' not in before or book in unsynced):
            yield "the records were counted before the reservation was on the disk"
        if event.what == "measure":
            answers = {path for path in unsynced | unnamed if path.parent == book.parent}
            if b'"kind":"answers"' not in before or answers:
                yield "the answers were shown before they were on the disk"
        last = event.what == "write" and event.path == book and b'"kind":"release"' in event.text
        if last and release in unnamed:
            yield "the ledger knew of the release before its name was on the disk"
    yield from (f"{path.name} was never on the disk" for path in unsynced | unnamed)


def run(tmp_path, monkeypatch, mutant=None):
    home = shelter.settle(tmp_path / "house", shelter.TABLES)
    Ledger.create(home / "ledger", population="invented", cap_epsilon="99", set_by="a test")
    shelter.quick_fit(monkeypatch)
    if mutant:
        mutant(monkeypatch)
    with monkeypatch.context() as watched:
        watched.chdir(home)
        trace = Trace(watched)
        _, code, _, err = shelter.say(shelter.commands("records")[8])
    return trace.events, home, code, err


def test_what_can_be_seen_is_on_the_disk(tmp_path, monkeypatch):
    events, home, code, err = run(tmp_path, monkeypatch)
    assert code == 0, err
    assert [*faults(events, home)] == []
    kinds = {event.what for event in events}
    assert kinds == {"write", "sync", "name", "count", "measure"}


def no_sync_of_files(monkeypatch):
    monkeypatch.setattr(platform, "fsync", lambda descriptor: None)


def no_sync_of_folders(monkeypatch):
    monkeypatch.setattr(platform, "fsync_directory", lambda folder: None)


def no_sync_of_the_ledger(monkeypatch):
    def write(descriptor, data):
        # Found at the time of the call: by then somebody watches.
        os.write(descriptor, data)

    monkeypatch.setattr(chain, "write_all", write)


def written_at_once(path, data, **_):
    """Write as most programs do: under the last name, and the disk may have it when it likes."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    os.write(descriptor, data)
    os.close(descriptor)


def no_sync_of_answers(monkeypatch):
    real = files.write_aside

    def write(path, data, **options):
        (written_at_once if "answers" in path.name else real)(path, data, **options)

    monkeypatch.setattr(journal.files, "write_aside", write)


def no_sync_of_the_release(monkeypatch):
    monkeypatch.setattr(files, "_fsync_tree", lambda folder: None)
    monkeypatch.setattr(packaging, "write_aside", written_at_once)


def ledger_skipped(monkeypatch):
    """Look without paying, as if the ledger were a formality."""

    def measure(records, plan, *, ledger, progress=None, purpose=""):
        from synthcase.plans.nouns import LedgerEntry, Measurements

        answers = measuring.noisy_answers(records, plan)
        entry = LedgerEntry(ledger=ledger.id, sequence=0, head="0" * 64)
        return Measurements(plan=plan, entry=entry, answers=answers)

    monkeypatch.setattr(measuring, "measure", measure)


def paid_after_looking(monkeypatch):
    real = measuring.noisy_answers

    def measure(records, plan, *, ledger, progress=None, purpose=""):
        from synthcase.plans.files import answers_bytes
        from synthcase.plans.nouns import LedgerEntry, Measurements

        answers = real(records, plan)
        paid = ledger.reserve(plan.prices, plan_hash=plan.hash, purpose="late")
        ledger.journal(paid, answers_bytes(answers, plan.hash))
        entry = LedgerEntry(ledger=ledger.id, sequence=paid.seq, head=paid.hash)
        return Measurements(plan=plan, entry=entry, answers=answers)

    monkeypatch.setattr(measuring, "measure", measure)


def shown_before_the_journal(monkeypatch):
    monkeypatch.setattr(ledger.Ledger, "journal", lambda self, reservation, answers: answers)


MUTANTS = [
    no_sync_of_files,
    no_sync_of_folders,
    no_sync_of_the_ledger,
    no_sync_of_answers,
    no_sync_of_the_release,
    ledger_skipped,
    paid_after_looking,
    shown_before_the_journal,
]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_the_list_shows_every_mutant(tmp_path, monkeypatch, mutant):
    events, home, _, _ = run(tmp_path, monkeypatch, mutant)
    assert [*faults(events, home)] != []


def test_a_release_that_nobody_paid_for_is_not_written_into_the_ledger(tmp_path, monkeypatch):
    _, home, code, err = run(tmp_path, monkeypatch, ledger_skipped)
    assert code == 3, err
    assert Ledger.open(home / "ledger").budget.releases == ()
