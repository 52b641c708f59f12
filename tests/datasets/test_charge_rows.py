"""Charges follow outcome, role and kind of case; without traffickers there are none."""

from dataclasses import replace

import numpy as np
import pytest

from synthcase.core.streams import stream
from synthcase.datasets.case_rows import OUTCOMES, draw_cases
from synthcase.datasets.charge_rows import (
    _VERDICTS,
    _offences,
    _seized,
    _sentences,
    charge_columns,
    draw_charges,
)
from synthcase.datasets.network_types import NETWORK_TYPES
from synthcase.datasets.trafficker_rows import draw_traffickers
from synthcase.datasets.victim_rows import draw_victims

GUILTY, NOT_GUILTY, PENDING, DROPPED = range(4)


def charges_of(n_cases, outcome=None, **changed):
    cases = replace(draw_cases(n_cases, 4, range(10)), **changed)
    if outcome is not None:
        cases = replace(cases, outcome=np.full(n_cases, OUTCOMES.index(outcome)))
    traffickers = draw_traffickers(cases, draw_victims(cases, 4), 4)
    return cases, traffickers, draw_charges(cases, traffickers, 4)


@pytest.mark.parametrize(
    ("outcome", "allowed"),
    [
        ("convicted", {GUILTY, NOT_GUILTY, DROPPED}),
        ("pending", {PENDING, DROPPED}),
        ("acquitted", {NOT_GUILTY}),
        ("discontinued", {DROPPED}),
    ],
)
def test_verdicts_agree_with_the_outcome(outcome, allowed):
    cases, traffickers, charges = charges_of(80, outcome)
    assert set(charges.verdict.tolist()) == allowed
    charged = set(traffickers.case[charges.trafficker].tolist())
    went_to_court = set(np.flatnonzero(cases.traffickers).tolist())
    if outcome != "discontinued":
        assert charged == went_to_court
    else:
        assert charged < went_to_court


def test_a_convicted_case_has_a_guilty_verdict_for_its_first_trafficker():
    cases, traffickers, charges = charges_of(60, "convicted")
    first_persons = np.unique(traffickers.case, return_index=True)[1]
    first_charges = np.searchsorted(charges.trafficker, first_persons)
    assert len(first_charges) == (cases.traffickers > 0).sum()
    assert set(charges.verdict[first_charges].tolist()) == {GUILTY}


def test_cases_without_traffickers_have_no_charges():
    _, _, charges = charges_of(5, traffickers=np.zeros(5, dtype=np.int64))
    assert {len(column) for column in vars(charges).values()} == {0}
    assert {len(column) for column in charge_columns(charges).values()} == {0}


def test_a_sentence_is_written_only_where_the_verdict_is_guilty():
    _, _, charges = charges_of(60)
    columns = charge_columns(charges)
    for verdict, sentence in zip(columns["verdict"], columns["sentence_months"], strict=True):
        assert (sentence == "n.a.") == (verdict != _VERDICTS[GUILTY])
        assert sentence == "n.a." or 6 <= int(sentence) <= 300


def test_leaders_are_sentenced_for_longer_and_in_the_steps_judges_use():
    leader = np.arange(4000) % 2 == 0
    months = _sentences(stream(1, "test"), leader)
    assert np.median(months[leader]) > np.median(months[~leader]) + 12
    assert (months[months >= 24] % 6 == 0).all()


def test_no_more_is_seized_than_was_earned():
    proceeds = np.repeat(np.arange(4), 500)
    seized = _seized(stream(2, "test"), proceeds)
    assert (seized <= proceeds).all()
    assert seized[proceeds == 3].max() == 3


def test_the_first_charge_is_mostly_trafficking_and_the_others_follow_the_case():
    names = [network.name for network in NETWORK_TYPES]
    kind = np.full(4000, names.index("scam_call_centre"))
    first = np.arange(4000) < 2000
    fraud = _offences(stream(3, "test"), kind, first) == 5
    trafficking = _offences(stream(3, "test"), kind, first) == 0
    assert trafficking[first].mean() > 2 * trafficking[~first].mean()
    assert fraud[~first].mean() > fraud[first].mean()
