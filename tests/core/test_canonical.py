import contextlib
import json
import math
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthcase.core import canonical
from synthcase.errors import FileProblem, InternalError

LARGEST = 2**63 - 1

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
scalars = st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_reading_undoes_writing(value):
    assert canonical.loads(canonical.dumps(value), what="a file") == value


@pytest.mark.parametrize("item", [b"[]", b"{}", b'{"a":1}'])
def test_too_many_values_are_refused_before_they_are_made(item):
    few, many = (b"[" + b",".join([item] * number) + b"]" for number in (1000, 250_000))
    assert len(canonical.loads(few, what="x")) == 1000
    with pytest.raises(FileProblem, match="more values"):
        canonical.loads(many, what="x")


@given(values)
def test_one_value_has_one_text(value):
    text = canonical.dumps(value)
    assert text.isascii()
    assert text.endswith(b"\n")
    assert text.count(b"\n") == 1
    assert canonical.dumps(canonical.loads(text, what="a file")) == text


@given(st.dictionaries(texts, st.integers(0, 9), min_size=2, max_size=6))
def test_the_order_of_keys_is_irrelevant(mapping):
    backwards = dict(reversed(mapping.items()))
    assert canonical.dumps(mapping) == canonical.dumps(backwards)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_our_error(data):
    with contextlib.suppress(FileProblem):
        canonical.loads(data, what="a file")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_pass_only_when_asked_for(number):
    with pytest.raises(InternalError):
        canonical.dumps([number])
    text = canonical.dumps([number], allow_floats=True)
    assert canonical.loads(text, what="a file", allow_floats=True) == [number]
    with pytest.raises(FileProblem):
        canonical.loads(text, what="a file")


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        math.inf,
        2**63,
        -(2**63),
        {1: 2},
        {None: 2},
        {1, 2},
        b"bytes",
        Fraction(1, 2),
        np.int64(3),
        "\ud800",
        {"\udfff": 1},
        frozenset(),
    ],
    ids=repr,
)
def test_what_has_no_canonical_text_is_refused(value):
    with pytest.raises(InternalError):
        canonical.dumps([value], allow_floats=True)


def test_a_value_that_holds_itself_is_refused():
    loop = []
    loop.append(loop)
    with pytest.raises(InternalError):
        canonical.dumps(loop)


HOSTILE = {
    "duplicate key": b'{"secret": 1, "secret": 2}',
    "duplicate key below": b'[{"a": {"secret": 1, "secret": 1}}]',
    "NaN": b"[NaN]",
    "Infinity": b"[-Infinity]",
    "huge float": b"[1e999]",
    "integer beyond 64 bits": b"[9223372036854775808]",
    "integer of 100 000 digits": b"9" * 100_000,
    "deep nesting": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "not UTF-8": b'["\xff"]',
    "UTF-16": '["secret"]'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf[]",
    "empty": b"",
    "two values": b"[1] [2]",
    "truncated": b'{"secret": [1, 2',
    "half a character": b'["\\ud800"]',
    "control character": b'["a\nb"]',
    "single quotes": b"['secret']",
    "trailing comma": b"[1,]",
    "comment": b"[1] // secret",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("allow_floats", [False, True])
def test_hostile_text_is_refused_without_being_quoted(data, allow_floats):
    with pytest.raises(FileProblem) as caught:
        canonical.loads(data, what="plan.json", allow_floats=allow_floats)
    assert "plan.json" in str(caught.value)
    assert "secret" not in str(caught.value)
    # A traceback is pasted into reports: the parser's own error must not hang on to it.
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_the_deepest_nesting_that_is_allowed_is_read_and_written():
    value = []
    for _ in range(63):
        value = [value]
    assert canonical.loads(canonical.dumps(value), what="a file") == value
    with pytest.raises(InternalError):
        canonical.dumps([[value]])
    with pytest.raises(FileProblem, match="nested"):
        canonical.loads(json.dumps([value]).encode(), what="a file")


def test_brackets_inside_text_are_not_nesting():
    assert canonical.loads(b'["' + b"[" * 1_000 + b'\\"["]', what="a file")


def test_a_text_of_escaped_quotes_without_an_end_is_refused_at_once():
    # Quadratic behaviour would take hours here.
    with pytest.raises(FileProblem):
        canonical.loads(b'"' + b'\\"' * 500_000, what="a file")


def test_a_large_file_is_refused_before_it_is_parsed(monkeypatch):
    monkeypatch.setattr(json, "loads", None)
    with pytest.raises(FileProblem, match="11 bytes"):
        canonical.loads(b"[1,1,1,1,1]", what="a file", max_bytes=10)


def test_the_text_does_not_depend_on_the_hash_seed():
    script = (
        "from synthcase.core.canonical import dumps, sha256_hex;"
        "print(sha256_hex(dumps({k: {k, } and [k] for k in 'zyxabc'})))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert len(seen) == 1


def test_the_hash_is_the_published_one():
    # FIPS 180-4, the example "abc".
    assert canonical.sha256_hex(b"abc").startswith("ba7816bf8f01cfea414140de5dae2223")


@given(st.fractions())
def test_a_fraction_survives_writing(value):
    assert canonical.parse_fraction(canonical.fraction_text(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "1/0",
        "2/4",
        "0/2",
        "-0/1",
        "+1/2",
        "1/-2",
        " 1/2",
        "1/2\n",
        "01/2",
        "1/02",
        "0.5",
        "1e3/1",
        "1_0/3",
        "१/2",
        "",
        "1" * 700 + "/1",
        None,
        1,
        0.5,
    ],
)
def test_any_other_fraction_is_refused(text):
    with pytest.raises(FileProblem):
        canonical.parse_fraction(text)


def test_a_fraction_that_grew_too_long_is_not_written():
    with pytest.raises(InternalError, match="round_up"):
        canonical.fraction_text(Fraction(1, 3**2000))
