import json
from dataclasses import replace

import pytest

from synthcase.core.canonical import dumps, sha256_hex
from synthcase.errors import FileProblem
from synthcase.plans.nouns import LedgerEntry
from synthcase.releasing.manifest import (
    FileEntry,
    Manifest,
    manifest_bytes,
    manifest_from_bytes,
)

MANIFEST = Manifest(
    name="handmade",
    purpose="teaching",
    versions={"synthcase": "0.1.0"},
    unit="case",
    epsilon="2.5",
    delta="1/1000000",
    seed=-(10**30),
    rows={"case": 3},
    ledger=LedgerEntry(ledger="x", sequence=1, head="ab" * 32),
    hashes=dict.fromkeys(("schema", "plan", "measurements", "model"), "cd" * 32),
    files={"data/case.csv": FileEntry("ef" * 32, 12)},
)


def test_a_manifest_comes_back_and_is_named_by_its_hash():
    data = manifest_bytes(MANIFEST)
    assert manifest_from_bytes(data) == MANIFEST
    assert MANIFEST.hash == sha256_hex(data)
    assert replace(MANIFEST, seed=1).hash != MANIFEST.hash


TAMPERED = {
    "another format": lambda v: v.update(format="synthcase-plan"),
    "a newer version": lambda v: v.update(version=2),
    "a field more": lambda v: v.update(extra=1),
    "a seed of no digits": lambda v: v.update(seed="1e3"),
    "a seed with zeros before": lambda v: v.update(seed="007"),
    "a hash that is none": lambda v: v["hashes"].update(plan="x"),
    "a hash more": lambda v: v["hashes"].update(x="cd" * 32),
    "a size below zero": lambda v: v["files"]["data/case.csv"].update(size=-1),
    "rows that are no number": lambda v: v["rows"].update(case="3"),
    "no ledger": lambda v: v.update(ledger={}),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_changed_manifest_is_refused(name):
    value = json.loads(manifest_bytes(MANIFEST))
    TAMPERED[name](value)
    with pytest.raises(FileProblem):
        manifest_from_bytes(dumps(value))


def test_another_writing_is_refused():
    with pytest.raises(FileProblem):
        manifest_from_bytes(manifest_bytes(MANIFEST) + b"\n")
