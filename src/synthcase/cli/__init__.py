"""The command line: one command for each stage, and one that does them all.

Privacy:
    Passes records on to `pipeline`; `boundary` lets no value of one through.
"""

from synthcase.cli.boundary import main

__all__ = ["main"]
