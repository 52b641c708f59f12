import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthcase.errors import InternalError
from synthcase.privacy.words import WORDS, head_words


def test_every_byte_has_a_word_of_its_own():
    assert len(WORDS) == len(set(WORDS)) == 256
    assert all(word.isascii() and word.isalpha() and word.islower() for word in WORDS)
    assert max(map(len, WORDS)) <= 9


@given(st.binary(min_size=32, max_size=32))
def test_twelve_words_tell_the_first_twelve_bytes(digest):
    words = head_words(digest.hex()).split()
    assert bytes(WORDS.index(word) for word in words) == digest[:12]


def test_a_hash_keeps_its_words_for_ever():
    # Words in a notebook must still be right after an update.
    assert head_words("000102030405060708090a0b" + "ff" * 20) == (
        "acorn amber anchor angle apple april apron arch arrow aspen atlas autumn"
    )
    assert WORDS[128] == "harp"
    assert WORDS[255] == "willow"


@pytest.mark.parametrize("text", ["", "ab", "AB" * 32, "zz" * 32, "ab" * 33])
def test_anything_else_has_no_words(text):
    with pytest.raises(InternalError):
        head_words(text)
