"""What the cells of one column look like, for a draft that the custodian alone may see.

Privacy:
    Holds real values, for a draft that stays inside.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from synthcase.errors import SchemaError
from synthcase.schema.cells import number_of
from synthcase.schema.domains import period
from synthcase.schema.names import check_label

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from synthcase.schema.dump import Tree

MOST_VALUES = 250
LONGEST_VALUE = 60
_FEW_NUMBERS = 12
_MOST_PARTS = 30
_MOST_DECIMALS = 6
_BINS = 8
_ID_DIGITS = 7
_SEPARATORS = (";", "|")
_YES_NO = frozenset(["no", "yes", "n", "y", "false", "true", "f", "t", "0", "1"])
_MISSING = {
    "unknown": ("unknown", "unk", "nk", "n/k", "not known", "inconnu", "inconnue", "?", "-"),
    "not_asked": ("not asked", "not_asked", "non demandé"),
    "not_applicable": ("not applicable", "not_applicable", "n/a", "sans objet"),
    "withheld": ("withheld", "refused", "declined", "refus", "refusé"),
}
_KIND_OF = {word: kind for kind, words in _MISSING.items() for word in words}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}.*", re.ASCII | re.DOTALL)
_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)


@dataclass(repr=False)
class Profile:
    """Gathers what is needed to propose a domain; holds no more than some hundred values."""

    rows: int = 0
    values: set[str] = field(default_factory=set)
    missing: dict[str, set[str]] = field(default_factory=dict)
    many: bool = False
    longest: int = 0
    numbers: bool = True
    days: bool = True
    decimals: int = 0
    low: str | None = None
    high: str | None = None

    def add(self, cells: pa.Array) -> None:
        """Look at some more cells: large strings, no nulls."""
        import pyarrow.compute as pc

        self.rows += len(cells) - int(pc.sum(pc.equal(cells, "")).as_py() or 0)
        for text in pc.unique(cells).to_pylist():
            kind = _KIND_OF.get(text.strip().casefold())
            if kind:
                self.missing.setdefault(kind, set()).add(text)
            elif text.strip():
                self._add(text)
            elif text:
                self.missing.setdefault("unknown", set()).add(text)

    def _add(self, text: str) -> None:
        self.longest = max(self.longest, len(text))
        if len(self.values) < MOST_VALUES:
            self.values.add(text)
        elif text not in self.values:
            self.many = True
        if self.numbers:
            self.numbers = bool(_PLAIN.fullmatch(text)) and number_of(text) is not None
            self.decimals = max(self.decimals, len(text.partition(".")[2].rstrip("0")))
        if self.days:
            self.days = bool(_DAY.fullmatch(text)) and period(text[:50]) is not None
        if self.numbers:
            self.low = text if self.low is None else min(self.low, text, key=Fraction)
            self.high = text if self.high is None else max(self.high, text, key=Fraction)
        elif self.days:
            self.low = text if self.low is None else min(self.low, text)
            self.high = text if self.high is None else max(self.high, text)


def proposed(profile: Profile) -> dict[str, Tree] | str:
    """Propose what a schema could say of a column.

    Args:
        profile: What its cells look like.

    Returns:
        The form of the column without marks; or, as a text, why it should be left out.
    """
    found = _domain(profile)
    if isinstance(found, str):
        return found
    try:
        for label in _listed(found):
            check_label(label)
    except SchemaError:
        return "a value would be a formula in a spreadsheet or holds control characters"
    missing = {"unknown": ["", *sorted(profile.missing.get("unknown", ()))]}
    missing |= {k: sorted(texts) for k, texts in profile.missing.items() if k != "unknown"}
    short = {kind: texts if len(texts) > 1 else texts[0] for kind, texts in missing.items()}
    return {**found, "else": "unknown", "missing": short}


def _listed(form: dict[str, Tree]) -> Iterable[str]:
    values = form.get("values", ())
    return [str(value) for value in values] if isinstance(values, list) else []


def _domain(profile: Profile) -> dict[str, Tree] | str:
    if not profile.values:
        return "no value occurs in it"
    whole = profile.numbers and not profile.decimals
    if whole and {*profile.values} <= {"0", "1"} and len(profile.values) == 2:
        return {"kind": "binary", "values": ["0", "1"]}
    if whole and not profile.many and len(profile.values) <= _FEW_NUMBERS:
        ordered: list[str] = sorted(profile.values, key=Fraction)
        return {"kind": "ordinal", "values": ordered}
    if profile.numbers:
        return _number(profile)
    if profile.days:
        first, last = str(profile.low)[:4], str(profile.high)[:4]
        return {"kind": "date", "bins": {"from": first, "to": last, "by": "year"}}
    return _texts(profile)


def _number(profile: Profile) -> dict[str, Tree] | str:
    low, high = float(profile.low or 0), float(profile.high or 0)
    many = profile.many or len(profile.values) > profile.rows / 2
    if many and len(str(profile.high)) >= _ID_DIGITS and not profile.decimals:
        return "its many long numbers look like an identifier"
    if profile.decimals > _MOST_DECIMALS:
        return "its numbers are as fine as coordinates: bin or round them in the source"
    least = 10.0**-profile.decimals
    width = max((high - low) / _BINS, least)
    step = 10 ** math.floor(math.log10(width))
    step = next(step * factor for factor in (1, 2, 5, 10) if step * factor >= width * 0.999)
    first, last = math.floor(low / step), math.floor(high / step) + 1
    edges = [f"{number * step:.{profile.decimals}f}" for number in range(first, last + 1)]
    if not profile.decimals:
        return {"kind": "number", "bins": [int(edge) for edge in edges]}
    return {"kind": "number", "bins": edges, "decimals": profile.decimals}


def _texts(profile: Profile) -> dict[str, Tree] | str:
    for separator in _SEPARATORS:
        parts = {part.strip() for text in profile.values for part in text.split(separator)}
        if any(separator in text for text in profile.values) and len(parts) <= _MOST_PARTS:
            values = sorted(part for part in parts if part)
            return {"kind": "multi", "values": list(values), "separator": separator}
    if profile.longest > LONGEST_VALUE:
        return "it looks like free text"
    distinct = len(profile.values)
    if profile.many or (distinct > 20 and distinct > profile.rows / 2):
        return "its many different values look like free text or an identifier"
    folded = {text.casefold() for text in profile.values}
    if distinct == len(folded) == 2 and folded <= _YES_NO:
        return {"kind": "binary", "values": sorted(profile.values)}
    return {"kind": "categorical", "values": sorted(profile.values)}
