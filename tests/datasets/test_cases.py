"""The public functions: seeds, options, files, and what is said about the records."""

import hashlib
import os
import subprocess
import sys

import pandas as pd
import pytest

from synthcase.datasets import SimulatedCases, demo_cases, simulate_cases
from synthcase.errors import FileProblem, UsageError

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def fingerprint(cases):
    found = hashlib.sha256()
    for name, table in cases.tables.items():
        found.update(f"{name}\n{table.to_csv(index=False, lineterminator=chr(10))}".encode())
    return found.hexdigest()


def test_same_seed_gives_the_same_bytes_and_another_seed_does_not():
    first = fingerprint(simulate_cases(60, seed=4))
    assert fingerprint(simulate_cases(60, seed=4)) == first
    assert fingerprint(simulate_cases(60, seed=5)) != first


def test_another_process_with_another_hash_seed_gives_the_same_bytes():
    code = (
        "import hashlib\n"
        "from synthcase.datasets import simulate_cases\n"
        "found = hashlib.sha256()\n"
        "for name, table in simulate_cases(60, seed=4).tables.items():\n"
        "    text = table.to_csv(index=False, lineterminator=chr(10))\n"
        "    found.update(f'{name}\\n{text}'.encode())\n"
        "print(found.hexdigest())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**ENVIRONMENT, "PYTHONHASHSEED": "12345"},
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stdout.strip() == fingerprint(simulate_cases(60, seed=4))


def test_importing_the_package_loads_no_heavy_library():
    code = (
        "import sys, synthcase.datasets\n"
        "print([m for m in ('numpy', 'pandas', 'pyarrow') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, check=True, text=True
    )
    assert done.stdout.strip() == "[]"


def test_every_cell_is_text(tables):
    for table in tables.values():
        assert {str(kind) for kind in table.dtypes} <= {"str", "object"}
        assert all(isinstance(cell, str) for column in table for cell in table[column])


def test_without_gaps_it_is_the_same_records():
    gaps, full = (simulate_cases(80, seed=2, missing=m).tables for m in (True, False))
    for name, table in gaps.items():
        assert list(table.columns) == list(full[name].columns)
        same = table.to_numpy() == full[name].to_numpy()
        blank = table.isin(["", "unknown", "withheld", "n.a."]).to_numpy()
        assert (same | blank).all()
    assert not any(full[name].isin(["", "unknown"]).to_numpy().any() for name in full)


def test_types_restrict_what_occurs():
    cases = simulate_cases(50, seed=1, types=["labour", "county_lines"]).tables["case"]
    assert set(cases.network_type) - {""} == {"labour", "county_lines"}
    only = simulate_cases(5, seed=1, types="labour", missing=False).tables["case"]
    assert set(only.network_type) == {"labour"}


@pytest.mark.parametrize("kind", ["forced_marriage", "benefit_fraud", "county_lines"])
@pytest.mark.parametrize("n_cases", [1, 2])
def test_a_handful_of_cases_of_one_kind_is_enough(kind, n_cases):
    for seed in range(3):
        tables = simulate_cases(n_cases, seed=seed, types=[kind]).tables
        assert len(tables["case"]) == n_cases
        assert len(tables["victim"]) >= n_cases


def test_a_case_without_traffickers_has_no_links_and_no_charges():
    found = 0
    for seed in range(40):
        tables = simulate_cases(1, seed=seed).tables
        if not len(tables["trafficker"]):
            found += 1
            assert not len(tables["victim_trafficker"])
            assert not len(tables["charge"])
            assert tables["charge"].columns[0] == "charge_id"
    assert found


@pytest.mark.parametrize("types", [["theft"], [], ["labour", "x"]])
def test_unknown_types_are_refused_with_the_list_of_known_ones(types):
    with pytest.raises(UsageError) as caught:
        simulate_cases(5, types=types)
    assert "county_lines" in caught.value.exists


@pytest.mark.parametrize("n_cases", [0, -3])
def test_no_cases_are_refused(n_cases):
    with pytest.raises(UsageError):
        simulate_cases(n_cases)


def test_size_of_a_thousand_cases_is_as_promised(tables):
    rows = {name: len(table) for name, table in tables.items()}
    assert rows["case"] == 1000
    assert 5_500 < rows["victim"] < 11_000
    assert 3_400 < rows["trafficker"] < 4_700
    assert 9_000 < rows["journey_leg"] < 18_000
    assert 13_000 < rows["victim_trafficker"] < 28_000


@pytest.mark.parametrize("seed", range(5))
def test_no_case_is_too_large(seed):
    victims = simulate_cases(1000, seed=seed).tables["victim"]
    largest = victims.case_id.value_counts().max()
    assert largest <= 300
    assert largest / len(victims) < 0.25


def test_the_demo_is_a_part_of_the_same_cases(demo):
    assert list(demo.tables) == ["case", "victim", "trafficker", "exploitation", "journey_leg"]
    assert len(demo.tables["case"]) == 200
    whole = simulate_cases(200, seed=3).tables
    for name, table in demo.tables.items():
        pd.testing.assert_frame_equal(table, whole[name][list(table.columns)])
    assert demo_cases(5).tables["case"].shape[0] == 5


def test_written_files_are_what_a_custodian_would_have(tmp_path, demo):
    folder = demo.write(tmp_path / "new" / "folder")
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted([*(f"{name}.csv" for name in demo.tables), "schema.yaml"])
    assert (folder / "schema.yaml").read_text(encoding="utf-8") == demo.schema_text
    for name, table in demo.tables.items():
        read = pd.read_csv(folder / f"{name}.csv", dtype="str", keep_default_na=False)
        assert read.to_numpy().tolist() == table.to_numpy().tolist()
        assert b"\r" not in (folder / f"{name}.csv").read_bytes()


def test_real_records_are_never_overwritten(tmp_path, demo):
    (tmp_path / "victim.csv").write_text("victim_id\n1\n")
    with pytest.raises(UsageError, match=r"victim\.csv"):
        demo.write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["victim.csv"]
    assert (tmp_path / "victim.csv").read_text() == "victim_id\n1\n"


def test_a_file_in_the_place_of_the_folder_is_reported(tmp_path, demo):
    (tmp_path / "taken").write_text("")
    with pytest.raises(FileProblem):
        demo.write(tmp_path / "taken")


def test_everything_says_that_the_records_are_invented(demo, simulated):
    for cases in (demo, simulated):
        texts = [repr(cases), cases._repr_html_(), cases.schema_text]
        texts += [str(f.__doc__) for f in (simulate_cases, demo_cases)]
        for text in texts:
            assert "invented" in text.lower()
            assert "evidence about the world" in " ".join(text.split())
    assert "no evidence about the world" in " ".join(SimulatedCases.__doc__.split())


def test_names_are_escaped_in_a_notebook():
    cases = SimulatedCases({"<b>": pd.DataFrame({"<i>": ["x"]})}, "schema")
    assert "&lt;b&gt;" in cases._repr_html_()
    assert "<i>" not in cases._repr_html_()


def test_cases_without_tables_are_refused():
    with pytest.raises(UsageError):
        SimulatedCases({}, "schema")
