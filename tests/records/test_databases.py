import sqlite3

import duckdb
import pytest

from casefiles import write_sqlite
from synthcase.errors import DataProblem
from synthcase.records import check, draft, read
from synthcase.records.databases import DuckdbSource, SqliteSource


def cells(source, table, columns):
    return [{n: a.to_pylist() for n, a in b.items()} for b in source.batches(table, columns)]


def test_sqlite_types_and_names(tmp_path):
    path = tmp_path / "odd ?#%.db"
    connection = sqlite3.connect(path)
    connection.execute('CREATE TABLE "odd ""name" ("a ""b", c)')
    connection.executemany(
        'INSERT INTO "odd ""name" VALUES (?, ?)', [(1, 2.0), (None, "x"), (0.5, "")]
    )
    connection.execute('CREATE VIEW v AS SELECT c FROM "odd ""name"')
    connection.commit()
    connection.close()
    source = SqliteSource(path)
    assert source.tables() == ('odd "name', "v")
    assert source.columns('odd "name') == ('a "b', "c")
    assert cells(source, 'odd "name', ['a "b', "c"]) == [
        {'a "b': ["1", None, "0.5"], "c": ["2", "x", ""]}
    ]
    assert cells(source, "v", ["c"]) == [{"c": ["2", "x", ""]}]


def test_an_sqlite_file_with_changes_aside_is_refused(tmp_path):
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE t (a)")
    connection.commit()
    with pytest.raises(DataProblem, match="changes that are not yet in the file"):
        SqliteSource(path)
    connection.close()
    assert SqliteSource(path).tables() == ("t",)


def test_duckdb_types_and_names(tmp_path):
    path = tmp_path / "it's.duckdb"
    connection = duckdb.connect(str(path))
    connection.execute(
        """CREATE TABLE "odd ""name" AS SELECT 1::HUGEINT AS "a ""b", 2.0::DOUBLE AS c,
        1.50::DECIMAL(9, 2) AS d, DATE '2014-05-31' AS e, true AS f, 'x'::ENUM('x', 'y') AS g,
        NULL AS h, TIMESTAMP '2014-05-31 01:02:03' AS i, uuid() AS j, [1] AS k"""
    )
    connection.close()
    source = DuckdbSource(path)
    assert source.columns('odd "name') == ('a "b', *"cdefghijk")
    found = cells(source, 'odd "name', ['a "b', *"cdefghij"])[0]
    assert [found[name][0] for name in ('a "b', *"cdefgh")] == [
        *("1", "2", "1.5", "2014-05-31", "true", "x", None)
    ]
    assert found["i"][0].startswith("2014-05-31 01:02:03")
    with pytest.raises(DataProblem):
        cells(source, 'odd "name', ["k"])


def test_a_view_of_a_duckdb_file_opens_no_other_file(tmp_path):
    (tmp_path / "other.csv").write_text("a\n1\n")
    path = tmp_path / "a.duckdb"
    connection = duckdb.connect(str(path))
    connection.execute(f"CREATE VIEW v AS SELECT * FROM read_csv('{tmp_path / 'other.csv'}')")
    connection.close()
    with pytest.raises(DataProblem, match="PermissionException"):
        cells(DuckdbSource(path), "v", ["a"])


def test_a_database_without_rows_gives_no_batch(tmp_path):
    path = tmp_path / "a.duckdb"
    connection = duckdb.connect(str(path))
    connection.execute("CREATE TABLE t (a VARCHAR)")
    connection.close()
    assert all(batch == {"a": []} for batch in cells(DuckdbSource(path), "t", ["a"]))


@pytest.mark.parametrize("cut", [1, 2000, 4096, 9000])
def test_an_sqlite_file_that_is_cut_off_is_refused(tmp_path, tables, schema, cut):
    path = write_sqlite(tmp_path / "a.db", tables)
    path.write_bytes(path.read_bytes()[:-cut])
    for verb in (read, check, lambda source, _: draft(source)):
        with pytest.raises(DataProblem):
            verb(path, schema)
