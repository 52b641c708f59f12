import json
import socket
from pathlib import Path

import jobs
import pytest
import run
from jobs import JOBS, Benchmark, Target, TargetError
from run import chosen, main

FAKE = """
import json, os, sys
target = sys.argv[sys.argv.index("--json") + 1]
if "fail" in sys.argv:
    sys.exit(3)
print("words of the benchmark", len(os.environ["PYTHONPATH"]))
line = {"floor": 0.1, "independent": 0.3, "ours": [0.1], "oneway": [0.2], "score": 1.0}
numbers = {
    "kind": "fidelity", "dataset": sys.argv[1], "epsilon": "1", "unit": "case", "roots": None,
    "runs": 1, "seed": 1, "cpu_seconds": 2.0, "synthesis_cpu_seconds": 1.0,
    "peak_memory_mib": 100.0, "date": "2030-01-01", "versions": {"python": "3"},
    "machine": {"system": "S", "processor": "p", "cpus": 1}, "measures": {"t: 2-way": line},
    "c2st_agg_auc": {}, "rule_violations": {},
}
open(target, "w").write(json.dumps(numbers))
"""


@pytest.fixture
def fake(tmp_path):
    script = tmp_path / "fake.py"
    script.write_text(FAKE)
    data = tmp_path / "data"
    (data / "here").mkdir(parents=True)
    (data / "here" / "domain.yaml").write_text("")

    def make(name, *options, folder="here", **more):
        return Benchmark(name=name, script=str(script), folder=folder, options=options, **more)

    def start(*words, jobs):
        where = ["--data", str(data), "--results", str(tmp_path / "results")]
        return main([*words, *where], jobs=jobs)

    return make, start, tmp_path / "results"


def test_each_benchmark_leaves_its_numbers_and_the_page_names_them(fake, capfd):
    make, start, results = fake
    assert start(jobs=[make("one"), make("two", folder=None)]) == 0
    assert {file.name for file in results.iterdir()} == {"one.json", "two.json", "README.md"}
    page = (results / "README.md").read_text(encoding="utf-8")
    assert page.index("## one") < page.index("## two")
    assert "words of the benchmark" in capfd.readouterr().out


def test_one_can_be_run_alone_and_the_page_keeps_the_others(fake):
    make, start, results = fake
    jobs = [make("one"), make("small-a"), make("small-b")]
    assert start("--only", "one", jobs=jobs) == 0
    assert [file.name for file in results.glob("*.json")] == ["one.json"]
    assert start("--only", "small-*", jobs=jobs) == 0
    assert len(list(results.glob("*.json"))) == 3
    assert "## one" in (results / "README.md").read_text(encoding="utf-8")


def test_a_failure_is_told_keeps_the_old_numbers_and_stops_nobody(fake, capsys):
    make, start, results = fake
    start(jobs=[make("one")])
    before = (results / "one.json").read_bytes()
    assert start(jobs=[make("one", "fail"), make("two")]) == 1
    assert (results / "one.json").read_bytes() == before
    assert (results / "two.json").is_file()
    assert "failed: one" in capsys.readouterr().out


def test_what_has_no_data_is_skipped(fake, capsys):
    make, start, results = fake
    assert start(jobs=[make("one", folder="elsewhere")]) == 0
    assert not list(results.glob("*.json"))
    assert "skipped, there is no data folder elsewhere" in capsys.readouterr().out
    assert "Nothing has been run yet" in (results / "README.md").read_text(encoding="utf-8")


def test_a_name_that_is_not_there_is_refused_with_the_names(fake, capsys):
    make, start, results = fake
    assert start("--only", "three", jobs=[make("one"), make("two")]) == 2
    assert "there are one, two" in capsys.readouterr().err
    assert not results.exists()


def test_the_page_can_be_made_without_running_anything(fake):
    make, start, results = fake
    start(jobs=[make("one")])
    (results / "README.md").unlink()
    assert start("--page", jobs=[make("one", "fail")]) == 0
    assert "## one" in (results / "README.md").read_text(encoding="utf-8")


