"""The dependence that was put in, and that a model should find again."""

import numpy as np
import pandas as pd
import pytest

from synthcase.datasets.countries import COUNTRIES, NON_PUNISHMENT, REGION_SIZE
from synthcase.datasets.network_types import NETWORK_TYPES
from synthcase.datasets.simulation import _draw

FAMILY = [network.name for network in NETWORK_TYPES if network.family]
REGION = {country: number // REGION_SIZE for number, country in enumerate(COUNTRIES)}


@pytest.fixture(scope="module")
def victims(full):
    return full["victim"].merge(full["case"], on="case_id")


@pytest.fixture(scope="module")
def pairs(full, victims):
    links = full["victim_trafficker"].merge(victims, on="victim_id")
    return links.merge(full["trafficker"], on="trafficker_id", suffixes=("", "_trafficker"))


def agreement(rows, column):
    """Return the mean over cases of the share of pairs of siblings that agree."""
    found = []
    for _, values in rows.groupby("case_id")[column]:
        size = len(values)
        if size > 1:
            count = values.value_counts().to_numpy()
            found.append((count * (count - 1)).sum() / (size * (size - 1)))
    return np.mean(found)


def within_case(values, case):
    """Return the standard deviation inside cases, and the share of variance between them."""
    groups = pd.Series(np.asarray(values, dtype=float)).groupby(np.asarray(case))
    rest = groups.transform(lambda group: group - group.mean())
    freedom = len(rest) - groups.ngroups
    inside = (rest**2).sum() / freedom
    return np.sqrt(inside), 1 - inside / np.var(np.asarray(values, dtype=float))


def chi_square(rows, columns):
    table = pd.crosstab(rows, columns).to_numpy()
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    return ((table - expected) ** 2 / expected).sum()


def chance_of(rows, columns, repeats=200):
    """Return how often a shuffled column is as dependent as the real one."""
    rng = np.random.default_rng(0)
    real = chi_square(rows, columns)
    shuffled = [chi_square(rows, rng.permutation(columns)) for _ in range(repeats)]
    return np.mean(np.array(shuffled) >= real)


def test_siblings_share_citizenship(victims):
    family = victims.network_type.isin(FAMILY)
    assert abs(agreement(victims[family], "citizenship") - 0.85) < 0.03
    assert abs(agreement(victims[~family], "citizenship") - 0.60) < 0.03


@pytest.mark.parametrize(
    ("name", "spread"), [("family_pickpocketing", 4), ("labour", 8), ("sexual_exploitation", 8)]
)
def test_siblings_are_of_similar_age(victims, name, spread):
    of_kind = victims[victims.network_type == name]
    inside, _ = within_case(of_kind.age_at_recruitment.astype(int), of_kind.case_id)
    assert abs(inside - spread) < 1


def test_siblings_suffer_alike():
    drawn = _draw(1000, 3, range(10))
    _, share = within_case(drawn.victims.severity, drawn.victims.case)
    assert abs(share - 0.5) < 0.08
    first = np.unique(drawn.found.victim, return_index=True)[1]
    count = drawn.found.means[first].sum(axis=1)
    labour = drawn.cases.kind[drawn.victims.case] == 1
    _, share = within_case(count[labour], drawn.victims.case[labour])
    assert share > 0.3


@pytest.mark.parametrize("column", ["citizenship", "country_detected", "citizenship_trafficker"])
def test_no_country_belongs_to_a_kind_of_case(victims, pairs, column):
    rows = pairs if column == "citizenship_trafficker" else victims
    # One row a case: members of a case are not independent of each other.
    one = rows.drop_duplicates("case_id")
    assert chance_of(one[column].to_numpy(), one.network_type.to_numpy()) > 0.01


def test_the_same_test_finds_what_does_depend_on_the_kind_of_case(victims):
    one = victims.drop_duplicates("case_id")
    for column in ("route", "gender", "vulnerability"):
        assert chance_of(one[column].to_numpy(), one.network_type.to_numpy(), 100) == 0


def test_outcome_depends_on_joint_investigation_and_on_the_size_of_the_group(full):
    cases = full["case"].set_index("case_id")
    size = full["trafficker"].case_id.value_counts().reindex(cases.index, fill_value=0)
    convicted = cases.outcome == "convicted"
    joint = cases.joint_investigation == "yes"
    assert convicted[joint].mean() - convicted[~joint].mean() > 0.08
    usual = size.groupby(cases.network_type).transform("mean")
    larger = (size > usual) & (size > 0)
    smaller = (size < usual) & (size > 0)
    assert convicted[larger].mean() > convicted[smaller].mean() + 0.02


def test_relation_depends_on_the_age_of_both(pairs):
    minor = pairs.minor == "yes"
    family = pairs.relation.isin(["parent", "other_family"])
    assert family[minor].mean() > 4 * family[~minor].mean()
    known = pairs[pairs.relation.isin(["friend", "acquaintance"])]
    young = known.age_band_trafficker == "under_30"
    friend = known.relation == "friend"
    assert friend[young].mean() > friend[~young].mean() + 0.15


def test_partners_are_mostly_of_the_other_gender(pairs):
    recruiters = pairs[pairs.role_toward_victim == "recruiter"]
    differs = recruiters.gender != recruiters.gender_trafficker
    partner = recruiters.relation == "partner"
    assert differs[partner].mean() > differs[~partner].mean() + 0.2


def test_traffickers_are_from_the_region_of_their_victims(pairs):
    same = pairs.citizenship.map(REGION) == pairs.citizenship_trafficker.map(REGION)
    assert abs(same.mean() - 0.91) < 0.03


def test_women_more_often_have_a_woman_among_the_traffickers(pairs):
    woman = (pairs.gender_trafficker == "female").groupby(pairs.victim_id).max()
    gender = pairs.drop_duplicates("victim_id").set_index("victim_id").gender
    assert abs(woman[gender == "female"].mean() - 0.56) < 0.05
    assert abs(woman[gender == "male"].mean() - 0.15) < 0.05


def ring_distance(rows):
    number = {country: at for at, country in enumerate(COUNTRIES)}
    step = (rows.to_country.map(number) - rows.from_country.map(number)) % len(COUNTRIES)
    return np.minimum(step, len(COUNTRIES) - step)


def test_legs_follow_the_neighbourhood_graph_and_mode_follows_distance(full):
    legs = full["journey_leg"]
    distance = ring_distance(legs)
    assert ((distance > 2) == (legs["mode"] == "air")).all()
    assert (distance[legs["mode"] == "foot"] <= 1).all()
    assert (legs["mode"] == "air").sum() > 1000


def test_far_journeys_by_land_pass_three_to_seven_countries_and_flights_one_or_two(full, victims):
    legs = full["journey_leg"].merge(victims[["victim_id", "network_type", "route"]])
    chain = legs.groupby("victim_id")
    passed = chain.to_country.nunique() + (chain.from_country.first() != chain.to_country.first())
    route = chain.route.first()
    land = passed[(route == "far_land") & (chain.network_type.first() == "cannabis_cultivation")]
    assert land.max() <= 7
    assert (land >= 3).mean() > 0.6
    flights = (legs["mode"] == "air").groupby(legs.victim_id).sum()
    assert flights.max() == 1
    assert (flights[route == "far_air"] == 1).mean() > 0.7


def test_numbers_of_victims_and_traffickers_go_together(full):
    cases = full["case"].set_index("case_id").network_type
    victims = full["victim"].case_id.value_counts().reindex(cases.index)
    traffickers = full["trafficker"].case_id.value_counts().reindex(cases.index, fill_value=0)
    some = traffickers > 0
    ranks = victims.groupby(cases).rank()[some], traffickers[some].groupby(cases[some]).rank()
    inside = [
        np.corrcoef(ranks[0][cases[some] == name], ranks[1][cases[some] == name])[0, 1]
        for name in set(cases)
    ]
    assert abs(np.mean(inside) - 0.4) < 0.1
    assert 0.25 < np.corrcoef(victims, traffickers)[0, 1] < 0.55


def test_kinds_of_case_come_and_go(full):
    cases = full["case"]
    year = cases.year_opened.astype(int)
    for name, after in (("scam_call_centre", 2017), ("county_lines", 2017), ("labour", 2021)):
        share = (cases.network_type == name).groupby(year > after).mean()
        assert share[True] > 1.3 * share[False]
    benefit = year[cases.network_type == "benefit_fraud"]
    assert (benefit.min(), benefit.max()) == (2012, 2017)


def test_a_non_punishment_clause_shows(full, victims):
    country = full["exploitation"].groupby("victim_id").country.first()
    accused = victims[victims.identified_as == "offender_first"]
    clause = country[accused.victim_id].isin([COUNTRIES[n] for n in NON_PUNISHMENT]).to_numpy()
    spared = (accused.non_punishment_applied == "yes").to_numpy()
    assert abs(spared[clause].mean() - 0.7) < 0.05
    assert abs(spared[~clause].mean() - 0.1) < 0.05
    punished = (accused.punished_for_offence == "yes").to_numpy()
    assert not (punished & spared).any()
    assert punished[~clause].mean() > punished[clause].mean()


def test_most_groups_have_one_leader(full):
    leaders = (full["trafficker"].role_main == "leader").groupby(full["trafficker"].case_id).sum()
    size = full["trafficker"].case_id.value_counts()
    assert set(leaders) == {0, 1}
    assert abs(leaders[size >= 3].mean() - 0.85) < 0.05
    assert leaders[size < 3].sum() == 0


def test_recruitment_online_grows_with_the_years(pairs):
    recruiters = pairs[pairs.role_toward_victim == "recruiter"]
    scams = recruiters[recruiters.network_type == "sexual_exploitation"]
    online = (scams.recruited_online == "yes").groupby(scams.year_opened.astype(int) > 2016).mean()
    assert online[True] > online[False] + 0.05
