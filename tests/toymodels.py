"""Small random models of schemas that have everything, and records drawn from them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np

from synthcase.measurement.counting import count
from synthcase.measurement.view import TableView, person_view, vote_view
from synthcase.model.answers import Answer, cases_of, shaped
from synthcase.model.classes import class_tables
from synthcase.model.expectation import expected_block
from synthcase.model.nouns import Component, FitReport, Model
from synthcase.model.parameters import Design, Key
from synthcase.model.quantise import component_tables
from synthcase.model.relations import Relations
from synthcase.model.special import expected_special
from synthcase.model.tape import Tape
from synthcase.model.targets import (
    Targets,
    block_of,
    is_special,
    known_cells,
    place_of,
    targets_of,
)
from synthcase.planning.candidates import Candidate, candidates
from synthcase.planning.planner import plan
from synthcase.plans.nouns import VOTE, LedgerEntry, Measurements, PlannedTable
from synthcase.records.nouns import Records, RecordTable
from synthcase.sampling import drawing
from synthcase.sampling.nouns import Chunk, SyntheticTables
from synthcase.schema import load_schema
from synthcase.schema.layout import Layout, layout_of
from synthcase.schema.nouns import Schema

EVERYTHING = """\
synthcase: 1
name: everything
protect:
  unit: UNIT
  persons: {victim: {max_cases: 1}, trafficker: {max_cases: 1}}
  caps: {victim: 10, leg: 3, service: 2, trafficker: 8}
tables:
  case:
    key: case_id
    columns:
      country: {kind: categorical, values: [XA, XB, XC], else: unknown, shared: country,
                missing: {unknown: ""}}
      kind: {kind: categorical, values: [a, b], else: b}
  victim:
    key: victim_id
    parent: {table: case, by: case_id, typical: 3}
    columns:
      nationality: {like: case.country}
      birth: {like: case.country}
      tongue: {kind: categorical, values: [m, n, o], else: o, shared: language}
      exploited: {kind: categorical, values: ["no", "yes", maybe], else: maybe}
      form: {kind: categorical, values: [sum, other], else: other, missing: {not_applicable: ""}}
      debt: {kind: categorical, values: [low, high], else: high, missing: {not_applicable: ""}}
      sold_in: {kind: categorical, values: [XA, XB, XC], else: XC, shared: country,
                missing: {not_applicable: ""}}
      sold_from: {like: victim.sold_in}
      means: {kind: multi, values: [debt, threats], separator: ";", else: not_asked,
              missing: {not_asked: "?", not_applicable: ""}}
  leg:
    key: leg_id
    parent: {table: victim, by: victim_id}
    columns:
      mode: {kind: categorical, values: [road, air], else: air}
      through: {like: case.country}
      sign: {like: victim.tongue}
  service:
    key: service_id
    parent: {table: victim, by: victim_id}
    columns:
      speaks: {like: victim.tongue}
      place: {like: case.country}
  trafficker:
    key: trafficker_id
    parent: {table: case, by: case_id}
    columns:
      nationality: {like: case.country}
      role: {kind: categorical, values: [leader, recruiter, driver], else: driver}
      speaks: {like: victim.tongue}
rules:
  - {gate: victim.form, open_if: {victim.exploited: ["yes"]}}
  - {gate: victim.debt, open_if: {victim.exploited: ["yes", maybe]}}
  - {gate: victim.sold_in, open_if: {victim.exploited: ["yes"]}}
  - {gate: victim.sold_from, open_if: {victim.exploited: ["yes", maybe]}}
  - {gate: victim.means, open_if: {victim.exploited: ["yes"]}}
"""

SHARED_GATE = """\
synthcase: 1
name: shared_gate
protect: {unit: UNIT, persons: {victim: {max_cases: 1}}, caps: {victim: 4}}
tables:
  case:
    key: case_id
    columns:
      country: {kind: categorical, values: [XA, XB, XC], else: XC, shared: country}
  victim:
    key: victim_id
    parent: {table: case, by: case_id}
    columns:
      nationality: {like: case.country}
      permit: {kind: categorical, values: [a, b], else: b, missing: {not_applicable: ""}}
      left: {kind: categorical, values: [XA, XB, XC], else: XC, shared: country,
             missing: {not_applicable: ""}}
rules:
  - {gate: victim.permit, open_if: {victim.nationality: [XA, XB]}}
  - {gate: victim.left, open_if: {victim.nationality: [XB, XC]}}
