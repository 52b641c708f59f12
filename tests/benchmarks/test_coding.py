import numpy as np
import pytest
from coding import encode, halves, owners, rows_of, shuffled, subset
from folder import FolderError, read_folder, read_frames


@pytest.fixture
def database(tiny):
    folder = read_folder(tiny)
    return encode(folder, read_frames(folder))


def test_codes_are_values_or_bins_then_missing_then_outside(tiny):
    folder = read_folder(tiny)
    frames = read_frames(folder)
    frames["Case"].loc[0, ["colour", "year"]] = ["green", "2021"]
    table = encode(folder, frames).tables["Case"]
    assert list(table.codes["colour"]) == [3, 1, 0, 1]
    assert list(table.codes["year"]) == [11, 9, 10, 5]
    assert table.sizes == {"colour": 4, "year": 12}


def test_parents_are_rows(database):
    link = database.tables["link"]
    assert [list(rows) for rows in link.parents.values()] == [[0, 1, 2, 5], [0, 0, 1, 0]]


def test_a_reference_to_nothing_is_no_parent(tiny):
    folder = read_folder(tiny)
    frames = read_frames(folder)
    frames["victim"].loc[1, "id"] = ""
    frames["victim"].loc[2, "id"] = "c9"
    assert list(next(iter(encode(folder, frames).tables["victim"].parents.values()))) == [
        0, -1, -1, 1, 1, 3,
    ]  # fmt: skip
    frames["Case"].loc[1, "id"] = "c1"
    with pytest.raises(FolderError, match="Case: its key is not unique"):
        encode(folder, frames)


def test_rows_belong_to_the_case_above_them(database):
    found = {name: list(rows) for name, rows in owners(database).items()}
    assert found == {
        "Case": [0, 1, 2, 3],
        "victim": [0, 0, 1, 1, 1, 3],
        "leg": [0, 0, 1],
        "link": [0, 0, 1, 3],
    }


def test_a_subset_takes_descendants_and_all_of_a_second_root(database):
    rows = {name: list(found) for name, found in rows_of(database, np.array([1, 3])).items()}
    assert rows == {
        "Case": [1, 3], "victim": [2, 3, 4, 5], "leg": [2], "helper": [0, 1, 2], "link": [2, 3],
    }  # fmt: skip
    part = subset(database, np.array([1, 3]))
    assert [list(r) for r in part.tables["link"].parents.values()] == [[0, 3], [1, 0]]
    assert list(part.tables["Case"].codes["colour"]) == [1, 1]


def test_halves_part_the_cases(database):
    one, other = halves(database, np.random.default_rng(1))
    assert one.cases == other.cases == 2
    assert one.tables["victim"].rows + other.tables["victim"].rows == 6
    assert one.tables["helper"].rows == 3


def test_shuffling_keeps_every_margin(database):
    mixed = shuffled(database, np.random.default_rng(1))
    for name, table in database.tables.items():
        for column, codes in table.codes.items():
            assert sorted(mixed.tables[name].codes[column]) == sorted(codes)
        for relation, rows in table.parents.items():
            assert sorted(mixed.tables[name].parents[relation]) == sorted(rows)


def test_a_key_of_several_columns_joins(tiny):
    domain = (tiny / "domain.yaml").read_text()
    stop = """  stop:
    file: stop.csv
    primary_key: stop_id
    columns:
      stop_id: {type: key, nullable: false}
      victim_id: {type: key, nullable: false}
      leg_no: {type: integer, min: 1, max: 6, nullable: false}
      place: {type: binary, values: [0, 1], nullable: false}
relations:
- {child: stop, child_key: [victim_id, leg_no], parent: leg, parent_key: [victim_id, leg_no]}
"""
    (tiny / "domain.yaml").write_text(domain.replace("relations:\n", stop))
    (tiny / "stop.csv").write_text(
        "stop_id,victim_id,leg_no,place\ns1,v1,2,0\ns2,v3,1,1\ns3,v3,2,1\n"
    )
    folder = read_folder(tiny)
    table = encode(folder, read_frames(folder)).tables["stop"]
    assert list(next(iter(table.parents.values()))) == [1, 2, -1]
    assert list(table.codes) == ["place"]
