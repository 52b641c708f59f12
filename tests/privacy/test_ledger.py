import errno
import os
import random
import re
import stat
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from synthcase.errors import (
    BudgetRefused,
    FileProblem,
    InternalError,
    LedgerError,
    SynthcaseError,
    UsageError,
)
from synthcase.privacy import chain as chain_module
from synthcase.privacy import ledger as ledger_module
from synthcase.privacy.accounting import rho_of
from synthcase.privacy.budget import Budget, totals
from synthcase.privacy.chain import LEDGER_FILE
from synthcase.privacy.ledger import Ledger

PLAN = "0a" * 32
PRICES = {"case": Fraction(1, 50), "victim": Fraction(1, 25)}

posix_only = pytest.mark.skipif(os.name != "posix", reason="POSIX only")


def reserve(ledger, plan=PLAN, prices=PRICES):
    return ledger.reserve(prices, plan_hash=plan, purpose="a release")


def lines(ledger):
    return (ledger.folder / LEDGER_FILE).read_bytes().count(b"\n")


def test_a_new_ledger_has_a_cap_and_nothing_spent(ledger):
    assert ledger.cap == rho_of("4")
    assert ledger.spent() == ledger.left() == {}
    assert ledger.head == (0, ledger.id)
    assert ledger.budget.population == "all persons of the invented shelter"
    assert Ledger.open(ledger.folder) == ledger


@posix_only
def test_a_ledger_is_private(busy_ledger):
    assert stat.S_IMODE(busy_ledger.folder.stat().st_mode) == 0o700
    for path in busy_ledger.folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_ledger_is_never_begun_over_another(ledger):
    with pytest.raises(UsageError, match="exists already"):
        Ledger.create(ledger.folder, population="p", cap_epsilon="99", set_by="x")
    assert ledger.cap == rho_of("4")


@pytest.mark.parametrize(
    "wrong", [{"cap_epsilon": "0"}, {"cap_epsilon": "x"}, {"population": ""}, {"set_by": "a\nb"}]
)
def test_a_ledger_without_a_name_or_a_cap_is_not_begun(tmp_path, wrong):
    with pytest.raises(UsageError):
        Ledger.create(
            tmp_path / "ledger", **{"population": "p", "cap_epsilon": "4", "set_by": "x", **wrong}
        )
    assert list(tmp_path.iterdir()) == []


def test_a_reservation_is_on_the_disk_before_it_is_returned(ledger, monkeypatch):
    happened, real = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: happened.append((real(fd), lines(ledger))[1]))
    reservation = reserve(ledger)
    assert happened[-1] == 2
    monkeypatch.undo()
    assert Ledger.open(ledger.folder).reservations() == (reservation,)
    assert reservation.ledger == ledger.id
    assert reservation.hash == ledger.head.hash
    assert dict(reservation.prices) == PRICES


def test_prices_are_charged_to_every_account_that_is_named(ledger):
    reserve(ledger)
    reserve(ledger, prices={"victim": Fraction(1, 100), "both": Fraction(1, 10)})
    assert ledger.spent() == {
        "both": Fraction(1, 10),
        "case": Fraction(1, 50),
        "victim": Fraction(1, 20),
    }


def test_one_account_at_its_cap_refuses_the_whole_price(ledger):
    reserve(ledger, prices={"victim": ledger.cap})
    with pytest.raises(BudgetRefused, match="'victim'") as caught:
        reserve(ledger)
    assert caught.value.exit_code == 3
    assert ledger.spent() == {"victim": ledger.cap}
    assert lines(ledger) == 2
    reserve(ledger, prices={"case": ledger.cap})
    assert ledger.left() == {"case": 0, "victim": 0}


def test_a_refusal_survives_reopening(ledger):
    reserve(ledger, prices={"victim": ledger.cap})
    with pytest.raises(BudgetRefused):
        reserve(Ledger.open(ledger.folder))


@pytest.mark.parametrize(
    "prices",
    [{}, {"case": 0.01}, {"case": Fraction(-1)}, {"case": Fraction(0)}, {"X": Fraction(1)}],
)
def test_a_price_that_is_no_price_is_refused(ledger, prices):
    with pytest.raises(InternalError):
        reserve(ledger, prices=prices)
    assert lines(ledger) == 1


