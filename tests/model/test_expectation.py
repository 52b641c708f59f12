import numpy as np
import pytest

from synthcase.sampling import drawing
from toymodels import EVERYTHING, SHARED_GATE, surprises, toy_schema

RELATIONS = {
    True: {
        "rows/case", "one_way/case", "own/case", "one_way/victim", "own/victim",
        "ancestor/case/victim", "sibling/victim", "agreement/victim", "one_way/trafficker",
        "own/trafficker", "ancestor/case/trafficker", "sibling/trafficker",
        "agreement/trafficker", "one_way/leg", "own/leg", "ancestor/case/leg",
        "ancestor/victim/leg", "sibling/leg", "agreement/leg", "one_way/service", "own/service",
        "ancestor/case/service", "ancestor/victim/service", "sibling/service",
        "agreement/service", "co_child/victim/trafficker", "agreement/victim/trafficker",
        "co_child/leg/service", "agreement/leg/service",
    },
}  # fmt: skip
RELATIONS[False] = RELATIONS[True] | {"rows/victim", "rows/trafficker", "rows/leg", "rows/service"}


def check(found):
    for relation, (away, errors) in found.items():
        assert np.abs(errors).max() < 6, relation
        assert np.mean(errors**2) < 1.3 + 8 / np.sqrt(len(errors)), relation
        assert np.abs(away).max() < 0.05, relation


@pytest.mark.parametrize("votes", [True, False])
def test_a_fit_expects_what_sampling_does(monkeypatch, votes):
    monkeypatch.setattr(drawing, "CHUNK", 2000)
    schema = toy_schema(EVERYTHING, "case" if votes else "person")
    found = surprises(schema, votes=votes, chunks=20)
    assert set(found) == RELATIONS[votes]
    check(found)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("votes", [True, False])
def test_a_fit_expects_what_sampling_does_in_many_cases(monkeypatch, votes, seed):
    monkeypatch.setattr(drawing, "CHUNK", 5000)
    schema = toy_schema(EVERYTHING, "case" if votes else "person")
    check(surprises(schema, votes=votes, chunks=50, seed=seed))


def test_a_gate_that_copies_leaves_only_pairs_of_rows_inexact(monkeypatch):
    monkeypatch.setattr(drawing, "CHUNK", 1500)
    found = surprises(toy_schema(SHARED_GATE), votes=True, chunks=24)
    check({name: found[name] for name in ("one_way/case", "one_way/victim", "own/victim")})
    assert max(np.abs(away).max() for away, _ in found.values()) < 0.15
