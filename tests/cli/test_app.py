import pytest

from synthcase import __version__
from synthcase.cli.app import app

COMMANDS = [
    "demo", "draft", "check", "plan", "measure", "fit", "sample", "package", "release", "verify",
    "schema-json", "ledger",
]  # fmt: skip


def test_the_version_is_data(call):
    said = call("--version")
    assert said.out == f"synthcase {__version__}\n"
    assert said.err == ""


def test_help_begins_with_examples_and_lists_every_command(call):
    said = call("--help").out
    assert said.index("synthcase demo") < said.index("Options:")
    listed = said.partition("Commands:")[2]
    for command in COMMANDS:
        assert f"  {command} " in listed
    assert "3 budget" in said


@pytest.mark.parametrize("command", [c for c in COMMANDS if c != "ledger"])
def test_every_command_has_an_example(call, command):
    assert f"Example: synthcase {command}" in call(command, "--help").out


@pytest.mark.parametrize("command", ["new", "show", "verify", "raise"])
def test_every_command_of_the_ledger_has_an_example(call, command):
    assert f"Example: synthcase ledger {command}" in call("ledger", command, "--help").out


def test_values_of_variables_are_never_shown_in_a_traceback():
    assert app.pretty_exceptions_enable is False


def test_info_names_versions_and_no_place(call):
    said = call("--info").out
    assert f"synthcase {__version__}" in said
    assert "pyarrow" in said
