"""Planning: what will be counted, at what price, with what error. Reads no record."""

from synthcase.planning.planner import plan

__all__ = ["plan"]
