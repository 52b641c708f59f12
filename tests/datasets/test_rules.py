"""Rules across tables that hold for every record, in several simulations."""

import pandas as pd
import pytest

from synthcase.datasets import simulate_cases
from synthcase.datasets.simulation import _draw

KEYS = {
    "case": ["case_id"],
    "victim": ["victim_id"],
    "trafficker": ["trafficker_id"],
    "exploitation": ["exploitation_id"],
    "journey_leg": ["victim_id", "leg_no"],
    "victim_trafficker": ["victim_id", "trafficker_id"],
    "charge": ["charge_id"],
}
PARENTS = [
    ("victim", "case_id", "case"),
    ("trafficker", "case_id", "case"),
    ("exploitation", "victim_id", "victim"),
    ("journey_leg", "victim_id", "victim"),
    ("victim_trafficker", "victim_id", "victim"),
    ("victim_trafficker", "trafficker_id", "trafficker"),
    ("charge", "trafficker_id", "trafficker"),
]
BANDS = {
    "0-8": (0, 8), "9-17": (9, 17), "18-20": (18, 20), "21-23": (21, 23), "24-26": (24, 26),
    "27-29": (27, 29), "30-38": (30, 38), "39-47": (39, 47), "48+": (48, 90),
    "under_30": (15, 29),
}  # fmt: skip


@pytest.fixture(scope="module", params=[1, 2])
def full(request):
    return simulate_cases(400, seed=request.param, missing=False).tables


@pytest.fixture(scope="module")
def pairs(full):
    links = full["victim_trafficker"].merge(full["victim"], on="victim_id")
    return links.merge(full["trafficker"], on="trafficker_id", suffixes=("", "_trafficker"))


@pytest.fixture(scope="module")
def legs(full):
    legs = (
        full["journey_leg"].merge(full["victim"], on="victim_id").merge(full["case"], on="case_id")
    )
    return legs.assign(leg_no=legs.leg_no.astype(int)).sort_values(["victim_id", "leg_no"])


@pytest.mark.parametrize("name", KEYS)
def test_keys_are_unique(tables, name):
    assert not tables[name].duplicated(KEYS[name]).any()
    assert not (tables[name][KEYS[name]] == "").to_numpy().any()


@pytest.mark.parametrize(("child", "key", "parent"), PARENTS)
def test_no_row_is_an_orphan(tables, child, key, parent):
    assert set(tables[child][key]) <= set(tables[parent][key])


def test_links_stay_inside_a_case(pairs):
    assert (pairs.case_id == pairs.case_id_trafficker).all()


def test_every_case_has_a_victim_and_every_victim_an_exploitation(full):
    assert set(full["victim"].case_id) == set(full["case"].case_id)
    count = full["exploitation"].victim_id.value_counts()
    assert set(count.index) == set(full["victim"].victim_id)
    assert set(count) <= {1, 2, 3}
    assert not full["exploitation"].duplicated(["victim_id", "type"]).any()


def test_a_victim_has_at_most_six_legs_numbered_from_one(legs):
    for numbers in legs.groupby("victim_id").leg_no:
        assert numbers[1].tolist() == list(range(1, len(numbers[1]) + 1))
    assert legs.leg_no.max() <= 6


def test_the_first_leg_starts_where_the_victim_lived(legs):
    first = legs[legs.leg_no == 1]
    abroad = first[first.route != "domestic"]
    assert (abroad.from_country == abroad.citizenship).all()
    assert len(abroad) > 500


def test_legs_chain_and_end_where_the_exploitation_is(full, legs):
    following = legs.groupby("victim_id").from_country.shift(-1)
    assert (following.isna() | (following == legs.to_country)).all()
    last = legs.groupby("victim_id").to_country.last()
    rows = full["exploitation"].set_index("victim_id").country
    here = rows[rows.index.isin(last.index)]
    assert (here == last[here.index]).all()
    assert set(last.index) <= set(here.index)


def test_who_was_exploited_abroad_has_travelled(full, legs):
    country = full["exploitation"].groupby("victim_id").country.first()
    victims = full["victim"].merge(full["case"], on="case_id").set_index("victim_id")
    abroad = victims[(victims.route != "domestic") & (victims.citizenship != country)]
    assert set(abroad.index) <= set(legs.victim_id)


def test_domestic_cases_have_no_border(legs):
    domestic = legs[legs.route == "domestic"]
    assert len(domestic) > 100
    assert (domestic.border_crossed == "no").all()
    assert (domestic.from_country == domestic.to_country).all()


def test_a_border_is_crossed_exactly_where_the_country_changes(legs):
    assert ((legs.border_crossed == "yes") == (legs.from_country != legs.to_country)).all()


def test_month_offset_never_goes_back(legs):
    offset = legs.assign(month=legs.month_offset.astype(int)).groupby("victim_id").month
    assert (offset.diff().dropna() >= 0).all()


