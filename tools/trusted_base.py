"""Count the code that the promise rests on, and write docs/trusted-base.md.

    python tools/trusted_base.py            # say what would change
    python tools/trusted_base.py --write    # write it

Every module of the rooms that see records, budget or noise stands in one of three lists: a new
module has to be put into one, and that is a decision.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "synthcase"
PAGE = ROOT / "docs" / "trusted-base.md"

ROOMS = ("measurement", "privacy", "planning", "plans", "records", "schema", "core")
"""Every module of these rooms is named below."""

NUMBERS = {
    "privacy/noise.py": "adds the noise",
    "privacy/accounting.py": "turns ρ into ε",
    "privacy/budget.py": "adds prices, compares them with the cap",
    "privacy/reservation.py": "the proof of payment",
    "privacy/ledger.py": "reserve, journal, replay",
    "privacy/view.py": "reads the ledger",
    "privacy/chain.py": "lines that cannot be changed unseen",
    "privacy/replay.py": "what the lines say together",
    "privacy/journal.py": "answers on the disk before they are shown",
    "measurement/measuring.py": "the one look",
    "measurement/view.py": "weights, cuts, the secret order",
    "measurement/counting.py": "the counts",
    "measurement/links.py": "nothing from outside a case",
    "planning/sensitivity.py": "Δ² of each table",
    "planning/owning.py": "whose rows leave with whom",
    "planning/candidates.py": "which tables have a Δ²",
    "planning/prices.py": "what each kind of person pays",
    "planning/honesty.py": "believes no file",
    "planning/planner.py": "puts the plan together",
    "plans/nouns.py": "the price of a table",
    "schema/coding.py": "a cell's state, from the domain alone",
    "schema/cells.py": "the same for one cell",
    "schema/row_rules.py": "recodes inside one row",
    "schema/layout.py": "attributes and their states",
    "core/platform.py": "fsync and locks",
}
"""A mistake in one of these could make a printed ε false."""

SECRETS = {
    "records/boundary.py": "replaces foreign errors",
    "records/sources.py": "opens records",
    "records/folders.py": "CSV and Parquet",
    "records/databases.py": "DuckDB and SQLite",
    "records/frames.py": "data frames",
    "records/texts.py": "typed cells as text",
    "records/tables.py": "cells to codes, batch by batch",
    "records/linking.py": "keys to rows",
    "records/reading.py": "the verb read",
    "records/nouns.py": "records show nothing of themselves",
    "records/checking.py": "the verb check",
    "records/report.py": "its report, small counts coarsened",
    "records/drafting.py": "the verb draft",
    "records/profiles.py": "values for a draft",
    "records/relations.py": "keys for a draft",
    "cli/boundary.py": "errors become words and exit codes",
    "errors.py": "every exception that leaves",
    "core/progress.py": "numbers of steps, never of rows",
}
"""These see records, or what stems from them, and could show a value by mistake."""

OTHERS = {
    "core/canonical.py", "core/files.py", "core/streams.py",
    "planning/answers.py", "planning/budget.py", "planning/masses.py", "planning/words.py",
    "plans/answersfile.py", "plans/fields.py", "plans/files.py", "plans/planfile.py",
    "privacy/checks.py", "privacy/statement.py", "privacy/words.py",
    "schema/attributes.py", "schema/building.py", "schema/coherence.py", "schema/column_forms.py",
    "schema/columns.py", "schema/domains.py", "schema/dump.py", "schema/forms.py",
    "schema/likes.py", "schema/loading.py", "schema/names.py", "schema/nouns.py",
    "schema/questions.py", "schema/rules.py", "schema/ruling.py", "schema/scalars.py",
    "schema/tables.py", "schema/text.py", "schema/topics.py",
}  # fmt: skip
"""Public values in, public values out: a mistake shows in the plan, or refuses what is right."""

LIMITS = {"numbers": 2600, "secrets": 1600}
"""Lines of code. Raise one only with a reason in the commit."""

_BEGIN, _END = "<!-- counted by tools/trusted_base.py -->", "<!-- counted until here -->"


def lines_of_code(text: str) -> int:
    """Count lines that hold code: no blank lines, comments or strings that stand alone."""
    alone: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            alone.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return sum(
        number not in alone and bool(line.strip()) and not line.lstrip().startswith("#")
        for number, line in enumerate(text.splitlines(), 1)
    )


def count(names: dict[str, str]) -> dict[str, int]:
    """Return the lines of code of some modules, by name."""
    return {name: lines_of_code((SOURCE / name).read_text(encoding="utf-8")) for name in names}


def faults() -> list[str]:
    """Say what is wrong with the lists, a sentence each."""
    named = [*NUMBERS, *SECRETS, *OTHERS]
    there = {
        path.relative_to(SOURCE).as_posix()
        for room in ROOMS
        for path in (SOURCE / room).glob("*.py")
        if path.name != "__init__.py"
    }
    found = [f"{name} stands in no list" for name in sorted(there - set(named))]
    found += [f"{name} does not exist" for name in named if not (SOURCE / name).is_file()]
    found += [f"{name} stands in two lists" for name in sorted(set(named)) if named.count(name) > 1]
    if not found:
        sums = {"numbers": sum(count(NUMBERS).values()), "secrets": sum(count(SECRETS).values())}
        found += [
            f"{name}: {lines} lines of code, more than the {LIMITS[name]} allowed"
            for name, lines in sums.items()
            if lines > LIMITS[name]
        ]
    return found


def table(names: dict[str, str]) -> str:
    """Return a Markdown table of modules with their lines, largest first, and the sum."""
    counted = count(names)
    rows = sorted(counted, key=lambda name: (-counted[name], name))
    lines = ["| module | lines | what it does |", "|---|---:|---|"]
    lines += [f"| `{name}` | {counted[name]} | {names[name]} |" for name in rows]
    return "\n".join([*lines, f"| **together** | **{sum(counted.values())}** | |"])


def page(old: str) -> str:
    """Return the page with its tables counted again."""
    first, second = table(NUMBERS), table(SECRETS)
    before, _, rest = old.partition(_BEGIN)
    after = rest.partition(_END)[2]
    middle = (
        f"{_BEGIN}\n\n"
        "### A mistake here could make a printed ε false\n\n"
        f"At most {LIMITS['numbers']} lines.\n\n{first}\n\n"
        "### A mistake here could show a value\n\n"
        f"At most {LIMITS['secrets']} lines.\n\n{second}\n\n"
    )
    return f"{before}{middle}{_END}{after}"


def main() -> int:
    """Check the lists, and compare or write the page."""
    found = faults()
    if found:
        print("\n".join(found))
        return 1
    old = PAGE.read_text(encoding="utf-8")
    new = page(old)
    if "--write" in sys.argv[1:]:
        PAGE.write_text(new, encoding="utf-8")
        print("written")
        return 0
    print("the page is right" if new == old else "run: python tools/trusted_base.py --write")
    return int(new != old)


if __name__ == "__main__":
    sys.exit(main())
