"""Simulated cases with a known structure; nothing here stems from a real record.

Privacy:
    Reads no record: the cases are invented.
"""

from synthcase.datasets.cases import SimulatedCases, demo_cases, simulate_cases

__all__ = ["SimulatedCases", "demo_cases", "simulate_cases"]
