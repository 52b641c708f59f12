"""The one look: paid before, written down before it is shown, and once."""

import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from neighbours import KEY, counts, draw, records_of, told, whole_plan, without, without_person
from small_schemas import DEEP, LINKED, PLAIN, SMALL
from synthcase.errors import BudgetRefused, UsageError
from synthcase.measurement import measure, measuring
from synthcase.measurement.measuring import noisy_answers
from synthcase.planning import plan
from synthcase.privacy.ledger import Ledger


@pytest.fixture
def ledger(tmp_path):
    return Ledger.create(
        tmp_path / "ledger", population="the invented", cap_epsilon="1000", set_by="A. Person"
    )


@pytest.fixture
def small_plan():
    return plan(PLAIN, epsilon="1", unit="case", expect={"case": 50})


@pytest.fixture
def records():
    return records_of(PLAIN, draw(PLAIN, random.Random(5)))


def no_noise(cells, sigma):
    return cells.copy()


class Stop(Exception):  # noqa: N818 - it is no error of ours
    pass


def stop(*arguments, **options):
    raise Stop


def never(*arguments, **options):
    pytest.fail("the records were looked at")


class TestReserveBeforeLook:
    def test_the_budget_is_spent_before_a_table_is_counted(
        self, ledger, small_plan, records, monkeypatch
    ):
        seen = []

        def look(*arguments, **options):
            seen.append(ledger.budget.spent())
            raise Stop

        monkeypatch.setattr(measuring, "vote_view", look)
        with pytest.raises(Stop):
            measure(records, small_plan, ledger=ledger)
        assert seen == [dict(sorted(small_plan.prices.items()))]

    @pytest.mark.parametrize("step", ["vote_view", "count", "add_noise", "answers_bytes"])
    def test_a_crash_leaves_a_reservation_and_no_answers_and_the_next_call_pays_nothing(
        self, ledger, small_plan, records, monkeypatch, step
    ):
        with monkeypatch.context() as crashing:
            crashing.setattr(measuring, step, stop)
            with pytest.raises(Stop):
                measure(records, small_plan, ledger=ledger)
        (reservation,) = ledger.budget.unanswered()
        assert reservation.plan_hash == small_plan.hash
        spent = ledger.budget.spent()
        found = measure(records, small_plan, ledger=ledger)
        assert ledger.budget.spent() == spent == dict(sorted(small_plan.prices.items()))
        assert ledger.budget.unanswered() == ()
        assert found.entry.sequence == reservation.seq
        assert found.entry.head == reservation.hash

    def test_a_budget_that_cannot_pay_is_refused_before_counting(
        self, tmp_path, small_plan, records, monkeypatch
    ):
        poor = Ledger.create(
            tmp_path / "poor", population="the invented", cap_epsilon="0.5", set_by="A. Person"
        )
        for step in ("vote_view", "person_view", "count", "add_noise"):
            monkeypatch.setattr(measuring, step, never)
        with pytest.raises(BudgetRefused):
            measure(records, small_plan, ledger=poor)
        assert poor.budget.spent() == {}

    def test_the_plan_of_another_schema_is_refused_before_anything_is_paid(
        self, ledger, records, monkeypatch
    ):
        monkeypatch.setattr(measuring, "vote_view", never)
        other = plan(DEEP, epsilon="1", unit="case")
        with pytest.raises(UsageError, match="another schema"):
            measure(records, other, ledger=ledger)
        assert ledger.budget.spent() == {}

    def test_a_plan_that_promises_more_than_it_keeps_is_refused_before_anything_is_paid(
        self, ledger, records, small_plan, monkeypatch
    ):
        monkeypatch.setattr(measuring, "vote_view", never)
        first, *others = small_plan.tables
        false = replace(first, delta_squared={k: Fraction(1) for k in first.delta_squared})
        with pytest.raises(UsageError, match="promises"):
            measure(records, replace(small_plan, tables=(false, *others)), ledger=ledger)
        assert ledger.budget.spent() == {}


class TestJournalBeforeReveal:
    def test_what_is_returned_stands_in_the_ledger(self, ledger, small_plan, records):
        found = measure(records, small_plan, ledger=ledger, purpose="a first look")
        (reservation,) = ledger.budget.reservations
        assert reservation.purpose == "a first look"
        kept = ledger.journal(reservation, b"other answers, drawn later")
        known = measuring.answers_from_bytes(kept, small_plan.hash)
        assert all((known[name] == cells).all() for name, cells in found.answers.items())

    def test_answers_that_were_journalled_first_are_the_ones_that_count(
        self, ledger, small_plan, records, monkeypatch
    ):
        first = {t.id: np.full(t.size, 7, dtype=np.int64) for t in small_plan.tables}
        real = measuring.noisy_answers

        def overtaken(*arguments, **options):
            (reservation,) = ledger.budget.unanswered()
            ledger.journal(reservation, measuring.answers_bytes(first, small_plan.hash))
            return real(*arguments, **options)

        monkeypatch.setattr(measuring, "noisy_answers", overtaken)
        found = measure(records, small_plan, ledger=ledger)
        assert all((cells == 7).all() for cells in found.answers.values())

    def test_a_second_measurement_of_a_plan_is_paid_again_and_draws_again(
        self, ledger, small_plan, records
    ):
        one = measure(records, small_plan, ledger=ledger)
        two = measure(records, small_plan, ledger=ledger)
        assert two.entry.sequence > one.entry.sequence
        twice = {account: 2 * rho for account, rho in small_plan.prices.items()}
        assert ledger.budget.spent() == dict(sorted(twice.items()))
        assert any((one.answers[t.id] != two.answers[t.id]).any() for t in small_plan.tables)


class TestAnswers:
    @pytest.mark.parametrize("unit", ["case", "person"])
    def test_every_table_is_counted_once_with_its_own_noise(self, unit, monkeypatch):
        database = draw(LINKED, random.Random(4))
        made = whole_plan(LINKED, unit)
        sigmas = []

        def noise(cells, sigma):
            sigmas.append(sigma)
            return cells.copy()

        monkeypatch.setattr(measuring, "add_noise", noise)
        monkeypatch.setattr(measuring.secrets, "token_bytes", lambda size: KEY[:size])
        found = noisy_answers(records_of(LINKED, database), made)
        known = counts(LINKED, database, unit)
        assert found.keys() == known.keys()
        assert all((found[name] == cells).all() for name, cells in known.items())
        assert sorted(sigmas) == sorted(table.sigma for table in made.tables)

    def test_the_order_of_persons_hangs_on_32_fresh_bytes_of_the_system(self, monkeypatch):
        asked = []

        def token(size):
            asked.append(size)
            return bytes(size)

        monkeypatch.setattr(measuring, "add_noise", no_noise)
        monkeypatch.setattr(measuring.secrets, "token_bytes", token)
        database = draw(PLAIN, random.Random(4))
        noisy_answers(records_of(PLAIN, database), whole_plan(PLAIN, "person"))
        assert asked == [32]

    @pytest.mark.parametrize("unit", ["case", "person"])
    def test_nothing_but_noisy_numbers_tells_two_neighbours_apart(self, unit, monkeypatch):
        monkeypatch.setattr(measuring, "add_noise", no_noise)
        for schema in SMALL.values():
            database = draw(schema, random.Random(9))
            root, person = schema.roots[0].name, schema.protect.persons[0].table
            neighbours = [without(schema, database, {(root, next(iter(database[root])))})]
            for key in list(database[person])[:1]:
                neighbours += without_person(schema, database, person, key)
            for left in neighbours:
                assert told(schema, left, unit) == told(schema, database, unit)
