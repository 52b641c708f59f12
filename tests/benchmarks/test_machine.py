import os
import sys
from pathlib import Path

import machine
import pytest
from machine import about_this_run, child_environment, run_measured, used


def test_what_a_program_used_is_counted_alone(tmp_path):
    code = "x = bytearray(60_000_000); sum(range(3_000_000))"
    found = run_measured([sys.executable, "-c", code], inside=tmp_path)
    assert found.code == 0
    if hasattr(os, "wait4"):
        assert found.cpu_seconds > 0
        assert found.peak_memory_mib > 57
        again = run_measured([sys.executable, "-c", "pass"], inside=tmp_path)
        assert again.cpu_seconds < used()[0]


def test_an_exit_code_is_passed_on_and_words_go_where_they_should(tmp_path):
    with (tmp_path / "words").open("w+") as output:
        code = "import os; print(os.getcwd()); raise SystemExit(4)"
        found = run_measured([sys.executable, "-c", code], inside=tmp_path, output=output)
        output.seek(0)
        assert Path(output.read().strip()).samefile(tmp_path)
    assert found.code == 4


def test_programs_we_start_run_this_checkout(tmp_path):
    path = child_environment()["PYTHONPATH"].split(os.pathsep)
    assert Path(path[0]).samefile(machine.ROOT / "src")
    assert child_environment()["PYTHONUTF8"] == "1"


@pytest.mark.parametrize("absent", ["os.wait4", "resource"])
def test_where_the_system_counts_nothing_it_says_so(absent, monkeypatch, tmp_path):
    if absent == "resource":
        monkeypatch.setitem(sys.modules, "resource", None)
        assert used()[1] is None
    else:
        monkeypatch.delattr(os, "wait4", raising=False)
        found = run_measured([sys.executable, "-c", "raise SystemExit(3)"], inside=tmp_path)
        assert (found.code, found.cpu_seconds, found.peak_memory_mib) == (3, None, None)


def test_a_run_is_described_by_day_versions_and_machine():
    about = about_this_run()
    assert set(about) == {"date", "versions", "machine", "cpu_seconds", "peak_memory_mib"}
    assert about["date"].count("-") == 2
    assert "T" not in about["date"]
    assert set(about["machine"]) == {"system", "processor", "cpus"}
    assert all(about["versions"].values())