"""

LINKED = """\
synthcase: 1
name: linked
protect: {unit: UNIT, persons: {victim: {max_cases: 1}}, caps: {victim: 9, link: 3, hearing: 2}}
tables:
  case:
    key: case_id
    columns:
      country: {kind: categorical, values: [XA, XB, XC], else: XC, shared: country}
      kind: {kind: categorical, values: [a, b, c], else: c}
      grade: {kind: categorical, values: [low, high], else: low, missing: {not_applicable: ""}}
  link:
    key: [victim_id, trafficker_id]
    parents: {victim: victim_id, trafficker: trafficker_id}
    columns:
      relation: {kind: categorical, values: [family, other], else: other}
  victim:
    key: victim_id
    parent: {table: case, by: case_id, typical: 2}
    columns:
      nationality: {like: case.country}
      minor: {kind: categorical, values: ["no", "yes"], else: "no"}
      married: {kind: categorical, values: ["no", "yes"], else: "no"}
      means: {kind: multi, values: [debt, threats], separator: ";", else: not_asked,
              missing: {not_asked: "?"}}
  trafficker:
    key: trafficker_id
    parent: {table: case, by: case_id}
  tool:
    key: tool_id
    parent: {table: trafficker, by: trafficker_id}
    columns:
      what: {kind: categorical, values: [phone, car], else: car}
  hearing:
    key: [case_id, court_id]
    parents: {case: case_id, court: court_id}
    columns:
      outcome: {kind: categorical, values: [open, shut], else: open}
  court:
    key: court_id
    columns:
      level: {kind: categorical, values: [low, high], else: low}
  office:
    key: office_id
  desk:
    key: desk_id
    parent: {table: office, by: office_id}
rules:
  - {gate: case.grade, open_if: {case.kind: [a, b]}}
  - {forbid: {case.kind: [a], case.country: [XA]}}
  - {forbid: {case.grade: [high], case.country: [XB]}}
  - {forbid: {victim.minor: ["yes"], victim.married: ["yes"]}}
  - {forbid: {victim.minor: ["yes"], victim.means: [debt]}}
