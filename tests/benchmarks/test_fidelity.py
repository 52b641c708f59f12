import json

import fidelity
import numpy as np
import pytest
from fidelity import main
from folder import FolderError


def copy(job, schema, *, expect, seed):
    return job.frames


def shuffle(job, schema, *, expect, seed):
    rng, found = np.random.default_rng(seed), {}
    for name in job.folder.measured:
        frame = job.frames[name].copy()
        keys = [key for relation in job.folder.parents(name) for key in relation.child_key]
        for column in (*job.folder.columns(name), *keys):
            frame[column] = rng.permutation(frame[column].to_numpy())
        found[name] = frame
    return found


def arguments(folder, *more):
    return [str(folder), "--epsilon", "4", "--unit", "case", "--seed", "3", *map(str, more)]


def test_a_copy_scores_at_least_one_and_a_shuffle_about_nothing(households, capsys):
    scores = []
    for synthesiser in (copy, shuffle):
        lines = main(arguments(households), synthesiser=synthesiser)
        scores.append([s for line in lines if (s := line.score(line.ours)) is not None])
    assert len(scores[0]) >= 4
    assert min(scores[0]) >= 1
    assert np.abs(scores[1]).max() < 0.3
    assert "home × person: 2-way" in capsys.readouterr().out


def test_roots_take_cases_with_their_descendants_and_scale_the_expected_rows(tiny):
    seen = {}

    def watch(job, schema, *, expect, seed):
        seen.update(expect=expect, frames=job.frames)
        return job.frames

    main(arguments(tiny, "--roots", 2), synthesiser=watch)
    assert seen["expect"] == {"Case": 2, "helper": 3, "victim": 4, "leg": 8, "link": 2}
    cases = set(seen["frames"]["Case"]["id"])
    assert len(cases) == 2
    assert set(seen["frames"]["victim"]["id"]) <= cases
    assert set(seen["frames"]["link"]["victim_id"]) <= set(seen["frames"]["victim"]["victim_id"])
    assert len(seen["frames"]["helper"]) == 3
    with pytest.raises(FolderError, match="from 2 to 4"):
        main(arguments(tiny, "--roots", 9), synthesiser=copy)


def test_the_seed_fixes_all_but_the_noise(households):
    def numbers():
        lines = main(arguments(households, "--roots", 200), synthesiser=shuffle)
        return [(line.name, line.floor, line.independent, line.ours) for line in lines]

    assert numbers() == numbers()


def test_numbers_settings_and_machine_are_saved(tiny, tmp_path):
    target = tmp_path / "numbers.json"
    main(arguments(tiny, "--runs", 2, "--json", target), synthesiser=copy)
    saved = json.loads(target.read_text(encoding="utf-8"))
    assert saved["dataset"] == "Tiny"
    assert saved["epsilon"] == "4"
    assert saved["delta"] == 1e-6
    assert saved["seed"] == 3
    assert saved["runs"] == 2
    assert saved["persons"] == ["victim"]
    assert saved["rows"]["victim"] == 6
    assert saved["measures"]["Case: 1-way"]["ours"] == [0, 0]
    assert saved["c2st_agg_auc"] == {"independent": None, "ours": None, "oneway": None}
    assert saved["rule_violations"]["link: double key"] == [0, 0]
    assert {"date", "versions", "machine", "cpu_seconds", "peak_memory_mib"} <= saved.keys()
    assert saved["machine"]["cpus"] >= 1
    assert saved["versions"]["numpy"] == np.__version__


def test_runs_differ_in_seed_and_the_last_one_is_written(tiny, tmp_path):
    seeds = []

    def watch(job, schema, *, expect, seed):
        seeds.append(seed)
        return job.frames

    main(arguments(tiny, "--runs", 2, "--write", tmp_path / "out"), synthesiser=watch)
    assert seeds == [3, 4]
    assert (tmp_path / "out" / "victim.csv").read_text() == (tiny / "victim.csv").read_text()


def test_persons_are_named_by_hand(tiny):
    schemas = []

    def watch(job, schema, *, expect, seed):
        schemas.append(schema)
        return job.frames

    main(arguments(tiny, "--persons", "Case,helper"), synthesiser=watch)
    assert "persons:\n    case:\n      max_cases: 1\n    helper:\n" in schemas[0]
    with pytest.raises(FolderError, match="nobody"):
        main(arguments(tiny, "--persons", "nobody"), synthesiser=copy)


def test_a_schema_takes_the_place_of_the_converted_one(tiny, tmp_path):
    schemas = []

    def watch(job, schema, *, expect, seed):
        schemas.append(schema)
        return job.frames

    (tmp_path / "own.yaml").write_text("synthcase: 1\nname: own\n", encoding="utf-8")
    main(arguments(tiny, "--schema", tmp_path / "own.yaml"), synthesiser=watch)
    assert schemas == ["synthcase: 1\nname: own\n"]


def test_rows_that_break_a_rule_are_counted_in_every_run(tiny, capsys, monkeypatch):
    def break_links(job, schema, *, expect, seed):
        links = job.frames["link"].assign(victim_id="v1", helper_id="h1")
        return {**job.frames, "link": links.iloc[: seed - 1]}

    monkeypatch.setitem(
        fidelity.CHECKERS, "Tiny", lambda frames: {"few links": len(frames["link"])}
    )
    main(arguments(tiny, "--runs", 2), synthesiser=break_links)
    said = capsys.readouterr().out
    assert "rule violations 8 (10 rules looked at)" in said
    assert "link: double key: 3 rows" in said
    assert "few links: 5 rows" in said


def test_measures_that_the_real_tables_leave_empty_are_left_out(tiny):
    lines = main(arguments(tiny), synthesiser=copy)
    names = [line.name for line in lines]
    assert "link of one helper: sibling pairs" in names
    assert "link of one victim: sibling pairs" not in names


def test_without_the_accounting_there_is_no_baseline(tiny, monkeypatch):
    monkeypatch.setattr(fidelity, "run_baseline", lambda *args, **kwargs: None)
    assert all(line.oneway == () for line in main(arguments(tiny), synthesiser=copy))
