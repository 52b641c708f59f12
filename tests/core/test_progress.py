import io
import subprocess
import sys

import pytest

from synthcase.core import progress

A_BAR = True


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_nothing_is_said_by_default(capsys):
    progress.resolve(None)("measure", 1, 2)
    assert capsys.readouterr() == ("", "")


def test_a_function_hears_everything():
    heard = []
    report = progress.resolve(lambda *news: heard.append(news))
    report("measure", 1, 2)
    report("fit", 2, 2)
    assert heard == [("measure", 1, 2), ("fit", 2, 2)]


def test_no_bar_is_drawn_where_nobody_looks(capsys):
    report = progress.resolve(A_BAR)
    report("measure", 1, 2)
    assert report is progress.silent
    assert capsys.readouterr() == ("", "")


def shown_on_a_terminal(monkeypatch, *news):
    # Not a fixture: pytest exchanges sys.stderr between the fixtures and the test.
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "100")
    report = progress.resolve(A_BAR)
    for each in news:
        report(*each)
    return screen.getvalue()


def test_a_bar_is_drawn_on_a_terminal(monkeypatch):
    news = [("measure", done, 4) for done in range(5)]
    shown = shown_on_a_terminal(monkeypatch, *news, ("fit", 1, 1))
    assert shown.count("\n") == 2
    assert shown.endswith("\n")
    for percent in (0, 25, 50, 75, 100):
        assert f"{percent} %" in shown
    assert "measure" in shown
    assert "fit" in shown


def test_a_bar_is_redrawn_only_when_it_changes(monkeypatch):
    news = [("measure", done, 10_000) for done in range(10_000)]
    assert shown_on_a_terminal(monkeypatch, *news).count("\r") == 100


@pytest.mark.parametrize(("done", "total"), [(0, 0), (-1, 2), (3, 2)])
def test_odd_numbers_do_no_harm(monkeypatch, done, total):
    assert "%" in shown_on_a_terminal(monkeypatch, ("measure", done, total))


def test_rich_is_loaded_only_for_a_bar():
    script = (
        "import sys; from synthcase.core import progress; progress.resolve(True)('a', 1, 2);"
        "sys.exit('rich' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
