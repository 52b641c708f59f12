import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthcase.model.roles import Cast
from synthcase.schema.layout import CountBins

casts = st.builds(
    Cast,
    st.integers(1, 40).map(CountBins),
    st.integers(1, 6),
    st.booleans(),
)


def test_the_number_of_roles_grows_with_the_typical_group():
    bins = CountBins(5)
    assert [Cast(bins, typical, votes=True).roles for typical in (1, 2, 3, 50)] == [2, 3, 4, 4]


@given(casts, st.integers(0, 40))
def test_child_i_takes_role_i_or_the_last(cast, k):
    roles = [min(i, cast.roles - 1) for i in range(k)]
    np.testing.assert_array_equal(cast.members(k), np.bincount(roles, minlength=cast.roles))


@given(casts)
def test_a_bin_counts_as_the_mean_of_its_numbers(cast):
    for at, (low, high) in enumerate(cast.bins.ranges):
        numbers, shares = cast.numbers(at)
        np.testing.assert_array_equal(numbers, np.arange(low, high + 1))
        assert shares.sum() == pytest.approx(1)
        np.testing.assert_allclose(shares * np.maximum(numbers, 1), shares[0] * max(low, 1))


@given(casts)
def test_weights_are_those_of_rows_one_by_one(cast):
    for at in range(len(cast.bins.ranges)):
        rows = np.zeros(cast.roles)
        chosen, pairs = rows.copy(), np.zeros((cast.roles, cast.roles))
        for k, share in zip(*cast.numbers(at), strict=True):
            roles = [min(i, cast.roles - 1) for i in range(k)]
            weight = 1 / max(k, cast.typical) if cast.votes else 1
            for i, role in enumerate(roles):
                rows[role] += share * weight
                chosen[role] += share * (weight if cast.votes else 1 / k)
                for j, other in enumerate(roles):
                    if i != j:
                        # a chain has k − 1 of the k(k − 1) ordered pairs
                        pair = weight / (k - 1) if cast.votes else 1 / k
                        pairs[role, other] += share * pair
        np.testing.assert_allclose(cast.rows[at], rows, atol=1e-12)
        np.testing.assert_allclose(cast.chosen[at], chosen, atol=1e-12)
        np.testing.assert_allclose(cast.pairs[at], pairs, atol=1e-12)


def test_one_case_has_one_vote_at_most():
    cast = Cast(CountBins(20), 3, votes=True)
    np.testing.assert_allclose(cast.rows.sum(1)[:5], [0, 1 / 3, 2 / 3, 1, 1])
    np.testing.assert_allclose(cast.pairs.sum((1, 2))[:5], [0, 0, 2 / 3, 1, 1])
