import os
import subprocess
import sys
from pathlib import Path

import pytest

import handmade
import synthcase.pipeline
from synthcase.cli import boundary
from synthcase.errors import (
    BudgetRefused,
    DataProblem,
    FileProblem,
    GateFailed,
    InternalError,
    LedgerError,
    SchemaError,
    UsageError,
)

SOURCE = Path(__file__).resolve().parent.parent.parent / "src"


def process(*arguments, inside):
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-m", "synthcase", *map(str, arguments)],
        cwd=inside, env=environment, capture_output=True, encoding="utf-8", check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


ERRORS = {
    DataProblem: 1,
    SchemaError: 2,
    UsageError: 2,
    FileProblem: 2,
    BudgetRefused: 3,
    LedgerError: 3,
    GateFailed: 4,
    InternalError: 70,
}


def raising(error):
    def fail(*_, **__):
        raise error

    return fail


@pytest.mark.parametrize(("kind", "code"), ERRORS.items())
def test_each_error_has_its_exit_code_and_talks_to_standard_error(call, monkeypatch, kind, code):
    monkeypatch.setattr(synthcase.pipeline, "demo", raising(kind("What is wrong.", todo="Do it.")))
    said = call("demo", "-o", "x")
    assert said.code == code
    assert said.out == ""
    assert "synthcase: What is wrong.\nWhat to do: Do it." in said.err


def test_an_unforeseen_error_names_its_type_and_place_only(call, monkeypatch):
    monkeypatch.setattr(synthcase.pipeline, "demo", raising(KeyError(handmade.SENTINEL)))
    said = call("demo", "-o", "x")
    assert said.code == 70
    assert "KeyError in synthcase.cli.first, line" in said.err
    assert handmade.SENTINEL not in said.err + said.out
    assert "Traceback" not in said.err


def test_an_interruption_is_no_error(call, monkeypatch):
    monkeypatch.setattr(synthcase.pipeline, "demo", raising(KeyboardInterrupt()))
    said = call("demo", "-o", "x")
    assert said.code == 130
    assert "bug" not in said.err
    assert "run the same command again" in said.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--version"], 0), (["--help"], 0), (["ledger", "--help"], 0), ([], 2), (["nonsense"], 2),
        (["plan"], 2), (["plan", "--nonsense"], 2), (["verify", "nowhere"], 2),
    ],
)  # fmt: skip
def test_exit_codes_of_ordinary_use(call, arguments, code):
    assert call(*arguments).code == code


def test_a_hook_that_is_reached_says_no_more(capsys):
    error = ValueError(handmade.SENTINEL)
    boundary._excepthook(type(error), error, None)
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert handmade.SENTINEL not in said


def test_other_exit_codes_are_passed_on():
    assert boundary._code_of(SystemExit()) == 0
    assert boundary._code_of(SystemExit(3)) == 3
    assert boundary._code_of(SystemExit("text")) == 1


def test_a_real_process_ends_with_the_code_and_leaves_private_files(tmp_path):
    schema = tmp_path / "schema.yaml"
    schema.write_text(handmade.SCHEMA)
    handmade.write_records(tmp_path / "records", orphan=True)
    said = process("check", "records", "--schema", schema, inside=tmp_path)
    assert said.returncode == 1
    assert "victim.case_id" in said.stdout
    assert handmade.SENTINEL not in said.stdout + said.stderr
    made = process(
        "ledger", "new", "ledger", "--population", "p", "--cap", "8", "--set-by", "x",
        inside=tmp_path,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    if os.name == "posix":
        assert (tmp_path / "ledger" / "ledger.jsonl").stat().st_mode & 0o077 == 0


def test_the_documented_codes_are_those_of_the_errors():
    page = (SOURCE.parent / "docs" / "reference" / "exit-codes.md").read_text(encoding="utf-8")
    for kind, code in ERRORS.items():
        assert any(
            line.startswith(f"| {code} |") and f"`{kind.__name__}`" in line
            for line in page.splitlines()
        )
