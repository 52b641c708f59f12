from pathlib import Path
from types import SimpleNamespace

import pytest

import synthcase.pipeline
from synthcase.cli.first import free_name


@pytest.fixture
def made(monkeypatch):
    folders = []

    def demo(folder, *, progress=None):
        folders.append(folder)
        progress and progress("fit", 0, 1)
        manifest = SimpleNamespace(rows={"case": 5})
        release = SimpleNamespace(folder=folder / "release", manifest=manifest)
        return SimpleNamespace(cases=folder / "cases", ledger=folder / "ledger", release=release)

    monkeypatch.setattr(synthcase.pipeline, "demo", demo)
    return folders


def test_it_says_where_the_release_lies_and_what_to_open_first(call, made):
    said = call("demo", "--out", "first")
    assert said.code == 0
    assert said.out == f"{Path('first/release')}\n"
    assert f"Open first:        {Path('first/release/README.md')}" in said.err
    assert "fit …" in said.err
    assert "Next: synthcase verify" in said.err


def test_quiet_says_nothing_but_the_folder(call, made):
    said = call("demo", "--out", "first", "--quiet")
    assert said.out == f"{Path('first/release')}\n"
    assert said.err == ""


def test_a_second_first_look_takes_the_next_name(call, made, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "synthcase-demo").mkdir()
    call("demo")
    assert made == [Path("synthcase-demo-2")]
    assert free_name(tmp_path, "other") == Path("other")
