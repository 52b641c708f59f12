import sys
from types import SimpleNamespace

import pytest

import handmade
from synthcase.cli.boundary import run
from synthcase.privacy.ledger import Ledger


@pytest.fixture
def call(capsys):
    """Run a command in this process and return its exit code and what it said."""

    def run_command(*arguments):
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return SimpleNamespace(code=code, out=said.out, err=said.err)

    return run_command


@pytest.fixture
def terminal(monkeypatch):
    """Pretend that a person is there, who answers what is given."""

    def answers(text):
        import io

        stdin = io.StringIO(text)
        stdin.isatty = lambda: True
        monkeypatch.setattr(sys, "stdin", stdin)
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)

    return answers


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A custodian's folder: records, schema, ledger; the stages of other rooms are stand-ins."""
    handmade.stand_in(monkeypatch)
    monkeypatch.chdir(tmp_path)
    handmade.write_records(tmp_path / "records")
    (tmp_path / "schema.yaml").write_text(handmade.SCHEMA)
    Ledger.create(
        tmp_path / "ledger", population="invented persons", cap_epsilon="20", set_by="a test"
    )
    return tmp_path
