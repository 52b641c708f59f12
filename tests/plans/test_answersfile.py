import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import handmade
from synthcase.core.canonical import dumps, sha256_hex
from synthcase.errors import FileProblem
from synthcase.plans.answersfile import (
    answers_bytes,
    answers_from_bytes,
    measurements_bytes,
    measurements_from_bytes,
    measurements_hash,
)

HASH = "cd" * 32
CELLS = st.lists(st.integers(-(2**63) + 1, 2**63 - 1), max_size=5)


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), CELLS, max_size=4))
def test_answers_come_back(answers):
    arrays = {name: np.array(cells, dtype=np.int64) for name, cells in answers.items()}
    again = answers_from_bytes(answers_bytes(arrays, HASH), HASH)
    assert {name: cells.tolist() for name, cells in again.items()} == answers
    assert all(cells.dtype == np.int64 for cells in again.values())


def test_answers_to_another_plan_are_refused():
    with pytest.raises(FileProblem, match="another plan"):
        answers_from_bytes(answers_bytes({}, HASH), "ef" * 32)


def test_measurements_come_back():
    one = handmade.handmade_measurements()
    again = measurements_from_bytes(measurements_bytes(one), one.plan)
    assert measurements_bytes(again) == measurements_bytes(one)
    assert again.entry == one.entry
    assert again.versions == one.versions
    assert measurements_hash(one) == sha256_hex(measurements_bytes(one))


TAMPERED = {
    "another format": lambda v: v.update(format="synthcase-answers"),
    "another plan": lambda v: v.update(plan_hash="0" * 64),
    "an answer less": lambda v: v["answers"].popitem(),
    "an answer more": lambda v: v["answers"].update(other=[1]),
    "a cell less": lambda v: v["answers"]["one_way/victim.age"].pop(),
    "a truth value": lambda v: v["answers"]["one_way/victim.age"].__setitem__(0, bool(1)),
    "text as answer": lambda v: v["answers"].update({"one_way/victim.age": "12345"}),
    "no ledger": lambda v: v.update(ledger=None),
    "a head that is no hash": lambda v: v["ledger"].update(head="x"),
    "a negative line": lambda v: v["ledger"].update(sequence=-1),
    "versions as list": lambda v: v.update(versions=[]),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_changed_measurements_are_refused(name):
    one = handmade.handmade_measurements()
    value = json.loads(measurements_bytes(one))
    TAMPERED[name](value)
    with pytest.raises(FileProblem):
        measurements_from_bytes(dumps(value), one.plan)


def test_truncated_measurements_are_refused():
    one = handmade.handmade_measurements()
    data = measurements_bytes(one)
    for end in range(0, len(data) - 1, 101):
        with pytest.raises(FileProblem):
            measurements_from_bytes(data[:end], one.plan)


def test_measurements_have_one_text():
    measurements = handmade.handmade_measurements()
    good = measurements_bytes(measurements)
    for other in (good + b" ", good.replace(b",", b", ", 1)):
        with pytest.raises(FileProblem, match="changed"):
            measurements_from_bytes(other, measurements.plan)
