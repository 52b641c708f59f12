import json

import pytest

import handmade
from synthcase.core.canonical import dumps
from synthcase.plans.files import load_plan
from synthcase.privacy.ledger import Ledger
from synthcase.releasing import verify

PLAN = ["plan", "--schema", "schema.yaml", "--epsilon", "2"]
MEASURE = ["measure", "records", "--plan", "plan.json", "--ledger", "ledger"]


def run_all(call, *steps):
    for step in steps:
        said = call(*step)
        assert said.code == 0, said.err
        assert handmade.SENTINEL not in said.out + said.err
    return said


def test_each_stage_reads_what_the_one_before_saved(house, call):
    package = [
        "package", "model.safetensors", "--measurements", "measurements.json", "--out", "release",
        "--seed", "3", "--ledger", "ledger", "--lookups", "records", "--purpose", "teaching",
    ]  # fmt: skip
    said = run_all(
        call, PLAN, MEASURE, ["fit", "measurements.json"],
        ["sample", "model.safetensors", "--seed", "3", "-o", "tables"], package,
    )  # fmt: skip
    assert said.out == "release\n"
    assert verify(house / "release").ok
    assert (house / "tables" / "victim.csv").read_bytes() == (
        house / "release" / "data" / "victim.csv"
    ).read_bytes()
    assert (house / "release" / "data" / "country_list.csv").is_file()
    assert len(Ledger.open(house / "ledger").budget.releases) == 1


def test_a_plan_is_shown_and_saved(house, call):
    said = call(*PLAN, "--expect", "case=80,victim=354", "-o", "p.json")
    assert said.out.index("a victim in one case") < said.out.index("a case with")
    plan = load_plan(house / "p.json")
    assert (plan.expected["case"], plan.expected["victim"]) == (80, 354)
    assert "Next: synthcase measure" in said.err
    assert call(*PLAN, "-o", "p.json").code == 2
    assert call(*PLAN, "-o", "p.json", "--replace").code == 0


def test_a_plan_for_machines_is_its_file(house, call):
    said = call(*PLAN, "--json")
    assert said.out.encode() == (house / "plan.json").read_bytes()
    assert json.loads(said.out)["unit"] == "case"


def test_the_look_names_its_price_and_is_paid_once(house, call):
    run_all(call, PLAN)
    said = call(*MEASURE)
    assert "victim: this spends ε = " in said.err
    again = call(*MEASURE, "--replace")
    assert "nothing more is spent" in again.err
    assert len(Ledger.open(house / "ledger").reservations()) == 1


def test_a_no_ends_with_the_code_of_the_budget(house, call, terminal):
    run_all(call, PLAN)
    terminal("n\n")
    assert call(*MEASURE).code == 3
    assert Ledger.open(house / "ledger").reservations() == ()
    terminal("")
    assert call(*MEASURE, "--yes").code == 0


def test_without_a_ledger_nothing_is_measured(house, call):
    run_all(call, PLAN)
    said = call(*MEASURE[:4])
    assert said.code == 2
    assert "synthcase ledger new" in said.err


def test_a_tampered_plan_is_never_measured(house, call):
    run_all(call, PLAN)
    path = house / "plan.json"
    value = json.loads(path.read_bytes())
    table = value["tables"][0]
    table["delta_squared"] = dict.fromkeys(table["delta_squared"], "1/1")
    table["rho"] = dict.fromkeys(table["rho"], "1/1099511627776")
    path.write_bytes(dumps(value))
    assert call(*MEASURE).code == 2
    assert Ledger.open(house / "ledger").reservations() == ()


def test_a_package_without_a_ledger_says_so(house, call):
    run_all(call, PLAN, MEASURE, ["fit", "measurements.json", "-o", "m"])
    said = call("package", "m", "-m", "measurements.json", "-o", "release")
    assert said.code == 0, said.err
    assert "not written into the ledger" in said.err
    assert not (house / "release" / "data" / "country_list.csv").exists()


def test_a_plan_elsewhere_can_be_named(house, call):
    run_all(call, [*PLAN, "-o", "p.json"])
    (house / "aside").mkdir()
    measure = ["measure", "records", "-p", "p.json", "-l", "ledger", "-o", "aside/m.json"]
    run_all(
        call, measure, ["fit", "aside/m.json"], ["fit", "aside/m.json", "-p", "p.json", "-o", "n"]
    )


@pytest.mark.parametrize("seed", ["x", "1.5"])
def test_a_seed_of_no_number_is_a_matter_of_usage(house, call, seed):
    assert call("sample", "model.safetensors", "--seed", seed, "-o", "tables").code == 2
