from functools import partial

import measures
import numpy as np
import pytest
from coding import CodedTable, encode, halves, shuffled
from folder import read_folder, read_frames
from measures import Counts, counts_of, distance, measures_of, tvd


@pytest.fixture
def database(tiny):
    folder = read_folder(tiny)
    return encode(folder, read_frames(folder))


def lines(database, seed=0):
    return measures_of(database.folder, seed=seed)


def counts(*numbers):
    return Counts(np.array(numbers, dtype=float))


def test_total_variation_distance():
    assert tvd(counts(1, 1), counts(2, 2)) == 0
    assert tvd(counts(1, 0), counts(0, 5)) == 1
    assert tvd(counts(3, 1), counts(1, 1)) == pytest.approx(0.25)
    assert tvd(counts(1, 1), counts(1, 1, 2)) == pytest.approx(0.5)
    assert tvd(counts(0, 0), counts(0, 0)) == 0
    assert tvd(counts(0, 0), counts(1, 0)) == 1


def test_sparse_tables_compare_as_dense_ones(monkeypatch):
    rng = np.random.default_rng(0)
    columns = [rng.integers(0, 9, size=(2, 50)).astype(np.int32) for _ in range(2)]
    dense = [counts_of(codes, [9, 9]) for codes in columns]
    monkeypatch.setattr(measures, "_DENSE", 80)
    sparse = [counts_of(codes, [9, 9]) for codes in columns]
    assert dense[0].cells is None
    assert sparse[0].cells is not None
    assert tvd(*sparse) == pytest.approx(tvd(*dense))


def test_a_line_is_the_plain_mean_over_its_distributions():
    one = {"a": counts(1, 0), "b": counts(1, 1)}
    other = {"a": counts(0, 1), "b": counts(1, 1)}
    assert distance(one, other) == pytest.approx(0.5)


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


def test_sibling_pairs_weigh_each_ordered_pair_equally(database):
    """Households f f, and m f m: pairs ff twice; mf and fm twice each; mm twice."""
    table = lines(database)["victim: sibling pairs"](database)["sex × sex"].weights.reshape(4, 4)
    assert np.array_equal(table[:2, :2], [[2, 2], [2, 2]])
    assert table.sum() == 8
    legs = lines(database)["leg: sibling pairs"](database)
    assert list(legs) == ["day × day", "day × mode", "mode × day", "mode × mode"]
    assert np.argwhere(legs["day × mode"].weights.reshape(12, 4)).tolist() == [[0, 1], [6, 0]]


def test_sibling_pairs_by_brute_force(database, monkeypatch):
    monkeypatch.setattr(measures, "_BLOCK", 3)
    rng = np.random.default_rng(3)
    rows = rng.integers(-1, 12, size=40)
    relation = database.folder.parents("leg")[0]
    codes = {"day": rng.integers(0, 5, size=40), "mode": rng.integers(0, 4, size=40)}
    coded = CodedTable(40, codes, {"day": 5, "mode": 4}, {relation: rows})
    found = {(a, b): pairs for a, b, pairs in measures._siblings(coded, relation)}
    expected = np.zeros((5, 4))
    for i in range(40):
        for j in range(40):
            if i != j and rows[i] == rows[j] >= 0:
                expected[codes["day"][i], codes["mode"][j]] += 1
    assert np.array_equal(found["day", "mode"], expected)
    assert np.array_equal(found["mode", "day"], expected.T)


def test_sibling_agreement_is_the_difference_of_equal_shares(database):
    line = lines(database)["victim: sibling agreement"]
    assert list(line(database)["sex"].weights) == [4, 4]
    mean = distance({"sex": counts(4, 4)}, {"sex": counts(1, 3)})
    assert mean == pytest.approx(0.25)


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
