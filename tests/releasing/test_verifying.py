import json
import shutil
from dataclasses import replace

import pytest

import handmade
from synthcase.core.canonical import dumps, sha256_hex
from synthcase.errors import FileProblem
from synthcase.plans.files import plan_bytes
from synthcase.releasing import VerifyReport, package, verify


def test_every_changed_byte_is_found(release):
    for name in release.manifest.files:
        path = release.folder / name
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        assert verify(release.folder).problems == (f"{name} was changed",)
        path.write_bytes(data)
    assert verify(release.folder).ok


def test_a_missing_file_and_an_extra_one_are_found(release):
    (release.folder / "data" / "victim.csv").unlink()
    (release.folder / "data" / "notes.txt").write_text("x")
    assert set(verify(release.folder).problems) == {
        "data/victim.csv is missing",
        "data/notes.txt is not in the manifest",
    }


def test_links_are_found(release, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(release.folder / "data", elsewhere)
    shutil.rmtree(release.folder / "data")
    (release.folder / "data").symlink_to(elsewhere, target_is_directory=True)
    assert not verify(release.folder).ok
    assert "data is not in the manifest" in verify(release.folder).problems


def test_a_linked_file_is_found(release):
    path = release.folder / "README.md"
    path.rename(release.folder.parent / "README.md")
    path.symlink_to(release.folder.parent / "README.md")
    assert verify(release.folder).problems == ("README.md is a symbolic link",)


def test_a_manifest_that_was_changed_is_found(release):
    path = release.folder / "manifest.json"
    path.write_bytes(path.read_bytes()[:-2])
    assert not verify(release.folder).ok


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "data/../../x", "C:\\x", "con"])
def test_a_name_that_leads_outside_is_found(release, name):
    path = release.folder / "manifest.json"
    value = json.loads(path.read_bytes())
    value["files"][name] = {"sha256": "0" * 64, "size": 0}
    path.write_bytes(dumps(value))
    assert f"{name} is missing" in verify(release.folder).problems


def rewritten(release, name, data, **hashes):
    """Change a file and mend the manifest, as somebody would who knows how it is made."""
    (release.folder / name).write_bytes(data)
    path = release.folder / "manifest.json"
    value = json.loads(path.read_bytes())
    value["files"][name] = {"sha256": sha256_hex(data), "size": len(data)}
    value["hashes"].update(hashes)
    path.write_bytes(dumps(value))
    return verify(release.folder).problems


def test_another_plan_is_found_though_the_manifest_was_mended(release):
    plan = handmade.handmade_plan()
    other = replace(plan, remarks=("changed",))
    problems = rewritten(release, "plan.json", plan_bytes(other), plan=other.hash)
    assert problems == ("measurements.json belongs to another plan.",)


def test_another_schema_is_found(release):
    problems = rewritten(release, "schema.yaml", b"synthcase: 1\n")
    assert problems == ("schema.yaml is not the schema of the plan",)


def test_a_table_of_another_length_is_found(release):
    case = (release.folder / "data" / "case.parquet").read_bytes()
    problems = rewritten(release, "data/leg.parquet", case)
    assert problems == ("data/leg.parquet has another number of rows than the manifest says",)
    problems = rewritten(release, "data/leg.parquet", b"PAR1")
    assert problems == ("data/leg.parquet has another number of rows than the manifest says",)


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("another measurements", lambda v: v["hashes"].update(measurements="0" * 64)),
        ("another model", lambda v: v["hashes"].update(model="0" * 64)),
        ("another line", lambda v: v["ledger"].update(sequence=9)),
        ("another promise", lambda v: v.update(epsilon="0.1")),
        ("names no README.md", lambda v: v["files"].pop("README.md")),
        ("names no data/extra.csv", lambda v: v["rows"].update(extra=1)),
    ],
)
def test_a_manifest_that_says_something_else_is_found(release, part, change):
    path = release.folder / "manifest.json"
    value = json.loads(path.read_bytes())
    change(value)
    path.write_bytes(dumps(value))
    assert any(part in problem for problem in verify(release.folder).problems)


def test_a_promise_that_is_too_good_is_found(synthetic, tmp_path):
    plan = handmade.handmade_plan()
    first = replace(plan.guarantees[0], epsilon=0.5)
    plan = replace(plan, guarantees=(first, *plan.guarantees[1:]))
    measurements = handmade.handmade_measurements(plan)
    lying = replace(synthetic, model=handmade.handmade_model(measurements))
    package(lying, measurements=measurements, out=tmp_path / "lying")
    problems = verify(tmp_path / "lying").problems
    assert problems == ("the plan promises a smaller ε than its price gives: a victim in one case",)


def test_what_is_no_release_is_refused(tmp_path):
    with pytest.raises(FileProblem, match="no release"):
        verify(tmp_path / "nothing")
    with pytest.raises(FileProblem, match=r"manifest\.json"):
        verify(tmp_path)


def test_the_report_says_it_in_html(tmp_path):
    assert "2 files" in VerifyReport(tmp_path, 2, ())._repr_html_()
    assert "&lt;x&gt; was changed" in VerifyReport(tmp_path, 2, ("<x> was changed",))._repr_html_()
