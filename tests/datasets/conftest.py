"""Simulated cases that several modules look at; nothing changes them."""

import pytest

from synthcase.datasets import demo_cases, simulate_cases


@pytest.fixture(scope="session")
def simulated():
    return simulate_cases(1000, seed=11)


@pytest.fixture(scope="session")
def tables(simulated):
    return simulated.tables


@pytest.fixture(scope="session")
def full():
    """More cases, without a gap, for what is counted."""
    return simulate_cases(3000, seed=5, missing=False).tables


@pytest.fixture(scope="session")
def demo():
    return demo_cases(seed=3)
