"""Measure how time and memory grow with the rows: twelve made-up columns, from Parquet to Parquet.

    python benchmarks/scale.py --rows 1000000 --epsilon 4 --seed 1

The peak of memory never falls inside a process, so each stage states the peak up to its end.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from machine import about_this_run, used
from running import LARGEST_EPSILON

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeVar

    Found = TypeVar("Found")

SIZES = (2, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30)
CLASSES = 6
_CHUNK = 100_000


def make_records(target: Path, rows: int, *, seed: int) -> None:
    """Write one Parquet file `record.parquet`, chunk by chunk: its columns follow a hidden class.

    Args:
        target: The folder.
        rows: Number of rows.
        seed: Fixes every cell.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(seed)
    usual = [rng.permutation(max(size, CLASSES)) % size for size in SIZES]
    labels = [pa.array([f"v{number}" for number in range(size)]) for size in SIZES]
    names = ["record_id", *(f"c{number}" for number in range(len(SIZES)))]
    types = [pa.int64(), *(pa.dictionary(pa.int32(), pa.string()) for _ in SIZES)]
    form = pa.schema(list(zip(names, types, strict=True)))
    with pq.ParquetWriter(target / "record.parquet", form, compression="zstd") as writer:
        for start in range(0, rows, _CHUNK):
            key = np.arange(start, min(start + _CHUNK, rows))
            hidden = rng.integers(CLASSES, size=len(key))
            columns = [pa.array(key)]
            for number, size in enumerate(SIZES):
                other = rng.integers(size, size=len(key))
                follows = rng.random(len(key)) < 0.6
                code = np.where(follows, usual[number][hidden], other).astype(np.int32)
                columns.append(pa.DictionaryArray.from_arrays(code, labels[number]))
            writer.write_table(pa.Table.from_arrays(columns, schema=form))


def schema_text() -> str:
    """Return the schema of the made-up table as YAML."""
    columns = [
        f"      c{number}: {{kind: categorical, values: "
        f"[{', '.join(f'v{value}' for value in range(size))}], else: v0}}"
        for number, size in enumerate(SIZES)
    ]
    head = "synthcase: 1\nname: made_up\ntables:\n  record:\n    key: record_id\n    columns:\n"
    return head + "\n".join(columns) + "\n"


def run(rows: int, *, epsilon: str, seed: int, scratch: Path) -> list[dict[str, object]]:
    """Read, measure, fit and write.

    Args:
        rows: Number of rows.
        epsilon: The ε of one row.
        seed: Of the made-up rows and of the sampling.
        scratch: An empty folder.

    Returns:
        For each stage its seconds, CPU seconds, and the peak of memory in MiB up to its end.
    """
    import synthcase as sc
    from synthcase.sampling.writing import write_tables

    stages: list[dict[str, object]] = []

    def stage(name: str, act: Callable[[], Found]) -> Found:
        wall, cpu = time.perf_counter(), time.process_time()
        found = act()
        stages.append(
            {
                "stage": name,
                "seconds": time.perf_counter() - wall,
                "cpu_seconds": time.process_time() - cpu,
                "peak_memory_mib": used()[1],
            }
        )
        return found

    records, out = scratch / "records", scratch / "out"
    records.mkdir()
    out.mkdir()
    stage("make", lambda: make_records(records, rows, seed=seed))
    plan = sc.plan(sc.load_schema(schema_text()), epsilon=epsilon, expect={"record": rows})
    ledger = sc.Ledger.create(
        scratch / "ledger",
        population="made-up rows",
        cap_epsilon=LARGEST_EPSILON,
        set_by="benchmark",
    )
    read = stage("read", lambda: sc.read(records, plan.schema))
    answers = stage("measure", lambda: sc.measure(read, plan, ledger=ledger))
    model = stage("fit", lambda: sc.fit(answers))
    stage(
        "write",
        lambda: write_tables(sc.sample(model, seed=seed), out, formats=("parquet",)),
    )
    return stages


def main(arguments: Sequence[str] | None = None) -> dict[str, object]:
    """Run the benchmark and return its numbers."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--epsilon", default="4", help="the ε of one row")
    parser.add_argument("--seed", type=int, default=1, help="of the rows and of the sampling")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save all numbers")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        stages = run(
            options.rows, epsilon=options.epsilon, seed=options.seed, scratch=Path(scratch)
        )
    for found in stages:
        peak = found["peak_memory_mib"]
        print(
            f"{found['stage']:<8}{found['seconds']:>9.1f} s{found['cpu_seconds']:>9.1f} CPU s"
            f"{'–' if peak is None else f'{peak:.0f}':>9} MiB so far"
        )
    numbers: dict[str, object] = {
        "kind": "scale",
        "rows": options.rows,
        "columns": len(SIZES),
        "epsilon": options.epsilon,
        "seed": options.seed,
        **about_this_run(),
        "stages": stages,
    }
    if options.json:
        options.json.write_text(json.dumps(numbers, indent=1, ensure_ascii=False), encoding="utf-8")
    return numbers


if __name__ == "__main__":
    main()
