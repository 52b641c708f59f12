import numpy as np
import pytest

import handmade
from synthcase.sampling.nouns import SyntheticTables
from toymodels import EVERYTHING, toy_model, toy_schema


@pytest.fixture(scope="module")
def synthetic():
    return SyntheticTables(model=toy_model(toy_schema(EVERYTHING)), seed=3, roots={"case": 20})


def test_the_same_rows_come_whenever_they_are_walked_through(synthetic):
    once, again = (list(synthetic.chunks()) for _ in range(2))
    for one, two in zip(once, again, strict=True):
        for name, rows in one.tables.items():
            for attribute, states in rows.codes.items():
                assert np.array_equal(states, two.tables[name].codes[attribute])


def test_another_seed_gives_other_rows(synthetic):
    other = SyntheticTables(model=synthetic.model, seed=4, roots={"case": 20})
    (one,), (two,) = synthetic.chunks(), other.chunks()
    assert any(
        not np.array_equal(states, two.tables["case"].codes[attribute])
        for attribute, states in one.tables["case"].codes.items()
    )


def test_frames_have_a_table_each(synthetic):
    frames = synthetic.to_frames()
    assert set(frames) == {table.name for table in synthetic.model.layout.tables}
    assert len(frames["case"]) == 20


def test_the_card_names_numbers_and_seed_alone():
    card = SyntheticTables(model=handmade.handmade_model(), seed=7, roots={"case": 5})._repr_html_()
    assert card == "<p>Synthetic records of 5 × case, seed 7</p>"
