from fractions import Fraction
from types import SimpleNamespace

import pytest

import synthcase.planning
from synthcase.errors import FileProblem, UsageError
from synthcase.pipeline import demonstration
from synthcase.pipeline.demonstration import demo
from synthcase.privacy.ledger import Ledger
from synthcase.schema import load_schema


@pytest.fixture
def called(monkeypatch):
    calls = []
    plan = SimpleNamespace(prices={"case": Fraction(1, 10), "victim": Fraction(3)})
    monkeypatch.setattr(synthcase.planning, "plan", lambda *_, **__: plan, raising=False)

    def release(source, **options):
        calls.append((source, options))
        return "a release"

    monkeypatch.setattr(demonstration, "release", release)
    return calls


def test_the_demonstration_has_its_own_cases_and_its_own_ledger(tmp_path, called):
    made = demo(tmp_path / "demo", cases=5)
    assert made.release == "a release"
    assert load_schema(made.cases / "schema.yaml").name == "demo_cases"
    assert (made.cases / "victim.csv").is_file()
    ((source, options),) = called
    assert source == made.cases
    assert options["out"] == tmp_path / "demo" / "release"
    ledger = Ledger.open(made.ledger)
    assert options["ledger"].id == ledger.id
    assert ledger.cap >= Fraction(3)
    assert "invented" in ledger.budget.population


def test_nothing_is_overwritten(tmp_path, called):
    (tmp_path / "demo").mkdir()
    with pytest.raises(UsageError, match="exists already"):
        demo(tmp_path / "demo")
    with pytest.raises(FileProblem):
        demo(tmp_path / "nowhere" / "demo")
    assert called == []
