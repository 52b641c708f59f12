import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from synthcase.core.streams import stream
from synthcase.sampling.ends import Group, Liking, choose


@st.composite
def meetings(draw):
    groups = draw(st.integers(1, 6))
    one = np.sort(draw(st.lists(st.integers(0, groups), max_size=12).map(np.array))).astype(int)
    two = np.sort(draw(st.lists(st.integers(0, groups), max_size=12).map(np.array))).astype(int)
    wished = np.array([draw(st.integers(0, 4)) for _ in one], dtype=int)
    return one, two, wished, draw(st.integers(0, 99))


def indifferent(one, two):
    none = np.zeros(max(len(one), len(two)), dtype=int)
    return Liking(np.ones((1, 1, 1), dtype=np.int32), none[: len(one)], none[: len(two)])


@given(meetings())
def test_links_stay_in_a_group_and_none_comes_twice(drawn):
    one, two, wished, seed = drawn
    near, far = choose(Group(one, two), wished, indifferent(one, two), stream(seed, "ends"))
    assert (one[near] == two[far]).all()
    assert len(set(zip(near.tolist(), far.tolist(), strict=True))) == len(near)
    others = np.array([(two == group).sum() for group in one], dtype=int)
    assert np.bincount(near, minlength=len(one)).tolist() == np.minimum(wished, others).tolist()


@given(meetings())
def test_nobody_is_linked_to_herself(drawn):
    one, _, wished, seed = drawn
    group = Group(one, one, alone=True)
    near, far = choose(group, wished, indifferent(one, one), stream(seed, "ends"))
    assert (near != far).all()
    others = np.array([(one == parent).sum() - 1 for parent in one], dtype=int)
    assert np.bincount(near, minlength=len(one)).tolist() == np.minimum(wished, others).tolist()


def test_the_liked_are_chosen_more_often():
    cases = 4000
    one, two = np.arange(cases), np.repeat(np.arange(cases), 2)
    affinity = np.array([[[3000, 1000]]], dtype=np.int32)
    liking = Liking(affinity, np.zeros(cases, dtype=int), np.tile([0, 1], cases))
    _, far = choose(Group(one, two), np.ones(cases, dtype=int), liking, stream(1, "ends"))
    assert abs((far % 2 == 0).mean() - 0.75) < 0.03


def test_members_of_the_ensemble_have_likings_of_their_own():
    one, two = np.array([0, 1]), np.array([0, 0, 1, 1])
    affinity = np.array([[[1 << 20, 1]], [[1, 1 << 20]]], dtype=np.int32)
    liking = Liking(affinity, np.array([0, 1]), np.array([0, 1, 2, 3]))
    _, far = choose(Group(one, two), np.array([1, 1]), liking, stream(3, "ends"))
    assert far.tolist() == [0, 3]
