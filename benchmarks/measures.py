"""What is compared, by name.

A measure is a plain function from a `Database` to a dict of named `Counts`. `measures_of` names
all measures of a folder; to add one, write such a function and list it there.
"""

from __future__ import annotations

import zlib
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from counts import Counts, columns_at, counts_of, crossed
from hops import by_hops, far_paths
from kin import co_children, sibling_agreement, sibling_pairs
from links import across_link
from sequences import first_state, gaps, last_state, timed, transitions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coding import Database
    from counts import Measure, Named
    from folder import Folder, Relation

    Line = tuple[str, Measure]

TRIPLES = 150


def own_columns(database: Database, table: str, groups: Sequence[tuple[str, ...]]) -> Named:
    """Count combinations of columns of one table."""
    coded = database.tables[table]
    return {
        " × ".join(group): counts_of(
            [coded.codes[name] for name in group], [coded.sizes[name] for name in group]
        )
        for group in groups
    }


def parent_by_child(database: Database, relation: Relation) -> Named:
    """Count each column of the parent by each column of the child, once a child row."""
    child, parent = database.tables[relation.child], database.tables[relation.parent]
    rows = child.parents[relation]
    linked = rows >= 0
    return crossed(columns_at(parent, rows[linked]), columns_at(child, linked))


def child_counts(database: Database, relation: Relation) -> Named:
    """Count parents by their number of child rows, 0 included."""
    rows = database.tables[relation.child].parents[relation]
    children = np.bincount(rows[rows >= 0], minlength=database.tables[relation.parent].rows)
    return {"children": Counts(np.bincount(children).astype(float))}


def measures_of(folder: Folder, *, seed: int) -> dict[str, Measure]:
    """Name all measures of a folder.

    Args:
        folder: The description.
        seed: Fixes which triples of columns are counted where there are more than 150.

    Returns:
        For each line of the report, the function that counts its distributions.
    """
    relations = [r for table in folder.measured for r in folder.parents(table)]
    lines = [line for table in folder.measured for line in _of_columns(folder, table, seed)]
    lines += [line for relation in relations for line in _of_relation(folder, relation)]
    lines += [line for relation in relations for line in _of_sequence(folder, relation)]
    lines += [line for table in folder.measured for line in _of_links(folder, table)]
    lines += [line for table in folder.measured for line in _of_hops(folder, table)]
    lines += _of_co_children(folder, relations)
    return dict(lines)


def _of_columns(folder: Folder, table: str, seed: int) -> Iterator[Line]:
    for ways in (1, 2, 3):
        if groups := _groups(folder.columns(table), ways, seed, table):
            yield f"{table}: {ways}-way", partial(own_columns, table=table, groups=groups)


def _groups(columns: Sequence[str], ways: int, seed: int, table: str) -> list[tuple[str, ...]]:
    groups = list(combinations(columns, ways))
    if ways < 3 or len(groups) <= TRIPLES:
        return groups
    rng = np.random.default_rng([seed, zlib.crc32(table.encode())])
    return [groups[i] for i in np.sort(rng.choice(len(groups), TRIPLES, replace=False))]


def _end(folder: Folder, relation: Relation) -> str:
    """Return the name of the parent, with the key where the child refers to that table twice."""
    again = sum(r.parent == relation.parent for r in folder.parents(relation.child)) > 1
    return f"{relation.parent} ({', '.join(relation.child_key)})" if again else relation.parent


def _of_relation(folder: Folder, relation: Relation) -> Iterator[Line]:
    child, parent = relation.child, _end(folder, relation)
    if folder.columns(relation.parent) and folder.columns(child):
        yield f"{parent} × {child}: 2-way", partial(parent_by_child, relation=relation)
    yield f"{parent} → {child}: child counts", partial(child_counts, relation=relation)
    if folder.columns(child):
        of = child if len(folder.parents(child)) == 1 else f"{child} of one {parent}"
        yield f"{of}: sibling pairs", partial(sibling_pairs, relation=relation)
        yield f"{of}: sibling agreement", partial(sibling_agreement, relation=relation)


def _of_sequence(folder: Folder, relation: Relation) -> Iterator[Line]:
    if not relation.order:
        return
    child = relation.child
    of = child if len(folder.parents(child)) == 1 else f"{child} of one {_end(folder, relation)}"
    if folder.columns(child):
        yield f"{of}, one after another: 2-way", partial(transitions, relation=relation)
        yield f"{of}, first: 1-way", partial(first_state, relation=relation)
        yield f"{of}, last: 1-way", partial(last_state, relation=relation)
    if timed(folder, relation):
        yield f"{of}: gaps", partial(gaps, relation=relation)


def _of_links(folder: Folder, table: str) -> Iterator[Line]:
    for one, other in combinations(folder.parents(table), 2):
        if folder.columns(one.parent) and folder.columns(other.parent):
            ends = f"{_end(folder, one)} × {_end(folder, other)}"
            yield f"{ends} across {table}: 2-way", partial(across_link, one=one, other=other)


def _of_hops(folder: Folder, table: str) -> Iterator[Line]:
    for path in far_paths(folder, table):
        if folder.columns(path[-1].parent) and folder.columns(table):
            *way, top = (_end(folder, relation) for relation in path)
            yield f"{top} × {table} via {', '.join(way)}: 2-way", partial(by_hops, path=path)


def _of_co_children(folder: Folder, relations: Sequence[Relation]) -> Iterator[Line]:
    for one, other in combinations(relations, 2):
        if one.parent != other.parent or one.child == other.child:
            continue
        if folder.columns(one.child) and folder.columns(other.child):
            parent = " and ".join(dict.fromkeys(_end(folder, r) for r in (one, other)))
            name = f"{one.child} × {other.child} of one {parent}: 2-way"
            yield name, partial(co_children, one=one, other=other)
