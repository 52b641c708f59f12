import kin
import numpy as np
import pytest
from coding import CodedTable, Database, encode
from counts import Counts, distance
from folder import read_folder, read_frames
from kin import co_children
from measures import measures_of


@pytest.fixture
def database(tiny):
    folder = read_folder(tiny)
    return encode(folder, read_frames(folder))


def lines(database):
    return measures_of(database.folder, seed=0)


def counts(*numbers):
    return Counts(np.array(numbers, dtype=float))


def test_sibling_pairs_weigh_each_ordered_pair_equally(database):
    """Households f f, and m f m: pairs ff twice; mf and fm twice each; mm twice."""
    table = lines(database)["victim: sibling pairs"](database)["sex × sex"].weights.reshape(4, 4)
    assert np.array_equal(table[:2, :2], [[2, 2], [2, 2]])
    assert table.sum() == 8
    legs = lines(database)["leg: sibling pairs"](database)
    assert list(legs) == ["day × day", "day × mode", "mode × day", "mode × mode"]
    assert np.argwhere(legs["day × mode"].weights.reshape(12, 4)).tolist() == [[0, 1], [6, 0]]


def test_sibling_pairs_by_brute_force(database, monkeypatch):
    monkeypatch.setattr(kin, "_BLOCK", 3)
    rng = np.random.default_rng(3)
    rows = rng.integers(-1, 12, size=40)
    relation = database.folder.parents("leg")[0]
    codes = {"day": rng.integers(0, 5, size=40), "mode": rng.integers(0, 4, size=40)}
    coded = CodedTable(40, codes, {"day": 5, "mode": 4}, {relation: rows})
    found = {(a, b): pairs for a, b, pairs in kin._siblings(coded, relation)}
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


def test_rows_of_two_tables_meet_in_their_parent(database):
    """Victim 1 has legs road and sea and a link a; victim 3 a leg road and a link without role."""
    found = lines(database)["leg × link of one victim: 2-way"](database)
    assert list(found) == ["day × role", "mode × role"]
    table = found["mode × role"].weights.reshape(4, 5)
    assert np.argwhere(table).tolist() == [[0, 0], [0, 3], [1, 0]]
    assert table.sum() == 3


def test_co_children_by_brute_force(database, monkeypatch):
    monkeypatch.setattr(kin, "_BLOCK", 3)
    rng = np.random.default_rng(4)
    one = database.folder.parents("leg")[0]
    other = database.folder.parents("link")[0]
    tables = {"victim": CodedTable(12, {}, {}, {})}
    for relation, rows in ((one, 40), (other, 30)):
        codes = {"x": rng.integers(0, 4, size=rows), "y": rng.integers(0, 3, size=rows)}
        parents = {relation: rng.integers(-1, 12, size=rows)}
        tables[relation.child] = CodedTable(rows, codes, {"x": 4, "y": 3}, parents)
    found = co_children(Database(database.folder, tables), one, other)
    left, right = tables["leg"], tables["link"]
    expected = np.zeros((4, 3))
    for i in range(40):
        for j in range(30):
            if left.parents[one][i] == right.parents[other][j] >= 0:
                expected[left.codes["x"][i], right.codes["y"][j]] += 1
    assert found["x × y"].weights.tolist() == expected.ravel().tolist()
    assert list(found) == ["x × x", "x × y", "y × x", "y × y"]
