import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import JUNK, cells, column_nouns
from synthcase.errors import InternalError
from synthcase.schema.coding import OUTSIDE, decode, encode, scan
from synthcase.schema.columns import Column, Missing
from synthcase.schema.domains import Flags, Values
from synthcase.schema.layout import layout_of
from synthcase.schema.nouns import Protect, Schema
from synthcase.schema.tables import Table


def arrays(frame):
    return {name: pa.array(texts, pa.string()) for name, texts in frame.items()}


@st.composite
def coded(draw, *, junk=True):
    column = draw(column_nouns())
    return column, arrays(draw(cells(column, draw(st.integers(0, 6)), junk=junk)))


def lists(codes):
    return {name: states.tolist() for name, states in codes.items()}


@given(coded())
def test_every_text_has_a_state_of_every_attribute(drawn):
    column, frame = drawn
    table = Table(name="t", key=("id",), columns=(column,))
    attributes = (
        layout_of(Schema(name="s", tables=(table,), protect=Protect())).tables[0].attributes
    )
    codes = encode(column, frame)
    assert list(codes) == [attribute.name for attribute in attributes]
    for attribute in attributes:
        states = codes[attribute.name]
        assert states.dtype == np.int16
        assert ((states >= 0) & (states < attribute.size)).all()


@given(coded())
def test_decoding_and_coding_again_changes_no_state(drawn):
    column, frame = drawn
    codes = encode(column, frame)
    again = encode(column, arrays(decode(column, codes)))
    assert lists(again) == lists(codes)


@given(coded(junk=False))
def test_what_the_domain_lists_is_not_judged(drawn):
    column, frame = drawn
    assert not scan(column, frame).verdict.any()


@given(coded(), st.randoms())
def test_rows_are_coded_one_by_one_in_any_chunks(drawn, random):
    column, frame = drawn
    rows = len(next(iter(frame.values())))
    cuts = sorted(random.randint(0, rows) for _ in range(2))
    chunked = {
        name: pa.chunked_array([array[: cuts[0]], array[cuts[0] : cuts[1]], array[cuts[1] :]])
        for name, array in frame.items()
    }
    assert lists(encode(column, chunked)) == lists(encode(column, frame))
    order = random.sample(range(rows), rows)
    turned = {name: array.take(pa.array(order, pa.int64())) for name, array in frame.items()}
    wanted = {name: states[order].tolist() for name, states in encode(column, frame).items()}
    assert lists(encode(column, turned)) == wanted


@given(coded())
def test_null_is_the_empty_text(drawn):
    column, frame = drawn
    nulls = {
        name: pa.array([text or None for text in array.to_pylist()], pa.large_string())
        for name, array in frame.items()
    }
    assert lists(encode(column, nulls)) == lists(encode(column, frame))


def multi(**options):
    defaults = {"otherwise": "unknown", "missing": (Missing("unknown", ("", "NK")),)}
    return Column(name="m", **defaults | options)


def test_a_cell_of_several_values():
    column = multi(domain=Flags(("a", "b")))
    texts = ["", " ", "a", "b ; a", "a;zz", "zz", "NK", "NK;a", ";", "a;"]
    found = scan(column, {"m": pa.array(texts)})
    assert found.codes["m"].tolist() == [1, 1, 0, 0, 0, 1, 1, 0, 1, 0]
    assert found.codes["m.a"].tolist() == [2, 2, 1, 1, 1, 2, 2, 1, 2, 1]
    assert found.codes["m.b"].tolist() == [2, 2, 0, 1, 0, 2, 2, 0, 2, 0]
    assert [text for text, v in zip(texts, found.verdict, strict=True) if v] == ["a;zz", "zz"]


def test_an_unlisted_part_sets_the_flag_that_else_names():
    column = multi(domain=Flags(("a", "other")), otherwise="other")
    found = encode(column, {"m": pa.array(["zz", "a;zz", "a"])})
    assert found["m.other"].tolist() == [1, 1, 0]
    assert found["m.a"].tolist() == [0, 1, 1]


def test_an_empty_cell_without_a_meaning_is_nothing_chosen():
    column = Column(name="m", domain=Flags(("a",)), otherwise="a")
    found = scan(column, {"m": pa.array(["", "a"])})
    assert lists(found.codes) == {"m.a": [0, 1]}
    assert not found.verdict.any()


def test_flag_columns():
    column = multi(
        domain=Flags(("a", "b"), separator=None, columns=("fa", "fb")),
        missing=(Missing("unknown", ("",)), Missing("withheld", ("WH",))),
    )
    first = ["1", "0", "", "WH", "WH", "yes", "", "zz", "zz"]
    second = ["", "0", "", "", "WH", "TRUE", "1.0", "", "0"]
    found = scan(column, {"fa": pa.array(first), "fb": pa.array(second)})
    assert found.codes["m"].tolist() == [0, 0, 1, 1, 2, 0, 0, 1, 0]
    assert found.codes["m.a"].tolist() == [1, 0, 2, 2, 2, 1, 0, 2, 0]
    assert found.codes["m.b"].tolist() == [0, 0, 2, 2, 2, 1, 1, 2, 0]
    assert found.verdict.tolist() == [0] * 7 + [OUTSIDE] * 2


def test_what_the_source_never_writes_cannot_be_written():
    column = Column(
        name="c",
        domain=Values(("a",)),
        otherwise="a",
        missing=(Missing("not_applicable", ()),),
    )
    assert decode(column, {"c": np.array([0, 0])})["c"].tolist() == ["a", "a"]
    with pytest.raises(InternalError):
        decode(column, {"c": np.array([1])})


def test_no_text_shows_in_a_scan():
    column = Column(name="c", domain=Values(("a",)), otherwise="a")
    assert not any(text in repr(scan(column, {"c": pa.array(JUNK)})) for text in ("junk", "NaN"))
