import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ASKED = {
    "noise variance × 0.9",
    "sensitivity halved",
    "cap ignored",
    "agreement with a “differ” cell at 1",
    "S + Sᵀ at √5",
    "order by row number",
    "fixed-seed shuffle",
    "sibling pairs at the row weight",
    "last-bin total",
    "32-bit integers",
    "a person's case-only tables at 1",
    "a category learned from data",
    "row count printed",
    "ledger skipped",
    "fsync removed",
}


@pytest.fixture
def tool():
    spec = importlib.util.spec_from_file_location("promises", ROOT / "tools" / "promises.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["promises"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def page():
    return (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")


def test_every_named_test_exists(tool):
    assert list(tool.missing(tool.all_nodes())) == []


def test_a_test_that_does_not_exist_is_found(tool):
    gone = [
        "tests/nowhere.py",
        "tests/test_repository.py::test_nothing",
        "tests/test_repository.py::TestMirror::test_nothing",
    ]
    there = ["tests/test_repository.py::TestMirror::test_every_module_has_its_tests"]
    assert list(tool.missing([*gone, *there])) == gone


@pytest.mark.slow
def test_every_case_of_every_named_test_exists(tool):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", "slow or not slow",
         *tool.all_nodes()],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def test_the_page_fits_the_list_and_every_result_is_good(tool, page):
    assert tool.page(*tool.read_back(page)) == page, "run: python tools/promises.py --run"
    results, made_with = tool.read_back(page)
    assert made_with
    for (_, mutant), words in results.items():
        assert words.partition(";")[0].endswith("caught" if mutant else "passed")
        assert "NOT" not in words


def test_no_mutant_that_was_asked_for_is_left_out(tool):
    assert {m for p in tool.promises() for row in p.rows for m in row.mutants} >= ASKED
    assert [promise.id for promise in tool.promises()] == [
        "P1", "P2", "P3", "P4", "P5", "P6", "P7", "P10",
    ]  # fmt: skip


def test_a_failing_test_and_a_mutant_that_gets_away_show_on_the_page(tool):
    good = dict.fromkeys(tool.all_nodes(), ("passed", ""))
    row = tool.promises()[0].rows[0]
    mutant, node = next(iter(row.mutants.items()))
    words = tool.row_results(good | {f"{row.tests[0]}::test_x[1]": ("failed", "")})
    assert words[row.says, ""] == "**1 NOT passed**"
    assert words[row.says, mutant] == "caught"
    assert tool.row_results(good | {node: ("failed", "")})[row.says, mutant] == "**NOT caught**"
    assert tool.row_results({})[row.says, mutant] == "**NOT caught**"
    assert "**NOT caught**" in tool.page(tool.row_results({}), "Made with nothing.")
