"""Every problem of some records, found before anything is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthcase.errors import DataProblem
from synthcase.records.linking import Finding, key_findings
from synthcase.records.report import CheckReport, Problem, bucket
from synthcase.records.sources import open_source
from synthcase.records.tables import derived_columns, read_table, wanted_columns
from synthcase.schema.coding import IMPOSSIBLE, OUTSIDE
from synthcase.schema.domains import DateBins
from synthcase.schema.layout import layout_of
from synthcase.schema.row_rules import broken_rules
from synthcase.schema.topics import topic_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from synthcase.records.sources import Source
    from synthcase.records.tables import RawTable
    from synthcase.schema.columns import Column
    from synthcase.schema.layout import Layout
    from synthcase.schema.nouns import Schema
    from synthcase.schema.tables import Table

MISSING_TABLE = "missing table"
MISSING_COLUMN = "missing column"
DOUBLE_COLUMN = "column there twice"
UNREADABLE = "cannot be read"
NOT_LISTED = "value outside the domain"
NO_NUMBER = "impossible number"
NO_DATE = "impossible date"
BROKEN_RULE = "broken rule"
SENSITIVE = "sensitive topic without justification"
UNAPPROVED = "domain from the data, not approved"

MOST_ROW_NUMBERS = 1000


def check(
    source: str | Path | Mapping[str, object], schema: Schema, *, rows: bool = False
) -> CheckReport:
    """List every problem of some records.

    Args:
        source: As in `read`.
        schema: The schema they should fit.
        rows: Whether to name row numbers (the first 1000 of each problem), so that a person can
            mend the source. For the screen of the custodian only.

    Returns:
        The report: missing tables and columns, keys that are missing, double or lead nowhere,
        values outside the domain, impossible numbers and dates, broken rules; and warnings of
        sensitive columns without a reason and of unapproved domains.

    Raises:
        FileProblem: If the source is none that can be read.

    Privacy:
        Never shows a value. The report is about real records, and stays inside.
    """
    opened = open_source(source)
    layout = layout_of(schema)
    problems: list[Problem] = []
    raws: dict[str, RawTable] = {}
    for table in schema.tables:
        found, raw = _read(opened, schema, table)
        problems += found
        if raw is not None:
            raws[table.name] = raw
    findings = [*key_findings(raws)]
    for name, raw in raws.items():
        findings += [*_verdicts(raw), *_broken(layout, name, raw)]
    order = {table.name: at for at, table in enumerate(schema.tables)}
    problems += [_problem(finding, rows=rows) for finding in findings]
    problems.sort(key=lambda problem: order[problem.table])
    return CheckReport((*problems, *_warnings(schema)))


def _read(source: Source, schema: Schema, table: Table) -> tuple[list[Problem], RawTable | None]:
    """Read what is there of a table."""
    if table.name not in source.tables():
        todo = "a table has the name of its file, or of its table in the database"
        return [_missing(table, None, MISSING_TABLE, todo)], None
    try:
        names = source.columns(table.name)
        wanted = wanted_columns(schema, table)
        todo = "names must agree letter by letter"
        problems = [_missing(table, n, MISSING_COLUMN, todo) for n in wanted if n not in names]
        problems += [_missing(table, n, DOUBLE_COLUMN) for n in wanted if names.count(n) > 1]
        optional = [n for n in derived_columns(schema, table) if names.count(n) == 1]
        there = [*(name for name in wanted if names.count(name) == 1), *optional]
        coded = [c for c in table.columns if set(c.source_names) <= set(there)]
        raw = read_table(source, table, there, coded) if there else None
    except DataProblem as error:
        todo = " ".join(part for part in (error.came, error.todo) if part)
        return [_missing(table, None, f"{UNREADABLE}: {error.what}", todo or None)], None
    return problems, raw


def _missing(table: Table, column: str | None, kind: str, todo: str | None = None) -> Problem:
    return Problem(table=table.name, column=column, kind=kind, todo=todo)


def _problem(finding: Finding, *, rows: bool) -> Problem:
    numbers = np.flatnonzero(finding.rows)[:MOST_ROW_NUMBERS] + 1 if rows else ()
    return Problem(
        table=finding.table,
        column=finding.column,
        kind=finding.kind,
        count=bucket(int(finding.rows.sum())),
        todo=finding.todo,
        row_numbers=tuple(int(number) for number in numbers),
    )


def _verdicts(raw: RawTable) -> Iterator[Finding]:
    """Find the cells that the domains do not list."""
    for column in raw.table.columns:
        if column.name not in raw.scans:
            continue
        verdict = raw.scans[column.name].verdict
        for code, kind in ((OUTSIDE, NOT_LISTED), (IMPOSSIBLE, _impossible(column))):
            if (verdict == code).any():
                todo = f"`measure` would take them as `{column.otherwise}`"
                yield Finding(raw.table.name, column.name, kind, verdict == code, todo)


def _impossible(column: Column) -> str:
    return NO_DATE if isinstance(column.domain, DateBins) else NO_NUMBER


def _broken(layout: Layout, name: str, raw: RawTable) -> Iterator[Finding]:
    """Find the rows that break a rule, where the source has every column and all cells are listed.

    A cell that is not listed is a problem of its own; what it would break as `else` is none.
    """
    table = layout.by_name.get(name)
    codes = {name: states for scan in raw.scans.values() for name, states in scan.codes.items()}
    if table is None or any(a.counts is None and a.name not in codes for a in table.attributes):
        return
    listed = np.logical_and.reduce([scan.verdict == 0 for scan in raw.scans.values()])
    for rule, rows in broken_rules(table, codes, columns=raw.table).items():
        if (rows & listed).any():
            yield Finding(name, rule, BROKEN_RULE, rows & listed)


def _warnings(schema: Schema) -> Iterator[Problem]:
    for table in schema.tables:
        for column in table.columns:
            topic = topic_of(column.name) if column.topic is None else None
            if topic:
                yield Problem(
                    table=table.name,
                    column=column.name,
                    kind=SENSITIVE,
                    level="warning",
                    todo=f"if it is about {topic.replace('_', ' ')}, write `topic:` and "
                    "`justification:`, or leave it out",
                )
            if column.from_data and column.approved is None:
                yield Problem(
                    table=table.name,
                    column=column.name,
                    kind=UNAPPROVED,
                    level="warning",
                    todo="take the values from your codebook, or approve them by name and source; "
                    "a release refuses it as it is",
                )