def test_parents_share_citizenship_and_fit_in_age(pairs):
    parents = pairs[pairs.relation == "parent"]
    assert len(parents) > 100
    assert (parents.citizenship == parents.citizenship_trafficker).all()
    for child, parent in zip(parents.age_band, parents.age_band_trafficker, strict=True):
        assert BANDS[parent][1] - BANDS[child][0] >= 15
        assert BANDS[parent][0] - BANDS[child][1] <= 45
    assert not parents.duplicated(["victim_id", "gender_trafficker"]).any()


def test_the_exact_ages_of_parents_fit():
    drawn = _draw(200, 9, range(10))
    parents = drawn.links.relation == 0
    victim, trafficker = drawn.links.victim[parents], drawn.links.trafficker[parents]
    gap = drawn.traffickers.age[trafficker] - drawn.ages[victim]
    assert 15 <= gap.min() <= gap.max() <= 45


def test_small_children_have_no_partner(pairs):
    partners = pairs[pairs.relation == "partner"]
    assert len(partners) > 50
    assert partners.age_at_recruitment.astype(int).min() >= 12


def test_the_age_band_is_not_below_the_age_at_recruitment(full):
    for age, band in zip(full["victim"].age_at_recruitment, full["victim"].age_band, strict=True):
        assert int(age) <= BANDS[band][1]


def test_duration_and_start_agree_with_the_year_of_the_case(full):
    rows = (
        full["exploitation"].merge(full["victim"], on="victim_id").merge(full["case"], on="case_id")
    )
    start = pd.to_datetime(rows.start_month)
    month = (start.dt.year * 12 + start.dt.month - 1).groupby(rows.victim_id).min()
    victim = rows.drop_duplicates("victim_id").set_index("victim_id").loc[month.index]
    end = month + victim.duration_months.astype(int)
    january = victim.year_opened.astype(int) * 12
    assert (end - january).between(-6, 11).all()


def test_later_exploitations_start_later_and_before_the_end(full):
    rows = full["exploitation"].merge(full["victim"][["victim_id", "duration_months"]])
    start = pd.to_datetime(rows.start_month)
    month = start.dt.year * 12 + start.dt.month
    passed = month - month.groupby(rows.victim_id).transform("first")
    assert (passed >= 0).all()
    assert (passed < rows.duration_months.astype(int)).all()


def test_charged_traffickers_are_linked_to_a_victim_of_the_case(full, pairs):
    assert set(full["charge"].trafficker_id) <= set(pairs.trafficker_id)
    assert set(full["trafficker"].trafficker_id) == set(pairs.trafficker_id)


def test_verdicts_and_sentences_follow_the_outcome(full):
    charges = full["charge"].merge(full["trafficker"], on="trafficker_id").merge(full["case"])
    assert ((charges.sentence_months != "n.a.") == (charges.verdict == "guilty")).all()
    guilty = charges[charges.verdict == "guilty"]
    assert set(guilty.outcome) == {"convicted"}
    convicted = full["case"][full["case"].outcome == "convicted"].case_id
    assert set(convicted) == set(guilty.case_id)
    acquitted = charges[charges.outcome == "acquitted"]
    assert set(acquitted.verdict) == {"not_guilty"}
    assert set(acquitted.sentence_months) == {"n.a."}


def test_a_case_without_traffickers_convicts_nobody(full):
    nobody = full["case"][~full["case"].case_id.isin(full["trafficker"].case_id)]
    assert len(nobody)
    assert set(nobody.outcome) <= {"pending", "discontinued"}


def test_sizes_are_within_the_range_of_the_type(full):
    from synthcase.datasets.network_types import NETWORK_TYPES

    kinds = full["case"].set_index("case_id").network_type
    victims = full["victim"].case_id.value_counts()
    traffickers = full["trafficker"].case_id.value_counts()
    for network in NETWORK_TYPES:
        of_kind = kinds.index[kinds == network.name]
        sizes = victims[victims.index.isin(of_kind)]
        assert network.victims.low <= sizes.min() <= sizes.max() <= network.victims.high
        sizes = traffickers[traffickers.index.isin(of_kind)]
        assert network.traffickers.low <= sizes.min() <= sizes.max() <= network.traffickers.high


def test_the_estimate_is_not_below_the_known_victims(full):
    least = {"1": 1, "2-5": 5, "6-20": 20, "21-100": 100, "101+": 10**9}
    known = full["victim"].case_id.value_counts()
    for case, band in zip(full["case"].case_id, full["case"].n_victims_estimated_band, strict=True):
        assert known[case] <= least[band]


def test_one_person_is_the_same_in_every_case(full):
    rows = full["trafficker"].merge(full["case"], on="case_id")
    rows = rows.assign(year=rows.year_opened.astype(int))
    persons = rows.groupby("person_id")
    for column in ("gender", "citizenship", "former_victim", "network_type"):
        assert (persons[column].transform("first") == rows[column]).all()
    assert (persons.case_id.nunique() == persons.size()).all()
    assert (persons.year.max() - persons.year.min() <= 8).all()
