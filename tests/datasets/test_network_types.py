"""The ten kinds of case are complete and consistent."""

import pytest

from synthcase.datasets.network_types import NETWORK_TYPES, YEARS, Sizes
from synthcase.errors import InternalError


def test_shares_sum_to_one():
    assert len({network.name for network in NETWORK_TYPES}) == 10
    assert sum(network.share for network in NETWORK_TYPES) == pytest.approx(1)


@pytest.mark.parametrize("network", NETWORK_TYPES, ids=lambda network: network.name)
def test_every_kind_is_complete(network):
    assert sum(network.routes) == pytest.approx(1)
    assert sum(network.relation) == pytest.approx(100)
    assert sum(network.vulnerability) == pytest.approx(100, abs=5)
    assert len(network.years) == len(YEARS)
    assert all(first <= last for first, last, _ in network.ages)
    assert network.exploitation not in network.second
    assert network.fewest_legs <= network.most_legs <= 6
    for offences in (network.offences, network.second_offence):
        assert not offences or sum(offences.values()) == pytest.approx(1)


def test_no_kind_of_case_names_a_country():
    fields = {name for network in NETWORK_TYPES for name in vars(network)}
    assert not {name for name in fields if "country" in name or "nation" in name}


def test_a_mean_outside_its_range_is_a_bug():
    with pytest.raises(InternalError):
        Sizes(mean=1, low=1, high=5)
