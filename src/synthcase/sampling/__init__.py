"""Sampling: synthetic rows from a model and a seed.

Privacy:
    Post-processing of Measurements: by contract, nothing here can reach a record.
"""

from synthcase.sampling.sample import sample

__all__ = ["sample"]
