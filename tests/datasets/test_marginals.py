"""Shares and means of each kind of case: within 4 standard errors, cases being the clusters."""

import numpy as np
import pandas as pd
import pytest

from synthcase.datasets import simulate_cases
from synthcase.datasets.means import MEANS, shares_of
from synthcase.datasets.network_types import NETWORK_TYPES

NAMES = [network.name for network in NETWORK_TYPES]
BY_NAME = {network.name: network for network in NETWORK_TYPES}
LEGS = dict(zip(NAMES, [1.4, 1.6, 3.0, 1.3, 1.5, 1.2, 1.5, 3.5, 1.1, 0.8], strict=True))
BANDS = ["0-8", "9-17", "18-20", "21-23", "24-26", "27-29", "30-38", "39-47", "48+"]
PUBLISHED_AGES = {
    "sexual_exploitation": [2.2, 31.2, 17.3, 15.0, 11.2, 6.9, 12.2, 2.8, 1.1],
    "labour": [1.6, 13.1, 4.8, 6.9, 8.3, 9.6, 33.5, 14.2, 8.0],
}
RELATION = {
    "parent": 0, "other_family": 0, "partner": 1, "friend": 2, "acquaintance": 2,
    "employer": 3, "stranger": 3,
}  # fmt: skip


def errors_away(values, case, expected):
    """Return how many standard errors a share is from what it should be."""
    off = np.asarray(values, dtype=float) - expected
    by_case = pd.Series(off).groupby(np.asarray(case)).sum()
    # With few hits the clusters say too little: at least the error of independent rows.
    least = len(off) * expected * (1 - expected)
    return abs(off.sum()) / np.sqrt(max((by_case**2).sum(), least, 1.0))


@pytest.fixture(scope="module")
def cases(full):
    cases = full["case"].set_index("case_id")
    count = {name: full[name].case_id.value_counts() for name in ("victim", "trafficker")}
    return cases.assign(
        victims=count["victim"].reindex(cases.index, fill_value=0),
        traffickers=count["trafficker"].reindex(cases.index, fill_value=0),
    )


@pytest.fixture(scope="module")
def victims(full):
    legs = full["journey_leg"].victim_id.value_counts()
    first = full["exploitation"].drop_duplicates("victim_id")
    victims = full["victim"].merge(full["case"], on="case_id")
    victims = victims.merge(first[["victim_id", "means_of_control", "forced_offence"]])
    return victims.assign(legs=legs.reindex(victims.victim_id, fill_value=0).to_numpy())


def test_shares_of_network_types(cases):
    for network in NETWORK_TYPES:
        error = np.sqrt(network.share * (1 - network.share) / len(cases))
        assert abs((cases.network_type == network.name).mean() - network.share) < 4 * error


@pytest.mark.parametrize("name", NAMES)
def test_mean_numbers_of_victims_and_traffickers(cases, name):
    of_kind = cases[cases.network_type == name]
    for sizes, expected in (
        (of_kind.victims, BY_NAME[name].victims.mean),
        (of_kind.traffickers[of_kind.traffickers > 0], BY_NAME[name].traffickers.mean),
    ):
        assert abs(sizes.mean() - expected) < 4 * sizes.std() / np.sqrt(len(sizes))


def test_one_case_in_twenty_has_no_trafficker(cases):
    assert errors_away(cases.traffickers == 0, cases.index, 0.05) < 4


@pytest.mark.parametrize("name", NAMES)
def test_shares_among_victims(victims, name):
    of_kind = victims[victims.network_type == name]
    network = BY_NAME[name]
    for hit, expected in (
        (of_kind.gender == "female", network.female * 0.997),
        (of_kind.sees_self_as_victim == "yes", network.sees_self),
        (of_kind.identified_as == "offender_first", network.offender_first),
        (of_kind.testified == "yes", network.testified),
        (of_kind.paid_recruiter == "yes", network.paid),
    ):
        assert errors_away(hit, of_kind.case_id, expected) < 4


@pytest.mark.parametrize("name", PUBLISHED_AGES)
def test_ages_follow_the_published_column(victims, name):
    of_kind = victims[victims.network_type == name]
    ages = of_kind.age_at_recruitment.astype(int)
    band = pd.cut(ages, [-1, 8, 17, 20, 23, 26, 29, 38, 47, 200], labels=BANDS)
    published = np.array(PUBLISHED_AGES[name]) / sum(PUBLISHED_AGES[name])
    for label, share in zip(BANDS, published, strict=True):
        assert errors_away(band == label, of_kind.case_id, share) < 4


def test_four_in_five_in_family_theft_are_minors(victims):
    theft = victims[victims.network_type == "family_pickpocketing"]
    assert errors_away(theft.minor == "yes", theft.case_id, 0.8) < 4


@pytest.mark.parametrize("name", NAMES)
def test_mean_number_of_legs(victims, name):
    of_kind = victims[victims.network_type == name]
    by_case = of_kind.groupby("case_id").legs
    error = np.sqrt(((by_case.sum() - by_case.size() * of_kind.legs.mean()) ** 2).sum())
    assert abs(of_kind.legs.mean() - LEGS[name]) < 4 * error / len(of_kind) + 0.05


