"""What reads files that somebody sent: for each kind, good content to begin with, and the reader.

The readers may refuse with an error of ours and may accept; they may do nothing else. Where they
accept, what they made is looked at once more.
"""

import json
from functools import cache

import numpy as np

import handmade
from synthcase.core import canonical
from synthcase.errors import InternalError, SynthcaseError
from synthcase.model.files import model_bytes, model_from_bytes
from synthcase.planning import plan as make_plan
from synthcase.planning.honesty import refuse_false_promise
from synthcase.plans.files import (
    answers_bytes,
    answers_from_bytes,
    measurements_bytes,
    measurements_from_bytes,
    plan_bytes,
    plan_from_bytes,
)
from synthcase.plans.nouns import LedgerEntry, Measurements
from synthcase.privacy import chain
from synthcase.privacy.replay import replay
from synthcase.releasing.manifest import FileEntry, Manifest, manifest_bytes, manifest_from_bytes
from synthcase.schema import load_schema

SMALL = """\
synthcase: 1
name: small
protect: {persons: {victim: {max_cases: 2}}, caps: {victim: 3}}
tables:
  case:
    key: case_id
    columns:
      country: {kind: categorical, values: [XA, XB], else: XB, missing: {unknown: ""}}
      opened: {kind: date, bins: {from: 2020, to: 2021, by: year}, else: "2020"}
  victim:
    key: [case_id, number]
    parent: {table: case, by: case_id, typical: 2, order: number}
    columns:
      age: {kind: number, bins: [0, 18, 100], else: unknown, missing: {unknown: "", withheld: W}}
      means: {kind: multi, values: [debt, threats], separator: ";", else: debt}
      form: {kind: binary, else: "no", missing: {not_applicable: ""}}
      minor: {like: case.country, values: ["no", "yes"], else: "no"}
  place: {key: code, lookup: true, columns: [name]}
rules:
  - {forbid: {victim.age: ["0-17"], victim.minor: ["no"]}}
  - {gate: victim.form, open_if: {victim.age: ["0-17"]}}
questions:
  - count victim by age, case.country
"""


@cache
def good_plan():
    return make_plan(load_schema(handmade.SCHEMA), epsilon=1, expect={"case": 20})


@cache
def good_measurements():
    plan = good_plan()
    answers = {t.id: np.arange(t.size, dtype=np.int64) - 1 for t in plan.tables}
    entry = LedgerEntry(ledger="ab" * 32, sequence=3, head="ab" * 32)
    return Measurements(plan=plan, entry=entry, answers=answers, versions={"synthcase": "0.1.0"})


def good_manifest():
    return Manifest(
        name="small",
        purpose="teaching",
        versions={"synthcase": "0.1.0"},
        unit="case",
        epsilon="4",
        delta="1/1000000",
        seed=7,
        rows={"case": 3, "victim": 5},
        ledger=LedgerEntry(ledger="ab" * 32, sequence=3, head="ab" * 32),
        hashes=dict.fromkeys(("schema", "plan", "measurements", "model"), "cd" * 32),
        files={"data/case.csv": FileEntry("ef" * 32, 10)},
    )


def good_ledger():
    fields = [
        ("genesis", {
            "format": "synthcase-ledger/1", "nonce": "00" * 16, "population": "invented",
            "delta": "1/1000000", "cap_epsilon": "4/1", "cap_rho": "1/4", "set_by": "A",
        }),
        ("reserve", {"plan": "ab" * 32, "purpose": "p", "prices": {"case": "1/8"}}),
        ("note", {"text": "hello"}),
    ]  # fmt: skip
    lines = [chain.first_line(*fields[0])]
    for number, (kind, rest) in enumerate(fields[1:], start=1):
        before = json.loads(lines[-1])["hash"]
        lines.append(chain._line(number, before, kind, rest))
    return b"".join(lines)


def _schema(data):
    schema = load_schema(data.decode("utf-8", "replace") + "\n")
    assert load_schema(schema.text).hash == schema.hash


def _plan(data):
    plan = plan_from_bytes(data)
    assert plan_bytes(plan) == data
    refuse_false_promise(plan)


def _measurements(data):
    assert measurements_bytes(measurements_from_bytes(data, good_plan())) == data


def _answers(data):
    answers_from_bytes(data, good_plan().hash)


def _model(data):
    model = model_from_bytes(data)
    assert model_from_bytes(model_bytes(model)).plan_hash == model.plan_hash


def _manifest(data):
    assert manifest_bytes(manifest_from_bytes(data)) == data


def _ledger(data):
    replay(chain.parse(data))


def _json(data):
    value = canonical.loads(data, what="a file")
    assert canonical.loads(canonical.dumps(value), what="a file") == value


TARGETS = {
    "schema": (SMALL.encode, _schema),
    "plan": (lambda: plan_bytes(good_plan()), _plan),
    "measurements": (lambda: measurements_bytes(good_measurements()), _measurements),
    "answers": (
        lambda: answers_bytes(good_measurements().answers, good_plan().hash), _answers,
    ),
    "model": (lambda: model_bytes(handmade.handmade_model()), _model),
    "manifest": (lambda: manifest_bytes(good_manifest()), _manifest),
    "ledger": (good_ledger, _ledger),
    "json": (lambda: b'{"a":[1,"1/2",null,true],"b":{"c":"d"}}\n', _json),
}  # fmt: skip


def accepts(name, data):
    """Let a reader look at some bytes; say whether it accepted them.

    Raises:
        Exception: Whatever is no error of ours.
    """
    try:
        TARGETS[name][1](data)
    except InternalError:
        raise
    except SynthcaseError:
        return False
    return True
