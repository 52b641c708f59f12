import fidelity
import pytest
import yaml
from coding import encode
from folder import read_folder, read_frames
from rules import violations
from simulated import main, write_folder, write_simulated
from simulated_rules import broken_rules

from synthcase.datasets import simulate_cases
from synthcase.records import check, read
from synthcase.schema import load_schema


@pytest.fixture(scope="module")
def cases():
    return simulate_cases(30, seed=4)


@pytest.fixture(scope="module")
def written(cases, tmp_path_factory):
    return write_folder(cases, tmp_path_factory.mktemp("simulated") / "cases")


@pytest.fixture(scope="module")
def folder(written):
    return read_folder(written)


def copy(job, schema, *, expect, seed):
    return {name: job.frames[name] for name in job.folder.measured}


def test_the_folder_is_of_the_form_of_the_public_ones(folder, cases):
    assert folder.name == "simulated_cases"
    assert folder.roots == ("case",)
    assert not folder.lookups
    assert [relation.parent for relation in folder.parents("victim_trafficker")] == [
        "victim", "trafficker",
    ]  # fmt: skip
    assert folder.parents("journey_leg")[0].order == ("leg_no", "month_offset")
    assert folder.tables["journey_leg"].key == ("victim_id", "leg_no")
    assert {name: table.rows for name, table in folder.tables.items()} == {
        name: len(table) for name, table in cases.tables.items()
    }
    assert "person_id" not in folder.tables["trafficker"].columns


def test_every_cell_is_in_the_domain_and_missing_is_empty(folder):
    database = encode(folder, read_frames(folder))
    for name, table in database.tables.items():
        for column, codes in table.codes.items():
            about = folder.tables[name].columns[column]
            assert codes.max(initial=0) <= about.states, (name, column)
            assert about.nullable or codes.max(initial=0) < about.states, (name, column)
    duration = folder.tables["victim"].columns["duration_months"]
    assert (duration.kind, duration.low, duration.high) == ("integer", 0, 120)
    codes = database.tables["victim"].codes["duration_months"]
    assert 0 < (codes == duration.states).mean() < 1


def test_flags_and_months_say_what_the_cells_said(folder, cases):
    frames, source = read_frames(folder)["exploitation"], cases.tables["exploitation"]
    for written_row, cell, start in zip(
        frames.to_dict("records"), source["means_of_control"], source["start_month"], strict=True
    ):
        flags = {
            name.removeprefix("means_of_control_"): text
            for name, text in written_row.items()
            if name.startswith("means_of_control_")
        }
        assert len(flags) == 15
        chosen = {label for label, text in flags.items() if text == "1"}
        assert chosen == (set(cell.split(";")) if cell else set())
        assert set(flags.values()) <= ({"0", "1"} if cell else {""})
        months = ""
        if start not in ("", "unknown"):
            months = str((int(start[:4]) - 1999) * 12 + int(start[5:7]) - 1)
        assert written_row["start_month"] == months


def test_the_packages_schema_reads_the_folder_without_a_problem(written, folder):
    schema = load_schema(written / "schema.yaml")
    frames = read_frames(folder)
    assert not check(frames, schema).problems
    records = read(frames, schema)
    assert {table.name for table in schema.tables} == set(records.tables)


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    one, other = (write_simulated(tmp_path / name, 5, seed=2) for name in ("a", "b"))
    main([str(tmp_path / "c"), "--cases", "5", "--seed", "3"])
    for file in one.iterdir():
        assert file.read_bytes() == (other / file.name).read_bytes()
    assert (tmp_path / "c" / "victim.csv").read_bytes() != (one / "victim.csv").read_bytes()
    assert yaml.safe_load((one / "domain.yaml").read_text())["missing"] == "empty cell"


def test_the_benchmark_runs_on_the_folder(written, capsys, monkeypatch):
    monkeypatch.setattr(fidelity, "SPLITS", 2)
    monkeypatch.setattr(fidelity, "SHUFFLES", 2)
    options = ["--epsilon", "4", "--unit", "case", "--seed", "1"]
    schema = ["--schema", str(written / "schema.yaml")]
    lines = fidelity.main([str(written), *options, *schema], synthesiser=copy)
    names = {line.name for line in lines}
    assert {
        "victim × trafficker across victim_trafficker: 2-way",
        "journey_leg, one after another: 2-way",
        "journey_leg: gaps",
        "case × charge via trafficker: 2-way",
        "victim × trafficker of one case: 2-way",
        "victim: sibling agreement",
    } <= names
    assert all(line.ours == (0.0,) for line in lines)
    rules = len(violations(read_folder(written), read_frames(read_folder(written)), broken_rules))
    assert f"rule violations 0 ({rules} rules looked at)" in capsys.readouterr().out


@pytest.mark.slow
def test_a_real_run_with_the_rules_of_the_schema_breaks_none_inside_a_row(written, tmp_path):
    import json

    target = tmp_path / "numbers.json"
    options = ["--epsilon", "4", "--unit", "case", "--seed", "1", "--json", str(target)]
    fidelity.main([str(written), *options, "--schema", str(written / "schema.yaml")])
    broken = json.loads(target.read_text(encoding="utf-8"))["rule_violations"]
    inside = [name for name in broken if "is closed" in name or "double key" in name]
    assert len(inside) == 14
    assert all(broken[name] == [0] for name in (*inside, "minor and age", "type and subtype"))
