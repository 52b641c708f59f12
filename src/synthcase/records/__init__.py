"""Real records as integer codes; nothing after the noise can import this room.

`read` makes `Records`, `check` says what is wrong with them, `draft` proposes a schema for them.
What comes out of `check` and `draft` stays with the custodian.
"""

from synthcase.records.checking import check
from synthcase.records.drafting import draft
from synthcase.records.reading import read

__all__ = ["check", "draft", "read"]