def test_answers_are_journalled_once_and_replayed_for_ever(ledger):
    reservation = reserve(ledger)
    assert ledger.answers(reservation) is None
    assert ledger.journal(reservation, b"[1]\n") == b"[1]\n"
    before = lines(ledger)
    assert ledger.journal(reservation, b"[2]\n") == b"[1]\n"
    assert Ledger.open(ledger.folder).journal(reservation, b"[3]\n") == b"[1]\n"
    assert ledger.answers(reservation) == b"[1]\n"
    assert lines(ledger) == before
    assert ledger.open_reservations() == ()


def test_nothing_is_revealed_before_it_is_on_the_disk(ledger, monkeypatch):
    reservation = reserve(ledger)

    def full(descriptor, data):
        raise OSError(errno.ENOSPC, "no space")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(FileProblem, match="disk is full"):
            ledger.journal(reservation, b"[1]\n")
    assert ledger.answers(reservation) is None
    assert ledger.find(PLAN, prices=PRICES) == reservation
    assert ledger.journal(reservation, b"[2]\n") == b"[2]\n"


def test_answers_on_the_disk_without_their_line_are_the_answers(ledger, monkeypatch):
    reservation = reserve(ledger)
    real = os.write

    def full(descriptor, data):
        if b'"kind":"answers"' in bytes(data):
            raise OSError(errno.ENOSPC, "no space")
        return real(descriptor, data)

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(FileProblem):
            ledger.journal(reservation, b"[1]\n")
    assert ledger.answers(reservation) is None
    # They lay readable in the folder: another draw would be another look.
    assert ledger.journal(reservation, b"[2]\n") == b"[1]\n"


def test_a_run_that_was_killed_is_resumed_without_paying_again(ledger):
    reservation = reserve(ledger)
    spent = ledger.spent()
    again = Ledger.open(ledger.folder)
    assert again.find(PLAN, prices=PRICES) == reservation
    assert again.spent() == spent
    again.journal(reservation, b"[1]\n")
    assert again.find(PLAN, prices=PRICES) is None


def test_only_the_same_plan_is_resumed(ledger):
    reserve(ledger)
    assert ledger.find("0b" * 32, prices=PRICES) is None


def test_the_newest_of_two_reservations_is_resumed(ledger):
    first, second = reserve(ledger), reserve(ledger)
    assert ledger.find(PLAN, prices=PRICES) == second
    ledger.journal(second, b"[1]\n")
    assert ledger.find(PLAN, prices=PRICES) == first


@pytest.mark.parametrize(
    "prices",
    [
        {"case": Fraction(1, 50)},
        {**PRICES, "case": Fraction(1, 51)},
        {**PRICES, "case": Fraction(1, 49)},
        {**PRICES, "both": Fraction(1, 50)},
    ],
)
def test_a_resumed_reservation_has_identical_prices(ledger, prices):
    reserve(ledger)
    with pytest.raises(LedgerError, match="other prices"):
        ledger.find(PLAN, prices=prices)


def test_a_reservation_is_good_for_its_own_ledger_only(ledger, tmp_path):
    other = Ledger.create(tmp_path / "other", population="p", cap_epsilon="4", set_by="x")
    reservation = reserve(other)
    reserve(ledger)
    for act in (
        lambda: ledger.journal(reservation, b"[1]\n"),
        lambda: ledger.record_release("0c" * 32, name="r", reservation=reservation),
    ):
        with pytest.raises(LedgerError, match="not of this ledger"):
            act()


def test_a_release_needs_answers(ledger):
    reservation = reserve(ledger)
    with pytest.raises(LedgerError, match="without answers"):
        ledger.record_release("0c" * 32, name="release-1", reservation=reservation)
    ledger.journal(reservation, b"[1]\n")
    ledger.record_release("0c" * 32, name="release-1", reservation=reservation)
    ledger.record_release("0d" * 32, name="schema.yaml")
    first, second = ledger.budget.releases
    assert (first.sha256, first.name, first.reservation) == ("0c" * 32, "release-1", 1)
    assert second.reservation is None


def test_a_cap_is_raised_with_a_name_and_a_reason(ledger):
    reserve(ledger, prices={"case": ledger.cap})
    ledger.raise_cap("4.5", set_by="B. Person", reason="a second year")
    assert ledger.cap == rho_of("4.5")
    assert [cap.set_by for cap in ledger.budget.caps] == ["A. Person", "B. Person"]
    reserve(ledger, prices={"case": rho_of("4.5") - rho_of("4")})
    assert ledger.left() == {"case": 0}


