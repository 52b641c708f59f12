import numpy as np
import pytest
from coding import encode
from folder import read_folder, read_frames
from hops import by_hops, far_paths


@pytest.fixture
def folder(tiny):
    return read_folder(tiny)


def test_ways_lead_up_over_two_or_more_references(folder):
    ways = {
        table: [[relation.parent for relation in path] for path in far_paths(folder, table)]
        for table in folder.measured
    }
    assert ways == {
        "Case": [], "helper": [], "victim": [],
        "leg": [["victim", "Case"]], "link": [["victim", "Case"]],
    }  # fmt: skip


def test_a_case_is_counted_once_for_each_leg_below_it(folder):
    """Two legs (road, sea) below case 1, red; one (road) below case 2, no."""
    database = encode(folder, read_frames(folder))
    (path,) = far_paths(folder, "leg")
    table = by_hops(database, path)["colour × mode"].weights.reshape(4, 4)
    expected = np.zeros((4, 4))
    expected[0, 0] = expected[0, 1] = expected[1, 0] = 1
    assert np.array_equal(table, expected)


def test_a_row_whose_way_breaks_off_is_left_out(folder):
    frames = read_frames(folder)
    frames["victim"].loc[0, "id"] = ""
    frames["leg"].loc[2, "victim_id"] = "v9"
    (path,) = far_paths(folder, "leg")
    assert by_hops(encode(folder, frames), path)["colour × mode"].weights.sum() == 0
    frames["leg"].loc[2, "victim_id"] = "v4"
    assert by_hops(encode(folder, frames), path)["colour × mode"].weights.sum() == 1


def test_ways_of_three_references(tiny):
    source = tiny / "domain.yaml"
    source.write_text(
        source.read_text().replace(
            "relations:\n",
            "  stop:\n    file: stop.csv\n    primary_key: stop_id\n    columns:\n"
            "      stop_id: {type: key}\n      victim_id: {type: key}\n"
            "      leg_no: {type: integer, min: 1, max: 6}\n"
            "      place: {type: binary, values: [0, 1]}\nrelations:\n"
            "- {child: stop, child_key: [victim_id, leg_no], parent: leg, "
            "parent_key: [victim_id, leg_no]}\n",
        )
    )
    (tiny / "stop.csv").write_text("stop_id,victim_id,leg_no,place\ns1,v1,2,0\ns2,v3,1,1\n")
    folder = read_folder(tiny)
    paths = far_paths(folder, "stop")
    assert [[relation.parent for relation in path] for path in paths] == [
        ["leg", "victim"], ["leg", "victim", "Case"],
    ]  # fmt: skip
    database = encode(folder, read_frames(folder))
    table = by_hops(database, paths[1])["colour × place"].weights.reshape(4, 4)
    assert np.argwhere(table).tolist() == [[0, 0], [1, 1]]
