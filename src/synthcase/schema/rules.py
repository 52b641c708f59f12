"""Rules that hold inside one row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Gate:
    """`dependent` has a value only where `gate` has one of `open_if`; else not applicable."""

    table: str
    dependent: str
    gate: str
    open_if: tuple[str, ...]


@dataclass(frozen=True)
class Derived:
    """`target` is determined by `source`: for each state of target, the states of source."""

    table: str
    target: str
    source: str
    mapping: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Forbidden:
    """No row may have, in every one of these columns, one of these states."""

    table: str
    conditions: tuple[tuple[str, tuple[str, ...]], ...]


Rule = Gate | Derived | Forbidden
