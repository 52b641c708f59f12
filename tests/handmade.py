"""Small nouns made by hand, so that a room can be tested without the rooms before it."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from synthcase.model.nouns import ONE, Component, FitReport, Model, TableClasses
from synthcase.planning import plan
from synthcase.planning.prices import prices_of
from synthcase.plans.files import answers_bytes, answers_from_bytes, measurements_hash
from synthcase.plans.nouns import VOTE, ExpectedError, LedgerEntry, Measurements, Plan
from synthcase.privacy.accounting import DELTA
from synthcase.sampling.nouns import Chunk, SyntheticTables, TableChunk
from synthcase.schema import load_schema
from synthcase.schema.layout import layout_of
from synthcase.schema.nouns import Schema

SCHEMA = """\
synthcase: 1
name: handmade
protect: {unit: case, persons: {victim: {max_cases: 2}, trafficker: {max_cases: 1}}}
tables:
  case:
    key: case_id
    columns:
      country: {kind: categorical, values: [XA, XB], else: XB, missing: {unknown: ""}}
      opened:
        kind: date
        bins: {from: "2020-01-01", to: "2021-12-31", by: year}
        else: unknown
        missing: {unknown: ""}
  victim:
    key: victim_id
    parent: {table: case, by: case_id, typical: 2}
    columns:
      age:
        kind: number
        bins: [0, 9, 18, 100]
        else: unknown
        missing: {unknown: "", withheld: WH}
      height:
        kind: number
        bins: ["1.00", "1.50", "2.25"]
        decimals: 2
        else: unknown
        missing: {unknown: ""}
      means: {kind: multi, values: [debt, threats], separator: ";", missing: {not_asked: ""},
              else: not_asked}
      exploited: {kind: categorical, values: ["no", "yes"], else: "yes"}
      form: {kind: categorical, values: [sum, other], else: other, missing: {not_applicable: ""}}
      minor: {kind: categorical, values: ["no", "yes"], else: "yes", missing: {unknown: ""}}
  leg:
    key: [victim_id, leg_no]
    parent: {table: victim, by: victim_id, typical: 2, order: leg_no}
    columns:
      mode: {kind: categorical, values: [road, air, sea], else: sea}
  trafficker:
    key: trafficker_id
    parent: {table: case, by: case_id, typical: 1}
    columns:
      acts: {kind: multi, flags: {lead: acts_lead, drive: acts_drive}, else: lead}
  link:
    key: [victim_id, trafficker_id]
    parents: {victim: victim_id, trafficker: trafficker_id}
    columns:
      relation: {kind: categorical, values: [family, other], else: other}
  country_list:
    key: code
    lookup: true
rules:
  - {gate: victim.form, open_if: {victim.exploited: ["yes"]}}
  - derive: victim.minor
    from: victim.age
    map: {"yes": ["0-8", "9-17"], "no": ["18-100"], unknown: [unknown, withheld]}
  - {forbid: {victim.age: ["0-8"], victim.exploited: ["yes"]}}
