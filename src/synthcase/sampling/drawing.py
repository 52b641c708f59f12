"""Drawing cases from the model, root to leaf, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthcase.core.streams import stream
from synthcase.model.parameters import gate_depth
from synthcase.model.roles import Cast
from synthcase.sampling.links import second_parents
from synthcase.sampling.nouns import Chunk, TableChunk
from synthcase.sampling.rounding import draw, shuffled_within
from synthcase.sampling.rules import mend

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthcase.model.nouns import Model, TableClasses
    from synthcase.schema.layout import Attribute, TableLayout
    from synthcase.schema.nouns import Schema

    Integers = NDArray[np.int64]

CHUNK = 20_000
"""Cases drawn at a time."""


@dataclass(frozen=True)
class Drawn:
    """Rows of one table in a chunk.

    Attributes:
        codes: States, counts included, `(rows,)` by attribute.
        classes: Member of the ensemble · classes + class, `(rows,)`.
        case: Row of the root within the chunk, `(rows,)`.
        parent: Row of the parent within the chunk, `(rows,)`.
        other: Row of the second parent in the whole table, or None.
    """

    codes: Mapping[str, NDArray[np.int16]]
    classes: Integers
    case: Integers
    parent: Integers
    other: Integers | None = None

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.parent)


def draw_chunks(model: Model, *, seed: int, roots: Mapping[str, int]) -> Iterator[Chunk]:
    """Yield all synthetic rows of a model.

    Args:
        model: The model.
        seed: Seed of the sampling.
        roots: Number of rows of each root table.

    Yields:
        Chunks; the tree that others refer to comes first.

    Privacy:
        Post-processing of Measurements.
    """
    totals = {table.name: 0 for table in model.layout.tables}
    number = 0
    for root in _tree_order(model.schema):
        for start in range(0, roots[root], CHUNK):
            size = min(CHUNK, roots[root] - start)
            drawer = _Drawer(model, seed, number, dict(totals))
            yield Chunk(number, drawer.chunk(root, size))
            totals |= drawer.ends
            number += 1


def _tree_order(schema: Schema) -> list[str]:
    """Return the roots, those first whose rows other trees refer to."""
    needs = {root.name: set[str]() for root in schema.roots}
    for table in schema.measured:
        for parent in table.parents[1:]:
            other = schema.path(parent.table)[0]
            if other != schema.path(table.name)[0] and not schema.table(parent.table).lookup:
                needs[schema.path(table.name)[0]].add(other)
    done: list[str] = []
    while needs:
        free = [root for root, wanted in needs.items() if not wanted - set(done)] or [*needs][:1]
        done.append(free[0])
        del needs[free[0]]
    return done


class _Drawer:
    """Draws one chunk; holds what its tables need of each other."""

    def __init__(self, model: Model, seed: int, number: int, totals: dict[str, int]) -> None:
        self.model, self.seed, self.number = model, seed, number
        self.starts, self.ends = totals, dict(totals)
        self.drawn: dict[str, Drawn] = {}
        self.references: dict[str, NDArray[np.int16]] = {}

    def rng(self, *names: str) -> np.random.Generator:
        return stream(self.seed, "draw", self.number, *names)

    def chunk(self, root: str, size: int) -> dict[str, TableChunk]:
        layout = self.model.layout
        for table in self._order(root):
            self.drawn[table] = (
                self._root(layout.by_name[table], size)
                if table == root
                else self._children(layout.by_name[table])
            )
            self.ends[table] += self.drawn[table].rows
        return {
            name: self._finished(layout.by_name[name], rows) for name, rows in self.drawn.items()
        }

    def _order(self, root: str) -> list[str]:
        """Return the tables of a tree, both parents before a child."""
        schema = self.model.schema
        names = [t.name for t in self.model.layout.tables if schema.path(t.name)[0] == root]
        done: list[str] = []
        while names:
            for name in names:
                parents = {p.table for p in schema.table(name).parents} & set(names)
                if not parents - {name}:
                    break
            else:
                name = names[0]
            names.remove(name)
            done.append(name)
        return done

    def _root(self, table: TableLayout, size: int) -> Drawn:
        members = len(self.model.components)
        member = np.sort(np.arange(size) % members)
        prior = np.stack([c.tables[table.name].prior for c in self.model.components])
        classes = prior.shape[1] * member + draw(member, prior, self.rng(table.name, "class"))
        rows = np.arange(size)
        domains = self.model.components[0].references.get(table.name, {})
        for domain in domains:
            shares = np.concatenate(
                [c.references[table.name][domain] for c in self.model.components]
            )
            self.references[domain] = draw(
                classes, shares, self.rng(table.name, "reference", domain)
            )
        mixed = self.rng(table.name, "order").permutation(size)
        self.references = {name: values[mixed] for name, values in self.references.items()}
        return self._columns(table, classes[mixed], rows, rows)

    def _children(self, table: TableLayout) -> Drawn:
        above = self.drawn[str(table.parent)]
        numbers = self._numbers(table, above)
        parent = np.repeat(np.arange(above.rows), numbers)
        place = np.arange(len(parent)) - np.repeat(np.cumsum(numbers) - numbers, numbers)
        prior = np.concatenate([c.tables[table.name].prior for c in self.model.components])
        _, roles, width = prior.shape
        groups = above.classes[parent] * roles + np.minimum(place, roles - 1)
        drawn = draw(groups, prior.reshape(-1, width), self.rng(table.name, "class"))
        upper = self.model.components[0].tables[str(table.parent)].classes
        classes = (above.classes[parent] // upper) * width + drawn
        # roles are latent: nobody may read them off the order of rows
        order = shuffled_within(parent, self.rng(table.name, "order"))
        parent, classes = parent[order], classes[order]
        other = self._others(table.name, parent, above)
        if other is not None:
            kept = np.flatnonzero(other >= 0)
            parent, classes, other = parent[kept], classes[kept], other[kept]
        return self._columns(table, classes, above.case[parent], parent, other)

    def _numbers(self, table: TableLayout, above: Drawn) -> Integers:
        bins = above.codes[f"#{table.name}"]
        if table.counts is None:
            return np.zeros(above.rows, dtype=np.int64)
        cast = Cast(table.counts, table.typical, votes=True)
        rng = self.rng(table.name, "number")
        found = np.zeros(above.rows, dtype=np.int64)
        for at, (low, high) in enumerate(table.counts.ranges):
            rows = np.flatnonzero(bins == at)
            numbers, shares = cast.numbers(at)
            steps = np.cumsum(np.rint(shares * (1 << 30)).astype(np.int64))
            points = rng.integers(0, steps[-1], len(rows)) if high > low else np.zeros(len(rows))
            found[rows] = numbers[np.searchsorted(steps, points, side="right")]
        return found

    def _others(self, table: str, parent: Integers, above: Drawn) -> Integers | None:
        schema = self.model.schema
        parents = schema.table(table).parents
        if len(parents) < 2 or schema.table(parents[1].table).lookup:
            return None
        second = parents[1].table
        rng = self.rng(table, "second parent")
        if second in self.drawn:
            start = self.starts[second]
            return second_parents(parent, above.case, self.drawn[second].case, start, rng)
        return second_parents(parent, None, np.arange(self.starts[second]), 0, rng)

    def _columns(
        self,
        table: TableLayout,
        classes: Integers,
        case: Integers,
        parent: Integers,
        other: Integers | None = None,
    ) -> Drawn:
        parts = [c.tables[table.name] for c in self.model.components]
        profile = np.concatenate([part.profile for part in parts])
        codes: dict[str, NDArray[np.int16]] = {}
        for attribute in sorted(table.attributes, key=lambda a: gate_depth(table, a.name)):
            rng = self.rng(table.name, "column", attribute.name)
            states = draw(classes, profile[:, table.span(attribute.name)], rng)
            if attribute.name in parts[0].copy:
                states = self._copied(table, attribute, parts, classes, case, states)
            codes[attribute.name] = states
        shut(table, codes)
        mend(table, codes, profile, classes, self.rng(table.name, "rules"))
        return Drawn(codes, classes, case, parent, other)

    def _copied(
        self,
        table: TableLayout,
        attribute: Attribute,
        parts: list[TableClasses],
        classes: Integers,
        case: Integers,
        states: NDArray[np.int16],
    ) -> NDArray[np.int16]:
        chance = np.concatenate([part.copy[attribute.name] for part in parts])
        coin = np.stack([(1 << 30) - chance, chance], axis=1).astype(np.int32)
        copies = draw(classes, coin, self.rng(table.name, "copy", attribute.name)) == 1
        return np.where(copies, self.references[str(attribute.shared)][case], states)

    def _finished(self, table: TableLayout, rows: Drawn) -> TableChunk:
        codes = {a.name: rows.codes[a.name] for a in table.attributes if a.counts is None}
        if table.parent is None:
            return TableChunk(table.name, self.starts[table.name], codes, length=rows.rows)
        first = np.searchsorted(rows.parent, rows.parent)
        return TableChunk(
            table.name,
            self.starts[table.name],
            codes,
            parent=rows.parent + self.starts[table.parent],
            position=np.arange(rows.rows) - first + 1,
            other=rows.other,
            length=rows.rows,
        )


def shut(table: TableLayout, codes: dict[str, NDArray[np.int16]]) -> None:
    """Close every attribute whose gate is shut, gates before what stands behind them."""
    for attribute in sorted(table.attributes, key=lambda a: gate_depth(table, a.name)):
        if attribute.gate and attribute.closed is not None:
            opened = np.isin(codes[attribute.gate.attribute], sorted(attribute.gate.open_states))
            codes[attribute.name] = np.where(
                opened, codes[attribute.name], np.int16(attribute.closed)
            )
