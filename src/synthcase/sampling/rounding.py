"""Draws with rounded counts: as many rows of each state as the model expects, at random places."""

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

    Each row gets a state with the probability its group gives it, as with independent draws, but
    the number of rows of each state is nearly the expected one, in every group and over all groups
    together. States are handed out one after another, the most frequent first, by systematic
    sampling: rows are laid in a line, each as long as its probability, and whoever holds a whole
    number from a random start on is chosen. Groups stand in random order, so that two columns with
    the same shares do not go together.

    Args:
        groups: Group of each row, `(rows,)`.
        shares: Distribution of each group in units of 2^-30, `(groups, states)`.
        rng: The stream.

    Returns:
        States, `(rows,)`.

    Privacy:
        Post-processing of Measurements.

    References:
        Madow (1949), On the theory of systematic sampling II, doi:10.1214/aoms/1177729988.
    """
    line = _in_line(groups, len(shares), rng)
    expected = np.bincount(groups, minlength=len(shares)) @ shares.astype(np.int64)
    found = np.empty(len(groups), dtype=np.int16)
    left = np.full(len(groups), ONE, dtype=np.int64)
    due = 0
    for state in np.argsort(-expected, kind="stable"):
        if not len(line):
            break
        due += int(expected[state])
        own = shares[groups[line], state].astype(np.int64)
        chosen = _systematic(_towards((own << 30) // left, due), int(rng.integers(0, ONE)))
        found[line[chosen]] = state
        due -= int(chosen.sum()) * ONE
        left = (left - own)[~chosen]
        line = line[~chosen]
    return found


def _in_line(groups: NDArray[np.integer], number: int, rng: np.random.Generator) -> Integers:
    """Return row numbers, groups in random order and in random order inside a group."""
    return shuffled_within(rng.permutation(number)[groups], rng)


def _towards(chances: Integers, due: int) -> Integers:
    """Shift chances so that they add up to what is due, less or more than one row.

    What earlier states have left over differs a little from its mean, and that would add up. A
    difference below one row stays: it is chance, and without it few rows would be no fair draw.
    Chances of 0 and 1 stay too.
    """
    missing = due - int(chances.sum())
    spread = (chances >> 15) * ((ONE - chances) >> 15)
    room = int(spread.sum())
    if abs(missing) <= ONE or not room:
        return chances
    shift = min(abs(missing) - ONE, room) / room * (1 if missing > 0 else -1)
    return np.asarray(chances + np.rint(spread * shift).astype(np.int64))


def _systematic(chances: Integers, start: int) -> NDArray[np.bool_]:
    """Choose rows with given chances in units of 2^-30; any run of rows gets its sum, rounded."""
    passed = (np.cumsum(chances) + start) >> 30
    return np.asarray(np.diff(passed, prepend=0) > 0)


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