"""


@cache
def handmade_schema() -> Schema:
    """Every kind of column, a grandchild in order, a link table, a look-up, three rules."""
    return load_schema(SCHEMA)


SOME_TABLES = (
    "rows/case.",
    "one_way/victim.age",
    "own/victim.age*victim.exploited",
    "ancestor/case.country*victim.age",
    "sibling/victim.age*victim.age",
)


def handmade_plan(schema: Schema | None = None) -> Plan:
    """An honest plan that counts only five tables."""
    expected = {"case": 2000, "victim": 4000, "leg": 8000, "trafficker": 2000, "link": 4000}
    whole = plan(schema or handmade_schema(), epsilon="8", expect=expected, unit="case")
    tables = tuple(whole.by_id[name] for name in SOME_TABLES)
    lines = prices_of(whole.schema, tables, unit="case")
    return replace(
        whole,
        tables=tables,
        prices={line.account: line.rho for line in lines if line.account},
        guarantees=tuple(line.guarantee(DELTA) for line in lines),
        not_protected=("that the file exists",),
        errors=(
            ExpectedError(
                question="victims by age", answer="a typical cell", half_width=12.3456,
                typical=40.0, verdict="rough",
            ),
            ExpectedError(
                question="victims by form", answer="a typical cell", half_width=None,
                typical=40.0, verdict="not measured",
            ),
        ),
        remarks=("figures are rounded",),
    )  # fmt: skip


def handmade_measurements(plan: Plan | None = None) -> Measurements:
    plan = plan or handmade_plan()
    return Measurements(
        plan=plan,
        entry=LedgerEntry(ledger="ledger-1", sequence=3, head="ab" * 32),
        answers={t.id: np.arange(t.size, dtype=np.int64) * VOTE - 7 for t in plan.tables},
        versions={"synthcase": "0.1.0", "opendp": "0.16.0"},
    )


def flat(sizes: list[int], rows: int = 1) -> np.ndarray:
    """Equal shares for each attribute, with the rest on its first state."""
    row = []
    for size in sizes:
        row += [ONE // size + ONE % size, *[ONE // size] * (size - 1)]
    return np.tile(np.array(row, dtype=np.int32), (rows, 1))


def handmade_model(measurements: Measurements | None = None, classes: int = 2) -> Model:
    measurements = measurements or handmade_measurements()
    schema = measurements.plan.schema
    tables = {}
    for table in layout_of(schema).tables:
        prior = flat([classes])[0]
        if table.parent:
            prior = np.tile(prior, (classes, 2, 1))
        profile = flat([attribute.size for attribute in table.attributes], classes)
        affinity = None if table.second is None else np.ones((classes, classes), dtype=np.int32)
        tables[table.name] = TableClasses(prior, profile, {}, affinity)
    return Model(
        schema=schema,
        components=(Component(tables, {"case": {}}), Component(tables, {"case": {}})),
        roots={"case": 5},
        report=FitReport(chi_squared={"own": 1.25}, classes=classes, members=2),
        plan_hash=measurements.plan.hash,
        measurements_hash=measurements_hash(measurements),
    )


def draw_by_hand(
    model: Model, *, seed: int, roots: Mapping[str, int], per_chunk: int = 3
) -> Iterator[Chunk]:
    """A stand-in for the real drawing: valid rows, in chunks, from the seed alone."""
    starts = dict.fromkeys([table.name for table in model.layout.tables], 0)
    for number, first in enumerate(range(0, roots["case"], per_chunk)):
        count = min(per_chunk, roots["case"] - first)
        rng = np.random.default_rng([seed, number])
        tables: dict[str, TableChunk] = {}
        for layout in model.layout.tables:
            rows, parent, position, other = count, None, None, None
            if layout.parent:
                above = tables[layout.parent]
                children = np.full(above.length, 1 if layout.name == "link" else 2)
                rows = int(children.sum())
                parent = np.repeat(above.start + np.arange(above.length), children)
                position = np.tile(np.arange(1, 3), above.length)[:rows]
                if layout.name == "link":
                    position = np.ones(rows, dtype=np.int64)
                    other = (
                        tables["trafficker"].start + np.arange(rows) % tables["trafficker"].length
                    )
            tables[layout.name] = TableChunk(
                layout.name, starts[layout.name], valid_codes(layout, rows, rng),
                parent, position, other, rows,
            )  # fmt: skip
            starts[layout.name] += rows
        yield Chunk(number, tables)


def valid_codes(layout, rows: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Draw states that keep every rule of the hand-made schema."""
    codes: dict[str, np.ndarray] = {}
    for attribute in layout.attributes:
        if attribute.counts:
            continue
        states = rng.integers(0, attribute.size, rows).astype(np.int16)
        if attribute.gate:
            gate = codes[attribute.gate.attribute]
            is_open = np.isin(gate, list(attribute.gate.open_states))
            inside = rng.integers(0, attribute.values, rows).astype(np.int16)
            states = np.where(is_open, inside, attribute.closed).astype(np.int16)
        codes[attribute.name] = states
    if layout.name == "victim":
        codes["exploited"][codes["age"] == 0] = 0
        codes["form"][codes["exploited"] == 0] = 2
    return codes


SENTINEL = "Zq7SECRETvalue"
"""Stands in every real key, and in cells that no domain lists: it may show up nowhere."""


def write_records(folder: Path, *, orphan: bool = False) -> Path:
    """Write real records of the hand-made schema as CSV files, every key a sentinel."""
    s = SENTINEL
    tables = {
        "case": ["case_id,country,opened,notes", f"{s}c1,XA,2020-05-01,{s}", f"{s}c2,{s},,{s}"],
        "victim": [
            "victim_id,case_id,age,height,means,exploited,form,minor",
            f"{s}v1,{s}c1,12,1.62,debt;threats,no,,yes",
            f"{s}v2,{s}{'c9' if orphan else 'c1'},WH,1.70,,yes,sum,",
            f"{s}v3,{s}c2,{s},,debt,yes,{s},",
        ],
        "leg": ["victim_id,leg_no,mode", f"{s}v1,1,road", f"{s}v1,2,{s}"],
        "trafficker": [
            "trafficker_id,case_id,acts_lead,acts_drive", f"{s}t1,{s}c1,1,0", f"{s}t2,{s}c2,0,1",
        ],
        "link": ["victim_id,trafficker_id,relation", f"{s}v1,{s}t1,family", f"{s}v3,{s}t2,other"],
        "country_list": ["code", "XA", "XB"],
    }  # fmt: skip
    folder.mkdir()
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def measure_by_hand(records, plan, *, ledger, progress=None, purpose="") -> Measurements:
    """A stand-in for the one look: pays, journals and reveals as the real one does."""
    paid = ledger.find(plan.hash, prices=plan.prices) or ledger.reserve(
        plan.prices, plan_hash=plan.hash, purpose=purpose
    )
    drawn = {t.id: np.full(t.size, secrets.randbelow(100), dtype=np.int64) for t in plan.tables}
    kept = ledger.journal(paid, answers_bytes(drawn, plan.hash))
    return Measurements(
        plan=plan,
        entry=LedgerEntry(ledger=ledger.id, sequence=paid.seq, head=paid.hash),
        answers=answers_from_bytes(kept, plan.hash),
        versions={"synthcase": "0.1.0", "opendp": "0.16.0"},
    )


def stand_in(monkeypatch) -> None:
    """Replace the stages that other rooms make by quick ones; records and ledger stay real."""
    import synthcase.measurement
    import synthcase.model
    import synthcase.sampling
    from synthcase.sampling import drawing

    def sample(model, *, seed=0, cases=None):
        return SyntheticTables(model=model, seed=seed, roots={"case": cases or model.roots["case"]})

    def fit(measurements, *, progress=None, members=None):
        return handmade_model(measurements)

    monkeypatch.setattr(synthcase.measurement, "measure", measure_by_hand)
    monkeypatch.setattr(synthcase.model, "fit", fit)
    monkeypatch.setattr(synthcase.sampling, "sample", sample)
    monkeypatch.setattr(drawing, "draw_chunks", draw_by_hand)
