"""Sampling: synthetic rows from a model and a seed."""

from synthcase.sampling.sample import sample

__all__ = ["sample"]
