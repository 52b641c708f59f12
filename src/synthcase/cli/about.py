"""What a report of a bug needs, and nothing about the data or the person."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version

from synthcase import __version__

__all__ = ["about"]

_LIBRARIES = (
    "numpy", "pandas", "pyarrow", "duckdb", "opendp", "narwhals", "pydantic",
    "safetensors", "typer", "rich", "jinja2",
)  # fmt: skip


def about() -> str:
    """Return versions and the protections in force, one a line.

    Privacy:
        Reads no record; names no path, host or user.
    """
    from synthcase.core.platform import harden_process

    lines = [
        f"python {platform.python_version()} ({sys.implementation.name})",
        f"system {platform.system()} {platform.machine()}",
        f"synthcase {__version__}",
        *(f"{name} {_version(name)}" for name in _LIBRARIES),
        f"protections: {', '.join(harden_process())}",
    ]
    return "\n".join(lines)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
