"""Synthetic tables drawn from a model with a seed."""
