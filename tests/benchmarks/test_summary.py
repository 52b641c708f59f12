import json

import pytest
from jobs import Benchmark, Target
from summary import outcome, page, reached, results_of

MACHINE = {"system": "Linux", "processor": "p", "cpus": 2}


def line(ours, oneway, floor=0.1, score=None):
    return {"floor": floor, "independent": 0.3, "ours": ours, "oneway": oneway, "score": score}


def fidelity(**measures):
    return {
        "kind": "fidelity", "dataset": "d", "epsilon": "4", "unit": "case", "roots": 300,
        "runs": 2, "seed": 1, "cpu_seconds": 12.4, "synthesis_cpu_seconds": 9.6,
        "peak_memory_mib": None, "date": "2030-01-01", "versions": {"python": "3.11"},
        "machine": MACHINE, "c2st_agg_auc": {"ours": 0.731, "oneway": 0.9},
        "rule_violations": {"a: double key": [0, 2], "b": [1, 0]}, "measures": measures,
    }  # fmt: skip


def test_a_win_or_loss_lies_beyond_two_standard_errors():
    assert outcome(line([0.1, 0.1], [0.2, 0.2])) == 1
    assert outcome(line([0.2, 0.2], [0.1, 0.1])) == -1
    assert outcome(line([0.1, 0.2], [0.12, 0.22])) == 0
    assert outcome(line([0.1], [0.11])) == 1
    assert outcome(line([0.1], [0.1])) == 0
    assert outcome(line([0.1], [])) == 0


@pytest.mark.parametrize(
    ("target", "found", "words", "enough"),
    [
        ({"score": 0.9}, line([0.1], [], score=0.91), "0.91", True),
        ({"score": 0.9}, line([0.1], [], score=0.89), "0.89", False),
        ({"score": 0.9}, line([0.1], [], score=None), "–", None),
        ({"floors": 1.6}, line([0.1, 0.2], []), "1.50 × floor", True),
        ({"floors": 1.4}, line([0.1, 0.2], []), "1.50 × floor", False),
        ({"floors": 1.4}, line([0.1], [], floor=0.0), "–", None),
        ({"floors": 1.4}, None, "–", None),
    ],
)
def test_a_target_is_reached_missed_or_not_known(target, found, words, enough):
    assert reached(Target(measure="a", **target), found) == (words, enough)


def test_only_two_way_lines_are_asked_whether_few_cases_hurt():
    job = Benchmark(name="small-d", small=True)
    lines = {
        "a: 1-way": line([0.2, 0.2], [0.1, 0.1]),
        "a: 2-way": line([0.2, 0.2], [0.1, 0.1]),
        "a × b: 2-way": line([0.1, 0.1], [0.2, 0.2]),
        "b: 2-way": line([0.1, 0.2], [0.12, 0.22]),
    }
    text = page({"small-d": fidelity(**lines)}, [job])
    assert "| small-d | 3 | 1 | 1 | a: 2-way |" in text
    assert "| small-d | 4 | case | 300 | 2 | 1 | 1 | 2 | – | – | 0.73 | 3 | 12 | 10 | – |" in text
    assert "| a: 1-way | 0.1000 | 0.3000 | 0.1000 | 0.2000 | – | worse than one-way |" in text


def test_every_kind_of_result_has_its_part_and_no_other():
    whole = {
        "kind": "whole", "cpu_seconds": 31.0, "peak_memory_mib": 500.0,
        "limits": {"cpu_seconds": 30.0, "peak_memory_mib": 953.7}, "versions": {"python": "3.11"},
        "machine": MACHINE,
    }  # fmt: skip
    stage = {"stage": "fit", "seconds": 1.0, "cpu_seconds": 2.0, "peak_memory_mib": None}
    scale = {
        "kind": "scale", "rows": 1_000_000, "columns": 12, "stages": [stage],
        "versions": {"python": "3.12"}, "machine": MACHINE,
    }  # fmt: skip
    jobs = [Benchmark(name=name) for name in ("w", "s", "f")]
    text = page({"w": whole, "s": scale}, jobs)
    assert "| w | 31.0 CPU s | 30 | **broken** |" in text
    assert "| w | 500.0 MiB at the peak | 954 | kept |" in text
    assert "| s | 1,000,000 × 12 | fit | 1.0 | 2.0 | – |" in text
    assert "Fidelity in short" not in text
    assert text.count("2 CPUs; python") == 2
    assert "Nothing has been run yet" in page({}, jobs)


def test_targets_are_on_the_page(tmp_path):
    target = Target(measure="a: 2-way", score=0.9)
    job = Benchmark(name="f", targets=(target,))
    found = fidelity(**{"a: 2-way": line([0.1], [0.2], score=0.95)})
    (tmp_path / "f.json").write_text(json.dumps(found))
    (tmp_path / "unknown.json").write_text("not read")
    results = results_of(tmp_path, [job])
    assert list(results) == ["f"]
    assert "| f | a: 2-way | score ≥ 0.9 | 0.95 | reached |" in page(results, [job])
