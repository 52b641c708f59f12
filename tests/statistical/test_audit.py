"""An end-to-end audit: many canaries in one run, a lower bound on ε beside the claim."""

import numpy as np
import pandas as pd
import pytest

import audit
from synthcase.measurement import counting, measuring
from synthcase.measurement.measuring import measure, noisy_answers
from synthcase.planning import plan as make_plan
from synthcase.privacy.ledger import Ledger
from synthcase.records import read
from synthcase.schema import load_schema

TREES = 3
MANY = 9_990
WIDE = {
    "synthcase": 1,
    "name": "audit",
    "tables": {
        f"case{number}": {
            "key": "case_id",
            "columns": {"size": {"kind": "number", "bins": [*range(MANY + 1)], "else": "0"}},
        }
        for number in range(TREES)
    },
}


@pytest.fixture(scope="module")
def flat():
    """One case for each cell of wide tables, each with an account of its own; half are there."""
    schema = load_schema(WIDE)
    present = audit.coins(TREES * MANY, seed=1).reshape(TREES, MANY)
    frames = {}
    for name, row in zip(WIDE["tables"], present, strict=True):
        there = np.flatnonzero(row).astype(str)
        frames[name] = pd.DataFrame({"case_id": there, "size": there})
    expect = dict.fromkeys(WIDE["tables"], MANY // 2)
    return read(frames, schema), make_plan(schema, epsilon=14, expect=expect), present


def judged(plan, answers, present):
    tables = [table for table in plan.tables if table.kind == "one_way"]
    cells = [answer[table.id][:MANY] / table.unit for answer in answers for table in tables]
    (rho,) = {*plan.prices.values()}
    there = np.tile(present.ravel(), len(answers))
    return audit.verdict(np.concatenate(cells), there, middle=0.5, rho=rho)


def test_one_run_shows_almost_what_is_claimed_and_no_more(flat, tmp_path, request):
    records, plan, present = flat
    ledger = Ledger.create(
        tmp_path / "ledger", population="invented", cap_epsilon="15", set_by="a test"
    )
    noisy = measure(records, plan, ledger=ledger)
    found = judged(plan, [noisy.answers], present)
    audit.tell(request, found)
    assert found.holds, found
    assert found.shown > 0.9 * found.claimed


@pytest.mark.parametrize("factor", [0.9**0.5, 0.5], ids=["variance-0.9", "sensitivity-doubled"])
def test_the_audit_finds_noise_that_is_too_small(flat, monkeypatch, factor, request):
    records, plan, present = flat
    monkeypatch.setattr(measuring, "add_noise", audit.fast_noise(factor))
    found = judged(plan, [noisy_answers(records, plan) for _ in range(4)], present)
    audit.tell(request, found)
    assert not found.holds, found


def test_the_audit_passes_a_quick_second_sampler(flat, monkeypatch):
    records, plan, present = flat
    monkeypatch.setattr(measuring, "add_noise", audit.fast_noise())
    found = judged(plan, [noisy_answers(records, plan) for _ in range(4)], present)
    assert found.holds, found


FEW = 24
TREE = {
    "synthcase": 1,
    "name": "audit_tree",
    "protect": {
        "persons": {"victim": {"max_cases": 1}},
        "caps": {"victim": 2, "leg": 1},
        "persons_per_case": 1,
    },
    "tables": {
        "case": {
            "key": "case_id",
            "columns": {"form": {"kind": "number", "bins": [*range(FEW + 1)], "else": "0"}},
        },
        "victim": {
            "key": "victim_id",
            "parent": {"table": "case", "by": "case_id"},
            "columns": {"age": {"kind": "number", "bins": [*range(FEW + 1)], "else": "0"}},
        },
        "leg": {
            "key": "leg_id",
            "parent": {"table": "victim", "by": "victim_id"},
            "columns": {"road": {"kind": "number", "bins": [*range(FEW + 1)], "else": "0"}},
        },
    },
}


def database(numbers):
    """A case with one person and one leg for each number, which stands in every column."""
    names = [str(number) for number in numbers]
    return {
        "case": pd.DataFrame({"case_id": names, "form": names}, dtype=str),
        "victim": pd.DataFrame({"victim_id": names, "case_id": names, "age": names}, dtype=str),
        "leg": pd.DataFrame({"leg_id": names, "victim_id": names, "road": names}, dtype=str),
    }


def exact(records, plan, monkeypatch):
    with monkeypatch.context() as silent:
        silent.setattr(measuring, "add_noise", lambda counts, sigma: counts.copy())
        return noisy_answers(records, plan)


def look_at_tree(unit, runs, monkeypatch, mutant=None):
    """Guess from everything that one canary alone moves, weighed by how sharp it is."""
    schema = load_schema(TREE)
    plan = make_plan(schema, epsilon=8, expect={"case": FEW // 2}, unit=unit)
    own = [exact(read(database([i]), schema), plan, monkeypatch) for i in range(FEW)]
    shared = {t.id: sum((one[t.id] != 0).astype(int) for one in own) > 1 for t in plan.tables}
    # What an honest program adds for one canary; the mutant comes afterwards.
    moves = [{name: np.where(shared[name], 0, q) for name, q in one.items()} for one in own]
    power = sum(
        float((moves[0][t.id].astype(float) ** 2).sum()) / float(t.sigma) ** 2 for t in plan.tables
    )
    if mutant:
        mutant(monkeypatch)
    scores, present = [], []
    for run in range(runs):
        there = audit.coins(FEW, seed=run + 1)
        noisy = noisy_answers(read(database(np.flatnonzero(there)), schema), plan)
        for number in range(FEW):
            scores.append(
                sum(
                    float(moves[number][t.id].astype(float) @ noisy[t.id]) / float(t.sigma) ** 2
                    for t in plan.tables
                )
            )
            present.append(there[number])
    price = plan.prices["case" if unit == "case" else "victim"]
    return audit.verdict(np.array(scores), np.array(present), middle=power / 2, rho=price)


@pytest.mark.parametrize("unit", ["case", "person"])
def test_a_whole_tree_shows_no_more_than_is_claimed(unit, monkeypatch, request):
    found = look_at_tree(unit, 200, monkeypatch)
    audit.tell(request, found)
    assert found.holds, found
    assert found.shown > 0.5 * found.claimed


def weights_doubled(monkeypatch):
    monkeypatch.setattr(counting, "VOTE", 2 * counting.VOTE)


def rows_counted_twice(monkeypatch):
    real = measuring.count

    def count(*arguments, **options):
        for table, cells in real(*arguments, **options):
            yield table, 2 * cells

    monkeypatch.setattr(measuring, "count", count)


@pytest.mark.parametrize(
    ("unit", "mutant"), [("case", weights_doubled), ("person", rows_counted_twice)]
)
def test_the_audit_finds_a_sensitivity_that_is_too_small(unit, mutant, monkeypatch, request):
    monkeypatch.setattr(measuring, "add_noise", audit.fast_noise())
    found = look_at_tree(unit, 200, monkeypatch, mutant)
    audit.tell(request, found)
    assert not found.holds, found
