"""Means of control come in bundles and keep their shares."""

import numpy as np
import pytest

from synthcase.core.streams import stream
from synthcase.datasets.means import MEANS, draw_means, shares_of
from synthcase.datasets.network_types import NETWORK_TYPES


@pytest.mark.parametrize("number", [0, 1, 3, 6])
def test_flags_have_their_shares_and_somebody_has_always_one(number):
    rng = stream(1, "test")
    severity = np.sqrt(2.0) * rng.standard_normal(20_000)
    flags = draw_means(rng, np.full(20_000, number), severity)
    assert flags.any(axis=1).all()
    assert flags.mean(axis=0) == pytest.approx(shares_of(NETWORK_TYPES[number].name), abs=0.015)


def test_flags_go_together():
    rng = stream(2, "test")
    severity = np.sqrt(2.0) * rng.standard_normal(20_000)
    flags = draw_means(rng, np.full(20_000, 1), severity)
    count = flags.sum(axis=1)
    independent = (flags.mean(axis=0) * (1 - flags.mean(axis=0))).sum()
    assert count.var() > 2 * independent
    assert count[severity > 1].mean() > count[severity < -1].mean() + 3


def test_even_the_least_severity_has_a_means():
    flags = draw_means(stream(3, "test"), np.array([0, 1, 8]), np.full(3, -40.0))
    assert flags.sum(axis=1).tolist() == [1, 1, 1]


def test_fifteen_means_and_a_share_for_each():
    assert len(set(MEANS)) == 15
    for network in NETWORK_TYPES:
        shares = shares_of(network.name)
        assert shares.shape == (15,)
        assert ((shares > 0) & (shares < 1)).all()
