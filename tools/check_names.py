"""Keep names where they belong: tests mirror the source, and some words appear nowhere.

Each pattern is put together from pieces, so that this file does not contain what it looks for.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent

# Modules that have no test module of their own, each with the place where they are tested.
NO_MIRROR = {
    "__init__.py": "tests/test_repository.py holds the façade",
    "__main__.py": "the command line's tests start it",
}

MACHINE_PATHS = [
    "(?<![\\w.:/])/" + "(?:root|work|tmp/helpers|home/\\w+|Users/\\w+)/",
    "[A-Z]:\\\\" + "Users\\\\",
]
REGISTRY_HOSTS = [
    "py" + "pi\\.org",
    "python" + "hosted\\.org",
    "npm" + "js\\.(?:com|org)",
    "cr" + "ates\\.io",
    "ana" + "conda\\.(?:com|org)",
    "deb" + "ian\\.org",
]
MAKERS = [
    "\\bcla" + "ude\\b",
    "anth" + "ropic",
    "chat" + "gpt",
    "open" + "ai\\b",
    "\\bco" + "pilot\\b",
    "large language " + "model",
    "\\bAI " + "assistant",
    "coding " + "agent",
]
UNKIND = [
    "illegal " + "(?:alien|immigrant|migrant)",
    "child " + "(?:prostitut|porn)",
    "sex " + "slave",
]
FORBIDDEN = {
    "names a path of somebody's machine": MACHINE_PATHS,
    "names a package registry's host": REGISTRY_HOSTS,
    "names a tool that has no place in this repository": MAKERS,
    "is not person-first language": UNKIND,
}

# `from synthcase import …` inside the package: only what is no verb and opens no other room.
THROUGH_THE_FACADE_ALLOWED = {"__version__", "errors"}

LEFT_BY_TOOLS = {
    ".git",
    ".hypothesis",
    ".import_linter_cache",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".venv",
    "__pycache__",
}

SEED_WORDS = {"seed", "rng", "random_state", "default_rng", "RandomState", "Generator"}


def committed(root: Path = ROOT) -> list[Path]:
    """List the files that are committed or would be; without git, all but what tools leave."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=root, check=True, capture_output=True).stdout
    except (OSError, subprocess.CalledProcessError):
        found = root.rglob("*")
        paths = (path for path in found if not LEFT_BY_TOOLS & {*path.relative_to(root).parts})
    else:
        paths = (root / name.decode() for name in listed.split(b"\0") if name)
    return sorted(path for path in paths if path.is_file())


def forbidden_words(name: str, text: str) -> Iterator[str]:
    """Yield one sentence for each line that holds what no file may hold."""
    for number, line in enumerate(text.splitlines(), start=1):
        for reason, patterns in FORBIDDEN.items():
            for pattern in patterns:
                found = re.search(pattern, line, flags=re.IGNORECASE)
                if found:
                    yield f"{name}:{number}: {found.group()!r} {reason}"


def expected_test(module: str) -> str | None:
    """Return the test module that mirrors a source module, or None if it needs none.

    Example:
        >>> expected_test("records/nouns.py")
        'tests/records/test_nouns.py'
    """
    path = Path(module)
    if module in NO_MIRROR:
        return None
    return (Path("tests") / path.parent / f"test_{path.name.lstrip('_')}").as_posix()


def holds_code(text: str) -> bool:
    """Tell whether a module defines anything; one that only passes names on needs no test."""
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return any(isinstance(node, definitions) for node in ast.walk(ast.parse(text)))


def missing_tests(root: Path = ROOT) -> Iterator[str]:
    """Yield one sentence for each source module without its test module."""
    source = root / "src" / "synthcase"
    for path in sorted(source.rglob("*.py")):
        module = path.relative_to(source).as_posix()
        if path.name == "__init__.py" and not holds_code(path.read_text(encoding="utf-8")):
            continue
        wanted = expected_test(module)
        if wanted is not None and not (root / wanted).is_file():
            yield f"src/synthcase/{module}: its tests belong into {wanted}, which does not exist"


def through_the_facade(name: str, text: str) -> Iterator[str]:
    """Yield one sentence for each import of the façade, which would open every room at once."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            taken = {alias.name for alias in node.names if alias.name == "synthcase"}
        elif isinstance(node, ast.ImportFrom) and node.module == "synthcase":
            taken = {alias.name for alias in node.names} - THROUGH_THE_FACADE_ALLOWED
        else:
            continue
        if taken:
            what = ", ".join(sorted(taken))
            yield f"{name}:{node.lineno}: imports {what} through the façade; name the room instead"


def seed_word(node: ast.AST) -> str | None:
    """Return the word by which a piece of code gives a seeded generator away, if it does."""
    match node:
        case ast.Attribute(attr=word) if word == "random" or word in SEED_WORDS:
            return word
        case ast.Name(id=word) | ast.arg(arg=word) if word in SEED_WORDS:
            return word
        case ast.ImportFrom(module=str(word)) if word.startswith("numpy.random"):
            return word
        case _:
            return None


def seeded_noise(name: str, text: str) -> Iterator[str]:
    """Yield one sentence for each trace of a seed or a seeded generator in the privacy room."""
    for node in ast.walk(ast.parse(text)):
        word = seed_word(node)
        if word is not None:
            yield f"{name}:{getattr(node, 'lineno', '?')}: {word}: noise has no seed"


def all_findings(root: Path = ROOT) -> Iterator[str]:
    """Yield every sentence of every check."""
    for path in committed(root):
        name = path.relative_to(root).as_posix()
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        yield from forbidden_words(name, text)
        if name.startswith("src/synthcase/") and name.endswith(".py"):
            yield from through_the_facade(name, text)
            if name.startswith("src/synthcase/privacy/"):
                yield from seeded_noise(name, text)
    yield from missing_tests(root)


def main() -> int:
    """Print what is out of place and return 1 if anything is."""
    found = list(all_findings())
    print("\n".join(found) if found else "names hold")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
