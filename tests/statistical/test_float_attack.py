"""Floats betray empty cells by their last bits; the integers that are released betray none.

With y = count + normal noise, a y that no count from 1 on can give, whatever the noise was, proves
that the count is 0. That is how published sums with floating-point noise were undone.

References:
    Mironov 2012, doi:10.1145/2382196.2382264; Haney et al. 2022, arXiv:2207.13793.
"""

import json

import numpy as np
import pytest

import shelter
from audit import tell
from synthcase.errors import SynthcaseError
from synthcase.measurement import measuring
from synthcase.measurement.measuring import measure, noisy_answers
from synthcase.planning import plan as make_plan
from synthcase.plans.files import answers_bytes, save_measurements
from synthcase.privacy.ledger import Ledger
from synthcase.records import read
from synthcase.schema import load_schema

MOST = 64


def provably_empty(values):
    """Say for each value whether no count from 1 on could have led to it, `(values,)`."""
    values = np.asarray(values, dtype=np.float64)
    possible = np.zeros(values.shape, dtype=bool)
    for count in range(1, MOST + 1):
        noise = values - count
        for tried in (noise, np.nextafter(noise, -np.inf), np.nextafter(noise, np.inf)):
            possible |= count + tried == values
    return ~possible


@pytest.fixture(params=["case", "person"])
def looked(request, tmp_path):
    schema = load_schema(shelter.SCHEMA)
    records = read(shelter.write_csv(tmp_path / "records", shelter.TABLES), schema)
    plan = make_plan(schema, epsilon=9, expect={"case": 300, "victim": 900}, unit=request.param)
    return records, plan


def test_a_released_file_proves_no_cell_empty(looked, tmp_path, request):
    records, plan = looked
    ledger = Ledger.create(
        tmp_path / "ledger", population="invented", cap_epsilon="200", set_by="a test"
    )
    path = tmp_path / "measurements.json"
    save_measurements(measure(records, plan, ledger=ledger), path)
    answers = json.loads(path.read_text())["answers"]
    released = [value for cells in answers.values() for value in cells]
    assert len(released) > 300
    assert {type(value) for value in released} == {int}
    units = {table.id: table.unit for table in plan.tables}
    rows = [value / units[name] for name, cells in answers.items() for value in cells]
    tell(request, f"0 of {len(released)} cells proved empty")
    assert not provably_empty(released).any()
    assert not provably_empty(rows).any()


def with_float_noise(monkeypatch):
    rng = np.random.default_rng(3)
    monkeypatch.setattr(
        measuring, "add_noise", lambda counts, sigma: counts + rng.normal(0, 1.8, counts.shape)
    )


def test_float_noise_proves_many_cells_empty_and_never_errs(looked, monkeypatch, request):
    records, plan = looked
    # The secret order of siblings decides which pairs are counted: here twice the same ones.
    monkeypatch.setattr(measuring.secrets, "token_bytes", bytes)
    with monkeypatch.context() as exact:
        exact.setattr(measuring, "add_noise", lambda counts, sigma: counts.copy())
        counts = noisy_answers(records, plan)
    with_float_noise(monkeypatch)
    noisy = noisy_answers(records, plan)
    proved = np.concatenate([provably_empty(noisy[name]) for name in noisy])
    empty = np.concatenate([counts[name] == 0 for name in noisy])
    tell(request, f"{proved.sum()} of {empty.sum()} empty cells proved")
    assert proved.sum() > 0.03 * empty.sum()
    assert not (proved & ~empty).any()


def test_float_answers_reach_no_file(looked, monkeypatch):
    records, plan = looked
    with_float_noise(monkeypatch)
    with pytest.raises(SynthcaseError):
        answers_bytes(noisy_answers(records, plan), plan.hash)
