import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from synthcase.model import fitting
from synthcase.model import tape as op
from synthcase.model.classes import class_tables
from synthcase.model.fitting import fit_once, loss_of
from synthcase.model.tape import Tape
from toymodels import (
    EVERYTHING,
    SHARED_GATE,
    answered,
    counted_tables,
    model_of,
    targets_for,
    toy_design,
    toy_logits,
    toy_schema,
)

SIMPLE = """\
synthcase: 1
name: simple
protect: {unit: case, caps: {victim: 4}}
tables:
  case:
    key: case_id
    columns:
      country: {kind: categorical, values: [XA, XB, XC], else: XC, shared: country}
      kind: {kind: categorical, values: [a, b], else: b}
  victim:
    key: victim_id
    parent: {table: case, by: case_id, typical: 2}
    columns:
      nationality: {like: case.country}
      sex: {kind: categorical, values: [f, m], else: f}
      age: {kind: categorical, values: [low, mid, high], else: low}
"""


def problem(text, *, votes=True, cases=300, classes=2):
    """Return a design, targets with noise, and logits that do not fit them."""
    schema = toy_schema(text, "case" if votes else "person")
    design = toy_design(schema, classes, votes=votes)
    model = model_of(schema, (design, toy_logits(design, 5)))
    targets = targets_for(design, answered(model, votes=votes, cases=cases, noise=3.0))
    return design, targets, toy_logits(design, 6, spread=1.0)


def loss_at(design, targets, logits):
    tape = Tape()
    leaves = {key: tape.leaf(value) for key, value in logits.items()}
    loss, _ = loss_of(tape, design, targets, leaves)
    return loss, leaves, tape


@pytest.mark.parametrize("votes", [True, False])
@pytest.mark.parametrize("text", [EVERYTHING, SHARED_GATE])
def test_the_gradient_of_the_loss_is_that_of_finite_differences(text, votes):
    design, targets, logits = problem(text, votes=votes)
    logits = {key: value.astype(np.float64) for key, value in logits.items()}
    loss, leaves, tape = loss_at(design, targets, logits)
    assert loss.value.dtype == np.float64
    gradients = dict(zip(logits, tape.gradients(loss, list(leaves.values())), strict=True))
    rng = np.random.default_rng(0)
    for key in logits:
        assert np.abs(gradients[key]).max() > 0, key
        for _ in range(2):
            way = rng.normal(size=logits[key].shape)
            sides = [
                float(loss_at(design, targets, {**logits, key: logits[key] + step * way})[0].value)
                for step in (1e-5, -1e-5)
            ]
            numeric = (sides[0] - sides[1]) / 2e-5
            assert (gradients[key] * way).sum() == pytest.approx(numeric, rel=1e-5, abs=1e-4), key


def test_single_precision_is_enough_for_the_gradient():
    design, targets, logits = problem(EVERYTHING)
    found = []
    for kind in (np.float32, np.float64):
        loss, leaves, tape = loss_at(
            design, targets, {key: value.astype(kind) for key, value in logits.items()}
        )
        gradients = tape.gradients(loss, list(leaves.values()))
        assert all(gradient.dtype == kind for gradient in gradients)
        found.append((float(loss.value), gradients))
    assert found[0][0] == pytest.approx(found[1][0], rel=1e-5)
    for one, two in zip(found[0][1], found[1][1], strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-2, atol=1e-3 * np.abs(two).max())


def test_the_loss_is_residuals_and_pulls():
    design, targets, logits = problem(SIMPLE)
    tape = Tape()
    leaves = {key: tape.leaf(value.astype(np.float64)) for key, value in logits.items()}
    loss, chi = loss_of(tape, design, targets, leaves)
    tables = class_tables(Tape(), design, leaves)
    pulls = 0.0
    for name, table in tables.items():
        raw, centre = table.states.raw.value, targets.centres[name]
        pulls += fitting.PULL * (raw * np.log(raw / np.maximum(centre, 1e-6))).sum()
        if table.roles is not None:
            roles, weight = table.roles.value, table.weight.value[:, 0]
            pulls += fitting.PULL_ROLES * (roles * np.log(roles / (weight / weight.sum()))).sum()
    residuals = sum(value for value, _ in chi.values())
    assert float(loss.value) - residuals == pytest.approx(pulls, rel=1e-4)
    assert set(chi) == {"one_way", "own", "ancestor", "count", "sibling", "agreement"}
    told = [(key[0], target) for key, target in targets.blocks.items()]
    told += [(table.kind, target) for table, target in targets.special.values()]
    for kind, (_, cells) in chi.items():
        assert cells == sum(target.cells for name, target in told if name == kind)


