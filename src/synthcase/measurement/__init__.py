"""Measuring: the one look at the records, and the only room that adds noise."""

from synthcase.measurement.measuring import measure

__all__ = ["measure"]
