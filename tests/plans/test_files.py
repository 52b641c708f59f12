import os
import stat

import pytest

import handmade
from synthcase.errors import FileProblem, UsageError
from synthcase.plans.files import (
    load_measurements,
    load_plan,
    measurements_bytes,
    save_measurements,
    save_plan,
)
from synthcase.schema import load_schema


def test_a_plan_comes_back_from_its_file(tmp_path):
    plan = handmade.handmade_plan()
    save_plan(plan, tmp_path / "p.json")
    assert load_plan(str(tmp_path / "p.json")).hash == plan.hash


def test_nothing_is_overwritten_unless_asked(tmp_path):
    plan = handmade.handmade_plan()
    save_plan(plan, tmp_path / "p.json")
    with pytest.raises(UsageError):
        save_plan(plan, tmp_path / "p.json")
    save_plan(plan, tmp_path / "p.json", replace=True)


def test_measurements_find_the_plan_beside_them(tmp_path):
    one = handmade.handmade_measurements()
    save_plan(one.plan, tmp_path / "plan.json")
    save_measurements(one, tmp_path / "m.json")
    again = load_measurements(tmp_path / "m.json")
    assert measurements_bytes(again) == measurements_bytes(one)
    assert load_measurements(tmp_path / "m.json", one.plan).plan is one.plan


def test_measurements_without_their_plan_are_refused(tmp_path):
    save_measurements(handmade.handmade_measurements(), tmp_path / "m.json")
    with pytest.raises(FileProblem, match=r"plan\.json"):
        load_measurements(tmp_path / "m.json")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(FileProblem, match=r"nothing\.json"):
        load_plan(tmp_path / "nothing.json")


@pytest.mark.skipif(os.name == "nt", reason="modes of files are POSIX")
def test_a_plan_with_values_of_the_records_is_for_its_owner_alone(tmp_path):
    text = handmade.SCHEMA.replace("country: {kind", "country: {from_data: true, kind")
    drafted = handmade.handmade_plan(load_schema(text))
    assert drafted.schema.unapproved
    save_plan(drafted, tmp_path / "drafted.json")
    assert stat.S_IMODE((tmp_path / "drafted.json").stat().st_mode) == 0o600
    umask = os.umask(0o022)
    try:
        save_plan(handmade.handmade_plan(), tmp_path / "approved.json")
    finally:
        os.umask(umask)
    assert stat.S_IMODE((tmp_path / "approved.json").stat().st_mode) == 0o644