"""


@cache
def toy_schema(text: str = EVERYTHING, unit: str = "case") -> Schema:
    return load_schema(text.replace("UNIT", unit))


def toy_design(schema: Schema, classes: int = 3, *, votes: bool = True) -> Design:
    layout = layout_of(schema)
    return Design(layout, {table.name: votes for table in layout.tables}, classes)


def toy_logits(design: Design, seed: int = 0, spread: float = 1.5) -> dict[Key, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {
        key: rng.normal(0, spread, shape).astype(np.float32) for key, shape in design.shapes.items()
    }


def model_of(schema: Schema, *members: tuple[Design, dict[Key, np.ndarray]]) -> Model:
    """Return the model whose ensemble has these logits."""
    components = tuple(Component(*component_tables(*member)) for member in members)
    return Model(
        schema=schema,
        components=components,
        roots={root.name: 10 for root in schema.roots},
        report=FitReport(chi_squared={}, classes=members[0][0].classes, members=len(members)),
        plan_hash="0" * 64,
        measurements_hash="0" * 64,
    )


def toy_model(schema: Schema, *, members: int = 2, classes: int = 3, seed: int = 0) -> Model:
    design = toy_design(schema, classes)
    return model_of(schema, *((design, toy_logits(design, seed + at)) for at in range(members)))


def drawn(model: Model, *, cases: int, seed: int = 0) -> Iterator[Chunk]:
    roots = dict.fromkeys(model.roots, cases)
    return SyntheticTables(model=model, seed=seed, roots=roots).chunks()


def records_of(schema: Schema, *chunks: Chunk) -> Records:
    """Return synthetic rows, one chunk of each tree, in the form of real records."""
    layout = layout_of(schema)
    drawn = {name: rows for chunk in chunks for name, rows in chunk.tables.items()}
    tables = {}
    for name, rows in drawn.items():
        above = layout.by_name[name].parent
        parent = None if above is None else rows.parent - drawn[above].start
        keys = np.arange(rows.length).astype(str).astype(object)
        far = layout.by_name[name].second
        other = None if far is None else rows.other - drawn[far].start
        tables[name] = RecordTable(name, rows.codes, keys, parent, other)
    return Records(schema, layout, tables, {})


def views_of(records: Records, *, votes: bool) -> Mapping[str, TableView]:
    return vote_view(records) if votes else person_view(records, b"k" * 32)


def all_tables(layout: Layout, *, votes: bool) -> list[PlannedTable]:
    """Return every candidate, and agreement of every pair of shared attributes in groups."""
    found = [
        planned(c, votes=votes) for c in candidates(layout, unit="case" if votes else "person")
    ]
    agreeing = [
        replace(table, kind="agreement", id="agreement" + table.id, size=one.values)
        for table in found
        if table.kind in ("sibling", "co_child")
        for one, two in [[layout.by_name[t].attribute(a) for t, a in table.axes]]
        if one.shared and one.shared == two.shared
    ]
    taken = {table.axes for table in found if table.kind == "agreement"}
    return [*found, *(table for table in agreeing if table.axes not in taken)]


def planned(candidate: Candidate, *, votes: bool) -> PlannedTable:
    return PlannedTable(
        id=candidate.id,
        kind=candidate.kind,
        axes=candidate.axes,
        size=candidate.size,
        root="case",
        unit=VOTE if votes else 1,
        delta_squared={"case": Fraction(1)},
        sigma=Fraction(1),
    )


def expected_tables(
    design: Design, logits: dict[Key, np.ndarray], tables: list[PlannedTable]
) -> dict[str, np.ndarray]:
    """Return what a fit expects of each table, for one case."""
    tape = Tape()
    leaves = {key: tape.leaf(value.astype(np.float64)) for key, value in logits.items()}
    relations = Relations(tape, design, class_tables(tape, design, leaves))

    @cache
    def block(key: tuple[str, ...]):
        return expected_block(relations, key[0], key[1:])

    return {
        table.id: expected_special(relations, table, block).value
        if is_special(design.layout, table)
        else block(block_of(design.layout, table)).value[place_of(design.layout, table)]
        for table in tables
    }


def counted_tables(
    model: Model, tables: list[PlannedTable], *, votes: bool, cases: int, seed: int = 0
) -> dict[str, np.ndarray]:
    """Return each table as counted in each chunk that is drawn, in votes or rows."""
    relations: dict[tuple[str, ...], list[PlannedTable]] = {}
    for table in tables:
        relations.setdefault((table.kind, *(name for name, _ in table.axes)), []).append(table)
    found = {table.id: [] for table in tables}
    for chunk in drawn(model, cases=cases, seed=seed):
        views = views_of(records_of(model.schema, chunk), votes=votes)
        for relation in relations.values():
            for table, cells in count(model.layout, views, relation, votes=votes):
                found[table.id].append(cells / table.unit)
    return {name: np.stack(counts) for name, counts in found.items()}


def answered(
    model: Model, *, votes: bool, cases: int, noise: float = 0.0, seed: int = 0
) -> list[Answer]:
    """Return every table of drawn cases, with noise of some standard deviation."""
    tables = all_tables(model.layout, votes=votes)
    counted = counted_tables(model, tables, votes=votes, cases=cases, seed=seed)
    rng = np.random.default_rng(seed)
    return [
        Answer(
            table,
            counted[table.id].sum(0) + noise * rng.normal(size=table.size),
            max(noise, 1e-3) ** 2,
        )
        for table in tables
    ]


def targets_for(design: Design, answers: list[Answer]) -> Targets:
    root = design.layout.tables[0]
    return targets_of(design.layout, answers, cases_of(answers, root, None), design.casts)


def surprises(
    schema: Schema, *, votes: bool, chunks: int, seed: int = 0
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Draw cases from a random model, count every table, and compare with what a fit expects.

    Standard errors are those of the chunks; where rounding makes a cell steadier than a third of
    independent draws, it is taken for that steady.

    Returns:
        For each relation, differences for one case and the same in standard errors.
    """
    design = toy_design(schema, votes=votes)
    logits = toy_logits(design, seed)
    tables = all_tables(design.layout, votes=votes)
    expected = expected_tables(design, logits, tables)
    model = model_of(schema, (design, logits))
    counted = counted_tables(model, tables, votes=votes, cases=chunks * drawing.CHUNK)
    found: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
    for table in tables:
        share = counted[table.id] / drawing.CHUNK
        if len(table.axes) > 1:
            answers = [Answer(table, cells, 1.0) for cells in share]
            share = np.stack([shaped(design.layout, answer) for answer in answers])
        else:
            share = share[:, None]
        away = share.mean(0) - expected[table.id]
        alone = np.sqrt(np.maximum(expected[table.id], 1e-6) / (chunks * drawing.CHUNK))
        error = np.maximum(share.std(0, ddof=1) / np.sqrt(chunks), alone / 3)
        if table.kind == "own":
            error = np.where(known_cells(design.layout, table) > 0, error, np.inf)
        keep = np.isfinite(error)
        relation = "/".join([table.kind, *dict.fromkeys(name for name, _ in table.axes)])
        found.setdefault(relation, []).append((away[keep], (away / error)[keep]))
    return {
        relation: tuple(np.concatenate(parts) for parts in zip(*pairs, strict=True))
        for relation, pairs in found.items()
    }


def measured(
    schema: Schema, model: Model, *, cases: int, expect: Mapping[str, int]
) -> Measurements:
    """Return what a plan would have found out about drawn cases if noise were nothing."""
    made = plan(schema, epsilon="8", expect=expect)
    records = records_of(schema, *drawn(model, cases=cases))
    answers = {}
    for votes in (True, False):
        views = views_of(records, votes=votes)
        for table in made.tables:
            if (table.unit > 1) is votes:
                answers |= {t.id: c for t, c in count(records.layout, views, [table], votes=votes)}
    entry = LedgerEntry(ledger="ledger-1", sequence=1, head="ab" * 32)
    return Measurements(plan=made, entry=entry, answers=answers)
