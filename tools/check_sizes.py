"""Keep modules, functions and classes small enough to be read in one go.

Lines of a module and of a class are counted as they stand in the file; lines of a function without
its docstring, blank lines and comments.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PLACES = ("src", "tools", "benchmarks", "dev.py")
MODULE_LINES = 300
FUNCTION_LINES = 40
CLASS_LINES = 150

Function = (ast.FunctionDef, ast.AsyncFunctionDef)


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> int:
    """Count the lines of a function, less docstring, blank lines and comments."""
    first, last = function.lineno, function.end_lineno or function.lineno
    skipped: set[int] = set()
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        skipped = set(range(docstring.lineno, (docstring.end_lineno or 0) + 1))
    kept = (lines[number - 1].strip() for number in range(first, last + 1) if number not in skipped)
    return sum(1 for line in kept if line and not line.startswith("#"))


def too_big(name: str, text: str) -> Iterator[str]:
    """Yield one sentence for everything in a module that is longer than the house allows."""
    lines = text.splitlines()
    if len(lines) > MODULE_LINES:
        yield f"{name}: {len(lines)} lines; a module has at most {MODULE_LINES}"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, Function):
            size = code_lines(node, lines)
            if size > FUNCTION_LINES:
                where = f"{name}:{node.lineno}: {node.name}"
                yield f"{where} has {size} lines of code; a function has at most {FUNCTION_LINES}"
        elif isinstance(node, ast.ClassDef):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            if size > CLASS_LINES:
                where = f"{name}:{node.lineno}: {node.name}"
                yield f"{where} has {size} lines; a class has at most {CLASS_LINES}"


def modules(root: Path = ROOT) -> Iterator[Path]:
    """Yield every Python file whose size is watched."""
    for place in PLACES:
        path = root / place
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def main() -> int:
    """Print what is too big and return 1 if anything is."""
    found = [
        sentence
        for path in modules()
        for sentence in too_big(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    ]
    print("\n".join(found) if found else "sizes hold")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
