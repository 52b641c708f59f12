import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthcase.errors import DataProblem
from synthcase.records.folders import FolderSource


def read(tmp_path, data, columns=("b", "a"), name="t.csv"):
    (tmp_path / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    source = FolderSource(tmp_path)
    found = {column: [] for column in columns}
    for batch in source.batches("t", columns):
        for column, array in batch.items():
            found[column] += array.to_pylist()
    return found


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n3,4\n",
        "a,b\r\n1,2\r\n3,4\r\n",
        "a,b\n1,2\n\n3,4",
        "\ufeffa;b\n1;2\n3;4\n",
        "x\ta\tb\n\t1\t2\n\t3\t4\n",
        '"a" , b\n"1",2\n3,"4"\n',
        '"two\nlines",a,b\n,1,2\n,3,4\n',
        'a,b,"c;d;e"\n1,2,\n3,4,\n',
        "a,a2,b\n1,,2\n3,,4\n",
    ],
)
def test_forms_of_csv(tmp_path, text):
    assert read(tmp_path, text) == {"a": ["1", "3"], "b": ["2", "4"]}
    assert read(tmp_path / "..", gzip.compress(text.encode()), name="t.csv.gz") == {
        "a": ["1", "3"],
        "b": ["2", "4"],
    }


def test_cells_stay_as_they_stand(tmp_path):
    text = 'a,b\nNO,09\nNULL, x \n1e3,"q""q"\nnan,"1,5\n2"\n"",\'\n'
    assert read(tmp_path, text) == {
        "a": ["NO", "NULL", "1e3", "nan", ""],
        "b": ["09", " x ", 'q"q', "1,5\n2", "'"],
    }


@pytest.mark.parametrize("text", ["a,b\n", "a,b", "\ufeffa,b\r\n\r\n"])
def test_a_header_alone_is_a_table_without_rows(tmp_path, text):
    assert read(tmp_path, text) == {"a": [], "b": []}


def test_a_header_as_long_as_what_is_read_first(tmp_path):
    wide = [f"é{n}" for n in range(150_000)]
    text = ",".join(["a", "b", *wide]) + "\n1,2" + "," * len(wide) + "\n"
    with pytest.raises(DataProblem):
        # the names go on after the first megabyte, so `a` is there and the rest cannot be trusted
        read(tmp_path, text)


def test_a_character_may_be_cut_where_the_first_megabyte_ends(tmp_path):
    for shift in range(3):
        body = "é" * ((1 << 19) + 10) + "x" * shift
        assert read(tmp_path, f"a,b\n{'y' * shift},{body}\n") == {"a": ["y" * shift], "b": [body]}


@pytest.mark.parametrize(
    ("data", "match"),
    [
        ("a,b\n1\n1,2\n1,2,3\n", "another number of cells"),
        ("", "no names in its first line"),
        ("\n\na,b\n1,2\n", "no names in its first line"),
        ("a,b\n1,é\n".encode("latin-1"), "not UTF-8"),
        ("a,é\n1,2\n".encode("latin-1"), "not UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"a,b\n" + b"1,2\n" * 300_000 + b"1,\xff\n", "not UTF-8"),
        ('a,b\n1,"2\n', "not closed"),
        ('a,b\n1,"2\n3,4\n5,6\n', "not closed"),
    ],
)
def test_what_is_no_regular_csv(tmp_path, data, match):
    with pytest.raises(DataProblem, match=match):
        read(tmp_path, data)


def test_a_table_has_one_file(tmp_path):
    (tmp_path / "t.csv").write_text("a\n1\n")
    pq.write_table(pa.table({"a": [1]}), tmp_path / "t.parquet")
    (tmp_path / "other.txt").write_text("x")
    (tmp_path / "folder.csv").mkdir()
    source = FolderSource(tmp_path)
    assert source.tables() == ("t",)
    with pytest.raises(DataProblem, match="2 files"):
        source.columns("t")


def test_only_named_columns_of_parquet_are_read(tmp_path):
    pq.write_table(pa.table({"a.b": [1.0, None], "c": [[1], [2]]}), tmp_path / "t.parquet")
    source = FolderSource(tmp_path)
    assert source.columns("t") == ("a.b", "c")
    assert [b["a.b"].to_pylist() for b in source.batches("t", ["a.b"])] == [["1", None]]
