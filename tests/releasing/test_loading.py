import pandas as pd
import pytest

from synthcase.errors import FileProblem
from synthcase.plans.files import measurements_bytes
from synthcase.releasing import load_release
from synthcase.releasing.loading import typed_frames


def test_a_release_comes_back_typed(release, synthetic):
    loaded = load_release(release.folder)
    assert loaded.manifest == release.manifest
    victim = loaded.frames["victim"]
    assert len(victim) == 16
    assert victim["age"].dtype == "Int64"
    assert victim["height"].dtype == "Float64"
    assert victim["exploited"].dtype == pd.CategoricalDtype(["no", "yes"])
    assert victim["age__missing"].dtype == pd.CategoricalDtype(["unknown", "withheld"])
    assert (victim["age"].isna() == victim["age__missing"].notna()).all()
    assert loaded.frames["case"]["opened"].dtype.kind == "M"
    assert loaded.frames["trafficker"]["acts_lead"].dtype == "Int8"
    assert loaded.frames["country_list"]["code"].tolist() == ["XA", "XB"]
    keys = set(loaded.frames["case"]["case_id"])
    assert set(victim["case_id"]) <= keys


def test_frames_hold_what_was_written_as_text(release, synthetic):
    text = synthetic.to_frames()["victim"]
    typed = release.frames["victim"]
    shown = typed["age"].astype("string").fillna("").tolist()
    assert shown == text["age"].tolist()
    assert typed["means"].fillna("").tolist() == text["means"].tolist()


def test_its_parts_are_those_that_were_packaged(release, measurements):
    loaded = load_release(str(release.folder))
    assert loaded.plan.hash == measurements.plan.hash
    assert measurements_bytes(loaded.measurements) == measurements_bytes(measurements)
    assert loaded.model.roots == {"case": 5}


def test_a_changed_release_is_refused(release):
    with (release.folder / "data" / "victim.csv").open("a") as file:
        file.write("x\n")
    with pytest.raises(FileProblem, match=r"data/victim\.csv was changed"):
        load_release(release.folder)


def test_other_columns_than_those_of_the_schema_are_refused(release):
    data = release.folder / "data"
    (data / "case.parquet").write_bytes((data / "leg.parquet").read_bytes())
    with pytest.raises(FileProblem, match="other columns"):
        typed_frames(data, release.plan.schema, {"case": 8})
    (data / "case.parquet").write_bytes(b"PAR1")
    with pytest.raises(FileProblem, match="cannot be read"):
        typed_frames(data, release.plan.schema, {"case": 8})
