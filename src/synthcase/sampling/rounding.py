"""Draws with rounded counts: as many rows of each state as the model expects, in random order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthcase.model.nouns import ONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]


def draw(
    groups: NDArray[np.integer], shares: NDArray[np.int32], rng: np.random.Generator
) -> NDArray[np.int16]:
    """Draw a state for each row from the distribution of its group.

    Instead of independent draws a group of m rows gets m · share rows of each state, rounded; what
    rounding leaves is carried to the next group, so that totals hold too. Which row gets which
    state is random.

    Args:
        groups: Group of each row, `(rows,)`.
        shares: Distribution of each group in units of 2^-30, `(groups, states)`.
        rng: The stream.

    Returns:
        States, `(rows,)`.

    Privacy:
        Post-processing of Measurements.
    """
    sizes = np.bincount(groups, minlength=len(shares))
    counts = rounded(sizes, shares)
    states = np.repeat(np.tile(np.arange(shares.shape[1]), len(shares)), counts.ravel())
    found = np.empty(len(groups), dtype=np.int16)
    found[shuffled_within(groups, rng)] = states
    return found


def rounded(sizes: Integers, shares: NDArray[np.int32]) -> Integers:
    """Return whole counts near sizes · shares: rows add up exactly, columns nearly.

    Args:
        sizes: Rows of each group, `(groups,)`.
        shares: Distributions in units of 2^-30, `(groups, states)`.

    Returns:
        Counts, `(groups, states)`.
    """
    counts = np.zeros(shares.shape, dtype=np.int64)
    carry = np.zeros(shares.shape[1], dtype=np.int64)
    for group in np.flatnonzero(sizes):
        wanted = sizes[group] * shares[group].astype(np.int64)
        target = wanted + carry
        given = np.where(wanted > 0, np.maximum(target >> 30, 0), 0)
        missing = int(sizes[group] - given.sum())
        rest = np.where(wanted > 0, target - (given << 30), np.iinfo(np.int64).min >> 1)
        while missing > 0:
            best = np.argsort(-rest, kind="stable")[: min(missing, int((wanted > 0).sum()))]
            given[best] += 1
            rest[best] -= ONE
            missing -= len(best)
        while missing < 0:
            worst = int(np.argmin(np.where(given > 0, rest, np.iinfo(np.int64).max)))
            given[worst] -= 1
            rest[worst] += ONE
            missing += 1
        counts[group] = given
        carry = target - (given << 30)
    return counts


def shuffled_within(groups: NDArray[np.integer], rng: np.random.Generator) -> Integers:
    """Return row numbers sorted by group, in random order inside a group."""
    keys = rng.integers(0, 1 << 32, len(groups), dtype=np.int64)
    return np.argsort((groups.astype(np.int64) << 32) | keys, kind="stable")


def draw_one_by_one(shares: NDArray[np.int32], rng: np.random.Generator) -> NDArray[np.int16]:
    """Draw a state for each row independently from the row's own distribution.

    Args:
        shares: Distributions in units of 2^-30, `(rows, states)`.
        rng: The stream.

    Returns:
        States, `(rows,)`.
    """
    at = rng.integers(0, ONE, len(shares), dtype=np.int64)
    steps = np.cumsum(shares, axis=1, dtype=np.int64)
    return np.asarray((steps <= at[:, None]).sum(1), dtype=np.int16)
