"""Versions, machine and resources of a run, and of the programs it starts."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import IO

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("numpy", "pandas", "opendp")
UNIT = 2**20 if sys.platform == "darwin" else 2**10


@dataclass(frozen=True)
class Used:
    """How a program ended and what it used: CPU seconds and MiB, None where Windows counts none."""

    code: int
    cpu_seconds: float | None
    peak_memory_mib: float | None


def used() -> tuple[float, float | None]:
    """Return CPU seconds and peak memory in MiB of this process, and of those it started, so far.

    The peak is None on Windows, which has no such counter in the standard library.
    """
    try:
        import resource
    except ImportError:
        return time.process_time(), None
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(usage.ru_utime + usage.ru_stime for usage in usages)
    return seconds, max(usage.ru_maxrss for usage in usages) / UNIT


def child_environment() -> dict[str, str]:
    """Return the environment of programs we start: they run this checkout, and speak UTF-8."""
    path = os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"}


def run_measured(command: Sequence[str], *, inside: Path, output: IO[str] | None = None) -> Used:
    """Run one program and count what it, and whatever it waited for, has used.

    Args:
        command: Program and arguments.
        inside: The folder it runs in.
        output: Where its words go; to ours by default.

    Returns:
        Exit code and resources of this program alone.
    """
    process = subprocess.Popen(
        command, cwd=inside, env=child_environment(), stdout=output, stderr=output
    )
    if not hasattr(os, "wait4"):
        return Used(process.wait(), None, None)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Used(process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / UNIT)


def about_this_run() -> dict[str, object]:
    """Return day, versions, machine and the resources used so far, for a JSON file.

    Nothing here tells one machine of a kind from another: no name, no path, no time of the day.
    """
    seconds, peak = used()
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "versions": {
            "python": platform.python_version(),
            "synthcase": _synthcase(),
            **{package: _version(package) for package in PACKAGES},
        },
        "machine": {
            "system": platform.system(),
            "processor": platform.machine(),
            "cpus": os.cpu_count(),
        },
        "cpu_seconds": seconds,
        "peak_memory_mib": peak,
    }


def _synthcase() -> str | None:
    try:
        from synthcase import __version__
    except ImportError:
        return None
    return __version__


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
