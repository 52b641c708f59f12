"""Simulated case records: invented, with a structure that is known.

Nothing here is evidence about the world. The records exist so that a custodian, a researcher or a
test has something to run on, and so that what the library finds can be compared with what was put
in: `docs` and the other modules of this package say what that is.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from synthcase.core.files import write_aside
from synthcase.errors import FileProblem, UsageError

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Mapping

    import pandas as pd

__all__ = ["SimulatedCases", "demo_cases", "simulate_cases"]

_NOTICE = "Invented records: simulated, not evidence about the world."
_SCHEMA_FILE = "schema.yaml"
_DEMO = {
    "case": (
        *("case_id", "network_type", "route", "country_detected"),
        *("joint_investigation", "outcome"),
    ),
    "victim": (
        *("victim_id", "case_id", "gender", "age_at_recruitment", "minor", "citizenship"),
        *("vulnerability", "duration_months"),
    ),
    "trafficker": (
        "trafficker_id", "case_id", "gender", "age_band", "citizenship", "role_main",
    ),
    "exploitation": (
        *("exploitation_id", "victim_id", "type", "forced_offence", "country"),
        "means_of_control",
    ),
    "journey_leg": (
        "victim_id", "leg_no", "from_country", "to_country", "mode", "border_crossed",
    ),
}  # fmt: skip


@dataclass(frozen=True, repr=False)
class SimulatedCases:
    """Invented case records as a custodian's files would hold them, and their schema.

    The records are simulated; they are no evidence about the world.

    Attributes:
        tables: The tables by name; every cell is text, and an empty cell is missing.
        schema_text: The schema of these tables as YAML.
    """

    tables: Mapping[str, pd.DataFrame]
    schema_text: str

    def __post_init__(self) -> None:
        """Check that there are tables and a schema."""
        if not self.tables or not self.schema_text:
            raise UsageError("Simulated cases need at least one table and a schema.")

    def write(self, folder: str | os.PathLike[str]) -> Path:
        """Write one CSV file a table, and the schema as `schema.yaml`.

        Args:
            folder: Where to; it is made if it does not exist. Nothing in it is overwritten.

        Returns:
            The folder.

        Raises:
            UsageError: A file of one of the names exists.
            FileProblem: The system refuses to write.

        Privacy:
            The records are invented.
        """
        target = Path(folder)
        contents = {
            f"{name}.csv": table.to_csv(index=False, lineterminator="\n")
            for name, table in self.tables.items()
        }
        contents[_SCHEMA_FILE] = self.schema_text
        _make_folder(target)
        taken = sorted(name for name in contents if (target / name).exists())
        if taken:
            raise UsageError(
                f"{target.name} holds {', '.join(taken)} already.",
                expected="a folder without these files: a simulation never overwrites records",
                todo="Choose another folder.",
            )
        for name, content in contents.items():
            write_aside(target / name, content.encode())
        return target

    def __repr__(self) -> str:
        """Return the names and numbers of rows."""
        sizes = ", ".join(f"{name}: {len(table)} rows" for name, table in self.tables.items())
        return f"SimulatedCases({sizes}). {_NOTICE}"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(name)}</td><td>{len(table)}</td>"
            f"<td>{escape(', '.join(table.columns))}</td></tr>"
            for name, table in self.tables.items()
        )
        return (
            f"<p><b>{escape(_NOTICE)}</b></p>"
            f"<table><tr><th>table</th><th>rows</th><th>columns</th></tr>{rows}</table>"
        )


def _make_folder(target: Path) -> None:
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise FileProblem(
            f"The folder {target.name} cannot be made.",
            todo="Check the name, and who may write there.",
        ) from None


def simulate_cases(
    n_cases: int = 1000,
    *,
    seed: int = 0,
    types: Collection[str] | None = None,
    missing: bool = True,
) -> SimulatedCases:
    """Simulate trafficking cases with a known structure: invented, not evidence about the world.

    Seven tables: `case`, `victim`, `trafficker`, `exploitation`, `journey_leg`,
    `victim_trafficker`, `charge`. A row of `trafficker` is a person in a case; `person_id`, which
    the schema leaves out, tells which rows are one person. The countries are invented, and none
    belongs to a kind of case. Known truth: members of a case share citizenship, ages and means of
    control; the kind of case fixes who, how and where; relations follow ages and genders across
    the link; legs form chains; what is missing depends on the source of the record.

    Args:
        n_cases: Number of cases; about 8 victims, 4 traffickers, 13 legs and 20 links each.
        seed: A whole number; the same seed gives the same bytes.
        types: Kinds of case that may occur (`case.network_type`); all ten if None.
        missing: Whether cells are left empty, depending on the source; if not, the same records
            without a gap. Cells that do not apply are "n.a." in both.

    Returns:
        The tables and their schema.

    Raises:
        UsageError: `n_cases` is not positive, or `types` names a kind that does not exist.

    Privacy:
        Reads no record.

    Example:
        >>> cases = simulate_cases(20, seed=1)
        >>> list(cases.tables)[:3]
        ['case', 'victim', 'trafficker']
        >>> len(cases.tables["case"])
        20
    """
    from synthcase.datasets.simulation import simulate_tables

    kinds = _kinds(types)
    if n_cases < 1:
        raise UsageError("There must be at least one case.", came=f"n_cases={n_cases}")
    tables = simulate_tables(n_cases, seed=seed, kinds=kinds, missing=missing)
    return SimulatedCases(tables, _schema_text("cases.yaml"))


def demo_cases(n_cases: int = 200, *, seed: int = 0) -> SimulatedCases:
    """Simulate a smaller database for a first run: invented, not evidence about the world.

    Five tables with their most important columns: those of `simulate_cases` with the same seed,
    without links, charges and the other columns.

    Args:
        n_cases: Number of cases.
        seed: A whole number; the same seed gives the same bytes.

    Returns:
        The tables and their schema, with the questions of the demonstration.

    Raises:
        UsageError: `n_cases` is not positive.

    Privacy:
        Reads no record.

    Example:
        >>> list(demo_cases(20).tables)
        ['case', 'victim', 'trafficker', 'exploitation', 'journey_leg']
    """
    tables = simulate_cases(n_cases, seed=seed).tables
    small = {name: tables[name][list(columns)] for name, columns in _DEMO.items()}
    return SimulatedCases(small, _schema_text("demo.yaml"))


def _schema_text(name: str) -> str:
    return files("synthcase.datasets").joinpath(name).read_text(encoding="utf-8")


def _kinds(types: Collection[str] | None) -> tuple[int, ...]:
    from synthcase.datasets.network_types import NETWORK_TYPES

    names = [network.name for network in NETWORK_TYPES]
    chosen = names if types is None else [types] if isinstance(types, str) else list(types)
    unknown = [name for name in chosen if name not in names]
    if unknown or not chosen:
        raise UsageError(
            "These are no kinds of case." if unknown else "No kind of case is named.",
            came=", ".join(map(repr, unknown)) or None,
            exists=", ".join(names),
        )
    return tuple(sorted({names.index(name) for name in chosen}))