def test_a_class_is_pulled_by_its_distance_from_all_rows():
    victim = toy_design(toy_schema(SIMPLE)).layout.by_name["victim"]
    rng = np.random.default_rng(0)
    centre = np.concatenate([rng.dirichlet(np.full(a.size, 2.0)) for a in victim.attributes])
    runs = np.array(victim.offsets[:-1])
    tape = Tape()
    like = np.log(centre) * np.ones((2, 1))
    same = op.softmax(tape.leaf(like), runs)
    assert float(fitting._pull(tape, same, centre).value) == pytest.approx(0, abs=1e-5)
    other = op.softmax(tape.leaf(like + rng.normal(size=like.shape)), runs)
    expected = fitting.PULL * (other.value * np.log(other.value / centre)).sum()
    assert float(fitting._pull(tape, other, centre).value) == pytest.approx(expected, rel=1e-5)


def test_a_fit_explains_tables_without_noise():
    schema = toy_schema(SIMPLE)
    design = toy_design(schema, 3)
    truth = model_of(schema, (design, toy_logits(design, 5)))
    answers = answered(truth, votes=True, cases=20_000)
    wide = toy_design(schema, 16)
    fitted = fit_once(wide, targets_for(wide, answers), member=0, steps=300)
    assert fitted.overall < 1
    assert max(fitted.chi_squared.values()) < 1.5
    model = model_of(schema, (wide, fitted.parameters))
    tables = [answer.table for answer in answers]
    found = counted_tables(model, tables, votes=True, cases=20_000, seed=9)
    for answer in answers:
        away = np.abs(found[answer.table.id].sum(0) - answer.values).sum() / 2
        assert away < 0.03 * max(answer.values.sum(), 3000), answer.table.id


def test_noise_does_not_become_structure():
    # columns are independent; with much noise the fit must not find pairs in it
    schema = toy_schema(SIMPLE)
    design = toy_design(schema, 1)
    truth = model_of(schema, (design, toy_logits(design, 5)))
    answers = answered(truth, votes=True, cases=1000, noise=30.0)
    wide = toy_design(schema, 16)
    fitted = fit_once(wide, targets_for(wide, answers), member=0, steps=200)
    model = model_of(schema, (wide, fitted.parameters))
    tables = [a.table for a in answers if a.table.id == "own/victim.sex*victim.age"]
    table = counted_tables(model, tables, votes=True, cases=20_000)[tables[0].id].sum(0)
    share = (table / table.sum()).reshape(2, 3)
    away = np.abs(share - np.outer(share.sum(1), share.sum(0))).sum() / 2
    noisy = next(a.values for a in answers if a.table == tables[0]).reshape(2, 3)
    noisy = noisy / noisy.sum()
    assert away < np.abs(noisy - np.outer(noisy.sum(1), noisy.sum(0))).sum() / 4


def test_each_step_is_told():
    design, targets, _ = problem(SIMPLE)
    steps = []
    fit_once(design, targets, member=0, steps=7, tick=lambda: steps.append(1))
    assert len(steps) == 7


def digest_of(fitted):
    sha = hashlib.sha256()
    for key in sorted(fitted.parameters):
        sha.update(fitted.parameters[key].tobytes())
    return sha.hexdigest()


def fitted_digest(member=0):
    design, targets, _ = problem(SIMPLE, classes=8)
    return digest_of(fit_once(design, targets, member=member, steps=30))


def test_a_fit_is_the_same_in_every_run_and_process():
    once = fitted_digest()
    assert once == fitted_digest()
    assert once != fitted_digest(member=1)
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); "
    code += "import test_fitting; print(test_fitting.fitted_digest())"
    other = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert other.stdout.strip() == once
