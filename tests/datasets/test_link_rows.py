"""Links: inside a case, nobody left out, parents that can be parents, roles that fit."""

from dataclasses import replace

import numpy as np
import pytest

from synthcase.core.streams import stream
from synthcase.datasets.case_rows import draw_cases
from synthcase.datasets.link_rows import (
    _EMPLOYER,
    _FAMILY,
    _FRIEND,
    _KNOWN,
    _OTHER_FAMILY,
    _PARENT,
    _STRANGER,
    _UNKNOWN,
    _of_case,
    _Pairs,
    _pairs,
    _parents,
    _relation_table,
    _relations,
    _roles,
    draw_links,
    link_columns,
)
from synthcase.datasets.network_types import NETWORK_TYPES
from synthcase.datasets.trafficker_rows import ROLES, draw_traffickers
from synthcase.datasets.victim_rows import draw_victims


def people(n_cases, seed, **changed):
    cases = replace(draw_cases(n_cases, seed, range(10)), **changed)
    victims = draw_victims(cases, seed)
    return cases, victims, draw_traffickers(cases, victims, seed)


@pytest.fixture(scope="module")
def drawn():
    return people(50, 7)


def test_without_traffickers_there_are_no_links():
    cases, victims, traffickers = people(4, 1, traffickers=np.zeros(4, dtype=np.int64))
    links = draw_links(cases, victims, traffickers, victims.age, 1)
    assert {len(column) for column in vars(links).values()} == {0}
    assert {len(column) for column in link_columns(links).values()} == {0}


def test_one_victim_and_one_trafficker_have_one_link():
    one = np.array([1])
    cases, victims, traffickers = people(1, 2, victims=one, traffickers=one)
    links = draw_links(cases, victims, traffickers, victims.age, 2)
    assert (links.victim.tolist(), links.trafficker.tolist()) == ([0], [0])


def test_links_are_distinct_inside_a_case_and_reach_every_trafficker(drawn):
    cases, victims, traffickers = drawn
    links = draw_links(cases, victims, traffickers, victims.age, 7)
    assert (victims.case[links.victim] == traffickers.case[links.trafficker]).all()
    pairs = set(zip(links.victim.tolist(), links.trafficker.tolist(), strict=True))
    assert len(pairs) == len(links.victim)
    assert set(links.trafficker.tolist()) == set(range(len(traffickers.case)))


@pytest.mark.parametrize("degree", [0, 1, 9])
def test_degrees_are_kept_up_to_the_number_of_traffickers(degree):
    pairs = _Pairs(np.zeros((4, 3)), np.zeros((4, 3), dtype=bool), np.zeros((4, 3)))
    wanted = np.full(4, _UNKNOWN)
    rows, columns, first = _of_case(
        stream(1, "test"), pairs, np.full(4, degree), wanted, np.array([0, 1, 2])
    )
    if degree == 0:
        # Nobody is linked by choice, so each trafficker gets the one link that lists them.
        assert sorted(columns.tolist()) == [0, 1, 2]
    else:
        assert np.bincount(rows, minlength=4).min() >= min(degree, 3)
        assert set(columns.tolist()) == {0, 1, 2}
        assert np.bincount(rows, weights=first).tolist() == [1, 1, 1, 1]


def test_a_victim_of_a_parent_is_linked_to_one_who_can_be_it():
    able = np.zeros((200, 4), dtype=bool)
    able[:, 2] = True
    pairs = _Pairs(np.zeros((200, 4)), able, np.zeros((200, 4)))
    roles = np.full(4, ROLES.index("exploiter"))
    shares = []
    for wanted in (_FAMILY, _UNKNOWN):
        _, columns, first = _of_case(
            stream(2, "test"), pairs, np.ones(200, dtype=int), np.full(200, wanted), roles
        )
        shares.append((columns[first] == 2).mean())
    assert shares[0] > shares[1] + 0.3


def test_only_one_of_fitting_age_and_the_same_citizenship_can_be_a_parent(drawn):
    _, victims, traffickers = drawn
    v, t = np.array([0, 1]), np.array([0, 1, 2])
    victims = replace(
        victims, citizenship=np.zeros_like(victims.citizenship), age=np.full_like(victims.age, 10)
    )
    traffickers = replace(
        traffickers,
        citizenship=np.r_[0, 0, 1, traffickers.citizenship[3:]],
        age=np.r_[24, 25, 40, traffickers.age[3:]],
    )
    pairs = _pairs(victims, traffickers, victims.age, v, t)
    assert pairs.parent.tolist() == [[False, True, False]] * 2


def test_a_victim_keeps_one_father_and_one_mother(drawn):
    _, victims, traffickers = drawn
    size = 4
    victims = replace(victims, citizenship=np.zeros_like(victims.citizenship))
    gender = np.r_[0, 0, 1, 1, traffickers.gender[size:]]
    ages = np.full(len(victims.case), 10)
    traffickers = replace(
        traffickers,
        citizenship=np.zeros_like(traffickers.citizenship),
        gender=gender,
        age=np.full_like(traffickers.age, 40),
    )
    victim, trafficker = np.zeros(size, dtype=int), np.arange(size)
    relation = _parents(
        stream(3, "test"), np.full(size, _PARENT), victim, trafficker, (victims, traffickers, ages)
    )
    kept = relation == _PARENT
    assert (kept[:2].sum(), kept[2:].sum()) == (1, 1)
    assert set(relation[~kept].tolist()) == {_OTHER_FAMILY}
    young = replace(traffickers, age=np.full_like(traffickers.age, 24))
    relation = _parents(
        stream(3, "test"), np.full(size, _PARENT), victim, trafficker, (victims, young, ages)
    )
    assert set(relation.tolist()) == {_OTHER_FAMILY}


def test_small_children_have_no_partner_at_all_and_the_table_is_a_distribution(drawn):
    cases, victims, _ = drawn
    table = _relation_table(cases, victims)
    assert table.shape == (len(NETWORK_TYPES), 3, 4)
    assert (table >= 0).all()
    assert table[:, 0, 1].max() == 0
    assert table[:, 2, 1].max() > 0


def test_relations_lean_on_the_age_of_the_trafficker():
    rows = 3000
    kind = np.full(rows, 1)
    young, old = np.full(rows, 25), np.full(rows, 50)

    def share(group, relation, age):
        found = _relations(stream(4, "test"), np.full(rows, group), kind, age)
        return (found == relation).mean()

    assert share(_KNOWN, _FRIEND, young) > share(_KNOWN, _FRIEND, old) + 0.2
    assert share(_UNKNOWN, _EMPLOYER, young) < share(_UNKNOWN, _EMPLOYER, old) - 0.1
    assert share(_UNKNOWN, _EMPLOYER, old) + share(_UNKNOWN, _STRANGER, old) == 1


def test_who_recruits_is_the_recruiter_and_the_others_do_what_they_mainly_do():
    rows = 1000
    recruits = np.arange(rows) < 200
    role = _roles(stream(5, "test"), recruits, np.full(rows, ROLES.index("transporter")))
    assert set(role[recruits].tolist()) == {0}
    assert (role[~recruits] == 1).mean() > 0.7
    assert 0 not in role[~recruits]


def test_recruitment_online_is_asked_of_recruiters_only(drawn):
    cases, victims, traffickers = drawn
    columns = link_columns(draw_links(cases, victims, traffickers, victims.age, 7))
    recruits = columns["role_toward_victim"] == "recruiter"
    assert recruits.any()
    assert ((columns["recruited_online"] == "n.a.") == ~recruits).all()
