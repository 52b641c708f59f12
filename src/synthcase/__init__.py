"""Share the structure of human-trafficking case records, never the records.

The names below are the whole public interface: one plain function for each verb, and the nouns
that pass between them. A name is loaded when it is first used, so `import synthcase` is quick.

Example:
    >>> import synthcase
    >>> "plan" in dir(synthcase)
    True
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synthcase.measurement import measure as measure
    from synthcase.model import fit as fit
    from synthcase.pipeline import release as release
    from synthcase.planning import plan as plan
    from synthcase.privacy.ledger import Ledger as Ledger
    from synthcase.records import check as check
    from synthcase.records import draft as draft
    from synthcase.records import read as read
    from synthcase.releasing import load_release as load_release
    from synthcase.releasing import package as package
    from synthcase.releasing import verify as verify
    from synthcase.sampling import sample as sample
    from synthcase.schema import load_schema as load_schema

__version__ = "0.1.0"

__all__ = [
    "Ledger",
    "check",
    "datasets",
    "draft",
    "errors",
    "fit",
    "load_release",
    "load_schema",
    "measure",
    "package",
    "plan",
    "read",
    "release",
    "sample",
    "verify",
]

_EXPORTS = {
    "Ledger": "synthcase.privacy.ledger:Ledger",
    "check": "synthcase.records:check",
    "datasets": "synthcase.datasets",
    "draft": "synthcase.records:draft",
    "errors": "synthcase.errors",
    "fit": "synthcase.model:fit",
    "load_release": "synthcase.releasing:load_release",
    "load_schema": "synthcase.schema:load_schema",
    "measure": "synthcase.measurement:measure",
    "package": "synthcase.releasing:package",
    "plan": "synthcase.planning:plan",
    "read": "synthcase.records:read",
    "release": "synthcase.pipeline:release",
    "sample": "synthcase.sampling:sample",
    "verify": "synthcase.releasing:verify",
}


def __getattr__(name: str) -> object:
    if name not in _EXPORTS:
        message = f"module 'synthcase' has no attribute {name!r}; it has {', '.join(__all__)}"
        raise AttributeError(message)
    module, _, attribute = _EXPORTS[name].partition(":")
    loaded = import_module(module)
    value: object = getattr(loaded, attribute) if attribute else loaded
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
