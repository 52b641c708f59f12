import json

import pytest


@pytest.fixture
def released(house, call):
    assert call(
        "release", "records", "-s", "schema.yaml", "-e", "2", "-l", "ledger", "-o", "release"
    ).code == 0  # fmt: skip
    return house / "release"


def test_a_whole_release_is_said_to_be_whole(released, call):
    said = call("verify", "release")
    assert said.code == 0
    assert "files, all unchanged" in said.out
    assert "README.md" in said.err


def test_a_changed_release_fails_the_gate(released, call):
    (released / "README.md").write_text("changed")
    said = call("verify", "release")
    assert said.code == 4
    assert "README.md was changed" in said.err
    assert said.out == ""


def test_the_report_for_machines(released, call):
    assert json.loads(call("verify", "release", "--json").out)["ok"] is True
    (released / "extra").write_text("x")
    said = call("verify", "release", "--json")
    assert said.code == 4
    assert json.loads(said.out)["problems"] == ["extra is not in the manifest"]
