import pytest

import handmade
from synthcase.privacy.ledger import Ledger
from synthcase.releasing import verify

RELEASE = [
    "release", "records", "--schema", "schema.yaml", "--epsilon", "2", "--ledger", "ledger",
    "--out", "release",
]  # fmt: skip


def test_one_command_makes_a_release(house, call):
    said = call(*RELEASE, "--expect", "case=80", "--seed", "5", "--cases", "4")
    assert said.code == 0, said.err
    assert said.out == "release\n"
    assert "Next: synthcase verify release" in said.err
    assert handmade.SENTINEL not in said.out + said.err
    report = verify(house / "release")
    assert report.ok


def test_quiet_is_quiet(house, call):
    said = call(*RELEASE, "--quiet")
    assert (said.out, said.err) == ("release\n", "")


def test_without_a_ledger_the_line_that_makes_one_is_shown(house, call):
    said = call(*RELEASE[:6], *RELEASE[8:])
    assert said.code == 2
    assert "synthcase ledger new LEDGER" in said.err


def unapprove(house):
    text = handmade.SCHEMA.replace("country: {kind", "country: {from_data: true, kind")
    (house / "schema.yaml").write_text(text)


def break_keys(house):
    path = house / "records" / "victim.csv"
    path.write_text(path.read_text().replace(f"{handmade.SENTINEL}c1", f"{handmade.SENTINEL}c9"))


def exhaust(house):
    Ledger.create(house / "small", population="p", cap_epsilon="1", set_by="x")
    return ["--ledger", "small"]


@pytest.mark.parametrize(
    ("change", "code"),
    [(unapprove, 4), (break_keys, 1), (exhaust, 3), (lambda h: (h / "release").mkdir(), 2)],
)
def test_each_refusal_has_its_code_and_spends_nothing(house, call, change, code):
    more = change(house) or []
    said = call(*RELEASE, *more)
    assert said.code == code, said.err
    assert handmade.SENTINEL not in said.out + said.err
    assert Ledger.open(house / "ledger").reservations() == ()


def test_a_person_can_say_no(house, call, terminal):
    terminal("n\n")
    assert call(*RELEASE).code == 3
    terminal("y\n")
    assert call(*RELEASE).code == 0
