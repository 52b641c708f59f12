"""The tables of the simulated cases, put together from the draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from synthcase.datasets.blanks import leave_blank
from synthcase.datasets.case_rows import Cases, case_columns, draw_cases
from synthcase.datasets.charge_rows import Charges, charge_columns, draw_charges
from synthcase.datasets.exploitation_rows import (
    Exploitations,
    draw_exploitations,
    exploitation_columns,
)
from synthcase.datasets.journey_rows import Legs, draw_legs, leg_columns
from synthcase.datasets.link_rows import Links, draw_links, link_columns
from synthcase.datasets.trafficker_rows import Traffickers, draw_traffickers, trafficker_columns
from synthcase.datasets.victim_rows import Victims, draw_victims, victim_columns

if TYPE_CHECKING:
    from collections.abc import Collection

    from synthcase.datasets.draws import Ints

__all__ = ["simulate_tables"]


@dataclass(frozen=True, kw_only=True)
class _Drawn:
    """Everything drawn, and the age of each victim when the case was opened."""

    cases: Cases
    victims: Victims
    ages: Ints
    legs: Legs
    found: Exploitations
    traffickers: Traffickers
    links: Links
    charges: Charges


def simulate_tables(
    n_cases: int, *, seed: int, kinds: Collection[int], missing: bool
) -> dict[str, pd.DataFrame]:
    """Draw all tables.

    Args:
        n_cases: Number of cases.
        seed: Seed; the same numbers on every machine and in every process.
        kinds: Numbers of the network types that may occur.
        missing: Whether some cells are left empty; what is not empty stays the same.

    Returns:
        Seven tables by name; every cell is text.
    """
    drawn = _draw(n_cases, seed, kinds)
    tables = {
        name: pd.DataFrame(columns).astype("str") for name, columns in _columns(drawn).items()
    }
    if missing:
        sources = {name: drawn.cases.source[case] for name, case in _case_of_rows(drawn).items()}
        victims = {
            "victim": np.arange(len(drawn.victims.case)),
            "exploitation": drawn.found.victim,
        }
        leave_blank(tables, sources, victims, seed)
    return {name: table.astype("str") for name, table in tables.items()}


def _draw(n_cases: int, seed: int, kinds: Collection[int]) -> _Drawn:
    cases = draw_cases(n_cases, seed, kinds)
    victims = draw_victims(cases, seed)
    legs = draw_legs(cases, victims, seed)
    traffickers = draw_traffickers(cases, victims, seed)
    ages = victims.age + (legs.travel + victims.duration + victims.waited) // 12
    return _Drawn(
        cases=cases,
        victims=victims,
        ages=ages,
        legs=legs,
        found=draw_exploitations(cases, victims, seed),
        traffickers=traffickers,
        links=draw_links(cases, victims, traffickers, ages, seed),
        charges=draw_charges(cases, traffickers, seed),
    )


def _key(letter: str, numbers: Ints) -> list[str]:
    return [f"{letter}{number + 1:06d}" for number in numbers.tolist()]


def _keys(letter: str, rows: Ints) -> list[str]:
    """Return one new key a row."""
    return _key(letter, np.arange(len(rows)))


def _columns(drawn: _Drawn) -> dict[str, dict[str, object]]:
    victims, links, charges = drawn.victims, drawn.links, drawn.charges
    return {
        "case": {"case_id": _keys("C", drawn.cases.kind), **case_columns(drawn.cases)},
        "victim": {
            "victim_id": _keys("V", victims.case),
            "case_id": _key("C", victims.case),
            **victim_columns(victims, drawn.ages),
        },
        "trafficker": {
            "trafficker_id": _keys("T", drawn.traffickers.case),
            "case_id": _key("C", drawn.traffickers.case),
            **trafficker_columns(drawn.traffickers),
        },
        "exploitation": {
            "exploitation_id": _keys("E", drawn.found.victim),
            "victim_id": _key("V", drawn.found.victim),
            **exploitation_columns(drawn.found, victims),
        },
        "journey_leg": {"victim_id": _key("V", drawn.legs.victim), **leg_columns(drawn.legs)},
        "victim_trafficker": {
            "victim_id": _key("V", links.victim),
            "trafficker_id": _key("T", links.trafficker),
            **link_columns(links),
        },
        "charge": {
            "charge_id": _keys("H", charges.trafficker),
            "trafficker_id": _key("T", charges.trafficker),
            **charge_columns(charges),
        },
    }


def _case_of_rows(drawn: _Drawn) -> dict[str, Ints]:
    """Return the number of the case of each row, by table."""
    victims, traffickers = drawn.victims.case, drawn.traffickers.case
    return {
        "case": np.arange(len(drawn.cases.kind)),
        "victim": victims,
        "trafficker": traffickers,
        "exploitation": victims[drawn.found.victim],
        "journey_leg": victims[drawn.legs.victim],
        "victim_trafficker": victims[drawn.links.victim],
        "charge": traffickers[drawn.charges.trafficker],
    }
