import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import handmade
from synthcase.errors import FileProblem, UsageError
from synthcase.model.files import load_model, model_bytes, model_from_bytes, save_model
from synthcase.schema import load_schema

MODEL = handmade.handmade_model()


def same(one, two):
    assert one.schema == two.schema
    assert one.roots == two.roots
    assert one.report == two.report
    assert (one.plan_hash, one.measurements_hash) == (two.plan_hash, two.measurements_hash)
    for left, right in zip(one.components, two.components, strict=True):
        assert left.tables.keys() == right.tables.keys()
        for name in left.tables:
            np.testing.assert_array_equal(left.tables[name].prior, right.tables[name].prior)
            np.testing.assert_array_equal(left.tables[name].profile, right.tables[name].profile)
            assert left.tables[name].copy.keys() == right.tables[name].copy.keys()
        assert left.references.keys() == right.references.keys()


def test_a_model_comes_back(tmp_path):
    save_model(MODEL, tmp_path / "model.safetensors")
    again = load_model(tmp_path / "model.safetensors")
    same(MODEL, again)
    assert model_bytes(again) == model_bytes(MODEL)


def test_nothing_is_overwritten_unless_asked(tmp_path):
    save_model(MODEL, tmp_path / "m")
    with pytest.raises(UsageError):
        save_model(MODEL, tmp_path / "m")
    save_model(MODEL, tmp_path / "m", replace=True)


def test_other_programs_can_read_the_arrays():
    from safetensors.numpy import load

    assert load(model_bytes(MODEL))["000/victim/profile"].dtype == np.int32


def test_the_bytes_are_the_same_in_another_process():
    code = (
        "import handmade, hashlib\n"
        "from synthcase.model.files import model_bytes\n"
        "print(hashlib.sha256(model_bytes(handmade.handmade_model())).hexdigest())"
    )
    tests = Path(__file__).resolve().parent.parent
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONPATH": f"{tests}:{tests.parent / 'src'}", "PYTHONHASHSEED": seed},
            capture_output=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(found) == 1


def rewritten(change=None, *, metadata=None, data=None):
    """The file with its header changed."""
    whole = model_bytes(MODEL)
    length = int.from_bytes(whole[:8], "little")
    header = json.loads(whole[8 : 8 + length])
    if change:
        change(header)
    if metadata:
        inner = json.loads(header["__metadata__"]["synthcase"])
        metadata(inner)
        header["__metadata__"]["synthcase"] = json.dumps(inner)
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + (whole[8 + length :] if data is None else data)


def test_the_rewriting_itself_is_harmless():
    same(model_from_bytes(rewritten()), MODEL)


NAME = "000/victim/profile"
BAD_HEADERS = {
    "no metadata": lambda h: h.pop("__metadata__"),
    "metadata of two keys": lambda h: h["__metadata__"].update(x="y"),
    "metadata that is no text": lambda h: h["__metadata__"].update(synthcase=[]),
    "an array less": lambda h: h.pop(NAME),
    "an array twice over the same data": lambda h: h.update(x=h[NAME]),
    "another type": lambda h: h[NAME].update(dtype="F32"),
    "a negative size": lambda h: h[NAME].update(shape=[-2, 3]),
    "a huge size": lambda h: h[NAME].update(shape=[2**40, 2**40]),
    "four axes": lambda h: h[NAME].update(shape=[1, 1, 1, 1]),
    "a truth value": lambda h: h[NAME].update(shape=[True, 2]),
    "offsets beyond the end": lambda h: h[NAME].update(data_offsets=[0, 2**30]),
    "one offset": lambda h: h[NAME].update(data_offsets=[0]),
    "another shape": lambda h: h[NAME].update(shape=list(reversed(h[NAME]["shape"]))),
    "another name": lambda h: h.update({"000/nobody/profile": h.pop(NAME)}),
}
BAD_METADATA = {
    "another format": lambda m: m.update(format="x"),
    "a newer version": lambda m: m.update(version=2),
    "no members": lambda m: m.update(members=0),
    "a million members": lambda m: m.update(members=10**6),
    "a member more": lambda m: m.update(members=3),
    "a member less": lambda m: m.update(members=1),
    "no rows": lambda m: m.update(roots={"case": 0}),
    "rows of another table": lambda m: m.update(roots={"victim": 3}),
    "another schema hash": lambda m: m.update(schema_hash="0" * 64),
    "a plan hash that is none": lambda m: m.update(plan_hash="x"),
    "a report of words": lambda m: m.update(report="good"),
}


@pytest.mark.parametrize("name", BAD_HEADERS)
def test_a_changed_header_is_refused(name):
    with pytest.raises(FileProblem):
        model_from_bytes(rewritten(BAD_HEADERS[name]))


@pytest.mark.parametrize("name", BAD_METADATA)
def test_changed_metadata_are_refused(name):
    with pytest.raises(FileProblem):
        model_from_bytes(rewritten(metadata=BAD_METADATA[name]))


def test_numbers_that_are_no_shares_are_refused():
    whole = model_bytes(MODEL)
    for word in (b"\xff\xff\xff\xff", b"\x00\x00\x00\x00"):
        with pytest.raises(FileProblem):
            model_from_bytes(whole[:-4] + word)


@settings(max_examples=60)
@given(st.integers(0, len(model_bytes(MODEL)) - 1))
def test_a_truncated_file_is_refused(end):
    with pytest.raises(FileProblem):
        model_from_bytes(model_bytes(MODEL)[:end])


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_noise_is_refused(data):
    with pytest.raises(FileProblem):
        model_from_bytes(data)


def test_copied_columns_come_back():
    schema = load_schema(
        handmade.SCHEMA.replace("country: {kind", "country: {shared: nation, kind", 1)
    )
    component = MODEL.components[0]
    tables = dict(component.tables)
    tables["case"] = replace(tables["case"], copy={"country": np.array([5, 2**30], np.int32)})
    references = {"case": {"nation": handmade.flat([2], 2)}}
    model = replace(MODEL, schema=schema, components=(type(component)(tables, references),))
    again = model_from_bytes(model_bytes(model))
    assert again.components[0].tables["case"].copy["country"].tolist() == [5, 2**30]
    np.testing.assert_array_equal(
        again.components[0].references["case"]["nation"], references["case"]["nation"]
    )
