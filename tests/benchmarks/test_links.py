import numpy as np
import pytest
from coding import encode
from folder import read_folder, read_frames
from links import across_link
from measures import measures_of


@pytest.fixture
def folder(tiny):
    return read_folder(tiny)


def test_each_link_brings_the_columns_of_both_ends(folder):
    """Links v1-h1, v2-h1, v3-h2, v6-h1: f-low, f-low, m-high, missing-low."""
    database = encode(folder, read_frames(folder))
    found = across_link(database, *folder.parents("link"))
    assert list(found) == ["sex × score"]
    table = found["sex × score"].weights.reshape(4, 12)
    expected = np.zeros((4, 12))
    expected[0, 0], expected[1, 9], expected[2, 0] = 2, 1, 1
    assert np.array_equal(table, expected)


def test_a_link_that_lacks_an_end_is_left_out(folder):
    frames = read_frames(folder)
    frames["link"].loc[0, "victim_id"] = ""
    frames["link"].loc[2, "helper_id"] = "h9"
    database = encode(folder, frames)
    assert across_link(database, *folder.parents("link"))["sex × score"].weights.sum() == 2


def test_no_links_are_an_empty_table(folder):
    frames = read_frames(folder)
    frames["link"] = frames["link"].iloc[:0]
    database = encode(folder, frames)
    assert across_link(database, *folder.parents("link"))["sex × score"].weights.sum() == 0


def test_links_within_one_table_name_their_keys(tiny):
    source = tiny / "domain.yaml"
    source.write_text(
        source.read_text().replace(
            "parent: helper, parent_key: helper_id", "parent: victim, parent_key: victim_id"
        )
    )
    names = list(measures_of(read_folder(tiny), seed=0))
    assert "victim (victim_id) × victim (helper_id) across link: 2-way" in names
    assert "Case × link via victim (victim_id): 2-way" in names
    assert "Case × link via victim (helper_id): 2-way" in names
    assert "leg × link of one victim and victim (victim_id): 2-way" in names
