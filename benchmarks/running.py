"""One run of synthcase, and one of the baseline that counts each column alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from convert import safe_names
from oneway import measure_one_way, sample_one_way

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from coding import Database
    from folder import Folder

    Frames = dict[str, pd.DataFrame]

DELTA = Fraction(1, 10**6)
LARGEST_EPSILON = "1000"


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is run: the folder's tables, who is protected, at what budget, and the seed."""

    folder: Folder
    frames: Frames = field(repr=False)
    cases: int | None
    epsilon: str
    unit: str
    persons: tuple[str, ...]
    seed: int

    def rng(self, *purpose: int) -> np.random.Generator:
        """Return the generator of the seed and a purpose."""
        return np.random.default_rng([self.seed, *purpose])


def synthesise(job: Job, schema: str, *, expect: Mapping[str, int], seed: int) -> Frames:
    """Run synthcase once, from the tables to synthetic tables.

    Args:
        job: The tables and the budget.
        schema: Text of the schema.
        expect: Public number of rows by table.
        seed: Fixes the sampling; the noise has no seed.

    Returns:
        The synthetic tables as text under the folder's own names, empty where missing.
    """
    import tempfile

    import synthcase as sc

    names = safe_names(job.folder.tables)
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "schema.yaml"
        source.write_text(schema, encoding="utf-8")
        loaded = sc.load_schema(source)
        plan = sc.plan(
            loaded,
            epsilon=job.epsilon,
            expect={names[table]: rows for table, rows in expect.items()},
            unit=job.unit,
        )
        records = sc.read({names[table]: job.frames[table] for table in names}, loaded)
        ledger = sc.Ledger.create(
            Path(scratch) / "ledger",
            population="a public data set",
            cap_epsilon=LARGEST_EPSILON,
            set_by="benchmark",
        )
        model = sc.fit(sc.measure(records, plan, ledger=ledger))
    found = sc.sample(model, seed=seed).to_frames()
    return {table: found[names[table]] for table in job.folder.measured}


def run_baseline(job: Job, real: Database, *, rows: Mapping[str, int], run: int) -> Database | None:
    """Return tables drawn from noisy one-way counts; None where synthcase is not installed."""
    try:
        from synthcase.privacy.accounting import rho_of
    except ImportError:
        return None
    measured = measure_one_way(
        real,
        rho=float(rho_of(job.epsilon, delta=DELTA)),
        persons=job.persons if job.unit == "person" else (),
        noise=np.random.default_rng(),
    )
    return sample_one_way(measured, real, rows=rows, rng=job.rng(3, run))
