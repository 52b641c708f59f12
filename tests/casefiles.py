"""A small set of case tables, its schema, and every form in which the tables can lie."""

import gzip
import sqlite3

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

SCHEMA = """
synthcase: 1
name: casework
protect: {persons: {victim: {}}}
tables:
  case:
    key: case_id
    columns:
      country: {kind: categorical, values: [XA, NO], else: unknown, missing: {unknown: ""}}
      opened: {kind: date, bins: {from: 2013, to: 2015, by: year}, else: "2013"}
  victim:
    key: victim_id
    parent: {table: case, by: case_id, typical: 2}
    columns:
      age: {kind: number, bins: [0, 9, 18, 100], else: unknown, missing: {unknown: ""}}
      minor: {kind: binary, else: unknown, missing: {unknown: ""}}
      means: {kind: multi, values: [debt, threats], separator: ";", else: not_asked,
              missing: {not_asked: ""}}
      owed: {kind: categorical, values: [small, large], else: unknown,
             missing: {not_applicable: "", unknown: "?"}}
      young: {kind: binary, else: unknown, missing: {unknown: ""}}
  leg:
    key: [victim_id, leg_no]
    parent: {table: victim, by: victim_id, order: leg_no}
    columns: {mode: {kind: categorical, values: [road, air], else: road}}
  link:
    key: [case_id, victim_id]
    parents: {case: case_id, victim: victim_id}
  place: {key: code, lookup: true, columns: [name]}
rules:
  - {forbid: {victim.age: ["0-8"], victim.minor: ["no"]}}
  - {gate: victim.owed, open_if: {victim.means: [debt]}}
  - derive: victim.young
    from: victim.age
    map: {"yes": ["0-8", "9-17"], "no": ["18-100"], unknown: [unknown]}
"""

CASES = {
    "case_id": ["c1", "c2", "c3"],
    "country": ["XA", "NO", ""],
    "opened": ["2013-05-01", "2014", "2015-12-31"],
    "secret": ["s1", "s2", "s3"],
}
VICTIMS = {
    "victim_id": ["v1", "v2", "v3", "v4"],
    "case_id": ["c2", "c1", "c2", "c3"],
    "age": ["8", "17", "", "40"],
    "minor": ["yes", "yes", "", "no"],
    "means": ["debt;threats", "threats", "", "debt"],
    "owed": ["large", "", "", "?"],
    "young": ["yes", "yes", "", "no"],
}
LEGS = {
    "victim_id": ["v2", "v1", "v1", "v1", "v2"],
    "leg_no": ["2", "10", "9", "?", "1"],
    "mode": ["air", "road", "air", "road", "road"],
}
LINKS = {"case_id": ["c1", "c2"], "victim_id": ["v2", "v1"]}
PLACES = {"code": ["XA", "NO"], "name": ["Xanadu", "Norway"]}
TABLES = {"case": CASES, "victim": VICTIMS, "leg": LEGS, "link": LINKS, "place": PLACES}


def csv_text(frame, delimiter=","):
    def quoted(text):
        return '"' + text.replace('"', '""') + '"' if set(text) & set('",;\n\t') else text

    rows = [list(frame), *zip(*frame.values(), strict=True)]
    return "".join(delimiter.join(map(quoted, row)) + "\n" for row in rows)


def write_csv(folder, tables, *, delimiter=",", start="", compress=False):
    folder.mkdir(exist_ok=True)
    for name, frame in tables.items():
        data = (start + csv_text(frame, delimiter)).encode()
        if compress:
            (folder / f"{name}.csv.gz").write_bytes(gzip.compress(data))
        else:
            (folder / f"{name}.csv").write_bytes(data)
    return folder


def write_parquet(folder, tables):
    folder.mkdir(exist_ok=True)
    for name, frame in tables.items():
        pq.write_table(pa.table(frame), folder / f"{name}.parquet", row_group_size=2)
    return folder


def write_sqlite(path, tables):
    connection = sqlite3.connect(path)
    for name, frame in tables.items():
        columns = ", ".join(f'"{column}"' for column in frame)
        connection.execute(f'CREATE TABLE "{name}" ({columns})')
        marks = ", ".join("?" for _ in frame)
        rows = zip(*frame.values(), strict=True)
        connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)
    connection.commit()
    connection.close()
    return path


def write_duckdb(path, tables):
    connection = duckdb.connect(str(path))
    for name, frame in tables.items():
        connection.register("given", pa.table(frame))
        connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM given')
        connection.unregister("given")
    connection.close()
    return path


SOURCES = {
    "csv": lambda at, tables: write_csv(at / "csv", tables),
    "csv with semicolons and a mark": lambda at, tables: write_csv(
        at / "bom", tables, delimiter=";", start="\ufeff"
    ),
    "csv with tabs, compressed": lambda at, tables: write_csv(
        at / "gz", tables, delimiter="\t", compress=True
    ),
    "parquet": lambda at, tables: write_parquet(at / "parquet", tables),
    "sqlite": lambda at, tables: write_sqlite(at / "it's a file.db", tables),
    "duckdb": lambda at, tables: write_duckdb(at / "it's a file.duckdb", tables),
    "pandas": lambda _, tables: {n: pd.DataFrame(f, dtype=str) for n, f in tables.items()},
    "pandas objects": lambda _, tables: {
        n: pd.DataFrame(f, dtype=object) for n, f in tables.items()
    },
    "polars": lambda _, tables: {name: pl.DataFrame(frame) for name, frame in tables.items()},
    "pyarrow": lambda _, tables: {name: pa.table(frame) for name, frame in tables.items()},
}


def shown(records):
    """Return everything that records hold, for comparison."""
    return {
        name: {
            "codes": {attribute: states.tolist() for attribute, states in table.codes.items()},
            "keys": table.keys.tolist(),
            "parent": None if table.parent is None else table.parent.tolist(),
            "other": None if table.other is None else table.other.tolist(),
        }
        for name, table in records.tables.items()
    } | {"lookups": {name: dict(columns) for name, columns in records.lookups.items()}}
