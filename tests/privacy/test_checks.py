import pytest

from synthcase.errors import InternalError, UsageError
from synthcase.privacy.checks import checked_hash, checked_text


@pytest.mark.parametrize("text", ["A. Person", "première édition", "x" * 1000])
def test_one_printable_line_is_accepted(text):
    assert checked_text("purpose", text) == text


@pytest.mark.parametrize("text", ["", "  ", "x" * 1001, "two\nlines", "\x1b[2J", "a\u202eb"])
def test_anything_else_is_refused(text):
    with pytest.raises(UsageError, match="purpose"):
        checked_text("purpose", text)


def test_only_a_full_hash_is_a_hash():
    assert checked_hash("0a" * 32) == "0a" * 32
    for value in ("", "0a", "0A" * 32, "0a" * 32 + "\n", "0g" * 32):
        with pytest.raises(InternalError):
            checked_hash(value)
