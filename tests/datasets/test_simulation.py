"""The tables are put together from the draws, with keys that fit."""

import numpy as np
import pytest

from synthcase.datasets.simulation import _case_of_rows, _draw, _key, simulate_tables

KINDS = range(10)


@pytest.fixture(scope="module")
def drawn():
    return _draw(25, 9, KINDS)


@pytest.fixture(scope="module")
def tables():
    return simulate_tables(25, seed=9, kinds=KINDS, missing=False)


def test_keys_are_numbered_from_one_and_padded():
    assert _key("V", np.array([0, 41, 1_000_000])) == ["V000001", "V000042", "V1000001"]


def test_every_row_is_in_the_case_that_its_keys_lead_to(drawn, tables):
    case = _case_of_rows(drawn)
    for name, table in tables.items():
        if "case_id" in table:
            keys = table.case_id
        else:
            end = "victim" if "victim_id" in table else "trafficker"
            above = tables[end].set_index(f"{end}_id").case_id
            keys = table[f"{end}_id"].map(above)
        assert keys.tolist() == _key("C", case[name]), name


def test_age_when_found_is_age_at_recruitment_and_the_years_in_between(drawn):
    months = drawn.legs.travel + drawn.victims.duration + drawn.victims.waited
    assert (drawn.ages - drawn.victims.age == months // 12).all()
    assert (drawn.ages > drawn.victims.age).any()


def test_one_case_gives_all_seven_tables_with_their_columns(tables):
    for seed in range(6):
        one = simulate_tables(1, seed=seed, kinds=KINDS, missing=True)
        assert {name: list(table) for name, table in one.items()} == {
            name: list(table) for name, table in tables.items()
        }
        assert len(one["case"]) == 1


def test_another_seed_or_another_kind_changes_the_tables(tables):
    other = simulate_tables(25, seed=10, kinds=KINDS, missing=False)
    assert not other["victim"].equals(tables["victim"])
    kind = simulate_tables(25, seed=9, kinds=(2,), missing=False)
    assert set(kind["case"].network_type) == {"family_pickpocketing"}
