"""Versions, machine and resources of a run."""

from __future__ import annotations

import os
import platform
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("synthcase", "numpy", "pandas", "opendp")


def used() -> tuple[float, float | None]:
    """Return CPU seconds and peak memory in MiB of this process, and of those it started, so far.

    The peak is None on Windows, which has no such counter in the standard library.
    """
    try:
        import resource
    except ImportError:
        return time.process_time(), None
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    unit = 2**20 if sys.platform == "darwin" else 2**10
    seconds = sum(usage.ru_utime + usage.ru_stime for usage in usages)
    return seconds, max(usage.ru_maxrss for usage in usages) / unit


def about_this_run() -> dict[str, object]:
    """Return date, versions, machine and the resources used so far, for a JSON file."""
    seconds, peak = used()
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"python": platform.python_version()} | {p: _version(p) for p in PACKAGES},
        "machine": {
            "system": platform.platform(),
            "processor": platform.processor() or platform.machine(),
            "cpus": os.cpu_count(),
        },
        "cpu_seconds": seconds,
        "peak_memory_mib": peak,
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
