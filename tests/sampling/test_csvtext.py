import csv
import io
from datetime import date

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from synthcase.sampling.csvtext import csv_header, csv_lines, safe_text, text_column
from synthcase.sampling.values import DECIMALS

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


def parsed(data):
    return list(csv.reader(io.StringIO(bytes(data).decode(), newline="")))


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=6))
def test_every_reader_gets_the_cells_back_and_none_is_a_formula(rows):
    first, second = ([row[at] for row in rows] for at in range(2))
    table = pa.table(
        {"a": pa.array(first, pa.string()).dictionary_encode(),
         "b": pa.array(second, pa.string()).dictionary_encode()}
    )  # fmt: skip
    cells = parsed(csv_lines(table))
    assert cells == [[safe_text(a), safe_text(b)] for a, b in rows]
    for cell in (cell for row in cells for cell in row):
        number = cell.lstrip("+-").replace(",", ".", 1).replace(".", "", 1).isdigit()
        assert number or not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_only_what_needs_quotes_has_them():
    table = pa.table({"a": pa.array(["x", "a,b", None]), "n": [1, None, 3]})
    table = table.set_column(0, "a", table.column("a").combine_chunks().dictionary_encode())
    assert bytes(csv_lines(table)) == b'x,1\n"a,b",\n,3\n'
    assert csv_header(["a", "b c", "d,e"]) == b'a,b c,"d,e"\n'


def test_numbers_have_the_decimals_of_their_column_and_days_are_iso():
    schema = pa.schema(
        [pa.field("n", pa.float64(), metadata={DECIMALS: b"2"}), pa.field("d", pa.date32())]
    )
    days = [date(2020, 5, 1), None]
    table = pa.Table.from_arrays(
        [pa.array([1.5, None]), pa.array(days, pa.date32())], schema=schema
    )
    assert bytes(csv_lines(table)) == b"1.50,2020-05-01\n,\n"


def test_a_slice_of_a_table_is_written_as_it_is():
    table = pa.table({"n": [1, 2, 3, 4]}).slice(1, 2)
    assert bytes(csv_lines(table)) == b"2\n3\n"


def test_text_for_frames_is_not_quoted():
    column = pa.array(["a,b", None]).dictionary_encode()
    assert text_column(column, pa.field("a", column.type), cells=False).to_pylist() == ["a,b", ""]


def test_no_rows_are_no_lines():
    assert bytes(csv_lines(pa.table({"n": pa.array([], pa.int64())}))) == b""
