"""Rows that cannot be: double keys, references that lead nowhere, broken rules of a data set."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd
    from folder import Folder, Relation

    Frames = Mapping[str, pd.DataFrame]
    Checker = Callable[[Frames], Mapping[str, int]]


def violations(folder: Folder, frames: Frames, checker: Checker | None = None) -> dict[str, int]:
    """Count rows that break a rule.

    Args:
        folder: The description.
        frames: Tables as text, empty where missing.
        checker: Counts rows that break the rules of this data set; without one only keys and
            references are looked at, which can be wrong in any.

    Returns:
        Rows by rule, 0 where it holds.
    """
    found = {f"{name}: double key": _double(folder, frames, name) for name in folder.measured}
    for name in folder.measured:
        for relation in folder.parents(name):
            rule = f"{name}: {', '.join(relation.child_key)} leads nowhere"
            found[rule] = _orphans(frames, relation)
    return found | (dict(checker(frames)) if checker else {})


def _double(folder: Folder, frames: Frames, name: str) -> int:
    key = list(folder.tables[name].key)
    return int(frames[name].duplicated(key).sum()) if key else 0


def _orphans(frames: Frames, relation: Relation) -> int:
    """Count references to no row; one that is empty refers to nothing and is none."""
    import pandas as pd

    child = frames[relation.child][list(relation.child_key)]
    there = pd.MultiIndex.from_frame(frames[relation.parent][list(relation.parent_key)])
    lost = ~pd.MultiIndex.from_frame(child).isin(there)
    return int((lost & (child != "").all(axis=1).to_numpy()).sum())
