import gzip

import numpy as np
import pytest
from coding import CodedTable, Database, encode, shuffled, subset
from folder import read_folder, read_frames
from measures import measures_of
from sequences import first_state, gaps, in_order, last_state, places_within, timed, transitions

LEGS = """victim_id,leg_no,day,mode
v3,2,30,sea
v1,3,90,road
v1,1,0,road
v9,1,0,sea
v1,2,3,sea
v3,1,40,road
v2,1,,sea
"""


@pytest.fixture
def folder(tiny):
    """Two sequences of two legs and more, one of one leg; a day that goes back and a missing one.

    The range of `day` is 100 and there are 2 legs a victim, so a bin is 5 days wide.
    """
    source = tiny / "domain.yaml"
    text = source.read_text().replace("ordered by leg_no", "'ordered by leg_no, day'")
    source.write_text(text.replace("min: 0, max: 5", "min: 0, max: 100"))
    (tiny / "leg.csv.gz").write_bytes(gzip.compress(LEGS.encode()))
    return read_folder(tiny)


@pytest.fixture
def relation(folder):
    return folder.parents("leg")[0]


@pytest.fixture
def database(folder):
    return encode(folder, read_frames(folder))


def test_rows_stand_by_parent_and_place(database, relation):
    rows, begins = in_order(database, relation)
    assert rows.tolist() == [2, 4, 1, 6, 5, 0]
    assert begins.tolist() == [True, False, False, True, True, False]


def test_each_row_is_counted_with_the_one_that_follows(database, relation):
    """Road to sea, sea to road; road to sea."""
    found = transitions(database, relation)
    assert list(found) == ["mode × mode"]
    assert found["mode × mode"].weights.reshape(4, 4)[:2, :2].tolist() == [[0, 2], [1, 0]]
    assert found["mode × mode"].weights.sum() == 3


def test_first_and_last_states(database, relation):
    assert first_state(database, relation)["mode"].weights.tolist() == [2, 1, 0, 0]
    assert last_state(database, relation)["mode"].weights.tolist() == [1, 2, 0, 0]


def test_gaps_fall_into_ten_bins_and_three_more(database, relation):
    """Gaps 3 and 87 of one victim, -10 of another."""
    weights = gaps(database, relation)["day"].weights
    assert len(weights) == 13
    assert np.flatnonzero(weights).tolist() == [0, 1, 11]
    assert weights.sum() == 3


@pytest.mark.parametrize(
    ("before", "after", "bin_of"),
    [(0, 0, 1), (0, 4.9, 1), (0, 5, 2), (0, 49.9, 10), (0, 50, 11), (7, 6, 0), (np.nan, 6, 12)],
)
def test_edges_of_the_bins(database, relation, before, after, bin_of):
    orders = {"leg_no": np.array([1.0, 2.0]), "day": np.array([before, after])}
    codes = {"mode": np.zeros(2, dtype=int)}
    table = CodedTable(2, codes, {"mode": 4}, {relation: np.zeros(2, dtype=int)}, orders)
    found = gaps(Database(database.folder, {"leg": table}), relation)
    assert np.flatnonzero(found["day"].weights).tolist() == [bin_of]


def test_no_rows_have_no_transitions_and_no_states(database, relation, folder):
    frames = read_frames(folder)
    frames["leg"] = frames["leg"].iloc[:0]
    empty = encode(folder, frames)
    for measure in (transitions, first_state, last_state, gaps):
        assert all(counts.weights.sum() == 0 for counts in measure(empty, relation).values())


def test_only_numbers_after_the_first_order_column_are_in_time(folder, relation):
    assert timed(folder, relation) == ("day",)
    names = list(measures_of(folder, seed=0))
    assert [name for name in names if name.startswith("leg,") or name == "leg: gaps"] == [
        "leg, one after another: 2-way", "leg, first: 1-way", "leg, last: 1-way", "leg: gaps",
    ]  # fmt: skip


def test_places_go_with_their_rows_into_subsets_and_are_shuffled_by_themselves(database):
    part = subset(database, np.array([1]))
    assert part.tables["leg"].orders["leg_no"].tolist() == [2, 1]
    mixed = shuffled(database, np.random.default_rng(1)).tables["leg"].orders["leg_no"]
    assert sorted(mixed) == sorted(database.tables["leg"].orders["leg_no"])


def test_places_are_numbered_within_each_parent():
    assert places_within(np.array([3, 1, 3, 3, 1])).tolist() == [1, 1, 2, 3, 2]
    assert places_within(np.array([-1, -1])).tolist() == [1, 2]
    assert places_within(np.zeros(0, dtype=int)).tolist() == []
