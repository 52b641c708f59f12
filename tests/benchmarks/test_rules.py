import pytest
from folder import read_folder, read_frames
from rules import violations


@pytest.fixture
def folder(tiny):
    return read_folder(tiny)


def test_sound_tables_break_no_rule_and_each_rule_is_named(folder):
    found = violations(folder, read_frames(folder))
    assert set(found.values()) == {0}
    assert list(found)[:5] == [f"{name}: double key" for name in folder.measured]
    assert list(found)[5:] == [
        "victim: id leads nowhere", "leg: victim_id leads nowhere",
        "link: victim_id leads nowhere", "link: helper_id leads nowhere",
    ]  # fmt: skip


def test_double_keys_and_lost_references_are_counted(folder):
    frames = read_frames(folder)
    frames["link"].loc[1, "victim_id"] = "v1"
    frames["leg"].loc[0, "victim_id"] = "v9"
    frames["leg"].loc[1, "victim_id"] = ""
    found = {rule: count for rule, count in violations(folder, frames).items() if count}
    assert found == {"link: double key": 1, "leg: victim_id leads nowhere": 1}


def test_rules_of_the_data_set_are_added(folder):
    found = violations(folder, read_frames(folder), lambda frames: {"no red": len(frames["Case"])})
    assert found["no red"] == 4
