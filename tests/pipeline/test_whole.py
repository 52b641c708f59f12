import pytest

import handmade
import synthcase.model
from synthcase.errors import (
    BudgetRefused,
    DataProblem,
    GateFailed,
    LedgerError,
    SynthcaseError,
    UsageError,
)
from synthcase.pipeline import release
from synthcase.pipeline.whole import fit_members, remember
from synthcase.privacy.ledger import Ledger
from synthcase.releasing import verify
from synthcase.schema import load_schema


@pytest.fixture
def run(records, ledger, tmp_path):
    schema = tmp_path / "schema.yaml"
    schema.write_text(handmade.SCHEMA)

    def call(**changes):
        options = {"schema": schema, "epsilon": 2, "ledger": ledger, "out": tmp_path / "release"}
        return release(changes.pop("source", records), **{**options, **changes})

    return call


def test_records_become_a_release_that_the_ledger_remembers(run, ledger):
    made = run(expect={"case": 80}, seed=4, purpose="teaching")
    assert verify(made.folder).ok
    assert made.manifest.seed == 4
    assert made.plan.expected["case"] == 80
    (remembered,) = ledger.budget.releases
    assert remembered.sha256 == made.manifest.hash
    assert ledger.reservations()[0].purpose == "teaching"
    assert made.frames["country_list"]["code"].tolist() == ["XA", "XB"]


def test_no_real_value_is_in_any_released_file(run):
    made = run()
    for path in made.folder.rglob("*"):
        if path.is_file():
            assert handmade.SENTINEL.encode() not in path.read_bytes()


def test_the_ledger_may_be_a_folder(run, ledger):
    assert run(ledger=str(ledger.folder)).manifest.ledger.ledger == ledger.id


def unapproved():
    return load_schema(handmade.SCHEMA.replace("country: {kind", "country: {from_data: true, kind"))


REFUSED = {
    "no ledger": (UsageError, lambda _: {"ledger": None}),
    "values that nobody approved": (GateFailed, lambda _: {"schema": unapproved()}),
    "a name that is taken": (UsageError, lambda tmp: {"out": tmp / "records"}),
    "a folder above that is missing": (SynthcaseError, lambda tmp: {"out": tmp / "x" / "y"}),
    "a seed of no number": (UsageError, lambda _: {"seed": "1"}),
    "no cases": (UsageError, lambda _: {"cases": 0}),
    "no members": (UsageError, lambda _: {"members": 0}),
    "broken keys": (
        DataProblem,
        lambda tmp: {"source": handmade.write_records(tmp / "bad", orphan=True)},
    ),
    "records that are not there": (SynthcaseError, lambda tmp: {"source": tmp / "nothing"}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_can_be_refused_is_refused_before_anything_is_spent(run, ledger, tmp_path, name):
    error, change = REFUSED[name]
    with pytest.raises(error) as caught:
        run(**change(tmp_path))
    assert handmade.SENTINEL not in str(caught.value)
    assert ledger.reservations() == ()
    assert not (tmp_path / "release").exists()


def test_an_exhausted_ledger_refuses(run, tmp_path):
    small = Ledger.create(
        tmp_path / "small", population="invented persons", cap_epsilon="1", set_by="a test"
    )
    with pytest.raises(BudgetRefused):
        run(ledger=small)
    assert small.reservations() == ()


def test_a_person_can_say_no(run, ledger):
    def no(plan, opened, paid):
        assert (plan.epsilon, opened, paid) == ("2", ledger, None)
        raise BudgetRefused("no")

    with pytest.raises(BudgetRefused):
        run(consent=no)
    assert ledger.reservations() == ()


def test_a_crash_after_the_look_is_paid_only_once(run, ledger, monkeypatch):
    def crash(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(synthcase.model, "fit", crash)
        with pytest.raises(KeyboardInterrupt):
            run()
    spent, told = ledger.spent(), []
    made = run(consent=lambda *news: told.append(news[2]))
    assert ledger.spent() == spent
    assert told[0].seq == made.manifest.ledger.sequence
    assert verify(made.folder).ok


def test_a_release_that_the_ledger_does_not_know_yet_is_adopted_by_the_same_job(
    run, ledger, monkeypatch
):
    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(Ledger, "record_release", killed)
        with pytest.raises(KeyboardInterrupt):
            run(cases=5)
    assert ledger.budget.releases == ()
    spent = ledger.spent()
    for other in ({"seed": 1}, {"cases": 4}, {"purpose": "another job"}):
        with pytest.raises(UsageError, match="exists already"):
            run(**{"cases": 5, **other})
    made = run(cases=5)
    assert verify(made.folder).ok
    assert ledger.budget.releases[0].sha256 == made.manifest.hash
    assert ledger.spent() == spent


def test_the_same_job_after_its_release_pays_again(run, ledger):
    run()
    once = ledger.spent()["case"]
    run(replace=True)
    assert ledger.spent()["case"] == 2 * once


def test_the_size_of_the_ensemble_can_be_chosen(run, monkeypatch):
    asked = []

    def fit(measurements, *, members="as many as usual", progress=None):
        asked.append(members)
        return handmade.handmade_model(measurements)

    monkeypatch.setattr(synthcase.model, "fit", fit)
    run(members=3)
    run(replace=True)
    assert asked == [3, "as many as usual"]
    for number in (0, 101, "2"):
        with pytest.raises(UsageError, match="1 to 100"):
            fit_members(None, number)


def test_progress_reaches_every_stage(run):
    heard = set()
    run(progress=lambda stage, *_: heard.add(stage))
    assert {"read", "write", "package"} <= heard


def test_a_release_of_another_ledger_is_not_remembered(run, tmp_path):
    made = run()
    other = Ledger.create(
        tmp_path / "other", population="other persons", cap_epsilon="8", set_by="a test"
    )
    with pytest.raises(LedgerError, match="another ledger"):
        remember(made, other)