@pytest.mark.parametrize("name", NAMES)
def test_median_duration(victims, name):
    of_kind = victims[victims.network_type == name]
    months, median = of_kind.duration_months.astype(int), BY_NAME[name].months
    # Whole months have ties: half of those at the median count as below.
    below = (months < median) + 0.5 * (months == median)
    assert errors_away(below, of_kind.case_id, 0.5) < 4


@pytest.mark.parametrize("name", NAMES)
def test_forced_offences(victims, name):
    of_kind = victims[victims.network_type == name]
    offences = BY_NAME[name].offences
    assert set(of_kind.forced_offence) == (set(offences) or {"n.a."})
    for offence, share in offences.items():
        assert errors_away(of_kind.forced_offence == offence, of_kind.case_id, share) < 4


@pytest.mark.parametrize("name", NAMES)
def test_means_of_control(victims, name):
    of_kind = victims[victims.network_type == name]
    chosen = of_kind.means_of_control.str.split(";")
    for means, share in zip(MEANS, shares_of(name), strict=True):
        hit = chosen.map(lambda flags, means=means: means in flags)
        assert errors_away(hit, of_kind.case_id, share) < 4


def test_number_of_means_has_the_published_mean_and_spread(victims):
    count = victims.means_of_control.str.count(";") + 1
    assert abs(count.mean() - 3.6) < 0.3
    assert abs(count.std() - 2.7) < 0.3
    assert count.min() == 1


def test_second_types_of_exploitation(full):
    count = full["exploitation"].victim_id.value_counts()
    assert abs((count > 1).mean() - 0.12) < 4 * np.sqrt(0.12 * 0.88 / len(count))
    rows = full["exploitation"].merge(full["victim"]).merge(full["case"], on="case_id")
    for name, offence in (("sexual_exploitation", "false_document"), ("labour", "theft")):
        of_kind = rows[rows.network_type == name]
        hit = (of_kind.forced_offence == offence).groupby(of_kind.victim_id).max()
        assert abs(hit.mean() - 0.05) < 0.015


@pytest.mark.parametrize("name", NAMES)
def test_relation_of_the_recruiter(full, victims, name):
    links = full["victim_trafficker"].merge(victims[["victim_id", "case_id", "network_type"]])
    links = links[(links.network_type == name) & (links.role_toward_victim == "recruiter")]
    group = links.relation.map(RELATION)
    expected = np.array(BY_NAME[name].relation) / sum(BY_NAME[name].relation)
    for number, share in enumerate(expected):
        assert errors_away(group == number, links.case_id, share) < 4


def test_genders_and_ages_of_traffickers(full):
    rows = full["trafficker"].merge(full["case"], on="case_id")
    family = rows.network_type.isin([n.name for n in NETWORK_TYPES if n.family])
    women = rows.gender == "female"
    assert abs(women.mean() - 0.30) < 0.025
    assert abs(women[family].mean() - 0.45) < 0.025
    published = {"under_30": 9.6, "30-38": 37.4, "39-47": 40.4, "48+": 11.1}
    for band, share in published.items():
        expected = share / sum(published.values())
        assert errors_away(rows.age_band == band, rows.case_id, expected) < 4
    persons = rows[women].drop_duplicates("person_id")
    assert errors_away(persons.former_victim == "yes", persons.index, 0.08) < 4


def test_one_trafficker_in_ten_is_in_several_cases(full):
    cases = full["trafficker"].person_id.value_counts()
    assert abs((cases >= 2).mean() - 0.10) < 0.005
    assert abs((cases >= 3).mean() - 0.02) < 0.005


def test_outcomes_and_punishment(cases, victims):
    for outcome, share in (
        ("convicted", 0.55), ("pending", 0.25), ("acquitted", 0.05), ("discontinued", 0.15),
    ):  # fmt: skip
        assert errors_away(cases.outcome == outcome, cases.index, share) < 4
    assert errors_away(cases.joint_investigation == "yes", cases.index, 0.25) < 4
    accused = victims[victims.identified_as == "offender_first"]
    assert abs((accused.punished_for_offence == "yes").mean() - 0.15) < 0.03


def test_sentences_and_investigations(full, cases):
    guilty = full["charge"][full["charge"].verdict == "guilty"]
    assert 54 <= guilty.sentence_months.astype(int).median() <= 66
    months = cases.investigation_months.astype(int)
    assert (months.min(), months.max()) == (6, 48)


def test_missing_cells_depend_on_the_source():
    tables = simulate_cases(3000, seed=5).tables
    victims = tables["victim"].merge(tables["case"][["case_id", "source"]])
    first = tables["exploitation"].drop_duplicates("victim_id")
    victims = victims.merge(first[["victim_id", "means_of_control"]])
    for column, share in (
        ("age_at_recruitment", 0.20), ("citizenship", 0.15), ("means_of_control", 0.40),
        ("duration_months", 0.60),
    ):  # fmt: skip
        gone = victims[column].isin(["", "unknown", "withheld"])
        assert errors_away(gone, victims.case_id, share) < 4
    assert set(victims[victims.source == "hotline"].duration_months) == {""}
    assert set(victims[victims.source == "court"].vulnerability) == {""}
    traffickers = tables["trafficker"].merge(tables["case"][["case_id", "source"]])
    assert set(traffickers[traffickers.source == "hotline"].age_band) == {""}
