import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthcase.core.streams import stream
from synthcase.sampling.links import second_parents


@st.composite
def cases(draw):
    """First parents, second parents and links of a few cases, in any numbers."""
    numbers = draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), max_size=6))
    case_of_parent = np.repeat(np.arange(len(numbers)), [n for n, _ in numbers])
    case_of_other = np.repeat(np.arange(len(numbers)), [n for _, n in numbers])
    links = draw(
        st.lists(st.integers(0, 6), min_size=len(case_of_parent), max_size=len(case_of_parent))
    )
    parent = np.repeat(np.arange(len(case_of_parent)), np.array(links, dtype=np.int64))
    return parent, case_of_parent, case_of_other


@given(cases(), st.integers(0, 2**32), st.integers(0, 10**6))
def test_ends_are_of_one_case_and_no_pair_stands_twice(rows, seed, start):
    parent, case_of_parent, case_of_other = rows
    found = second_parents(parent, case_of_parent, case_of_other, start, stream(seed, "a"))
    assert found.shape == parent.shape
    kept = found >= 0
    other = found[kept] - start
    np.testing.assert_array_equal(case_of_other[other], case_of_parent[parent[kept]])
    assert len(set(zip(parent[kept], other, strict=True))) == kept.sum()


@given(cases(), st.integers(0, 2**32))
def test_a_row_is_left_out_only_where_no_end_is_left(rows, seed):
    parent, case_of_parent, case_of_other = rows
    found = second_parents(parent, case_of_parent, case_of_other, 0, stream(seed, "a"))
    for row in set(parent.tolist()):
        possible = (case_of_other == case_of_parent[row]).sum()
        wanted = (parent == row).sum()
        assert (found[parent == row] >= 0).sum() == min(wanted, possible)


@given(st.lists(st.integers(0, 5), max_size=8), st.integers(0, 4), st.integers(0, 2**32))
def test_ends_in_another_tree_are_any_of_its_rows(links, others, seed):
    parent = np.repeat(np.arange(len(links)), np.array(links, dtype=np.int64))
    found = second_parents(parent, None, np.arange(others), 0, stream(seed, "a"))
    assert ((found >= -1) & (found < others)).all()
    for row, wanted in enumerate(links):
        mine = found[parent == row]
        mine = mine[mine >= 0]
        assert len(set(mine.tolist())) == len(mine) == min(wanted, others)


def test_a_full_house_is_found_even_when_chance_takes_long():
    # 200 links to 200 ends: each must be taken once
    parent = np.zeros(200, dtype=np.int64)
    found = second_parents(parent, None, np.arange(200), 5, stream(0, "a"))
    np.testing.assert_array_equal(np.sort(found), np.arange(5, 205))


@pytest.mark.parametrize("links", [1, 2])
def test_every_end_is_as_likely_as_any_other(links):
    cases = 4000
    parent = np.repeat(np.arange(cases), links)
    case_of_other = np.repeat(np.arange(cases), 4)
    found = second_parents(parent, np.arange(cases), case_of_other, 0, stream(0, "a")) % 4
    expected = cases * links / 4
    z = (np.bincount(found, minlength=4) - expected) / np.sqrt(expected * 0.75)
    assert np.abs(z).max() < 4
