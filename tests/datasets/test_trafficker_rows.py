"""Traffickers: one row a person and case, and persons in several cases who stay the same."""

from dataclasses import replace

import numpy as np
import pytest

from synthcase.core.streams import stream
from synthcase.datasets.case_rows import draw_cases
from synthcase.datasets.countries import REGION_SIZE
from synthcase.datasets.trafficker_rows import (
    ROLES,
    _citizenship,
    _convicted_before,
    _partners,
    _roles,
    _same_persons,
    draw_traffickers,
    trafficker_columns,
)
from synthcase.datasets.victim_rows import draw_victims


@pytest.fixture(scope="module")
def cases():
    return draw_cases(200, 3, range(10))


def test_no_traffickers_in_any_case():
    cases = replace(draw_cases(3, 1, range(10)), traffickers=np.zeros(3, dtype=np.int64))
    found = draw_traffickers(cases, draw_victims(cases, 1), 1)
    assert {len(column) for column in vars(found).values()} == {0}
    assert {len(column) for column in trafficker_columns(found).values()} == {0}


def test_each_case_has_the_number_it_should_have(cases):
    found = draw_traffickers(cases, draw_victims(cases, 3), 3)
    assert np.bincount(found.case, minlength=200).tolist() == cases.traffickers.tolist()
    assert (found.age >= 18).all()


def test_one_person_has_one_gender_one_citizenship_and_one_year_of_birth():
    rows = 60
    case = np.arange(rows)
    cases = replace(
        draw_cases(rows, 2, (0,)), traffickers=np.ones(rows, dtype=np.int64), year=case % 5
    )
    same = np.stack([case % 2, np.zeros(rows, dtype=np.int64)])
    person, age = _same_persons(stream(1, "test"), cases, case, same, np.full(rows, 30))
    counts = np.bincount(person)
    assert counts.max() == 3
    assert (counts == 3).sum() == round(0.02 * rows / 1.12)
    for number in np.flatnonzero(counts > 1):
        of_one = person == number
        assert len(set(same[0][of_one].tolist())) == 1
        assert len(set((age - cases.year)[of_one].tolist())) == 1


def test_partners_are_of_other_cases_close_in_time_and_free():
    case = np.array([0, 0, 1, 2, 3, 3])
    year = np.array([5, 5, 6, 10, 4, 4])
    age = np.full(6, 40)
    rows = list(range(6))
    assert _partners(0, rows, set(), (case, year, age), 5) == [2, 4]
    assert _partners(0, rows, {2}, (case, year, age), 1) == [4]
    assert _partners(0, rows, {0}, (case, year, age), 5) == []
    young = np.full(6, 18)
    assert _partners(0, rows, set(), (case, year, young), 5) == [2]


def test_groups_of_three_have_at_most_one_leader_and_smaller_ones_none(cases):
    case = np.repeat(np.arange(200), cases.traffickers)
    role = _roles(stream(2, "test"), cases, case, np.ones(len(case), dtype=np.int64))
    leaders = np.bincount(case[role == ROLES.index("leader")], minlength=200)
    assert set(leaders[cases.traffickers >= 3].tolist()) == {0, 1}
    assert set(leaders[cases.traffickers < 3].tolist()) == {0}


def test_men_lead_more_often_than_women(cases):
    case = np.repeat(np.arange(200), cases.traffickers)
    gender = np.arange(len(case)) % 2
    led = _roles(stream(3, "test"), cases, case, gender) == 0
    assert led[gender == 1].mean() > 2 * led[gender == 0].mean()


def test_citizenship_is_mostly_that_of_the_origin_or_its_region(cases):
    case = np.repeat(np.arange(200), 20)
    found = _citizenship(stream(4, "test"), cases, case)
    origin = cases.origin[case]
    assert 0.65 < (found == origin).mean() < 0.85
    assert 0.85 < (found // REGION_SIZE == origin // REGION_SIZE).mean() < 1


def test_later_cases_of_a_person_more_often_follow_a_conviction():
    person = np.repeat(np.arange(3000), 2)
    year = np.tile([3, 5], 3000)
    before = _convicted_before(stream(5, "test"), year, person)
    assert abs(before[year == 3].mean() - 0.25) < 0.04
    assert abs(before[year == 5].mean() - 0.60) < 0.04
    none = np.zeros(0, dtype=np.int64)
    assert _convicted_before(stream(5, "test"), none, none).shape == (0,)
