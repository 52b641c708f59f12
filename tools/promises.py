"""Run the tests behind each promise, and write docs/promises.md from what they said.

    python tools/promises.py          # say whether the page fits the list
    python tools/promises.py --run    # run every named test (some minutes), and write the page

The list is tools/promises.toml.
"""

from __future__ import annotations

import ast
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tools" / "promises.toml"
PAGE = ROOT / "docs" / "promises.md"
RESULTS = "SYNTHCASE_PROMISE_RESULTS"

_HEAD = """\
# Promise, test, mutant, result

What synthcase promises, which tests would notice if a promise were broken, and which deliberate
mistakes (mutants) show that those tests can fail. Written by `python tools/promises.py --run` from
a run of all tests named here; the list is in `tools/promises.toml`. In words it stands in
[privacy-promise](privacy-promise.md).

"""


@dataclass(frozen=True)
class Row:
    """One claim.

    Attributes:
        says: The claim.
        tests: Nodes that pass while it holds.
        mutants: For each mistake, the node that passes because the mistake was noticed.
    """

    says: str
    tests: tuple[str, ...]
    mutants: Mapping[str, str]

    @property
    def nodes(self) -> tuple[str, ...]:
        """All nodes of the row."""
        return (*self.tests, *self.mutants.values())


@dataclass(frozen=True)
class Promise:
    """A promise and its rows."""

    id: str
    says: str
    rows: tuple[Row, ...]


def promises() -> list[Promise]:
    """Read the list."""
    data = tomllib.loads(LIST.read_text(encoding="utf-8"))

    def node(short: str) -> str:
        name, colon, rest = short.partition("::")
        return f"{data['files'][name]}{colon}{rest}"

    return [
        Promise(
            promise["id"],
            promise["says"],
            tuple(
                Row(
                    row["says"],
                    tuple(map(node, row["tests"])),
                    {name: node(short) for name, short in row.get("mutants", {}).items()},
                )
                for row in promise["row"]
            ),
        )
        for promise in data["promise"]
    ]


def all_nodes() -> list[str]:
    """Return every node of the list once."""
    return list(dict.fromkeys(n for p in promises() for row in p.rows for n in row.nodes))


def missing(nodes: list[str]) -> Iterator[str]:
    """Yield the nodes whose file, class or function does not exist."""
    for node in nodes:
        file, *parts = node.partition("[")[0].split("::")
        path = ROOT / file
        at: ast.AST | None = ast.parse(path.read_text("utf-8")) if path.is_file() else None
        for part in parts:
            inside = ast.iter_child_nodes(at) if at is not None else ()
            at = next((child for child in inside if part in _names(child)), None)
        if at is None:
            yield node


def _names(node: ast.AST) -> set[str]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        return {node.name}
    if isinstance(node, ast.Assign):
        return {target.id for target in node.targets if isinstance(target, ast.Name)}
    return set()


