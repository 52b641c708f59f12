"""The command line: one command for each stage, and one that does them all."""

from synthcase.cli.boundary import main

__all__ = ["main"]
