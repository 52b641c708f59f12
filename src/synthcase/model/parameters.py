"""The parameters of one fit, their shapes, and where they start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from synthcase.core.streams import stream
from synthcase.model.roles import Cast

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthcase.schema.layout import Attribute, Layout, TableLayout

Key = tuple[str, ...]
LINK_CLASSES = 24
"""Most latent classes of a link: their shares depend on the classes of both ends."""


@dataclass(frozen=True)
class Design:
    """What a fit is told beside the answers: attributes, weights and number of classes.

    Attributes:
        layout: The attributes.
        votes: For each table, whether its rows weigh a share of their case's vote.
        classes: Latent classes of each table.
    """

    layout: Layout
    votes: Mapping[str, bool]
    classes: int

    def width(self, table: str) -> int:
        """Return the number of latent classes of a table: links need fewer than their ends."""
        link = self.layout.by_name[table].second is not None
        return min(self.classes, LINK_CLASSES) if link else self.classes

    def cast(self, table: str) -> Cast:
        """Return the weights of a child table's groups (KeyError for a root)."""
        return self.casts[table]

    @cached_property
    def casts(self) -> dict[str, Cast]:
        """Weights of the groups of every child table."""
        return {
            table.name: Cast(table.counts, table.typical, self.votes[table.name])
            for table in self.layout.tables
            if table.counts is not None
        }

    def shared(self, table: str) -> list[Attribute]:
        """Return the attributes of a table that may copy a reference value of their case.

        Not one whose gate copies the same reference: whether it is open would depend on the very
        value it copies, and no class could tell how often.
        """
        layout = self.layout.by_name[table]
        return [
            a
            for a in layout.attributes
            if a.shared
            and len(self.members(table, a.shared)) > 1
            and all(gate.shared != a.shared for gate in gates_above(layout, a))
        ]

    def members(self, table: str, domain: str) -> list[tuple[str, str]]:
        """Return who shares a domain in the tree of a table: columns, child tables twice."""
        root = self.layout.path(table)[0]
        return [
            (other.name, attribute.name)
            for other in self.layout.tables
            if self.layout.path(other.name)[0] == root
            for attribute in other.attributes
            if attribute.shared == domain
            for _ in range(2 if other.parent else 1)
        ]

    def domains(self, root: str) -> dict[str, int]:
        """Return the shared domains of a root's tree and their number of values."""
        return {
            a.shared: a.values
            for table in self.layout.tables
            if self.layout.path(table.name)[0] == root
            for a in self.shared(table.name)
            if a.shared
        }

    @cached_property
    def shapes(self) -> dict[Key, tuple[int, ...]]:
        """Shape of every parameter."""
        found: dict[Key, tuple[int, ...]] = {}
        for table in self.layout.tables:
            name, width = table.name, self.width(table.name)
            if table.parent is None:
                found["prior", name] = (width,)
                for domain, values in self.domains(name).items():
                    found["reference", name, domain] = (width, values)
            elif table.second is not None:
                first, second = self.width(table.parent), self.width(table.second)
                found["affinity", name] = (first, second)
                found["near", name] = (first, width)
                found["far", name] = (second, width)
            else:
                found["prior", name] = (self.width(table.parent), self.cast(name).roles, width)
            found["profile", name] = (width, table.width)
            if shared := self.shared(name):
                found["copy", name] = (width, len(shared))
        return found


def start(
    design: Design, centres: Mapping[str, NDArray[np.float64]], *, member: int
) -> dict[Key, NDArray[np.float32]]:
    """Return the starting logits of one member of the ensemble.

    Args:
        design: The shapes.
        centres: Overall share of each state, `(width,)` by table.
        member: Number of the member; another one starts elsewhere.

    Returns:
        Logits by parameter: profiles begin around the centre, the rest around even shares.

    Privacy:
        Post-processing of Measurements.
    """
    found = {}
    for key, shape in design.shapes.items():
        values = stream(0, "fit", member, *key).normal(0.0, 0.7, shape)
        if key[0] == "profile":
            values = values + np.log(np.maximum(centres[key[1]], 1e-6))
        elif key[0] == "reference":
            values = values + np.log(np.maximum(_reference_centre(design, centres, key), 1e-6))
        found[key] = values.astype(np.float32)
    return found


def _reference_centre(
    design: Design, centres: Mapping[str, NDArray[np.float64]], key: Key
) -> NDArray[np.float64]:
    _, root, domain = key
    shares = [
        centres[table][design.layout.by_name[table].span(name)][: design.domains(root)[domain]]
        for table, name in design.members(root, domain)
    ]
    mean = np.asarray(np.mean(shares, axis=0))
    return mean / max(float(mean.sum()), 1e-9)


def gates(table: TableLayout) -> Iterator[tuple[tuple[str, frozenset[int]], list[Attribute]]]:
    """Yield each gate of a table (attribute, open states) and the attributes behind it.

    A gate comes after the gate it stands behind itself.
    """
    found: dict[tuple[str, frozenset[int]], list[Attribute]] = {}
    for attribute in table.attributes:
        if attribute.gate:
            key = (attribute.gate.attribute, attribute.gate.open_states)
            found.setdefault(key, []).append(attribute)
    yield from sorted(found.items(), key=lambda item: gate_depth(table, item[0][0]))


def gates_above(table: TableLayout, attribute: Attribute) -> list[Attribute]:
    """Return the gates an attribute stands behind, the nearest first."""
    found = []
    while attribute.gate:
        attribute = table.attribute(attribute.gate.attribute)
        found.append(attribute)
    return found


def gate_depth(table: TableLayout, name: str) -> int:
    """Return how many gates stand before an attribute."""
    return len(gates_above(table, table.attribute(name)))


def given_open(attribute: Attribute, other: Attribute) -> bool:
    """Say whether a pair tells of an attribute only where its gate is open.

    So it is if the other one is that gate, or stands behind the same one.
    """
    gate = attribute.gate.attribute if attribute.gate else None
    return gate is not None and gate in {other.name, other.gate and other.gate.attribute}
