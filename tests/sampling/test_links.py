import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from synthcase.core.streams import stream
from synthcase.sampling.links import (
    Ends,
    ends_anywhere,
    ends_in_case,
    second_parents,
    where_they_fit,
)


@st.composite
def cases(draw):
    """First parents and second parents of a few cases, in any numbers."""
    numbers = draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), max_size=6))
    case_of_parent = np.repeat(np.arange(len(numbers)), [n for n, _ in numbers])
    case_of_other = np.repeat(np.arange(len(numbers)), [n for _, n in numbers])
    return case_of_parent, case_of_other


def small(draw, size, most):
    return draw(arrays(np.int64, size, elements=st.integers(0, most)))


@given(cases(), st.integers(0, 10**6))
def test_ends_of_a_case_are_all_its_rows(rows, start):
    case, case_of_other = rows
    ends = ends_in_case(case, case_of_other, start)
    for own, first, number in zip(case, ends.first - start, ends.number, strict=True):
        expected = np.flatnonzero(case_of_other == own)
        np.testing.assert_array_equal(np.arange(first, first + number), expected)


def test_ends_in_another_tree_are_any_of_its_rows():
    ends = ends_anywhere(3, 7)
    assert ends.first.tolist() == [0, 0, 0]
    assert ends.number.tolist() == [7, 7, 7]


@given(st.data(), st.integers(0, 2**32))
def test_ends_are_possible_and_no_pair_stands_twice(data, seed):
    number = small(data.draw, data.draw(st.integers(0, 8)), 6)
    first = small(data.draw, len(number), 100)
    links = np.minimum(small(data.draw, len(number), 6), number)
    parent = np.repeat(np.arange(len(number)), links)
    found = second_parents(parent, Ends(first, number), stream(seed, "a"))
    assert found.shape == parent.shape
    assert (found >= first[parent]).all()
    assert (found < (first + number)[parent]).all()
    assert len(set(zip(parent, found, strict=True))) == len(parent)


def test_a_full_house_is_found_even_when_chance_takes_long():
    # 200 links to 200 ends: each must be taken once
    parent = np.zeros(200, dtype=np.int64)
    ends = Ends(np.array([5]), np.array([200]))
    found = second_parents(parent, ends, stream(0, "a"))
    np.testing.assert_array_equal(np.sort(found), np.arange(5, 205))


@pytest.mark.parametrize("links", [1, 2])
def test_every_end_is_as_likely_as_any_other(links):
    parents = 4000
    parent = np.repeat(np.arange(parents), links)
    ends = Ends(4 * np.arange(parents), np.full(parents, 4))
    found = second_parents(parent, ends, stream(0, "a")) % 4
    expected = parents * links / 4
    z = (np.bincount(found, minlength=4) - expected) / np.sqrt(expected * 0.75)
    assert np.abs(z).max() < 4


@given(st.data(), st.integers(0, 2**32))
def test_no_class_gains_links_and_none_has_more_than_ends(data, seed):
    size = data.draw(st.integers(0, 30))
    numbers, possible, classes = (small(data.draw, size, most) for most in (4, 3, 2))
    ends = Ends(np.zeros(size, dtype=np.int64), possible)
    found = where_they_fit(numbers, ends, classes, stream(seed, "a"))
    assert ((found >= 0) & (found <= possible)).all()
    for number in range(3):
        own = classes == number
        assert found[own].sum() <= numbers[own].sum()
        assert found[own].sum() >= np.minimum(numbers, possible)[own].sum()
        if (numbers <= possible)[own].all():
            np.testing.assert_array_equal(found[own], numbers[own])


def test_classes_of_two_find_each_other_wherever_they_stand():
    ends = Ends(np.zeros(3, dtype=np.int64), np.array([0, 0, 2]))
    found = where_they_fit(np.array([0, 2, 0]), ends, np.array([0, 1, 1]), stream(0, "a"))
    assert found.tolist() == [0, 0, 2]


def test_nobody_is_an_end_of_their_own():
    case = np.repeat(np.arange(500), 3)
    ends = ends_in_case(case, case, 40, same=True)
    parent = np.repeat(np.arange(1500), 2)
    found = second_parents(parent, ends, stream(0, "a")) - 40
    assert (found != parent).all()
    np.testing.assert_array_equal(case[found], case[parent])
    # two links to two others: each is taken once
    np.testing.assert_array_equal(np.bincount(found), np.full(1500, 2))
    alone = ends_in_case(np.arange(4), np.arange(4), 0, same=True)
    assert alone.number.tolist() == [0] * 4


def test_numbers_move_to_rows_that_have_ends():
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 3, 3000)
    possible = rng.integers(0, 5, 3000)
    numbers = np.zeros(3000, dtype=np.int64)
    for own in range(3):
        # within a class there are just ends enough for all
        rows = classes == own
        numbers[rows] = rng.permutation(np.minimum(possible[rows], 2))
    ends = Ends(np.zeros(3000, dtype=np.int64), possible)
    found = where_they_fit(numbers, ends, classes, stream(0, "a"))
    assert np.minimum(numbers, possible).sum() < 0.8 * numbers.sum()
    for own in range(3):
        before, after = (np.bincount(n[classes == own], minlength=3) for n in (numbers, found))
        assert np.abs(after - before).max() <= 0.03 * before.sum()
