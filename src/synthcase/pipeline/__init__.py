"""The verbs that do every stage in one: `release` on real records, `demo` on invented ones."""

from synthcase.pipeline.demonstration import Demo, demo
from synthcase.pipeline.whole import release

__all__ = ["Demo", "demo", "release"]
