"""The charges: they follow the outcome of the case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthcase.core.streams import stream
from synthcase.datasets.case_rows import PROCEEDS
from synthcase.datasets.draws import Bools, Ints, choose_rows, starts_run, text
from synthcase.datasets.network_types import NETWORK_TYPES
from synthcase.datasets.victim_rows import CLOSED

if TYPE_CHECKING:
    from synthcase.datasets.case_rows import Cases
    from synthcase.datasets.trafficker_rows import Traffickers

__all__ = ["Charges", "charge_columns", "draw_charges"]

_OFFENCES = (
    *("trafficking_in_persons", "exploitation_of_prostitution", "organised_crime"),
    *("money_laundering", "assault", "fraud", "drug_supply", "document_fraud"),
)
_VERDICTS = ("guilty", "not_guilty", "pending", "dropped")
_CHARGED = (0.75, 0.7, 0.6, 0.3)
_VERDICT_BY_OUTCOME = np.array([[80, 8, 0, 12], [0, 0, 85, 15], [0, 100, 0, 0], [0, 0, 0, 100]])


@dataclass(frozen=True, kw_only=True)
class Charges:
    """Draws for each charge, arrays of shape `(charges,)`."""

    trafficker: Ints
    offence: Ints
    verdict: Ints
    sentence: Ints
    seized: Ints


def draw_charges(cases: Cases, traffickers: Traffickers, seed: int) -> Charges:
    """Draw the charges of all cases.

    Args:
        cases: The cases.
        traffickers: The traffickers.
        seed: Seed of the simulation.

    Returns:
        Charges by trafficker. A convicted case has a guilty verdict, an acquitted one none; a
        sentence matters only where the verdict is guilty.
    """
    rng = stream(seed, "datasets", "charges")
    outcome = cases.outcome[traffickers.case]
    first = starts_run(traffickers.case)
    charged = rng.random(len(outcome)) < np.array(_CHARGED)[outcome]
    # Somebody was charged in every case that went to court.
    charged |= first & (outcome != 3)
    count = np.where(charged, 1 + np.minimum(rng.poisson(0.35, len(outcome)), 2), 0)
    trafficker = np.repeat(np.arange(len(outcome)), count)
    main = starts_run(trafficker)
    verdict = choose_rows(rng, _VERDICT_BY_OUTCOME[outcome[trafficker]].astype(float))
    decisive = main & first[trafficker] & (outcome[trafficker] == 0)
    kind = cases.kind[traffickers.case[trafficker]]
    return Charges(
        trafficker=trafficker,
        offence=_offences(rng, kind, main),
        verdict=np.where(decisive, 0, verdict),
        sentence=_sentences(rng, traffickers.role[trafficker] == 0),
        seized=_seized(rng, cases.proceeds[traffickers.case[trafficker]]),
    )


def _offences(rng: np.random.Generator, kind: Ints, main: Bools) -> Ints:
    """Draw the offence: the first charge is mostly trafficking, the others follow the case."""
    usual = np.tile(np.array([60, 5, 12, 8, 6, 3, 2, 4], dtype=float), (len(NETWORK_TYPES), 1))
    for at, network in enumerate(NETWORK_TYPES):
        usual[at, 1] = 25.0 if network.exploitation == "sexual" else 0.5
        usual[at, 5] = 25.0 if {"online_fraud", "benefit_fraud"} & set(network.offences) else 2.0
        usual[at, 6] = 25.0 if {"drug_supply", "cannabis_growing"} & set(network.offences) else 1.0
    weights = usual[kind]
    weights[~main, 0] = 15.0
    return choose_rows(rng, weights)


def _sentences(rng: np.random.Generator, leader: Bools) -> Ints:
    """Draw months: lognormal, median 60, longer for leaders, in steps as judges use them."""
    level = np.log(57.0) + 0.35 * leader + 0.6 * rng.standard_normal(len(leader))
    months = np.clip(np.exp(level), 6, 300)
    stepped = np.where(months < 24, np.round(months), np.round(months / 6) * 6)
    return np.asarray(stepped, dtype=np.int64)


def _seized(rng: np.random.Generator, proceeds: Ints) -> Ints:
    """Draw the band of seized assets: never above the proceeds of the case."""
    share = choose_rows(rng, np.tile([0.55, 0.25, 0.15, 0.05], (len(proceeds), 1)))
    return np.minimum(share, proceeds)


def charge_columns(charges: Charges) -> dict[str, object]:
    """Return the columns of table `charge` as text, keys excepted."""
    return {
        "offence": text(_OFFENCES, charges.offence),
        "verdict": text(_VERDICTS, charges.verdict),
        "sentence_months": np.where(charges.verdict == 0, charges.sentence.astype(str), CLOSED),
        "assets_seized_band": text(PROCEEDS, charges.seized),
    }
