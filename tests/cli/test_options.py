import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthcase.cli.options import parse_expect
from synthcase.errors import UsageError

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True)


@given(st.dictionaries(NAMES, st.integers(0, 10**11), min_size=1))
def test_expected_rows_come_back(rows):
    assert parse_expect(", ".join(f"{k}={v}" for k, v in rows.items())) == rows


def test_nothing_is_nothing():
    assert parse_expect(None) is None


@pytest.mark.parametrize("text", ["", "case", "case=", "=3", "case=x", "case=-1", "a=1,a=2", "a=²"])
def test_another_form_is_refused(text):
    with pytest.raises(UsageError, match="case=80"):
        parse_expect(text)
