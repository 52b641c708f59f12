"""Draws that the simulator needs: categories, counts, clustered normals, raked tables."""

from __future__ import annotations

from math import erf, lgamma, sqrt
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from synthcase.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]

__all__ = [
    "Bools",
    "Floats",
    "Ints",
    "check_lengths",
    "choose",
    "choose_rows",
    "clustered_normal",
    "count_distribution",
    "gumbel",
    "normal_cdf",
    "per_kind",
    "quantile",
    "rake",
    "starts_run",
    "text",
]


def check_lengths(columns: Mapping[str, npt.NDArray[np.generic]]) -> None:
    """Check that all arrays are about the same rows.

    Raises:
        InternalError: They differ in length.
    """
    if len({len(column) for column in columns.values()}) != 1:
        raise InternalError("The draws of one table differ in length.")


def choose(rng: np.random.Generator, weights: Sequence[float] | Floats, size: int) -> Ints:
    """Draw category numbers with the same weights for every row.

    Args:
        rng: A seeded generator.
        weights: Non-negative weights, shape `(categories,)`.
        size: How many to draw.

    Returns:
        Category numbers, shape `(size,)`.
    """
    cumulative = np.cumsum(np.asarray(weights, dtype=float))
    drawn = np.searchsorted(cumulative, rng.random(size) * cumulative[-1], side="right")
    return np.asarray(np.minimum(drawn, len(cumulative) - 1), dtype=np.int64)


def choose_rows(rng: np.random.Generator, weights: Floats) -> Ints:
    """Draw one category number a row, each row with its own weights.

    Args:
        rng: A seeded generator.
        weights: Non-negative weights, shape `(rows, categories)`.

    Returns:
        Category numbers, shape `(rows,)`.
    """
    cumulative = np.cumsum(weights, axis=1)
    level = rng.random(len(weights)) * cumulative[:, -1]
    drawn = (cumulative <= level[:, None]).sum(axis=1)
    return np.asarray(np.minimum(drawn, weights.shape[1] - 1), dtype=np.int64)


def normal_cdf(values: Floats) -> Floats:
    """Return the standard normal distribution function of each value."""
    flat = [0.5 * (1.0 + erf(value / sqrt(2.0))) for value in values.ravel().tolist()]
    return np.array(flat, dtype=float).reshape(values.shape)


def clustered_normal(
    rng: np.random.Generator, group: Ints, groups: int, correlation: float | Floats
) -> Floats:
    """Draw standard normals that are correlated inside a group.

    Args:
        rng: A seeded generator.
        group: The group of each row, shape `(rows,)`.
        groups: Number of groups.
        correlation: Correlation of two rows of one group; one number, or one for each row.

    Returns:
        Values, shape `(rows,)`; each has mean 0 and variance 1.
    """
    common = rng.standard_normal(groups)[group]
    own = rng.standard_normal(len(group))
    share = np.asarray(correlation, dtype=float)
    return np.asarray(np.sqrt(share) * common + np.sqrt(1.0 - share) * own)


def gumbel(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Draw Gumbel noise: the largest of log-weights plus it is a weighted choice."""
    # random() may return 0, whose logarithm is not finite.
    return np.asarray(-np.log(-np.log(np.maximum(rng.random(shape), 1e-300))))


def count_distribution(mean: float, low: int, high: int, shape: float) -> Floats:
    """Return a negative binomial cut to a range, tilted so that its mean is exact.

    Args:
        mean: Mean of the count, strictly between `low` and `high`.
        low: Smallest count.
        high: Largest count.
        shape: Shape of the negative binomial; smaller means a longer tail.

    Returns:
        Probability of each count from 0 to `high`, shape `(high + 1,)`.
    """
    extra = np.arange(high - low + 1)
    log_size = np.array([lgamma(k + shape) - lgamma(shape) - lgamma(k + 1) for k in extra])

    def tilted(log_rate: float) -> Floats:
        log_weight = log_size + extra * log_rate
        weight = np.exp(log_weight - log_weight.max())
        return np.asarray(weight / weight.sum())

    below, above = -30.0, 30.0
    for _ in range(80):
        middle = (below + above) / 2.0
        if float(tilted(middle) @ extra) < mean - low:
            below = middle
        else:
            above = middle
    return np.concatenate([np.zeros(low), tilted((below + above) / 2.0)])


def quantile(probabilities: Floats, level: Floats) -> Ints:
    """Return the smallest number whose cumulative probability exceeds each level."""
    cumulative = np.cumsum(probabilities)
    found = np.searchsorted(cumulative / cumulative[-1], level, side="right")
    return np.minimum(found, len(probabilities) - 1).astype(np.int64)


def per_kind(values: Sequence[object], kind: Ints) -> Floats:
    """Return for each row the value of its network type.

    Args:
        values: A number, or a sequence of numbers, for each network type.
        kind: Number of the network type of each row, shape `(rows,)`.

    Returns:
        Shape `(rows,)` or `(rows, length)`.
    """
    return np.asarray(np.array(values, dtype=float)[kind], dtype=float)


def rake(seed: Floats, rows: Floats, columns: Floats, rounds: int = 60) -> Floats:
    """Scale a table until its margins are the given ones (iterative proportional fitting).

    Args:
        seed: Non-negative table that carries the association, shape `(rows, columns)`.
        rows: Row margins.
        columns: Column margins, with the same total.
        rounds: Number of rounds.

    Returns:
        The scaled table; cells that were 0 stay 0.
    """
    table = seed.astype(float)
    for _ in range(rounds):
        table = table * _ratio(rows, table.sum(axis=1))[:, None]
        table = table * _ratio(columns, table.sum(axis=0))[None, :]
    return table


def _ratio(wanted: Floats, found: Floats) -> Floats:
    return np.divide(wanted, found, out=np.zeros_like(found), where=found > 0)


def starts_run(values: Ints) -> Bools:
    """Return whether each value differs from the one before it; the first one does."""
    return np.concatenate([np.ones(len(values[:1]), dtype=bool), values[1:] != values[:-1]])


def text(labels: Sequence[str], codes: Ints | Bools) -> npt.NDArray[np.object_]:
    """Return the label of each code."""
    return np.array(labels, dtype=object)[np.asarray(codes, dtype=np.int64)]
