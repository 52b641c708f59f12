"""Auditing by canaries: how much does one run of the measurement really tell about each of many?

Each of many units (canaries) is put into the records or left out by a coin. From the noisy answers
of one run somebody guesses, for each, which it was. Wrong guesses give a lower bound on what the
run told; if it lies above the claim, the claim is false.

References:
    Steinke, Nasr and Jagielski 2023, arXiv:2305.08846 (many canaries in one run); Dong, Roth and
    Su 2019, arXiv:1905.02383 (μ of a test).
"""

import math
import sys
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.stats import beta, norm

CONFIDENCE = 0.999
DELTA = 1e-6


@dataclass(frozen=True)
class Verdict:
    """What guessing showed, beside what was claimed (both as the μ of a Gaussian test)."""

    shown: float
    claimed: float

    @property
    def holds(self):
        return self.shown <= self.claimed

    def __str__(self):
        return (
            f"ε ≥ {epsilon(self.shown):.2f} shown, {epsilon(self.claimed):.2f} claimed "
            f"(μ {self.shown:.3f} of {self.claimed:.3f})"
        )


def epsilon(mu):
    """Return the ε of a Gaussian test at δ = 10⁻⁶."""

    def delta(eps):
        return norm.cdf(mu / 2 - eps / mu) - math.exp(eps) * norm.cdf(-mu / 2 - eps / mu)

    return 0.0 if mu <= 0 or delta(0.0) <= DELTA else brentq(lambda e: delta(e) - DELTA, 0, 500)


def verdict(scores, present, *, middle, rho):
    """Turn guesses into a lower bound.

    Args:
        scores: One number for each canary; large if it seems to be there, `(canaries,)`.
        present: Whether it was there, `(canaries,)`.
        middle: The score from which on it is guessed to be there; fixed before looking.
        rho: The claimed price, in zCDP.
    """
    guessed = scores > middle
    false_alarms = _at_most((guessed & ~present).sum(), (~present).sum())
    misses = _at_most((~guessed & present).sum(), present.sum())
    shown = -norm.ppf(false_alarms) - norm.ppf(misses)
    return Verdict(float(shown), math.sqrt(2 * rho))


def _at_most(errors, trials):
    """Return the largest rate that makes so few errors likely (Clopper and Pearson)."""
    return float(beta.ppf(CONFIDENCE, errors + 1, trials - errors))


def coins(number, *, seed):
    return np.random.default_rng(seed).random(number) < 0.5


def fast_noise(factor=1.0):
    """Return a quick stand-in for the noise: a rounded normal, which at such a scale is the same.

    Args:
        factor: What σ is multiplied by.
    """
    rng = np.random.default_rng(5)

    def add_noise(counts, sigma):
        return counts + np.rint(rng.normal(0, float(sigma) * factor, counts.shape)).astype(np.int64)

    return add_noise


def tell(request, what):
    """Keep a figure for the table of promises (tools/promises.py), and print it."""
    request.node.user_properties.append(("result", str(what)))
    sys.stdout.write(f"{what}\n")
