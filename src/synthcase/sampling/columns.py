"""Columns of rows whose class is known: drawn or copied, closed behind gates, mended by rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from synthcase.model.nouns import ONE
from synthcase.model.parameters import gate_depth
from synthcase.sampling.rounding import draw, draw_one_by_one

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthcase.model.nouns import Model
    from synthcase.schema.layout import Attribute, TableLayout

    Integers = NDArray[np.int64]
    States = NDArray[np.int16]
    Codes = dict[str, States]
    Draw = Callable[[Integers, NDArray[np.int32], np.random.Generator], States]


@dataclass(frozen=True)
class Looks:
    """What rows of each class of a table look like, the members of the ensemble one after another.

    Attributes:
        table: The table.
        profile: State shares in units of 2^-30, `(members · classes, width)`.
        copy: For each attribute that may copy, the share of rows that do.
    """

    table: TableLayout
    profile: NDArray[np.int32]
    copy: Mapping[str, NDArray[np.int32]]

    @cached_property
    def attributes(self) -> tuple[Attribute, ...]:
        """The attributes, gates before what stands behind them."""
        return tuple(sorted(self.table.attributes, key=lambda a: gate_depth(self.table, a.name)))

    def shares(self, attribute: str) -> NDArray[np.int32]:
        """Return the state shares of one attribute, `(members · classes, states)`."""
        return self.profile[:, self.table.span(attribute)]


def looks_of(model: Model, table: TableLayout) -> Looks:
    """Return what rows of a table look like, class by class, member by member."""
    parts = [component.tables[table.name] for component in model.components]
    return Looks(
        table,
        np.concatenate([part.profile for part in parts]),
        {name: np.concatenate([part.copy[name] for part in parts]) for name in parts[0].copy},
    )


@dataclass(frozen=True)
class Rows:
    """Rows that have a class and no columns yet.

    Attributes:
        looks: What their classes look like.
        classes: Class of each row, `(rows,)`.
        references: Value of the row's case in each shared domain, `(rows,)`.
    """

    looks: Looks
    classes: Integers
    references: Mapping[str, States]

    def some(self, rows: Integers) -> Rows:
        """Return some of the rows."""
        references = {name: values[rows] for name, values in self.references.items()}
        return Rows(self.looks, self.classes[rows], references)


def columns(rows: Rows, stream: Callable[..., np.random.Generator]) -> Codes:
    """Draw all columns with rounded counts.

    Args:
        rows: The rows.
        stream: Returns the stream of a name.

    Returns:
        States by attribute.

    Privacy:
        Post-processing of Measurements.
    """
    codes: Codes = {}
    for attribute in rows.looks.attributes:
        draws = stream("column", attribute.name), stream("copy", attribute.name)
        codes[attribute.name] = _column(rows, attribute, codes, draw, draws)
    return codes


def again(rows: Rows, codes: Codes, names: set[str], rng: np.random.Generator) -> None:
    """Draw some columns again, each row by itself.

    Args:
        rows: The rows.
        codes: Their states; changed in place.
        names: The attributes to draw.
        rng: The stream.
    """

    def alone(groups: Integers, shares: NDArray[np.int32], rng: np.random.Generator) -> States:
        return draw_one_by_one(shares[groups], rng)

    for attribute in rows.looks.attributes:
        if attribute.name in names:
            codes[attribute.name] = _column(rows, attribute, codes, alone, (rng, rng))


def _column(
    rows: Rows,
    attribute: Attribute,
    codes: Mapping[str, States],
    how: Draw,
    streams: tuple[np.random.Generator, np.random.Generator],
) -> States:
    """Draw one attribute; its gate has been drawn before."""
    states = how(rows.classes, rows.looks.shares(attribute.name), streams[0])
    chance = rows.looks.copy.get(attribute.name)
    if chance is not None:
        coin = np.stack([ONE - chance, chance], axis=1)
        copies = how(rows.classes, coin, streams[1]) == 1
        states = np.where(copies, rows.references[str(attribute.shared)], states)
    if attribute.gate is None or attribute.closed is None:
        return states
    opened = np.isin(codes[attribute.gate.attribute], sorted(attribute.gate.open_states))
    return np.where(opened, states, np.int16(attribute.closed))
