"""Exact accounting in zero-concentrated differential privacy (zCDP).

Inside, a price is an exact fraction ρ: prices add without rounding, so the order of sums cannot
matter. Outside, people read (ε, δ): the conversion is that of Canonne, Kamath and Steinke, which
holds for the discrete Gaussian (the curve of the continuous one is not an upper bound for it).
ε is rounded up and ρ is rounded down, so that what is printed is never better than what holds.

References:
    Bun and Steinke 2016, "Concentrated Differential Privacy: Simplifications, Extensions, and
    Lower Bounds", arXiv:1605.02065. Canonne, Kamath and Steinke 2020, "The Discrete Gaussian for
    Differential Privacy", arXiv:2004.00010, Corollary 13.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import lru_cache
from statistics import NormalDist

from synthcase.errors import InternalError, UsageError

__all__ = [
    "DELTA",
    "GRID",
    "belief",
    "epsilon_of",
    "gaussian_rho",
    "parse_epsilon",
    "rho_of",
    "round_up",
]

DELTA = Fraction(1, 10**6)
"""δ of every printed ε; fixed by policy, because the number of persons is secret."""

GRID = Fraction(1, 2**40)
"""Budgets are multiples of this ρ, so that their sums stay short."""

_LARGEST_RHO = 10_000
_LARGEST_EPSILON = 10_000
_EPSILON = re.compile(r"[0-9]{1,6}(\.[0-9]{1,12})?|[0-9]{1,12}/[1-9][0-9]{0,11}", re.ASCII)


def gaussian_rho(delta_squared: Fraction, sigma: Fraction) -> Fraction:
    """Return the exact price of one table with discrete Gaussian noise: ρ = Δ²/(2σ²).

    Args:
        delta_squared: Squared L2 sensitivity Δ² of the table, in the table's own unit.
        sigma: Scale σ of the noise, in the same unit.

    Raises:
        InternalError: One of them is no Fraction, Δ² is negative, or σ is not positive.

    Privacy:
        Reads no record.

    References:
        arXiv:2004.00010, Theorem 4 (with ε² / 2 = ρ).

    Example:
        >>> gaussian_rho(Fraction(1), Fraction(5))
        Fraction(1, 50)
    """
    for number in (delta_squared, sigma):
        if not isinstance(number, Fraction):
            raise InternalError("A price needs exact fractions.", came=type(number).__name__)
    if delta_squared < 0 or sigma <= 0:
        raise InternalError("A price needs Δ² ≥ 0 and σ > 0.")
    return delta_squared / (2 * sigma * sigma)


def round_up(rho: Fraction) -> Fraction:
    """Return the smallest multiple of 2⁻⁴⁰ that is at least ρ.

    A sum over hundreds of tables has a denominator of thousands of digits; rounded up it is short,
    and the account pays at most 10⁻¹² too much.

    Example:
        >>> round_up(Fraction(1, 4)), round_up(Fraction(1, 3)) > Fraction(1, 3)
        (Fraction(1, 4), True)

    Privacy:
        Reads no record.
    """
    return math.ceil(_checked_rho(rho) / GRID) * GRID


def parse_epsilon(epsilon: Fraction | str | float) -> Fraction:
    """Read ε as a person writes it: "4", "0.5", "1/2", 4, 0.5.

    Args:
        epsilon: A float means the decimal number it prints as: 0.1 is 1/10.

    Raises:
        UsageError: It is no number, not positive, or above 10 000.

    Privacy:
        Reads no record.
    """
    text = str(epsilon)
    if isinstance(epsilon, bool) or not _EPSILON.fullmatch(text):
        raise UsageError(
            "ε cannot be read.", expected="a number such as 4, 0.5 or 1/2", todo="Write it so."
        )
    value = Fraction(text)
    if not 0 < value <= _LARGEST_EPSILON:
        raise UsageError("ε is out of range.", expected=f"above 0, at most {_LARGEST_EPSILON}")
    return value


def epsilon_of(rho: Fraction, *, delta: Fraction = DELTA) -> float:
    """Return the ε of (ε, δ)-differential privacy that ρ-zCDP guarantees, rounded up.

    Args:
        rho: The price ρ, at most 10 000.
        delta: The δ beside it.

    Raises:
        InternalError: ρ is no Fraction, negative or too large.
        UsageError: δ is not between 0 and 1.

    Privacy:
        Reads no record.

    References:
        arXiv:2004.00010, Corollary 13, as computed by OpenDP with outward rounding.

    Example:
        >>> epsilon_of(Fraction(1, 2)) < 5.2216
        True
    """
    return _epsilon_of(_checked_rho(rho), _checked_delta(delta))


# Cached behind the checks: to a cache, 0.5 and Fraction(1, 2) are the same key.
@lru_cache(maxsize=4096)
def _epsilon_of(rho: Fraction, delta: Fraction) -> float:
    if rho == 0:
        return 0.0
    import opendp.prelude as dp

    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T="i64")
    scale = 1 / math.sqrt(2 * float(rho))
    gaussian = dp.m.make_gaussian(*space, scale=scale)
    # OpenDP converts measurements, so take one that costs ρ, or the least bit more.
    while Fraction(gaussian.map(1)) < rho:  # type: ignore[no-untyped-call]
        scale = math.nextafter(scale, 0)
        gaussian = dp.m.make_gaussian(*space, scale=scale)
    profile = dp.c.make_zCDP_to_approxDP(gaussian).map(1)  # type: ignore[no-untyped-call]
    return float(profile.epsilon(_float_below(delta)))


def rho_of(epsilon: Fraction | str | float, *, delta: Fraction = DELTA) -> Fraction:
    """Return the largest multiple of 2⁻⁴⁰ whose ε is at most the one given.

    Args:
        epsilon: As `parse_epsilon` reads it.
        delta: The δ beside it.

    Returns:
        ρ, rounded down; 0 when even one step of the grid would cost more than ε.

    Raises:
        UsageError: ε or δ is out of range.

    Privacy:
        Reads no record.

    Example:
        >>> float(rho_of("4"))  # doctest: +ELLIPSIS
        0.311064...
    """
    return _rho_of(parse_epsilon(epsilon), _checked_delta(delta))


@lru_cache(maxsize=256)
def _rho_of(epsilon: Fraction, delta: Fraction) -> Fraction:
    def fits(steps: int) -> bool:
        return Fraction(epsilon_of(steps * GRID, delta=delta)) <= epsilon

    low, high = 0, int(_LARGEST_RHO / GRID)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low * GRID


def belief(rho: Fraction, *, prior: Fraction = Fraction(1, 2), probability: float = 0.999) -> float:
    """Return how sure somebody can become that a person is in the data.

    Args:
        rho: The price for that person.
        prior: How sure they were before.
        probability: Share of all possible releases for which the answer holds.

    Returns:
        The probability they hold afterwards, at most; it is
        1/(1 + e^(−L)·(1 − prior)/prior) with L = ρ + √(2ρ)·Φ⁻¹(probability).

    Privacy:
        Reads no record.

    Example:
        >>> round(belief(rho_of("4")), 2)
        0.94
    """
    if not 0 < prior < 1 or not 0.5 <= probability < 1:
        raise InternalError("A belief needs a prior between 0 and 1, and a probability from 0.5.")
    exact = float(_checked_rho(rho))
    loss = exact + math.sqrt(2 * exact) * NormalDist().inv_cdf(probability)
    return 1 / (1 + math.exp(-loss) * float((1 - prior) / prior))


def _checked_rho(rho: object) -> Fraction:
    if not isinstance(rho, Fraction) or not 0 <= rho <= _LARGEST_RHO:
        raise InternalError(
            "A price ρ is not usable.",
            expected=f"a Fraction from 0 to {_LARGEST_RHO}",
            came=type(rho).__name__,
        )
    return rho


def _checked_delta(delta: object) -> Fraction:
    if not isinstance(delta, Fraction) or not 0 < delta < 1:
        raise UsageError("δ is out of range.", expected="a Fraction between 0 and 1")
    return delta


def _float_below(value: Fraction) -> float:
    nearest = float(value)
    return nearest if Fraction(nearest) <= value else math.nextafter(nearest, 0)
