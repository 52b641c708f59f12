import sys

import pytest

from synthcase.cli.showing import _table
from synthcase.cli.talk import Talk, answer, is_terminal, show


def test_data_and_talk_go_different_ways(capsys):
    answer("data")
    Talk().say("talk")
    Talk(quiet=True).say("nothing")
    Talk().next("synthcase fit")
    said = capsys.readouterr()
    assert said.out == "data\n"
    assert said.err == "talk\nNext: synthcase fit\n"


def test_without_a_terminal_a_stage_is_one_line(capsys):
    report = Talk().progress
    for done in range(3):
        report("fit", done, 3)
    report("write", 0, 1)
    assert capsys.readouterr().err == "fit …\nwrite …\n"
    assert Talk(quiet=True).progress is None


def test_on_a_terminal_there_is_a_bar(monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert Talk().progress.__module__ == "synthcase.core.progress"


def test_nobody_is_asked_where_nobody_is():
    assert not is_terminal()


@pytest.mark.parametrize("colour", ["0", "1"])
def test_a_table_in_a_pipe_is_not_cut_and_has_no_colour(capsys, monkeypatch, colour):
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("NO_COLOR", colour)
    table = _table("title", "question", "use")
    table.add_row("x" * 150, "yes")
    show(table)
    out = capsys.readouterr().out
    assert "x" * 150 in out
    assert "\x1b" not in out
