import os
from fractions import Fraction

import pytest

from synthcase.errors import FileProblem, LedgerError
from synthcase.privacy.accounting import rho_of
from synthcase.privacy.chain import LEDGER_FILE
from synthcase.privacy.ledger import Ledger, LedgerView


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_view_sees_what_the_ledger_sees(busy_ledger):
    view = LedgerView.open(busy_ledger.folder)
    assert view.id == busy_ledger.id
    assert view.head == busy_ledger.head == view.opened_at
    assert view.budget == busy_ledger.budget
    assert view.cap == rho_of("5")
    assert view.spent() == {"case": Fraction(1, 25), "victim": Fraction(2, 25)}
    assert view.left() == {account: view.cap - rho for account, rho in view.spent().items()}
    answered, unanswered = view.reservations()
    assert view.open_reservations() == (unanswered,)
    assert view.answers(answered) == b"[1,2]\n"
    assert view.answers(unanswered) is None
    assert not hasattr(view, "reserve")


def test_reading_changes_nothing(busy_ledger):
    before = contents(busy_ledger.folder)
    view = LedgerView.open(busy_ledger.folder)
    view.verify()
    view.summary()
    view.answers(view.reservations()[0])
    assert contents(busy_ledger.folder) == before


def test_opening_cuts_a_torn_write(busy_ledger):
    path = busy_ledger.folder / LEDGER_FILE
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"day":"2026')
    assert LedgerView.open(busy_ledger.folder).head == busy_ledger.head
    assert path.read_bytes() == whole


def test_opening_puts_back_a_newline_that_an_editor_took(busy_ledger):
    path = busy_ledger.folder / LEDGER_FILE
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    assert LedgerView.open(busy_ledger.folder).head == busy_ledger.head
    assert path.read_bytes() == whole


def test_the_summary_ends_with_the_head_in_words(busy_ledger):
    head = busy_ledger.head
    assert busy_ledger.summary()[-1] == f"Head: line 7, {head.words}"
    assert head.seq == 6


def test_verify_returns_the_head_of_a_whole_ledger(busy_ledger):
    assert busy_ledger.verify() == busy_ledger.head


def test_verify_finds_changed_answers(busy_ledger):
    (path,) = busy_ledger.folder.glob("answers-*")
    path.write_bytes(b"[1,3]\n")
    with pytest.raises(LedgerError, match="answers-"):
        busy_ledger.verify()
    with pytest.raises(LedgerError):
        busy_ledger.answers(busy_ledger.reservations()[0])
    path.unlink()
    with pytest.raises(FileProblem, match="answers-"):
        busy_ledger.verify()


def test_a_broken_line_stops_everything(busy_ledger):
    path = busy_ledger.folder / LEDGER_FILE
    path.write_bytes(path.read_bytes().replace(b"first release", b"First release"))
    for act in (busy_ledger.spent, busy_ledger.verify, busy_ledger.summary):
        with pytest.raises(LedgerError, match="line 2"):
            act()
    with pytest.raises(LedgerError, match="line 2"):
        LedgerView.open(busy_ledger.folder)


def test_lines_that_disappear_while_the_ledger_is_open_are_noticed(busy_ledger):
    view = Ledger.open(busy_ledger.folder)
    path = busy_ledger.folder / LEDGER_FILE
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(LedgerError, match="shortened"):
        view.spent()
    with pytest.raises(LedgerError, match="shortened"):
        view.note("a remark")


def test_another_ledger_in_its_place_is_noticed(ledger, tmp_path):
    other = Ledger.create(
        tmp_path / "other", population="other persons", cap_epsilon="8", set_by="A. Person"
    )
    assert other.id != ledger.id
    os.replace(other.folder / LEDGER_FILE, ledger.folder / LEDGER_FILE)  # noqa: PTH105 - as `mv` does
    with pytest.raises(LedgerError, match="exchanged"):
        ledger.spent()


def test_a_reservation_of_another_ledger_is_refused(busy_ledger, tmp_path):
    other = Ledger.create(
        tmp_path / "other", population="other persons", cap_epsilon="8", set_by="A. Person"
    )
    with pytest.raises(LedgerError, match="not of this ledger"):
        other.answers(busy_ledger.reservations()[0])


def test_what_is_no_ledger_is_told(tmp_path):
    with pytest.raises(FileProblem, match="no ledger"):
        LedgerView.open(tmp_path / "absent")
    (tmp_path / "file").touch()
    with pytest.raises(FileProblem, match="no ledger"):
        LedgerView.open(tmp_path / "file")
