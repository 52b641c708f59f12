"""Drawing cases from the model, root to leaf, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from synthcase.core.streams import stream
from synthcase.model.quantise import whole
from synthcase.model.roles import Cast
from synthcase.sampling.columns import Rows, columns, looks_of
from synthcase.sampling.ends import Group, Liking, choose
from synthcase.sampling.links import (
    Ends,
    ends_anywhere,
    ends_in_case,
    second_parents,
    where_they_fit,
)
from synthcase.sampling.nouns import Chunk, TableChunk
from synthcase.sampling.rounding import draw, shuffled_within
from synthcase.sampling.rules import mend

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthcase.model.nouns import Model
    from synthcase.schema.layout import TableLayout
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
            if other != schema.path(table.name)[0]:
                needs[schema.path(table.name)[0]].add(other)
    return _in_order(needs)


def _table_order(schema: Schema, root: str) -> list[str]:
    """Return the tables of a tree, both parents before a child."""
    names = [table.name for table in schema.measured if schema.path(table.name)[0] == root]
    return _in_order(
        {name: {p.table for p in schema.table(name).parents} & set(names) for name in names}
    )


def _in_order(needs: dict[str, set[str]]) -> list[str]:
    """Return names, each after what it needs; the first of a circle goes ahead."""
    done: list[str] = []
    while len(done) < len(needs):
        waiting = [name for name in needs if name not in done]
        free = (name for name in waiting if not needs[name] - {name, *done})
        done.append(next(free, waiting[0]))
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
        for name in _table_order(self.model.schema, root):
            table = layout.by_name[name]
            self.drawn[name] = self._root(table, size) if name == root else self._children(table)
            self.ends[name] += self.drawn[name].rows
        return {
            name: _finished(layout.by_name[name], rows, self.starts)
            for name, rows in self.drawn.items()
        }

    def _root(self, table: TableLayout, size: int) -> Drawn:
        members = len(self.model.components)
        member = np.sort(np.arange(size) % members)
        prior = np.stack([c.tables[table.name].prior for c in self.model.components])
        classes = prior.shape[1] * member + draw(member, prior, self.rng(table.name, "class"))
        mixed = self.rng(table.name, "order").permutation(size)
        for domain in self.model.components[0].references.get(table.name, {}):
            shares = np.concatenate(
                [c.references[table.name][domain] for c in self.model.components]
            )
            values = draw(classes, shares, self.rng(table.name, "reference", domain))
            self.references[domain] = values[mixed]
        rows = np.arange(size)
        return self._with_columns(table, Drawn({}, classes[mixed], rows, rows))

    def _children(self, table: TableLayout) -> Drawn:
        if table.second is not None:
            return self._links(table, self.drawn[str(table.parent)], self.drawn[table.second])
        above = self.drawn[str(table.parent)]
        bins = above.codes[f"#{table.name}"]
        numbers = numbers_of(table, bins, self.rng(table.name, "number"))
        ends = self._ends(table.name, above)
        if ends is not None:
            numbers = where_they_fit(numbers, ends, above.classes, self.rng(table.name, "ends"))
        parent = np.repeat(np.arange(above.rows), numbers)
        place = np.arange(len(parent)) - np.repeat(np.cumsum(numbers) - numbers, numbers)
        prior = np.concatenate([c.tables[table.name].prior for c in self.model.components])
        _, roles, width = prior.shape
        groups = above.classes[parent] * roles + np.minimum(place, roles - 1)
        states = draw(groups, prior.reshape(-1, width), self.rng(table.name, "class"))
        upper = self.model.components[0].tables[str(table.parent)].classes
        classes = (above.classes[parent] // upper) * width + states
        # roles are latent: nobody may read them off the order of rows
        order = shuffled_within(parent, self.rng(table.name, "order"))
        classes = classes[order]
        other = None
        if ends is not None:
            other = second_parents(parent, ends, self.rng(table.name, "second parent"))
        return self._with_columns(table, Drawn({}, classes, above.case[parent], parent, other))

    def _links(self, table: TableLayout, one: Drawn, two: Drawn) -> Drawn:
        """Draw links between rows of one group: who chooses whom, then what kind of link it is."""
        parts = [component.tables[table.name] for component in self.model.components]
        bins = one.codes[f"#{table.name}"]
        numbers = numbers_of(table, bins, self.rng(table.name, "number"))
        ends = self._ends(table.name, one)
        if ends is not None:
            numbers = where_they_fit(numbers, ends, one.classes, self.rng(table.name, "ends"))
        likings = [part.affinity for part in parts if part.affinity is not None]
        group = Group(one.parent, two.parent, alone=table.parent == table.second)
        near, far = choose(
            group,
            numbers,
            Liking(np.stack(likings), one.classes, two.classes),
            self.rng(table.name, "other end"),
        )
        _, first, second = np.stack(likings).shape
        member, of_near = np.divmod(one.classes[near], first)
        both = (member * first + of_near) * second + two.classes[far] % second
        prior = np.concatenate([part.prior.reshape(first * second, -1) for part in parts])
        states = draw(both, prior, self.rng(table.name, "class"))
        order = shuffled_within(near, self.rng(table.name, "order"))
        drawn = Drawn(
            {},
            (member * prior.shape[1] + states)[order],
            one.case[near[order]],
            near[order],
            far[order] + self.starts[str(table.second)],
        )
        return self._with_columns(table, drawn)

    def _ends(self, table: str, above: Drawn) -> Ends | None:
        parents = self.model.schema.table(table).parents
        if len(parents) < 2:
            return None
        second = parents[1].table
        if second in self.drawn:
            same = second == parents[0].table
            case = self.drawn[second].case
            return ends_in_case(above.case, case, self.starts[second], same=same)
        return ends_anywhere(above.rows, self.starts[second])

    def _with_columns(self, table: TableLayout, drawn: Drawn) -> Drawn:
        references = {name: values[drawn.case] for name, values in self.references.items()}
        rows = Rows(looks_of(self.model, table), drawn.classes, references)
        codes = columns(rows, partial(self.rng, table.name))
        mend(rows, codes, self.rng(table.name, "rules"))
        return replace(drawn, codes=codes)


def numbers_of(table: TableLayout, bins: NDArray[np.int16], rng: np.random.Generator) -> Integers:
    """Draw a number of children inside each bin.

    Args:
        table: The child table.
        bins: Bin of each parent's number of children, `(parents,)`.
        rng: The stream.

    Returns:
        Numbers of children, `(parents,)`.
    """
    found = np.zeros(len(bins), dtype=np.int64)
    if table.counts is None:
        return found
    cast = Cast(table.counts, table.typical, votes=True)
    for at in range(len(table.counts.ranges)):
        rows = np.flatnonzero(bins == at)
        numbers, shares = cast.numbers(at)
        one_bin = np.zeros(len(rows), dtype=np.int64)
        found[rows] = numbers[draw(one_bin, whole(shares[None]), rng)]
    return found


def _finished(table: TableLayout, rows: Drawn, starts: Mapping[str, int]) -> TableChunk:
    """Return rows with the row numbers of whole tables, and without their latent parts."""
    codes = {a.name: rows.codes[a.name] for a in table.attributes if a.counts is None}
    if table.parent is None:
        return TableChunk(table.name, starts[table.name], codes, length=rows.rows)
    first = np.searchsorted(rows.parent, rows.parent)
    return TableChunk(
        table.name,
        starts[table.name],
        codes,
        parent=rows.parent + starts[table.parent],
        position=np.arange(rows.rows) - first + 1,
        other=rows.other,
        length=rows.rows,
    )