@pytest.mark.parametrize("epsilon", ["4", "3.9"])
def test_a_cap_is_never_lowered(ledger, epsilon):
    with pytest.raises(UsageError, match="only be raised"):
        ledger.raise_cap(epsilon, set_by="B. Person", reason="less")
    assert lines(ledger) == 1


def test_a_cap_is_never_raised_without_a_reason(ledger):
    with pytest.raises(UsageError, match="reason"):
        ledger.raise_cap("5", set_by="B. Person", reason=" ")


def test_a_full_disk_loses_no_reservation(ledger, monkeypatch):
    made = [reserve(ledger) for _ in range(3)]
    real = os.write

    def full(descriptor, data):
        real(descriptor, bytes(data)[:40])
        raise OSError(errno.ENOSPC, "no space")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        for _ in range(3):
            with pytest.raises(FileProblem, match="disk is full"):
                reserve(ledger)
    assert list(Ledger.open(ledger.folder).reservations()) == made
    reserve(ledger)
    assert len(ledger.reservations()) == 4


def test_nothing_in_the_folder_is_finer_than_a_day(busy_ledger):
    text = (busy_ledger.folder / LEDGER_FILE).read_text()
    assert not re.search(r"\d\d:\d\d", text)
    assert not re.search(r'":\d{9,}', text)


def test_two_processes_never_overspend(tmp_path):
    ledger = Ledger.create(tmp_path / "ledger", population="p", cap_epsilon="4", set_by="x")
    script = f"""
from pathlib import Path
from synthcase.errors import BudgetRefused
from synthcase.privacy.ledger import Ledger

ledger = Ledger.open(Path({str(ledger.folder)!r}))
made = 0
try:
    while True:
        it = ledger.reserve({{"case": ledger.cap / 20}}, plan_hash="0a" * 32, purpose="a race")
        assert ledger.journal(it, b"[1]") == b"[1]"
        made += 1
except BudgetRefused:
    print(made)
"""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    made = [int(process.communicate(timeout=60)[0]) for process in running]
    assert sum(made) == 20
    assert ledger.spent() == {"case": ledger.cap}
    assert len(ledger.reservations()) == 20
    ledger.verify()


LOST = st.sampled_from([0, 1, 2]) | st.integers(3, 600)


class Crashes(RuleBasedStateMachine):
    """Any calls, with power cuts that leave any beginning of the last line."""

    unanswered = Bundle("unanswered")
    answered = Bundle("answered")

    def __init__(self):
        super().__init__()
        self.place = tempfile.TemporaryDirectory()
        self.spent = Fraction(0)
        self.cap = rho_of("4")
        self.seen = {}
        self.draws = 0

    def teardown(self):
        self.place.cleanup()

    @initialize()
    def create(self):
        self.ledger = Ledger.create(
            Path(self.place.name) / "ledger", population="p", cap_epsilon="4", set_by="x"
        )
        self.file = self.ledger.folder / LEDGER_FILE

    def power_cut(self, before, lost):
        """Lose some bytes of what was appended since `before`; say whether it counts as whole."""
        data = self.file.read_bytes()
        kept = max(before, len(data) - lost)
        self.file.write_bytes(data[:kept])
        self.ledger = Ledger.open(self.ledger.folder)
        return kept >= len(data) - 1

    def fresh(self):
        self.draws += 1
        return b"[%d]\n" % self.draws

    @rule(target=unanswered, part=st.integers(3, 12))
    def pay(self, part):
        price = {"case": self.cap * part / 20}
        if self.spent + price["case"] > self.cap:
            with pytest.raises(BudgetRefused):
                reserve(self.ledger, prices=price)
            return multiple()
        self.spent += price["case"]
        return reserve(self.ledger, prices=price)

    @rule(part=st.integers(1, 6), lost=LOST)
    def pay_and_lose_power(self, part, lost):
        price = {"case": self.cap * part / 20}
        if self.spent + price["case"] > self.cap:
            return
        before = self.file.stat().st_size
        reserve(self.ledger, prices=price)
        if self.power_cut(before, lost):
            self.spent += price["case"]

    @rule(target=answered, reservation=consumes(unanswered))
    def look(self, reservation):
        answers = self.ledger.journal(reservation, self.fresh())
        assert self.seen.setdefault(reservation, answers) == answers
        return reservation

    @rule(target=answered, reservation=consumes(unanswered), lost=LOST)
    def look_and_lose_power(self, reservation, lost):
        before = self.file.stat().st_size
        answers = self.ledger.journal(reservation, self.fresh())
        self.power_cut(before, lost)
        # The file of answers was complete, so whatever happens next must show the same.
        self.seen.setdefault(reservation, answers)
        assert self.ledger.journal(reservation, self.fresh()) == self.seen[reservation]
        return reservation

    @rule(reservation=answered)
    def look_again(self, reservation):
        before = lines(self.ledger)
        assert self.ledger.journal(reservation, self.fresh()) == self.seen[reservation]
        assert lines(self.ledger) == before

    @rule()
    def reopen(self):
        self.ledger = Ledger.open(self.ledger.folder)

    @invariant()
    def the_books_are_right(self):
        self.ledger.verify()
        assert self.ledger.spent().get("case", 0) == self.spent <= self.cap
        for reservation, answers in self.seen.items():
            assert self.ledger.answers(reservation) == answers


