"""Write the package's own simulated cases as a folder that the benchmark reads.

    python benchmarks/simulated.py DIR --cases 1000 --seed 1

The folder holds one CSV file a table and a `domain.yaml` like the public data sets, and beside them
`schema.yaml`, the package's schema of these cases with its rules, for `fidelity.py --schema`. Every
kind of missing is an empty cell, a multi-select column is one flag column a value, and a month is a
number of months. The cases are invented: no evidence about the world.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pandas as pd

    from synthcase.datasets import SimulatedCases
    from synthcase.schema.nouns import Column, Schema, Table

NAME = "simulated_cases"
TIMES = {"journey_leg": ("month_offset",)}
"""Columns that order the children after their place, by table."""


def write_simulated(target: Path, n_cases: int, *, seed: int) -> Path:
    """Simulate cases and write them as a folder.

    Args:
        target: The folder; made if needed.
        n_cases: Number of cases.
        seed: Fixes every byte.

    Returns:
        The folder.
    """
    from synthcase.datasets import simulate_cases

    return write_folder(simulate_cases(n_cases, seed=seed), target)


def write_folder(cases: SimulatedCases, target: Path) -> Path:
    """Write simulated cases as a folder with `domain.yaml` and `schema.yaml`.

    Args:
        cases: Tables and schema.
        target: The folder; made if needed.

    Returns:
        The folder.
    """
    import yaml

    from synthcase.schema import load_schema
    from synthcase.schema.dump import schema_text

    schema = load_schema(cases.schema_text)
    target.mkdir(parents=True, exist_ok=True)
    frames = {table.name: _frame(table, cases.tables[table.name]) for table in schema.tables}
    for name, frame in frames.items():
        frame.to_csv(target / f"{name}.csv", index=False, lineterminator="\n")
    rows = {name: len(frame) for name, frame in frames.items()}
    domain = yaml.safe_dump(domain_of(schema, rows), sort_keys=False, allow_unicode=True)
    (target / "domain.yaml").write_text(domain, encoding="utf-8")
    (target / "schema.yaml").write_text(schema_text(folder_schema(schema)), encoding="utf-8")
    return target


def folder_schema(schema: Schema) -> Schema:
    """Return the schema of the folder's files: flags have columns, months are numbers."""
    tables = tuple(
        replace(table, columns=tuple(_as_in_folder(column) for column in table.columns))
        for table in schema.tables
    )
    return replace(schema, tables=tables, text="")


def _as_in_folder(column: Column) -> Column:
    from synthcase.schema.nouns import DateBins, Flags, NumberBins

    domain = column.domain
    if isinstance(domain, Flags):
        columns = tuple(f"{column.name}_{label}" for label in domain.labels)
        return replace(column, domain=Flags(domain.labels, separator=None, columns=columns))
    if isinstance(domain, DateBins):
        edges = [Fraction(_months(edge, domain.edges[0])) for edge in domain.edges]
        # The last bin of a number is closed.
        return replace(column, domain=NumberBins((*edges[:-1], edges[-1] - 1)))
    return column


def _months(day: date, first: date) -> int:
    return (day.year - first.year) * 12 + day.month - first.month


def domain_of(schema: Schema, rows: dict[str, int]) -> dict[str, Any]:
    """Return the content of `domain.yaml`.

    Args:
        schema: The package's schema of the cases.
        rows: Number of rows by table.
    """
    return {
        "dataset": NAME,
        "privacy_unit": "one case with all its rows; second unit: one person",
        "missing": "empty cell",
        "tables": {
            table.name: {
                "file": f"{table.name}.csv",
                "rows": rows[table.name],
                "primary_key": list(table.key),
                "columns": _columns(schema, table),
            }
            for table in schema.tables
        },
        "relations": [
            relation for table in schema.tables for relation in _relations(schema, table)
        ],
    }


def _columns(schema: Schema, table: Table) -> dict[str, dict[str, Any]]:
    keys = dict.fromkeys([*(n for p in table.parents for n in p.columns), *table.key])
    found: dict[str, dict[str, Any]] = {name: {"type": "key", "nullable": False} for name in keys}
    for name in (p.order for p in table.parents if p.order):
        most = schema.cap(table.name)
        found[name] = {"type": "integer", "min": 1, "max": most, "nullable": False}
    for column in table.columns:
        found |= _described(_as_in_folder(column))
    return found


def _described(column: Column) -> dict[str, dict[str, Any]]:
    """Return what `domain.yaml` says of a column; of a multi-select, of each flag column."""
    from synthcase.schema.nouns import Flags, NumberBins

    domain = column.domain
    rest = {"nullable": bool(column.missing), "domain_source": "codebook"}
    if isinstance(domain, Flags):
        return {n: {"type": "binary", "values": ["0", "1"], **rest} for n in domain.columns}
    if isinstance(domain, NumberBins):
        ends = {"min": int(domain.edges[0]), "max": int(domain.edges[-1])}
        return {column.name: {"type": "integer", **ends, **rest}}
    return {column.name: {"type": domain.kind, "values": list(domain.labels), **rest}}


def _relations(schema: Schema, table: Table) -> list[dict[str, Any]]:
    found = []
    for parent in table.parents:
        relation: dict[str, Any] = {
            "child": table.name,
            "child_key": list(parent.columns),
            "parent": parent.table,
            "parent_key": list(schema.table(parent.table).key),
        }
        if parent.order:
            order = (parent.order, *TIMES.get(table.name, ()))
            relation["note"] = f"1 to many, ordered by {', '.join(order)}"
        found.append(relation)
    return found


def _frame(table: Table, source: pd.DataFrame) -> pd.DataFrame:
    """Return the rows as the folder holds them, with the columns of the schema alone."""
    import pandas as pd

    order = [parent.order for parent in table.parents if parent.order]
    keys = dict.fromkeys([*(n for p in table.parents for n in p.columns), *table.key, *order])
    columns = {name: source[name].tolist() for name in keys}
    for column in table.columns:
        columns |= _cells(column, source[column.name].tolist())
    return pd.DataFrame(columns, dtype="str")


def _cells(column: Column, cells: list[str]) -> dict[str, list[str]]:
    from datetime import date

    from synthcase.schema.nouns import DateBins, Flags

    missing = {spelling for kind in column.missing for spelling in kind.spellings}
    known = ["" if cell in missing else cell for cell in cells]
    domain = column.domain
    if isinstance(domain, Flags):
        chosen = [set(cell.split(domain.separator)) if cell else None for cell in known]
        return {
            f"{column.name}_{label}": ["" if c is None else str(int(label in c)) for c in chosen]
            for label in domain.labels
        }
    if isinstance(domain, DateBins):
        first = domain.edges[0]
        known = [str(_months(date.fromisoformat(c), first)) if c else "" for c in known]
    return {column.name: known}


def main(arguments: Sequence[str] | None = None) -> Path:
    """Write the folder and return it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="where to write")
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    return write_simulated(options.folder, options.cases, seed=options.seed)


if __name__ == "__main__":
    main()