def pytest_runtest_logreport(report: object) -> None:
    """Write the outcome of each test down, when pytest runs this file as a plugin."""
    outcome, when = getattr(report, "outcome", ""), getattr(report, "when", "")
    if when == "call" or outcome != "passed":
        said = dict(getattr(report, "user_properties", ())).get("result", "")
        line = [getattr(report, "nodeid", ""), outcome, said]
        with Path(os.environ[RESULTS]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def run() -> dict[str, tuple[str, str]]:
    """Run every named test, and return outcome and figure by node."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results"
        path.touch()
        environment = {**os.environ, RESULTS: str(path)}
        environment["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tools")])
        options = ["-p", "promises", "-m", "slow or not slow", "-q", "-p", "no:cacheprovider"]
        subprocess.run(
            [sys.executable, "-m", "pytest", *options, *all_nodes()],
            cwd=ROOT,
            env=environment,
            check=False,
        )
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {node: (outcome, said) for node, outcome, said in lines}


def outcome_of(node: str, results: Mapping[str, tuple[str, str]]) -> tuple[int, int, list[str]]:
    """Return how many tests of a node passed, how many did not, and what they said."""
    inside = [
        found
        for name, found in results.items()
        if name == node or name.startswith((f"{node}::", f"{node}["))
    ]
    passed = sum(outcome == "passed" for outcome, _ in inside)
    return passed, len(inside) - passed, [said for _, said in inside if said]


def row_results(results: Mapping[str, tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the words for each row, and for each of its mutants."""
    found = {}
    for promise in promises():
        for row in promise.rows:
            passed, failed, said = (sum(parts, start) for parts, start in zip(
                zip(*(outcome_of(node, results) for node in row.tests), strict=True),
                (0, 0, []), strict=True,
            ))  # fmt: skip
            words = f"{passed} passed" if passed and not failed else f"**{failed} NOT passed**"
            found[row.says, ""] = "; ".join([words, *said])
            for name, node in row.mutants.items():
                caught, missed, said = outcome_of(node, results)
                words = "caught" if caught and not missed else "**NOT caught**"
                found[row.says, name] = "; ".join([words, *said])
    return found


def page(results: Mapping[tuple[str, str], str], made_with: str) -> str:
    """Return the page."""
    lines = [_HEAD, f"{made_with}\n"]
    for promise in promises():
        lines += [f"\n## {promise.id}: {promise.says}\n\n"]
        lines += ["| claim | tests | result |\n|---|---|---|\n"]
        for row in promise.rows:
            tests = "<br>".join(f"`{node}`" for node in row.tests)
            lines.append(f"| {row.says} | {tests} | {results.get((row.says, ''), '?')} |\n")
        mutants = [(row, name) for row in promise.rows for name in row.mutants]
        lines += ["\n| mutant | test | result |\n|---|---|---|\n"] if mutants else []
        for row, name in mutants:
            result = results.get((row.says, name), "?")
            lines.append(f"| {name} | `{row.mutants[name]}` | {result} |\n")
    return "".join(lines)


def read_back(text: str) -> tuple[dict[tuple[str, str], str], str]:
    """Return the results that a page holds, and the line that says what it was made with."""
    cells = [re.split(r" \| ", line.strip("| ")) for line in text.splitlines() if line[:2] == "| "]
    words: dict[tuple[str, str], str] = defaultdict(str)
    for first, second, third in (row for row in cells if len(row) == 3):
        words[first, second] = third
    found = {}
    for promise in promises():
        for row in promise.rows:
            tests = "<br>".join(f"`{node}`" for node in row.tests)
            found[row.says, ""] = words[row.says, tests]
            for name, node in row.mutants.items():
                found[row.says, name] = words[name, f"`{node}`"]
    made_with = re.search(r"^Made with .*$", text, flags=re.MULTILINE)
    return found, made_with.group() if made_with else ""


def main() -> int:
    """Compare, or run and write."""
    gone = list(missing(all_nodes()))
    if gone:
        print("\n".join(f"there is no {node}" for node in gone))
        return 1
    if "--run" in sys.argv[1:]:
        results = row_results(run())
        text = (ROOT / "src" / "synthcase" / "__init__.py").read_text(encoding="utf-8")
        ours = re.findall(r'^__version__ = "(.*)"', text, flags=re.MULTILINE)[0]
        libraries = ", ".join(f"{name} {version(name)}" for name in ("opendp", "numpy"))
        python = platform.python_version()
        made_with = f"Made with synthcase {ours}, Python {python}, {libraries}."
        PAGE.write_text(page(results, made_with), encoding="utf-8")
        bad = [key for key, words in results.items() if "NOT" in words]
        print(f"{len(results)} results, {len(bad)} of them bad")
        return int(bool(bad))
    old = PAGE.read_text(encoding="utf-8")
    fits = page(*read_back(old)) == old
    print("the page fits the list" if fits else "run: python tools/promises.py --run")
    return int(not fits)


if __name__ == "__main__":
    sys.exit(main())
