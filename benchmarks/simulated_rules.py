"""The rules of the simulated cases, counted in real and synthetic tables alike.

What is missing breaks no rule. Ages in bands are compared by what is possible at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    Frames = Mapping[str, pd.DataFrame]
    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Texts = NDArray[np.object_]

VICTIM_AGES = {
    "0-8": (0, 8), "9-17": (9, 17), "18-20": (18, 20), "21-23": (21, 23), "24-26": (24, 26),
    "27-29": (27, 29), "30-38": (30, 38), "39-47": (39, 47), "48+": (48, 120),
}  # fmt: skip
TRAFFICKER_AGES = {"under_30": (15, 29), "30-38": (30, 38), "39-47": (39, 47), "48+": (48, 120)}


def broken_rules(frames: Frames) -> dict[str, int]:
    """Count rows that break a rule.

    Args:
        frames: The tables of a folder written by `simulated.py`, as text, empty where missing.

    Returns:
        Rows by rule.
    """
    found = _in_row(frames) | _of_journeys(frames) | _of_links(frames) | _of_charges(frames)
    return {rule: int(broken.sum()) for rule, broken in found.items()}


def _in_row(frames: Frames) -> dict[str, Bools]:
    from synthcase.datasets.blanks import GATES

    found = {}
    for table, dependent, gate, states in GATES:
        rows = frames[table]
        is_open = rows[gate].isin(states).to_numpy()
        found[f"{table}.{dependent} where {gate} is closed"] = ~is_open & _known(rows, dependent)
    victims, kinds = frames["victim"], frames["exploitation"]
    child = _numbers(victims, "age_at_recruitment") < 18
    known = _known(victims, "age_at_recruitment", "minor")
    found["minor and age"] = known & (child != (victims["minor"] == "yes").to_numpy())
    both = victims[["non_punishment_applied", "punished_for_offence"]] == "yes"
    found["spared and punished"] = both.all(axis=1).to_numpy()
    sexual = kinds["subtype"].isin(["prostitution", "pornography", "other_sexual"]).to_numpy()
    known, is_sexual = _known(kinds, "type", "subtype"), (kinds["type"] == "sexual").to_numpy()
    found["type and subtype"] = known & (sexual != is_sexual)
    return found


def _of_journeys(frames: Frames) -> dict[str, Bools]:
    legs = _in_order(frames["journey_leg"])
    same = legs["victim_id"].eq(legs["victim_id"].shift()).to_numpy()
    ends = ~np.append(same[1:], values=False)[: len(legs)]
    place, month = _numbers(legs, "leg_no"), _numbers(legs, "month_offset")
    left, reached = (legs[name].to_numpy() for name in ("from_country", "to_country"))
    inside, abroad = (left != "") & (reached != ""), left != reached
    route, origin, goal = _around(legs, frames)
    domestic, outset = route == "domestic", ~same & ~np.isin(route, ("domestic", ""))
    before = np.roll(reached, 1)
    joined = same & (before != "") & (left != "")
    return {
        "legs counted from one": place != np.where(same, np.roll(place, 1) + 1, 1),
        "legs that do not chain": joined & (left != before),
        "border and countries": inside & (abroad != (legs["border_crossed"] == "yes").to_numpy()),
        "border in a domestic case": domestic & inside & abroad,
        "months that go back": same & (month < np.roll(month, 1)),
        "first leg from elsewhere": outset & (origin != "") & (left != "") & (left != origin),
        "last leg to elsewhere": ends & (goal != "") & (reached != "") & (reached != goal),
    }


def _in_order(legs: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    order = np.lexsort((_numbers(legs, "leg_no"), pd.factorize(legs["victim_id"])[0]))
    return legs.iloc[order]


def _around(legs: pd.DataFrame, frames: Frames) -> tuple[Texts, Texts, Texts]:
    """Return for each leg the route of its case, and where its victim is from and was exploited."""
    victims = frames["victim"].merge(frames["case"], on="case_id", how="left")
    country = frames["exploitation"].drop_duplicates("victim_id")[["victim_id", "country"]]
    rows = legs[["victim_id"]].merge(victims, on="victim_id", how="left")
    rows = rows.merge(country, on="victim_id", how="left")
    route, origin, goal = (
        rows[name].fillna("").to_numpy(dtype=object) for name in ("route", "citizenship", "country")
    )
    return route, origin, goal


def _of_links(frames: Frames) -> dict[str, Bools]:
    links = frames["victim_trafficker"].merge(frames["victim"], on="victim_id", how="left")
    links = links.merge(
        frames["trafficker"], on="trafficker_id", how="left", suffixes=("", "_trafficker")
    ).fillna("")
    parent = (links["relation"] == "parent").to_numpy()
    low, high = _ages(links["age_band"], VICTIM_AGES)
    youngest, oldest = _ages(links["age_band_trafficker"], TRAFFICKER_AGES)
    possible = (oldest - low >= 15) & (youngest - high <= 45)
    differ = (links["citizenship"] != links["citizenship_trafficker"]).to_numpy()
    partner = (links["relation"] == "partner").to_numpy()
    return {
        "links between cases": (links["case_id"] != links["case_id_trafficker"]).to_numpy(),
        "parents of another citizenship": parent
        & differ
        & _known(links, "citizenship", "citizenship_trafficker"),
        "parents of another age": parent
        & ~possible
        & _known(links, "age_band", "age_band_trafficker"),
        "partners of small children": partner & (_numbers(links, "age_at_recruitment") < 12),
    }


def _of_charges(frames: Frames) -> dict[str, Bools]:
    charges = frames["charge"].merge(frames["trafficker"], on="trafficker_id", how="left")
    charges = charges.merge(frames["case"], on="case_id", how="left").fillna("")
    guilty = (charges["verdict"] == "guilty").to_numpy() & _known(charges, "outcome")
    linked = charges["trafficker_id"].isin(frames["victim_trafficker"]["trafficker_id"]).to_numpy()
    return {
        "guilty without a conviction": guilty & (charges["outcome"] != "convicted").to_numpy(),
        "charges without a victim": ~linked,
    }


def _known(frame: pd.DataFrame, *columns: str) -> Bools:
    return np.asarray((frame[list(columns)] != "").all(axis=1))


def _numbers(frame: pd.DataFrame, column: str) -> Floats:
    import pandas as pd

    return pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=float)


def _ages(bands: pd.Series[str], limits: Mapping[str, tuple[int, int]]) -> tuple[Floats, Floats]:
    pairs = np.array([limits.get(band, (0, 200)) for band in bands], dtype=float).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
