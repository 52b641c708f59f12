from functools import partial

import measures
import numpy as np
import pytest
from coding import encode, halves, shuffled
from counts import distance
from folder import read_folder, read_frames
from measures import measures_of


@pytest.fixture
def database(tiny):
    folder = read_folder(tiny)
    return encode(folder, read_frames(folder))


def lines(database, seed=0):
    return measures_of(database.folder, seed=seed)


def test_lines_of_a_folder_of_every_form(database):
    assert list(lines(database)) == [
        "Case: 1-way",
        "Case: 2-way",
        "helper: 1-way",
        "victim: 1-way",
        "leg: 1-way",
        "leg: 2-way",
        "link: 1-way",
        "Case × victim: 2-way",
        "Case → victim: child counts",
        "victim: sibling pairs",
        "victim: sibling agreement",
        "victim × leg: 2-way",
        "victim → leg: child counts",
        "leg: sibling pairs",
        "leg: sibling agreement",
        "victim × link: 2-way",
        "victim → link: child counts",
        "link of one victim: sibling pairs",
        "link of one victim: sibling agreement",
        "helper × link: 2-way",
        "helper → link: child counts",
        "link of one helper: sibling pairs",
        "link of one helper: sibling agreement",
        "leg, one after another: 2-way",
        "leg, first: 1-way",
        "leg, last: 1-way",
        "victim × helper across link: 2-way",
        "Case × leg via victim: 2-way",
        "Case × link via victim: 2-way",
        "leg × link of one victim: 2-way",
    ]


def test_one_and_two_way_counts(database):
    own = lines(database)["Case: 2-way"](database)["colour × year"].weights.reshape(4, 12)
    expected = np.zeros((4, 12))
    expected[0, 0] = expected[1, 9] = expected[0, 10] = expected[1, 5] = 1
    assert np.array_equal(own, expected)
    one = lines(database)["victim: 1-way"](database)["sex"].weights
    assert list(one) == [3, 2, 1, 0]


def test_each_child_row_brings_its_parents_columns(database):
    table = lines(database)["Case × victim: 2-way"](database)["colour × sex"].weights
    assert np.array_equal(table.reshape(4, 4)[:2], [[2, 0, 0, 0], [1, 2, 1, 0]])
    both = lines(database)["helper × link: 2-way"](database)["score × role"].weights.reshape(12, 5)
    assert both[0].tolist() == [1, 1, 1, 0, 0]
    assert both[9].tolist() == [0, 0, 0, 1, 0]
    assert both.sum() == 4


def test_rows_without_a_parent_are_in_no_linked_table(tiny):
    folder = read_folder(tiny)
    frames = read_frames(folder)
    frames["victim"].loc[[0, 1], "id"] = ""
    database = encode(folder, frames)
    assert lines(database)["Case × victim: 2-way"](database)["colour × sex"].weights.sum() == 4
    assert lines(database)["victim: sibling pairs"](database)["sex × sex"].weights.sum() == 6
    children = lines(database)["Case → victim: child counts"](database)["children"].weights
    assert list(children) == [2, 1, 0, 1]


def test_child_counts_include_none(database):
    children = lines(database)["Case → victim: child counts"](database)["children"].weights
    assert list(children) == [1, 1, 1, 1]


def test_triples_are_sampled_by_the_seed():
    columns = [f"c{number}" for number in range(12)]
    groups = partial(measures._groups, columns, 3, table="t")
    assert len(groups(seed=1)) == 150
    assert len(set(groups(seed=1))) == 150
    assert groups(seed=1) == groups(seed=1)
    assert groups(seed=1) != groups(seed=2)
    assert len(measures._groups(columns, 2, seed=1, table="t")) == 66


def test_floor_and_independent_have_the_expected_order(households):
    folder = read_folder(households)
    database = encode(folder, read_frames(folder))
    mixed = shuffled(database, np.random.default_rng(0))
    one, other = halves(database, np.random.default_rng(0))
    dependent = [
        "home: 2-way", "home × person: 2-way", "person: sibling pairs", "person: sibling agreement",
    ]  # fmt: skip
    for name, line in measures_of(folder, seed=0).items():
        floor = distance(line(one), line(other))
        independent = distance(line(database), line(mixed))
        assert 0 < floor < 0.2
        if name in dependent:
            assert independent > 1.3 * floor
        elif name.endswith(("1-way", "child counts")):
            assert independent == 0
