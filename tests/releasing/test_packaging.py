import hashlib
from dataclasses import replace

import pytest

import handmade
from synthcase.core.canonical import sha256_hex
from synthcase.errors import FileProblem, GateFailed, SchemaError, UsageError
from synthcase.releasing import package, packaging, verify
from synthcase.releasing.manifest import manifest_from_bytes
from synthcase.releasing.packaging import check_releasable, check_target
from synthcase.sampling import drawing
from synthcase.schema import load_schema


def tree(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_folder_holds_everything_and_verifies(release):
    names = set(tree(release.folder))
    assert names == {"manifest.json", *release.manifest.files}
    assert {
        "README.md",
        "schema.yaml",
        "plan.json",
        "measurements.json",
        "model.safetensors",
    } < names
    assert {"data/victim.csv", "data/victim.parquet", "data/country_list.csv"} < names
    data = (release.folder / "manifest.json").read_bytes()
    assert manifest_from_bytes(data) == release.manifest
    assert release.manifest.hash == sha256_hex(data)
    assert verify(release.folder).ok


def test_the_bytes_are_the_same_on_two_runs(synthetic, measurements, tmp_path):
    for name in ("one", "two"):
        package(synthetic, measurements=measurements, out=tmp_path / name)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_nothing_is_overwritten_unless_told(release, synthetic, measurements):
    before = tree(release.folder)
    with pytest.raises(UsageError, match="exists already"):
        package(synthetic, measurements=measurements, out=release.folder)
    assert tree(release.folder) == before
    package(replace(synthetic, seed=2), measurements=measurements, out=release.folder, replace=True)
    assert tree(release.folder) != before


def test_a_folder_that_is_no_release_is_never_replaced(synthetic, measurements, tmp_path):
    (tmp_path / "photos").mkdir()
    with pytest.raises(UsageError, match="may be replaced"):
        package(synthetic, measurements=measurements, out=tmp_path / "photos", replace=True)


def test_half_a_release_never_appears(synthetic, measurements, tmp_path, monkeypatch):
    def breaks(*args, **options):
        yield next(handmade.draw_by_hand(*args, **options))
        raise OSError(28, "no space left")

    monkeypatch.setattr(drawing, "draw_chunks", breaks)
    with pytest.raises(FileProblem, match="writing the tables failed"):
        package(synthetic, measurements=measurements, out=tmp_path / "release")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("step", ["datasheet", "write_aside", "manifest_bytes", "hash_file"])
def test_whatever_step_fails_the_old_release_stays(
    release, synthetic, measurements, monkeypatch, step
):
    before = tree(release.folder)

    def fails(*_, **__):
        raise OSError(5, "input/output error")

    monkeypatch.setattr(packaging, step, fails)
    with pytest.raises(FileProblem):
        package(synthetic, measurements=measurements, out=release.folder, replace=True)
    assert tree(release.folder) == before
    assert [path.name for path in release.folder.parent.iterdir()] == ["release"]


def test_a_row_that_breaks_a_rule_stops_the_release(synthetic, measurements, tmp_path, monkeypatch):
    def spoiled(*args, **options):
        for chunk in handmade.draw_by_hand(*args, **options):
            chunk.tables["victim"].codes["age"][0] = 0
            chunk.tables["victim"].codes["exploited"][0] = 1
            chunk.tables["victim"].codes["form"][0] = 0
            yield chunk

    monkeypatch.setattr(drawing, "draw_chunks", spoiled)
    with pytest.raises(GateFailed, match="victim: 1 × forbidden combination"):
        package(synthetic, measurements=measurements, out=tmp_path / "release")
    assert list(tmp_path.iterdir()) == []


def test_another_model_is_refused(synthetic, measurements, tmp_path):
    other = replace(synthetic, model=replace(synthetic.model, measurements_hash="0" * 64))
    with pytest.raises(UsageError, match="not fitted to these"):
        package(other, measurements=measurements, out=tmp_path / "release")


def unapproved():
    return load_schema(handmade.SCHEMA.replace("country: {kind", "country: {from_data: true, kind"))


def test_values_that_nobody_approved_stop_the_release(tmp_path, synthetic):
    plan = handmade.handmade_plan(unapproved())
    measurements = handmade.handmade_measurements(plan)
    other = replace(synthetic, model=handmade.handmade_model(measurements))
    with pytest.raises(GateFailed, match=r"case\.country"):
        package(other, measurements=measurements, out=tmp_path / "release")
    assert list(tmp_path.iterdir()) == []


def test_what_can_be_refused_early_is():
    with pytest.raises(GateFailed, match=r"case\.country"):
        check_releasable(unapproved())
    keyed = handmade.SCHEMA.replace("key: [victim_id, leg_no]", "key: victim_id")
    with pytest.raises(SchemaError, match="leg"):
        check_releasable(load_schema(keyed.replace(", order: leg_no", "")))
    check_releasable(handmade.handmade_schema())


def test_a_place_is_checked_without_leaving_a_trace(tmp_path, release):
    check_target(tmp_path / "free", replace=False)
    check_target(release.folder, replace=True)
    with pytest.raises(UsageError):
        check_target(release.folder, replace=False)
    with pytest.raises(FileProblem):
        check_target(tmp_path / "nowhere" / "free", replace=False)
    assert [path.name for path in tmp_path.iterdir()] == ["release"]
    assert verify(release.folder).ok


def test_there_is_no_way_in_for_records():
    import inspect

    for name, parameter in inspect.signature(package).parameters.items():
        assert "ecord" not in name + str(parameter.annotation)
