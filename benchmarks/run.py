"""Run the written list of benchmarks, one after another, and write the page of results.

    python dev.py bench [--only NAME] [--data DIR]

Each benchmark is a process of its own. Its numbers go to `benchmarks/results/NAME.json`; the page
`benchmarks/results/README.md` is made from all the numbers that are there. It takes hours.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from jobs import JOBS, Benchmark
from machine import ROOT, child_environment
from summary import page, results_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE = Path(__file__).resolve().parent
DATA = ROOT.parent / "shared" / "data"
RESULTS = HERE / "results"


def chosen(jobs: Sequence[Benchmark], only: Sequence[str]) -> list[Benchmark]:
    """Return the benchmarks to run.

    Args:
        jobs: The list.
        only: Names or patterns such as `small-*`; () for all but those that run on request.

    Returns:
        Those asked for, in the order of the list.
    """
    if not only:
        return [job for job in jobs if not job.on_request]
    return [job for job in jobs if any(fnmatchcase(job.name, pattern) for pattern in only)]


@contextmanager
def source_of(job: Benchmark, data: Path) -> Iterator[list[str] | None]:
    """Yield the arguments that name the benchmark's folder of tables; None if it is not there."""
    if job.simulated is not None:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "simulated"
            command = [sys.executable, str(HERE / "simulated.py"), str(folder)]
            options = ["--cases", str(job.simulated), "--seed", "1"]
            subprocess.run([*command, *options], env=child_environment(), check=True)
            yield [str(folder), "--schema", str(folder / "schema.yaml")]
    elif job.folder is None:
        yield []
    else:
        there = (data / job.folder / "domain.yaml").is_file()
        yield [str(data / job.folder)] if there else None


def run_job(job: Benchmark, *, data: Path, results: Path) -> bool | None:
    """Run one benchmark.

    Args:
        job: Which.
        data: Where the folders of public data are.
        results: Where its numbers go; they replace older ones only if it ends well.

    Returns:
        Whether it ended well; None if its data are not there.
    """
    target = results / f"{job.name}.json"
    with source_of(job, data) as source, tempfile.TemporaryDirectory() as scratch:
        if source is None:
            print(f"{job.name}: skipped, there is no data folder {job.folder}", flush=True)
            return None
        print(f"\n{job.name}", flush=True)
        fresh = Path(scratch) / target.name
        command = [sys.executable, str(HERE / job.script), *source, *job.options]
        done = subprocess.run(
            [*command, "--json", str(fresh)], env=child_environment(), check=False
        )
        if done.returncode or not fresh.is_file():
            print(f"{job.name}: failed with exit code {done.returncode}", flush=True)
            return False
        target.write_bytes(fresh.read_bytes())
    return True


def main(arguments: Sequence[str] | None = None, *, jobs: Sequence[Benchmark] = JOBS) -> int:
    """Run what is asked for, write the page, and return 1 if something failed.

    Args:
        arguments: The command line; by default that of the process.
        jobs: The list of benchmarks.
    """
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="NAME",
        help="a name, or a pattern; repeat it",
    )
    parser.add_argument("--data", type=Path, default=DATA, metavar="DIR", help="public data sets")
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="DIR")
    parser.add_argument("--list", action="store_true", help="name the benchmarks and stop")
    parser.add_argument("--page", action="store_true", help="only write the page of results anew")
    options = parser.parse_args(arguments)
    if options.list:
        for job in jobs:
            print(f"{job.name}{' (on request)' if job.on_request else ''}")
        return 0
    todo = [] if options.page else chosen(jobs, options.only)
    if not todo and not options.page:
        names = ", ".join(job.name for job in jobs)
        print(f"--only names no benchmark; there are {names}", file=sys.stderr)
        return 2
    options.results.mkdir(parents=True, exist_ok=True)
    failed = []
    for job in todo:
        if run_job(job, data=options.data, results=options.results) is False:
            failed.append(job.name)
        # The page is right after every benchmark, should a later one be stopped.
        write_page(options.results, jobs)
    write_page(options.results, jobs)
    print(f"\nfailed: {', '.join(failed)}" if failed else "\nall that could run has run")
    return 1 if failed else 0


def write_page(results: Path, jobs: Sequence[Benchmark]) -> None:
    """Write `README.md` from the numbers that are there."""
    text = page(results_of(results, jobs), jobs)
    (results / "README.md").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