TestCrashes = Crashes.TestCase
TestCrashes.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)


def no_replay(monkeypatch):
    def journal(self, reservation, answers):
        (self.folder / reservation.answers_name).unlink(missing_ok=True)
        real(self, reservation, answers)
        return answers

    real = Ledger.journal
    monkeypatch.setattr(Ledger, "journal", journal)


def no_adoption(monkeypatch):
    def keep(folder, name, answers):
        (folder / name).write_bytes(answers)
        return answers

    monkeypatch.setattr(ledger_module, "keep_answers", keep)


def refund_of_what_was_not_answered(monkeypatch):
    monkeypatch.setattr(
        Budget,
        "spent",
        lambda self: totals(r.prices for r in self.reservations if r.seq in self.answers),
    )


def no_cap(monkeypatch):
    monkeypatch.setattr(ledger_module, "check_fits", lambda budget, prices: None)


def torn_tail_kept(monkeypatch):
    monkeypatch.setattr(os, "ftruncate", lambda descriptor, size: None)


def last_line_given_back(monkeypatch):
    monkeypatch.setattr(chain_module, "_whole_tail", lambda tail, before: None)


def reveal_before_journal(monkeypatch):
    monkeypatch.setattr(Ledger, "journal", lambda self, reservation, answers: answers)


@pytest.mark.parametrize(
    "mutant",
    [
        no_replay,
        no_adoption,
        refund_of_what_was_not_answered,
        no_cap,
        torn_tail_kept,
        last_line_given_back,
        reveal_before_journal,
    ],
)
def test_the_machine_finds_every_mutant(mutant, monkeypatch):
    mutant(monkeypatch)
    hunt = settings(
        max_examples=200,
        stateful_step_count=15,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        print_blob=False,
        report_multiple_bugs=False,
    )
    # Whatever it trips over: an assertion, an error of ours, or a refusal that did not come.
    with pytest.raises((AssertionError, SynthcaseError, pytest.fail.Exception)):
        run_state_machine_as_test(Crashes, settings=hunt)


@pytest.mark.slow
def test_nothing_that_was_shown_is_lost_when_a_process_is_killed(tmp_path):
    ledger = Ledger.create(tmp_path / "ledger", population="p", cap_epsilon="100", set_by="x")
    script = f"""
from fractions import Fraction
from pathlib import Path
from synthcase.privacy.ledger import Ledger

ledger = Ledger.open(Path({str(ledger.folder)!r}))
for number in range(10**6):
    it = ledger.reserve({{"case": Fraction(1, 10**6)}}, plan_hash="0a" * 32, purpose="a race")
    print("paid", it.seq, flush=True)
    print("seen", it.seq, ledger.journal(it, b"%d" % number).decode(), flush=True)
"""
    chance = random.Random(1)
    shown = []
    for _ in range(25):
        process = subprocess.Popen(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        first = process.stdout.readline()
        time.sleep(chance.uniform(0, 0.1))
        process.kill()
        shown += (first + process.communicate()[0]).splitlines()
        ledger.verify()
        by_seq = {reservation.seq: reservation for reservation in ledger.reservations()}
        for kind, seq, *answer in (line.split() for line in shown if line.count(" ")):
            assert int(seq) in by_seq
            if kind == "seen":
                assert ledger.answers(by_seq[int(seq)]) == answer[0].encode()
    assert len(shown) > 50
