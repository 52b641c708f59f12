import copy
import inspect
import pickle

import pytest

from synthcase import errors
from synthcase.errors import InternalError, SynthcaseError, UsageError

EXIT_CODES = {
    "DataProblem": 1,
    "SchemaError": 2,
    "UsageError": 2,
    "FileProblem": 2,
    "BudgetRefused": 3,
    "LedgerError": 3,
    "GateFailed": 4,
    "InternalError": 70,
}


def leaves():
    return [getattr(errors, name) for name in EXIT_CODES]


def test_the_tree_is_exactly_the_one_that_is_drawn():
    found = {
        name
        for name, thing in vars(errors).items()
        if inspect.isclass(thing) and issubclass(thing, SynthcaseError)
    }
    assert found == {*EXIT_CODES, "SynthcaseError"} == set(errors.__all__)
    assert all(name in errors.__doc__ for name in found)


@pytest.mark.parametrize("leaf", leaves())
def test_every_leaf_has_its_exit_code(leaf):
    assert leaf.exit_code == EXIT_CODES[leaf.__name__]
    assert issubclass(leaf, SynthcaseError)


@pytest.mark.parametrize("leaf", leaves())
def test_the_message_holds_every_part_and_the_parts_are_attributes(leaf):
    error = leaf("What.", expected="one", came="two", exists="three", todo="four")
    assert (error.what, error.expected, error.came, error.exists, error.todo) == (
        "What.",
        "one",
        "two",
        "three",
        "four",
    )
    for part in ("What.", "Expected: one", "Came: two", "Exists: three", "What to do: four"):
        assert part in str(error).splitlines()


def test_parts_that_are_not_given_leave_no_trace():
    assert str(UsageError("What.")) == "What."
    assert str(UsageError(expected="one")) == "Expected: one"
    assert UsageError("What.").todo is None


def test_an_internal_error_says_whose_fault_it_is():
    assert "bug in synthcase" in str(InternalError("What."))


def test_an_escape_sequence_in_a_name_cannot_drive_the_terminal():
    error = UsageError("Table \x1b[2J\x07.", came="\x9b31m\u202eabc")
    assert "\x1b" not in str(error)
    assert "\x07" not in str(error)
    assert "\x9b" not in str(error)
    assert "\u202e" not in str(error)


def test_a_very_long_name_is_cut():
    assert len(str(UsageError("x" * 10**6))) < 3_000


@pytest.mark.parametrize("leaf", leaves())
def test_an_error_survives_copying_between_processes(leaf):
    error = leaf("What.", todo="four")
    for again in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(again) is leaf
        assert again.todo == "four"
        assert again.what == "What."
        assert "What to do: four" in str(again)
