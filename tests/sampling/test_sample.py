import pytest

from synthcase.errors import UsageError
from synthcase.sampling.sample import sample
from toymodels import LINKED, toy_model, toy_schema


@pytest.fixture(scope="module")
def model():
    found = toy_model(toy_schema(LINKED))
    object.__setattr__(found, "roots", {"case": 200, "court": 10, "office": 1})
    return found


def test_as_many_cases_as_were_measured(model):
    found = sample(model)
    assert found.roots == {"case": 200, "court": 10, "office": 1}
    assert found.seed == 0
    assert found.model is model


def test_other_roots_keep_their_share(model):
    found = sample(model, seed=-3, cases=50)
    assert found.roots == {"case": 50, "court": 2, "office": 1}
    assert found.seed == -3
    lengths = {}
    for chunk in found.chunks():
        for name, rows in chunk.tables.items():
            lengths[name] = lengths.get(name, 0) + rows.length
    assert [lengths[name] for name in ("case", "court", "office")] == [50, 2, 1]


def test_tables_can_be_walked_through_again(model):
    found = sample(model, seed=4, cases=20)
    once, again = (
        [chunk.tables["case"].codes for chunk in found.chunks() if "case" in chunk.tables]
        for _ in range(2)
    )
    assert [codes["kind"].tolist() for codes in once] == [c["kind"].tolist() for c in again]


@pytest.mark.parametrize("cases", [0, -1, 1.5, True, "7", 10**9 + 1])
def test_a_strange_number_of_cases_is_refused(model, cases):
    with pytest.raises(UsageError, match="number of cases"):
        sample(model, cases=cases)


@pytest.mark.parametrize("seed", [0.5, "a", None, True])
def test_a_strange_seed_is_refused(model, seed):
    with pytest.raises(UsageError, match="seed"):
        sample(model, seed=seed)
