import json

import pytest
import whole
from folder import read_folder
from whole import WholeJobError, main, make_release, write_sources

from synthcase.schema import load_schema


def test_sources_are_what_a_custodian_would_have(tiny, tmp_path):
    expect = write_sources(read_folder(tiny), tmp_path, unit="person")
    assert expect == "case=4,helper=3,victim=8,leg=16,link=5"
    names = {path.name for path in (tmp_path / "records").iterdir()}
    schema = load_schema(tmp_path / "schema.yaml")
    assert names == {f"{table.name}.csv" for table in schema.tables}
    assert schema.protect.unit == "person"
    assert (tmp_path / "records" / "case.csv").read_text().startswith("id,colour,year\nc1,red")


def test_a_program_that_fails_is_told_with_its_words(tiny, tmp_path):
    expect = write_sources(read_folder(tiny), tmp_path, unit="case")
    with pytest.raises(WholeJobError, match="release ended with 2"):
        make_release(tmp_path, expect, epsilon="much", unit="case", seed=1)


def test_numbers_are_those_of_the_release_alone(tiny, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(whole, "make_release", lambda *_, **__: whole.Used(0, 12.0, None))
    target = tmp_path / "whole.json"
    words = [str(tiny), "--epsilon", "4", "--unit", "case", "--seed", "1", "--json", str(target)]
    main(words)
    saved = json.loads(target.read_text(encoding="utf-8"))
    assert saved["kind"] == "whole"
    assert saved["cpu_seconds"] == 12
    assert saved["peak_memory_mib"] is None
    assert saved["limits"]["cpu_seconds"] == 30
    said = capsys.readouterr().out
    assert "12.0 CPU s (limit 30)" in said
    assert "– MiB at the peak (limit 954)" in said


@pytest.mark.slow
def test_the_whole_job_runs_on_the_command_line(tiny):
    found = main([str(tiny), "--epsilon", "4", "--unit", "case", "--seed", "1"])
    assert found["cpu_seconds"] is None or found["cpu_seconds"] > 0
