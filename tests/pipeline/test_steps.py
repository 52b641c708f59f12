from dataclasses import replace

import pytest

import handmade
from synthcase.errors import FileProblem, GateFailed, UsageError
from synthcase.pipeline.steps import measure_once
from synthcase.plans.files import load_measurements, save_plan
from synthcase.schema import load_schema

PLAN = handmade.handmade_plan()


def test_answers_are_saved_with_their_plan_beside_them(records, ledger, tmp_path):
    got = measure_once(records, PLAN, ledger, tmp_path / "m.json")
    again = load_measurements(tmp_path / "m.json")
    assert again.plan.hash == PLAN.hash
    assert again.entry == got.entry


def test_the_same_job_does_not_pay_twice(records, ledger, tmp_path):
    told = []
    for _ in range(2):
        measure_once(
            records, PLAN, ledger, tmp_path / "m.json", replace=True,
            consent=lambda *news: told.append(news[2]),
        )  # fmt: skip
    assert len(ledger.reservations()) == 1
    assert told[0] is None
    assert told[1] is not None


@pytest.mark.parametrize(
    "case", ["taken", "a link", "no folder", "another plan", "unapproved", "no ledger"]
)
def test_what_can_be_refused_is_refused_before_anything_is_spent(records, ledger, tmp_path, case):
    plan, paying, out = PLAN, ledger, tmp_path / "m.json"
    if case == "taken":
        out.write_text("x")
    if case == "a link":
        out.symlink_to(tmp_path / "nowhere")
    if case == "no folder":
        out = tmp_path / "nowhere" / "m.json"
    if case == "another plan":
        save_plan(replace(PLAN, epsilon="1"), tmp_path / "plan.json")
    if case == "unapproved":
        text = handmade.SCHEMA.replace("country: {kind", "country: {from_data: true, kind")
        plan = handmade.handmade_plan(load_schema(text))
    if case == "no ledger":
        paying = None
    with pytest.raises((UsageError, GateFailed, FileProblem)):
        measure_once(records, plan, paying, out)
    assert ledger.reservations() == ()
