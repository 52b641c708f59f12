"""A baseline: synthetic tables from noisy one-way counts alone, at the same budget.

A yardstick, not a release: its noise is drawn in floating point, and with persons as the unit
the second owner of a link row is not accounted for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from coding import CodedTable, Database, bins_of, owners
from convert import cap, tree, typical
from sequences import places_within, timed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from folder import Column, Folder, Relation
    from numpy.typing import NDArray

    Shares = NDArray[np.float64]
    Rows = NDArray[np.int64]
    Codes = NDArray[np.int32]
    Places = NDArray[np.float64]


@dataclass(frozen=True)
class OneWay:
    """Noisy one-way shares of each column, timed ones too, and of the numbers of children."""

    columns: Mapping[tuple[str, str], Shares]
    children: Mapping[Relation, Shares]


def measure_one_way(
    database: Database, *, rho: float, persons: Sequence[str] = (), noise: np.random.Generator
) -> OneWay:
    """Measure every column and every number of children once, ρ split equally.

    Args:
        database: The coded tables.
        rho: Budget in zCDP; infinite for no noise.
        persons: With persons as the unit, the tables whose rows weigh one; () with cases.
        noise: Where the normal noise comes from; without a seed in a real run.

    Returns:
        Counts with noise, negative ones set to 0, normalised.
    """
    folder, weights = database.folder, _weights(database, persons)
    relations = tree(folder)
    coded = {name: _columns(database, name) for name in database.tables}
    tables = sum(len(columns) for columns in coded.values()) + len(relations)
    sigma = np.sqrt(tables / (2 * rho))
    columns = {
        (name, column): _shares(codes, weights[name], size, sigma, noise)
        for name, found in coded.items()
        for column, (codes, size) in found.items()
    }
    children = {}
    for relation in relations:
        largest = cap(folder, relation)
        counts = np.minimum(_children(database, relation), largest)
        # A person who leaves moves the parent from one number of children to another.
        moved = sigma * np.sqrt(2) if relation.child in persons else sigma
        children[relation] = _shares(counts, weights[relation.parent], largest + 1, moved, noise)
    return OneWay(columns, children)


def _columns(database: Database, name: str) -> dict[str, tuple[Codes, int]]:
    """Return codes and number of codes of each column, those in time by their bins."""
    table, folder = database.tables[name], database.folder
    found = {column: (codes, table.sizes[column]) for column, codes in table.codes.items()}
    for column in (n for relation in folder.parents(name) for n in timed(folder, relation)):
        about = folder.tables[name].columns[column]
        bins = bins_of(about, table.orders[column])
        found[column] = (np.where(bins < 0, about.states, bins).astype(np.int32), about.states + 1)
    return found


def _children(database: Database, relation: Relation) -> Rows:
    rows = database.tables[relation.child].parents[relation]
    return np.bincount(rows[rows >= 0], minlength=database.tables[relation.parent].rows)


def _weights(database: Database, persons: Sequence[str]) -> dict[str, Shares]:
    """Return the vote of each row: one a case, shared among its rows at every level."""
    found = {name: np.ones(table.rows) for name, table in database.tables.items()}
    for relation in tree(database.folder):
        name = relation.child
        if name in persons:
            continue
        rows = database.tables[name].parents[relation]
        share = np.maximum(_children(database, relation), typical(database.folder, relation))
        found[name] = np.append(found[relation.parent] / share, 0.0)[rows]
    return found


def _shares(
    codes: Rows | Codes,
    weights: Shares,
    size: int,
    sigma: float,
    noise: np.random.Generator,
) -> Shares:
    counts = np.bincount(codes, weights=weights, minlength=size) + noise.normal(0, sigma, size)
    return _to_simplex(counts / counts.sum()) if counts.sum() > 0 else np.full(size, 1 / size)


def _to_simplex(shares: Shares) -> Shares:
    """Return the nearest distribution: clipping at zero would favour rare values."""
    ordered = np.sort(shares)[::-1]
    above = np.cumsum(ordered) - 1
    last = int(np.flatnonzero(ordered * np.arange(1, len(shares) + 1) > above)[-1])
    return np.maximum(shares - above[last] / (last + 1), 0)


def sample_one_way(
    measured: OneWay, database: Database, *, rows: Mapping[str, int], rng: np.random.Generator
) -> Database:
    """Draw tables whose columns, numbers of children and groups are all independent.

    Args:
        measured: The noisy shares.
        database: Gives the form of the tables; no count of it is read.
        rows: Number of rows of each root.
        rng: Where the sampling comes from.

    Returns:
        Coded tables; the second parent of a row is any row of its table.
    """
    folder = database.folder
    found = Database(folder, {})
    for name in folder.measured:
        parents = _parents(measured, found, name, rng) if folder.parents(name) else {}
        number = len(next(iter(parents.values()))) if parents else rows[name]
        form = database.tables[name]
        codes = {
            column: rng.choice(size, number, p=measured.columns[name, column]).astype(np.int32)
            for column, size in form.sizes.items()
        }
        orders = {
            column: places_within(parents[relation])
            for relation in folder.parents(name)
            for column in relation.order
        }
        for column in (n for relation in folder.parents(name) for n in timed(folder, relation)):
            about = folder.tables[name].columns[column]
            orders[column] = _times(about, measured.columns[name, column], number, rng)
        table = CodedTable(number, codes, form.sizes, parents, orders)
        found = Database(folder, {**found.tables, name: table})
    return found


def _times(column: Column, shares: Shares, rows: int, rng: np.random.Generator) -> Places:
    """Draw a number of each row from its noisy bins, NaN for missing."""
    edges = [*(float(edge) for edge in column.edges), np.nan]
    bins = rng.choice(len(shares), rows, p=shares)
    low, high = np.array(edges)[bins], np.array([*edges[1:], np.nan])[bins]
    return low + rng.random(rows) * (high - low)


def _parents(
    measured: OneWay, found: Database, name: str, rng: np.random.Generator
) -> dict[Relation, Rows]:
    first, *others = found.folder.parents(name)
    shares = measured.children[first]
    above = found.tables[first.parent].rows
    rows = np.repeat(np.arange(above), rng.choice(len(shares), above, p=shares))
    drawn = {r: rng.integers(found.tables[r.parent].rows, size=len(rows)) for r in others}
    return {first: rows, **drawn}


def expected_rows(folder: Folder, database: Database, *, cases: int | None) -> dict[str, int]:
    """Return the public number of rows of every measured table.

    Args:
        folder: The description; its `rows` are public.
        database: Gives the number of rows where the description is silent.
        cases: Number of cases taken, None for all: tables of the cases shrink in proportion.

    Returns:
        Expected rows by table, at least 1.
    """
    rows = {
        name: folder.tables[name].rows or database.tables[name].rows for name in folder.measured
    }
    if cases is None:
        return rows
    share, own = cases / rows[folder.roots[0]], owners(database)
    return {
        name: max(1, round(number * share)) if name in own else number
        for name, number in rows.items()
    }
