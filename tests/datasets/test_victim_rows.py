"""Victims: ages, countries and times that agree with the case, and what depends on them."""

from dataclasses import replace

import numpy as np
import pytest

from synthcase.core.streams import stream
from synthcase.datasets.case_rows import draw_cases
from synthcase.datasets.countries import NON_PUNISHMENT
from synthcase.datasets.network_types import NETWORK_TYPES
from synthcase.datasets.victim_rows import (
    _VULNERABILITY,
    AGE_BANDS,
    _age_table,
    _alike,
    _consequences,
    _education,
    _vulnerability,
    age_band,
    draw_victims,
    victim_columns,
)
from synthcase.errors import InternalError

NAMES = [network.name for network in NETWORK_TYPES]


@pytest.fixture(scope="module")
def drawn():
    cases = draw_cases(100, 12, range(10))
    return cases, draw_victims(cases, 12)


def test_one_case_with_one_victim():
    cases = replace(draw_cases(1, 3, range(10)), victims=np.array([1]))
    victims = draw_victims(cases, 3)
    assert victims.case.tolist() == [0]
    assert {len(column) for column in victim_columns(victims, victims.age).values()} == {1}


def test_each_case_has_its_victims_in_order(drawn):
    cases, victims = drawn
    assert np.bincount(victims.case).tolist() == cases.victims.tolist()
    assert (np.diff(victims.case) >= 0).all()


def test_bands_begin_where_their_labels_say():
    first = [int(label.split("-")[0].rstrip("+")) for label in AGE_BANDS]
    assert age_band(np.array(first)).tolist() == list(range(9))
    assert age_band(np.array([8, 17, 47, 99])).tolist() == [0, 1, 7, 8]


def test_ages_stay_in_the_bands_of_the_kind(drawn):
    cases, victims = drawn
    for at, network in enumerate(NETWORK_TYPES):
        table = _age_table(network)
        assert table.sum() == pytest.approx(1)
        ages = victims.age[cases.kind[victims.case] == at]
        assert (table[ages] > 0).all()


def test_a_narrower_spread_inside_a_case_means_more_alike():
    table = _age_table(NETWORK_TYPES[0])
    assert _alike(table, 2) > _alike(table, 4) > _alike(table, 6)
    assert _alike(table, 1000) == pytest.approx(0.1)
    assert _alike(table, 0) == pytest.approx(0.97)


def test_a_domestic_case_stays_in_one_country(drawn):
    cases, victims = drawn
    domestic = cases.route[victims.case] == 0
    assert (victims.start == victims.destination)[domestic].all()
    assert (victims.destination == cases.destination[victims.case])[domestic].all()
    assert (victims.start == victims.citizenship)[~domestic].all()
    moved = victims.destination != cases.destination[victims.case]
    assert 0.02 < moved[~domestic].mean() < 0.25


def test_exploitation_ends_at_most_six_months_before_the_case_opens(drawn):
    cases, victims = drawn
    month = victims.ended + victims.waited
    opened = (2010 + cases.year[victims.case]) * 12
    assert (month - opened >= 0).all()
    assert (month - opened < 12).all()
    assert victims.waited.max() == 6
    assert (victims.duration.min(), victims.duration.max() <= 120) == (1, True)


def test_schooling_fits_the_age_and_the_kind_of_case():
    age = np.repeat([5, 12, 16, 30], 500)
    labour = _education(stream(1, "test"), np.full(2000, NAMES.index("labour")), age)
    assert labour[age == 5].max() == 1
    assert labour[age == 16].max() == 2
    assert labour[age == 30].max() == 3
    scam = _education(stream(1, "test"), np.full(2000, NAMES.index("scam_call_centre")), age)
    assert scam[age == 30].min() == 1
    assert scam[age == 30].mean() > labour[age == 30].mean() + 0.5


def test_care_homes_are_for_the_young_and_small_children_have_no_addiction():
    age = np.repeat([8, 16, 25], 1000)
    found = _vulnerability(stream(2, "test"), np.full(3000, NAMES.index("county_lines")), age)
    home, addiction = (_VULNERABILITY.index(name) for name in ("care_home", "addiction"))
    assert home not in found[age == 25]
    assert home in found[age == 16]
    assert addiction not in found[age == 8]
    assert addiction in found[age == 16]


def test_only_who_was_accused_is_spared_or_punished_and_never_both():
    rows = 4000
    accused = np.arange(rows) % 2
    clause = min(NON_PUNISHMENT)
    country = np.where(np.arange(rows) < 2000, clause, 0)
    spared, punished = _consequences(stream(3, "test"), accused, country)
    assert not (spared | punished)[accused == 0].any()
    assert not (spared & punished).any()
    of = accused == 1
    assert spared[of & (country == clause)].mean() > 4 * spared[of & (country == 0)].mean()


def test_questions_for_the_accused_are_closed_for_others(drawn):
    _, victims = drawn
    columns = victim_columns(victims, victims.age)
    accused = columns["identified_as"] == "offender_first"
    assert accused.any()
    for name in ("non_punishment_applied", "punished_for_offence"):
        assert ((columns[name] == "n.a.") == ~accused).all()


def test_arrays_of_different_length_are_a_bug(drawn):
    _, victims = drawn
    with pytest.raises(InternalError):
        replace(victims, age=victims.age[1:])
