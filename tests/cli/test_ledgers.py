import json

import pytest

from synthcase.privacy.ledger import Ledger

NEW = ["ledger", "new", "mine", "--population", "persons", "--cap", "8", "--set-by", "A. Officer"]


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_ledger_is_made_shown_checked_and_raised(place, call):
    made = call(*NEW)
    assert made.code == 0
    assert len(made.out.split()) == 12
    assert Ledger.open(place / "mine").head.words == made.out.strip()
    shown = call("ledger", "show", "mine")
    assert "Ledger of: persons" in shown.out
    assert made.out.strip() in shown.out
    assert call("ledger", "verify", "mine").out == made.out
    raised = call("ledger", "raise", "mine", "--cap", "9", "--set-by", "B", "--reason", "law")
    assert raised.code == 0
    assert raised.out != made.out
    assert "reason: law" in call("ledger", "show", "mine").out
    assert json.loads(call("ledger", "show", "mine", "--json").out)["cap"]["epsilon"] == "9"


def test_a_second_one_of_that_name_is_refused(place, call):
    call(*NEW)
    assert call(*NEW).code == 2


def test_a_broken_ledger_ends_with_its_own_code(place, call):
    call(*NEW)
    path = place / "mine" / "ledger.jsonl"
    path.write_bytes(path.read_bytes().replace(b"persons", b"nobody!"))
    for command in ("show", "verify"):
        assert call("ledger", command, "mine").code == 3


def test_a_person_is_asked_first(place, call, terminal):
    terminal("n\n")
    assert call(*NEW).code == 1
    assert not (place / "mine").exists()
    terminal("y\n")
    assert call(*NEW).code == 0
    terminal("n\n")
    raised = call("ledger", "raise", "mine", "--cap", "9", "--set-by", "B", "--reason", "law")
    assert raised.code == 1
    assert call(*NEW[:2], "other", *NEW[3:], "--yes").code == 0


def test_a_missing_ledger_says_how_to_begin(place, call):
    said = call("ledger", "show", "nothing")
    assert said.code == 2
    assert "synthcase ledger new" in said.err
