"""The only place that draws noise: exact discrete Gaussian integers from the operating system.

Counts are integers before, during and after the noise, because the low bits of a float sum betray
the count. Nothing here takes a seed: whoever knows the seed subtracts the noise.

References:
    Canonne, Kamath and Steinke 2020, arXiv:2004.00010 (the sampler, proved in OpenDP).
    Mironov 2012, doi:10.1145/2382196.2382264, and Haney et al. 2022, arXiv:2207.13793 (why no
    float).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from synthcase.errors import InternalError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["add_noise"]

_LARGEST_SUM = 2**62
_WIDEST_DRAW = 64  # in σ: a draw beyond has probability below 10⁻⁸⁸⁰


def add_noise(counts: NDArray[np.int64], sigma: Fraction) -> NDArray[np.int64]:
    """Add independent discrete Gaussian noise to every count.

    Args:
        counts: Exact counts of any shape, dtype int64.
        sigma: Scale σ > 0 of the noise, in the unit of the counts; a fraction that a float holds
            exactly (an integer below 2⁵³ times or divided by a power of two).

    Returns:
        A new int64 array of the same shape: count + a draw x with probability ∝ exp(−x²/(2σ²)).

    Raises:
        InternalError: The counts are no int64 array or could leave 64 bits, or σ is not such a
            fraction. The message never holds a count.

    Privacy:
        Costs ρ = Δ²/(2σ²), Δ being the L2 sensitivity of the whole array.
    """
    _check_counts(counts, _checked_sigma(sigma))
    import numpy as np

    if counts.size == 0:
        return counts.copy()
    noisy = _draw(counts.ravel().tolist(), sigma)
    return np.array(noisy, dtype=np.int64).reshape(counts.shape)


def _checked_sigma(sigma: object) -> Fraction:
    if not isinstance(sigma, Fraction):
        raise InternalError("σ must be a Fraction.", came=type(sigma).__name__)
    # OpenDP accepts a scale of 0, which is no noise at all.
    if not Fraction(1, _LARGEST_SUM) <= sigma <= _LARGEST_SUM:
        raise InternalError("σ must lie between 2⁻⁶² and 2⁶².")
    if Fraction(float(sigma)) != sigma:
        raise InternalError("σ must be a fraction that a float holds exactly.")
    return sigma


def _check_counts(counts: NDArray[np.int64], sigma: Fraction) -> None:
    import numpy as np

    # Exactly an ndarray: a masked array would hide values from `max`.
    if type(counts) is not np.ndarray:
        raise InternalError("Counts must be a numpy array.", came=type(counts).__name__)
    if str(counts.dtype) != "int64":
        raise InternalError("Counts must be of dtype int64.", came=str(counts.dtype))
    if counts.size == 0:
        return
    # In Python integers: the absolute value of the smallest int64 overflows.
    largest = max(int(counts.max()), -int(counts.min()))
    if largest + _WIDEST_DRAW * sigma >= _LARGEST_SUM:
        # Values near 2⁶³ would saturate in silence, and a saturated sum is no longer noisy.
        raise InternalError("Counts and noise could leave 64 bits.")


def _draw(counts: list[int], sigma: Fraction) -> list[int]:
    """Run OpenDP's measurement of this σ, once its own price has been compared with ours."""
    import opendp.prelude as dp
    from opendp.mod import OpenDPException

    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T="i64")
    try:
        gaussian = dp.m.make_gaussian(*space, scale=float(sigma))
        price, claimed = 1 / (2 * sigma * sigma), Fraction(gaussian.map(1))  # type: ignore[no-untyped-call]
        if not price <= claimed <= price * (1 + Fraction(1, 2**40)):
            raise InternalError("OpenDP prices this noise differently from synthcase.")
        noisy: list[int] = gaussian(counts)
    except (OpenDPException, TypeError, ValueError):
        # Its message could quote a count.
        raise InternalError("OpenDP could not draw the noise.") from None
    return noisy
