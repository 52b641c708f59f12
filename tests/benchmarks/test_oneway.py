import math

import numpy as np
import pytest
from coding import encode
from counts import distance
from folder import read_folder, read_frames
from measures import measures_of
from oneway import _weights, expected_rows, measure_one_way, sample_one_way


@pytest.fixture
def database(tiny):
    folder = read_folder(tiny)
    return encode(folder, read_frames(folder))


@pytest.fixture
def homes(households):
    folder = read_folder(households)
    return encode(folder, read_frames(folder))


def test_a_case_has_one_vote_at_every_level(database):
    found = _weights(database, ())
    assert list(found["Case"]) == [1, 1, 1, 1]
    # typical is 2 victims a case and 2 legs a victim; a third victim thins the votes
    assert found["victim"] == pytest.approx([1 / 2, 1 / 2, 1 / 3, 1 / 3, 1 / 3, 1 / 2])
    assert found["leg"] == pytest.approx([1 / 4, 1 / 4, 1 / 6])


def test_a_person_has_one_vote_where_persons_are_the_unit(database):
    found = _weights(database, ("victim",))
    assert list(found["victim"]) == [1] * 6
    assert found["leg"] == pytest.approx([1 / 2] * 3)


def test_without_noise_the_margins_are_kept_and_the_rest_goes(homes):
    folder, rng = homes.folder, np.random.default_rng(1)
    measured = measure_one_way(homes, rho=math.inf, noise=rng)
    drawn = sample_one_way(measured, homes, rows={"home": 20_000}, rng=rng)
    distances = {
        name: distance(line(homes), line(drawn))
        for name, line in measures_of(folder, seed=0).items()
    }
    assert distances["home: 1-way"] < 0.02
    assert distances["home → person: child counts"] < 0.02
    assert distances["home: 2-way"] > 0.3
    assert distances["person: sibling agreement"] > 0.1


def test_less_budget_is_more_noise(homes):
    errors = []
    for rho in (10.0, 0.00001):
        rng = np.random.default_rng(1)
        measured = measure_one_way(homes, rho=rho, noise=rng)
        assert all(s.sum() == pytest.approx(1) for s in measured.columns.values())
        true = np.bincount(homes.tables["home"].codes["kind"], minlength=5) / homes.cases
        errors.append(np.abs(measured.columns["home", "kind"] - true).sum())
    assert errors[0] < 0.05 < errors[1]


def test_links_have_two_parents_and_second_roots_their_rows(database):
    rng = np.random.default_rng(1)
    measured = measure_one_way(database, rho=math.inf, noise=rng)
    drawn = sample_one_way(measured, database, rows={"Case": 50, "helper": 3}, rng=rng)
    assert drawn.cases == 50
    assert drawn.tables["helper"].rows == 3
    victims, helpers = drawn.tables["link"].parents.values()
    assert len(victims) == len(helpers) == drawn.tables["link"].rows
    assert helpers.max() <= 2


def test_places_are_numbered_and_times_drawn_from_their_own_noisy_bins(tiny):
    source = tiny / "domain.yaml"
    text = source.read_text().replace("ordered by leg_no", "'ordered by leg_no, day'")
    source.write_text(text.replace("min: 0, max: 5", "min: 0, max: 100"))
    folder = read_folder(tiny)
    database = encode(folder, read_frames(folder))
    rng = np.random.default_rng(1)
    measured = measure_one_way(database, rho=math.inf, noise=rng)
    # Days 0, 3 and 5 are in the first bin; the last share is that of what is missing.
    assert measured.columns["leg", "day"].tolist() == [1, *[0] * 10]
    drawn = sample_one_way(measured, database, rows={"Case": 200, "helper": 3}, rng=rng)
    legs = drawn.tables["leg"]
    (parents,) = legs.parents.values()
    assert (
        legs.orders["leg_no"][parents == parents[0]].tolist()
        == [1, 2][: (parents == parents[0]).sum()]
    )
    assert 0 <= legs.orders["day"].min() < legs.orders["day"].max() <= 10


def test_expected_rows_are_the_public_ones_in_proportion(database):
    assert expected_rows(database.folder, database, cases=None) == {
        "Case": 4, "helper": 3, "victim": 8, "leg": 16, "link": 5,
    }  # fmt: skip
    assert expected_rows(database.folder, database, cases=2) == {
        "Case": 2, "helper": 3, "victim": 4, "leg": 8, "link": 2,
    }  # fmt: skip
