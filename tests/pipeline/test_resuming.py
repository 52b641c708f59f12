import pytest

import handmade
from synthcase.pipeline.resuming import measurements_of
from synthcase.plans.files import measurements_bytes
from synthcase.records import read

PLAN = handmade.handmade_plan()


@pytest.fixture
def read_records(records):
    return read(records, PLAN.schema)


def test_a_job_that_was_stopped_gets_the_same_answers_for_nothing(ledger, read_records):
    first = measurements_of(read_records, PLAN, ledger, purpose="p")
    spent = ledger.spent()
    again = measurements_of(read_records, PLAN, ledger, purpose="p")
    assert measurements_bytes(again) == measurements_bytes(first)
    assert ledger.spent() == spent


def test_another_job_pays_for_its_own_answers(ledger, read_records):
    first = measurements_of(read_records, PLAN, ledger, purpose="p")
    second = measurements_of(read_records, PLAN, ledger, purpose="q")
    assert second.entry != first.entry
    assert ledger.spent()["case"] == 2 * PLAN.prices["case"]


def test_a_payment_without_answers_is_used(ledger, read_records):
    paid = ledger.reserve(PLAN.prices, plan_hash=PLAN.hash, purpose="p")
    got = measurements_of(read_records, PLAN, ledger, purpose="p")
    assert got.entry.sequence == paid.seq
    assert len(ledger.reservations()) == 1
