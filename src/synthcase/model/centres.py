"""Overall shares of states: the centre that classes are pulled to and start around."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from synthcase.model.answers import Answer, shaped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthcase.schema.layout import Layout

    Floats = NDArray[np.float64]


def centres_of(layout: Layout, answers: list[Answer]) -> dict[str, Floats]:
    """Return the overall share of each state: its one-way and all margins of its pairs together.

    Args:
        layout: The attributes.
        answers: Noisy tables.

    Returns:
        Shares by table, `(width,)`: each attribute's add up to 1.

    Privacy:
        Post-processing of Measurements.
    """
    sums: dict[tuple[str, str], list[tuple[Floats, float]]] = defaultdict(list)
    for answer in answers:
        for axis, margin, variance in _margins(layout, answer):
            sums[axis].append((margin, variance))
    found = {}
    for table in layout.tables:
        centre = np.zeros(table.width)
        for attribute in table.attributes:
            known = sums.get((table.name, attribute.name))
            if known:
                weight = sum(1 / variance for _, variance in known)
                mean = sum(margin / variance for margin, variance in known) / weight
                centre[table.span(attribute.name)] = to_simplex(np.asarray(mean))
            else:
                centre[table.span(attribute.name)] = 1 / attribute.size
        found[table.name] = centre
    return found


def _margins(layout: Layout, answer: Answer) -> Iterator[tuple[tuple[str, str], Floats, float]]:
    table = answer.table
    if table.kind == "one_way":
        yield table.axes[0], answer.values, answer.noise
    if table.kind in ("own", "ancestor"):
        values = shaped(layout, answer)
        rows, columns = values.shape
        yield table.axes[1], values.sum(0), answer.noise * rows
        if table.kind == "own":
            yield table.axes[0], values.sum(1), answer.noise * columns


def to_simplex(values: Floats) -> Floats:
    """Return the nearest distribution with the same direction: no negative share, sum 1."""
    # a sum that noise took to nothing or below would leave no digits
    size = max(float(values.sum()), float(np.abs(values).max()) * 1e-6, 1e-9)
    ordered = np.sort(values / size)[::-1]
    above = np.cumsum(ordered) - 1
    last = np.flatnonzero(ordered > above / np.arange(1, len(values) + 1))
    if not len(last):
        return np.full(len(values), 1 / len(values))
    shift = above[last[-1]] / (last[-1] + 1)
    return np.asarray(np.maximum(values / size - shift, 0))