def test_simulated_cases_are_written_first_and_read_with_their_schema(fake, tmp_path):
    _, start, results = fake
    script = tmp_path / "watch.py"
    script.write_text(
        "import pathlib, sys\n"
        "folder, option, schema = sys.argv[1:4]\n"
        "there = sorted(path.name for path in pathlib.Path(folder).iterdir())\n"
        "assert option == '--schema' and pathlib.Path(schema).is_file()\n"
        "assert 'domain.yaml' in there and 'journey_leg.csv' in there\n"
        "sys.argv[1] = 'simulated'\n" + FAKE
    )
    job = Benchmark(name="simulated", script=str(script), simulated=2)
    assert start(jobs=[job]) == 0
    assert json.loads((results / "simulated.json").read_text())["dataset"] == "simulated"


def test_long_ones_run_on_request_only(capsys):
    names = [job.name for job in chosen(JOBS, ())]
    assert "scale-1e7" not in names
    assert [job.name for job in chosen(JOBS, ["scale-*"])] == ["scale-1e6", "scale-1e7"]
    assert main(["--list"]) == 0
    assert "scale-1e7 (on request)" in capsys.readouterr().out


def test_the_list_has_every_promised_benchmark_once_with_programs_that_exist():
    names = [job.name for job in JOBS]
    assert len(set(names)) == len(names)
    assert {
        "household_survey-eps1", "household_survey-eps4", "adult-eps1", "adult-eps4",
        "shr_homicide-eps4", "patient_visits-eps4", "link_ratings-eps4", "whole-household_survey",
    } <= set(names)  # fmt: skip
    assert sum(job.small for job in JOBS) == 5
    for job in JOBS:
        assert (Path(run.HERE) / job.script).is_file()
        if job.small:
            assert job.options[job.options.index("--runs") + 1] == "10"
            assert job.options[job.options.index("--epsilon") + 1] == "1"
            assert ("--roots" in job.options) == (job.folder != "patient_visits")


def test_a_target_asks_for_one_thing():
    assert Target(measure="a", score=0.9).asked == "score ≥ 0.9"
    assert Target(measure="a", floors=1.5).asked == "≤ 1.5 × floor"
    for asked in ({}, {"score": 1.0, "floors": 1.0}):
        with pytest.raises(TargetError):
            Target(measure="a", **asked)
    assert jobs.JOBS is JOBS


def test_a_tiny_real_job_says_nothing_about_this_machine(tmp_path):
    """A real process, from tables to the page."""
    folder = tmp_path / "data" / "little"
    folder.mkdir(parents=True)
    rows = "".join(f"{number},{'ab'[number % 2]},{'xyz'[number % 3]}\n" for number in range(60))
    (folder / "row.csv").write_text("id,one,two\n" + rows)
    (folder / "domain.yaml").write_text(
        "dataset: little\ntables:\n  row:\n    file: row.csv\n    rows: 60\n    primary_key: id\n"
        "    columns:\n      id: {type: key}\n"
        "      one: {type: categorical, values: [a, b]}\n"
        "      two: {type: categorical, values: [x, y, z]}\n"
    )
    options = ("--epsilon", "1", "--unit", "case", "--seed", "1")
    job = Benchmark(name="little", folder="little", options=options)
    results = tmp_path / "results"
    words = ["--data", str(tmp_path / "data"), "--results", str(results)]
    assert main(words, jobs=[job]) == 0
    numbers = json.loads((results / "little.json").read_text(encoding="utf-8"))
    assert numbers["kind"] == "fidelity"
    assert numbers["versions"]["synthcase"]
    assert len(numbers["date"]) == len("2030-01-01")
    assert len(numbers["measures"]["row: 2-way"]["ours"]) == 1
    for file in results.iterdir():
        text = file.read_text(encoding="utf-8")
        assert str(tmp_path) not in text
        assert str(run.ROOT) not in text
        assert socket.gethostname() not in text.split()
    assert "| little | 1 | case | all | 1 | 1 |" in (results / "README.md").read_text(
        encoding="utf-8"
    )
