"""Means of control: fifteen flags that come in bundles.

Every victim has a severity, part of which belongs to the whole case. A flag is a logit in that
severity, so flags go together in a victim and among the victims of a case, while each flag keeps
the share it has in its kind of exploitation, among those with any flag at all.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from synthcase.datasets.network_types import NETWORK_TYPES

if TYPE_CHECKING:
    from synthcase.datasets.draws import Bools, Floats, Ints

__all__ = ["MEANS", "draw_means", "shares_of"]

MEANS = (
    "takes_earnings",
    "debt_bondage",
    "threats",
    "threat_of_law_enforcement",
    "psychological_abuse",
    "physical_abuse",
    "sexual_abuse",
    "false_promises",
    "psychoactive_substances",
    "restricts_movement",
    "restricts_medical_care",
    "excessive_working_hours",
    "withholds_necessities",
    "withholds_documents",
    "other",
)

_RARE = 0.05
_LOADINGS = np.array([0.8, 0.9, 1.1, 1.0, 1.2, 1.1, 1.0, 0.8, 0.9, 1.2, 1.1, 0.9, 1.2, 1.0, 0.8])
_FULL = {
    "sexual_exploitation": (
        *(0.119, 0.067, 0.324, 0.015, 0.352, 0.291, 0.205, 0.103),
        *(0.233, 0.311, 0.018, 0.030, 0.058, 0.048, 0.211),
    ),
    "labour": (
        *(0.596, 0.216, 0.494, 0.278, 0.507, 0.285, 0.023, 0.494),
        *(0.010, 0.481, 0.225, 0.532, 0.298, 0.399, 0.171),
    ),
}
_MAIN = {
    "family_pickpocketing": {
        "psychological_abuse": 0.6, "threats": 0.4, "takes_earnings": 0.9, "physical_abuse": 0.3,
    },
    "forced_begging": {"takes_earnings": 0.9, "physical_abuse": 0.4, "threats": 0.4},
    "county_lines": {
        "threats": 0.7, "debt_bondage": 0.5, "psychoactive_substances": 0.4, "physical_abuse": 0.4,
    },
    "drug_street_dealing": {
        "psychoactive_substances": 0.6, "debt_bondage": 0.4, "takes_earnings": 0.7,
    },
    "scam_call_centre": {
        "restricts_movement": 0.9, "withholds_documents": 0.9, "takes_earnings": 0.8,
        "excessive_working_hours": 0.8, "false_promises": 0.9,
    },
    "cannabis_cultivation": {"restricts_movement": 0.9, "debt_bondage": 0.7, "threats": 0.7},
    "benefit_fraud": {
        "withholds_documents": 0.8, "false_promises": 0.8, "restricts_movement": 0.5,
    },
    "forced_marriage": {
        "psychological_abuse": 0.7, "sexual_abuse": 0.6, "restricts_movement": 0.7,
    },
}  # fmt: skip


def shares_of(name: str) -> Floats:
    """Return the share of each of `MEANS` among victims with any, for a network type."""
    if name in _FULL:
        return np.array(_FULL[name])
    return np.array([_MAIN[name].get(means, _RARE) for means in MEANS])


@cache
def _intercepts() -> Floats:
    """Return the logit intercepts that reach the shares, shape `(network types, means)`."""
    # Severity has variance 2 (one part the case's, one the victim's own): integrate over it.
    nodes, weights = np.polynomial.hermite_e.hermegauss(41)
    severity, weights = nodes * np.sqrt(2.0), weights / weights.sum()
    target = np.array([shares_of(network.name) for network in NETWORK_TYPES])
    intercepts = np.log(target / (1.0 - target))
    for _ in range(200):
        flag = _probability(intercepts[:, None, :], severity[None, :, None])
        any_flag = 1.0 - np.prod(1.0 - flag, axis=2, keepdims=True)
        reached = (weights[None, :, None] * flag / any_flag).sum(axis=1)
        intercepts += np.log(target / (1.0 - target)) - np.log(reached / (1.0 - reached))
    return intercepts


def _probability(intercepts: Floats, severity: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-intercepts - _LOADINGS * severity)))


def draw_means(rng: np.random.Generator, bundle: Ints, severity: Floats) -> Bools:
    """Draw the means of control of each row; every row has at least one.

    Args:
        rng: A seeded generator.
        bundle: The network type whose shares hold, shape `(rows,)`.
        severity: Severity of the victim, shape `(rows,)`; its variance is 2.

    Returns:
        Flags, shape `(rows, 15)`, in the order of `MEANS`.
    """
    probability = _probability(_intercepts()[bundle], severity[:, None])
    flags = rng.random(probability.shape) < probability
    for _ in range(200):
        empty = np.flatnonzero(~flags.any(axis=1))
        if not len(empty):
            break
        flags[empty] = rng.random((len(empty), len(MEANS))) < probability[empty]
    empty = np.flatnonzero(~flags.any(axis=1))
    flags[empty, probability[empty].argmax(axis=1)] = True
    return np.asarray(flags)
