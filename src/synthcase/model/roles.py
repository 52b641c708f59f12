"""Public constants of groups: how many children take which role, and what they weigh."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthcase.schema.layout import CountBins


@dataclass(frozen=True)
class Cast:
    """Weights of the children of one parent by their number and role.

    Child i of k takes role min(i, S). A bin of several numbers counts as their mean, small numbers
    more than large ones (1/k).

    Attributes:
        bins: Bins of the number of children.
        typical: The c of tempered votes.
        votes: Rows weigh a share of a vote; else 1.
    """

    bins: CountBins
    typical: int
    votes: bool

    @property
    def roles(self) -> int:
        """Number of roles S: two at least, four where groups are typically of three or more."""
        return min(4, max(2, self.typical + 1))

    def numbers(self, at: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the numbers of children in a bin and their shares of it."""
        low, high = self.bins.ranges[at]
        numbers = np.arange(low, high + 1)
        weight = 1 / np.maximum(numbers, 1)
        return numbers, weight / weight.sum()

    def members(self, k: int) -> NDArray[np.float64]:
        """Return how many of k children take each role, `(roles,)`."""
        found = (np.arange(self.roles) < k).astype(float)
        found[-1] = max(0, k - self.roles + 1)
        return found

    @cached_property
    def rows(self) -> NDArray[np.float64]:
        """Weight of a parent's rows by bin and role, `(bins, roles)`."""
        return self._mean(lambda k: self.members(k) / (max(k, self.typical) if self.votes else 1))

    @cached_property
    def fractions(self) -> NDArray[np.float64]:
        """Share of a group's rows by bin and role, `(bins, roles)`."""
        return self._mean(lambda k: self.members(k) / max(k, 1))

    @cached_property
    def chosen(self) -> NDArray[np.float64]:
        """Weight of rows where they meet another child table, `(bins, roles)`."""
        return self.rows if self.votes else self.fractions

    @cached_property
    def pairs(self) -> NDArray[np.float64]:
        """Weight of ordered pairs of siblings by bin and both roles, `(bins, roles, roles)`."""

        def weight(k: int) -> NDArray[np.float64]:
            members = self.members(k)
            number = np.outer(members, members) - np.diag(members)
            if k < 2:
                return np.zeros_like(number)
            return number / (max(k, self.typical) * (k - 1) if self.votes else k)

        return self._mean(weight)

    def _mean(self, weight: Callable[[int], NDArray[np.float64]]) -> NDArray[np.float64]:
        """Return the mean of a weight over the numbers of each bin, bins first."""
        means = []
        for at in range(len(self.bins.ranges)):
            numbers, shares = self.numbers(at)
            means.append(np.tensordot(shares, np.stack([weight(int(k)) for k in numbers]), axes=1))
        return np.stack(means)
