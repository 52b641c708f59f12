"""Databases small enough to try every neighbour of, and what a count makes of them.

A database is `{table: {key: Row}}`. Keys are kept under every change, since the order of weight-1
rows hangs on them.
"""

from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from io import StringIO
from itertools import product

import numpy as np

from synthcase.measurement import measuring
from synthcase.measurement.counting import count
from synthcase.measurement.measuring import _by_weight, _relations
from synthcase.measurement.view import person_view, vote_view
from synthcase.planning import plan
from synthcase.records.nouns import Records, RecordTable
from synthcase.schema.layout import layout_of

KEY = bytes(range(32))
MANY = 10**7


@dataclass(frozen=True)
class Row:
    """One row: key of its parent, key of its second parent, states in schema order."""

    up: str | None = None
    other: str | None = None
    states: tuple[int, ...] = ()


@lru_cache(maxsize=64)
def layout(schema):
    return layout_of(schema)


def columns(schema, table):
    """Return the attributes of a table that are no counts."""
    return [a for a in layout(schema).by_name[table].attributes if a.counts is None]


@lru_cache(maxsize=64)
def whole_plan(schema, unit):
    """Return a plan in which every candidate table is counted."""
    return plan(schema, epsilon="8", unit=unit, expect={t.name: MANY for t in schema.measured})


def empty(schema):
    return {table.name: {} for table in schema.measured}


def records_of(schema, database, *, order=None):
    """Return records; `order` gives for a table's keys the order in which its rows stand."""
    keys = {name: (order or list)(list(rows)) for name, rows in database.items()}
    place = {name: {key: at for at, key in enumerate(found)} for name, found in keys.items()}
    tables = {}
    for table in schema.measured:
        rows = [database[table.name][key] for key in keys[table.name]]
        parents = [None, None]
        for at, (parent, field_name) in enumerate(
            zip(table.parents, ("up", "other"), strict=False)
        ):
            where = place[parent.table]
            parents[at] = np.array([where[getattr(r, field_name)] for r in rows], dtype=np.int64)
        tables[table.name] = RecordTable(
            name=table.name,
            codes={
                attribute.name: np.array([row.states[at] for row in rows], dtype=np.int16)
                for at, attribute in enumerate(columns(schema, table.name))
            },
            keys=np.array(keys[table.name], dtype=object),
            parent=parents[0],
            other=parents[1],
        )
    return Records(schema=schema, layout=layout(schema), tables=tables, lookups={})


def counts(schema, database, unit, *, key=KEY, order=None):
    """Return the exact cells of every planned table, as `measure` counts them before noise."""
    records = records_of(schema, database, order=order)
    found = {}
    for votes, tables in _by_weight(whole_plan(schema, unit)):
        views = vote_view(records) if votes else person_view(records, key)
        for group in _relations(tables):
            found |= {t.id: cells for t, cells in count(layout(schema), views, group, votes=votes)}
    return found


def moved(one, two):
    """Return the squared L2 distance of each table that differs, in whole numbers."""
    found = {}
    for name, cells in one.items():
        difference = cells - two[name]
        if difference.any():
            found[name] = sum(int(d) ** 2 for d in difference[difference != 0].tolist())
    return found


def without(schema, database, gone):
    """Return a database without rows `{(table, key)}`, what stands below, and what points there."""
    return _left(database, _closure(schema, database, gone, ends=("up", "other")))


def _left(database, gone):
    return {
        name: {key: row for key, row in rows.items() if (name, key) not in gone}
        for name, rows in database.items()
    }


def _closure(schema, database, gone, *, ends):
    """Return rows with all that refer to them by one of their ends, however far."""
    gone, before = set(gone), -1
    while len(gone) > before:
        before = len(gone)
        for table in schema.measured:
            for end, parent in zip(ends, table.parents, strict=False):
                for key, row in database[table.name].items():
                    if (parent.table, getattr(row, end)) in gone:
                        gone.add((table.name, key))
    return gone


def without_person(schema, database, table, key):
    """Yield every database that one person's absence may have left.

    First her rows go alone; then, from below, each row above her that holds no other person.
    """
    persons = {person.table for person in schema.protect.persons}
    left = without(schema, database, {(table, key)})
    yield left
    name, at = table, key
    while (parent := schema.table(name).parent) is not None:
        at, name = database[name][at].up, parent.table
        if persons & set(schema.path(name)) or _holds_person(schema, left, name, at):
            return
        left = without(schema, left, {(name, at)})
        yield left


def _holds_person(schema, database, table, key):
    persons = {person.table for person in schema.protect.persons}
    below = _closure(schema, database, {(table, key)}, ends=("up",))
    return any(name in persons for name, _ in below)


def pointing_rows(schema, database, left, *, across):
    """Return the most rows of one link table that left though their first parent stayed.

    Args:
        schema: The schema.
        database: Before.
        left: After.
        across: Count links into another tree; else those inside one.
    """
    numbers = [0]
    for link in schema.measured:
        if len(link.parents) < 2:
            continue
        one, two = (schema.path(parent.table)[0] for parent in link.parents)
        if (one != two) is across:
            up = left[link.parent.table]
            gone = [row for key, row in database[link.name].items() if key not in left[link.name]]
            numbers.append(sum(row.up in up for row in gone))
    return max(numbers)


def within_bounds(schema, database, left):
    """Say whether somebody's absence took no more link rows along than her price allows for."""
    caps = [schema.cap(link.name) for link in schema.measured if len(link.parents) > 1]
    inside = pointing_rows(schema, database, left, across=False)
    return pointing_rows(schema, database, left, across=True) == 0 and inside <= min(
        caps, default=0
    )


def too_far(schema, databases, *, claims=None):
    """Yield what moves further than claimed when one person leaves: table, person, Δ², claim."""
    planned = whole_plan(schema, "person").by_id
    for database in databases:
        known = counts(schema, database, "person")
        for person, key in persons_of(schema, database):
            for left in without_person(schema, database, person, key):
                if not within_bounds(schema, database, left):
                    continue
                for name, squared in moved(known, counts(schema, left, "person")).items():
                    claim = (claims or {}).get((name, person))
                    if claim is None:
                        claim = planned[name].delta_squared.get(person, 0)
                    if squared > claim:
                        yield name, person, squared, claim


def only(schema, database, root, key):
    """Return a database with one case of the first tree."""
    gone = {(root, other) for other in database[root] if other != key}
    return without(schema, database, gone)


def spent(schema, one, two, unit):
    """Return Σ moved²/(2σ²): what it costs to hide the difference of two databases."""
    by_id = whole_plan(schema, unit).by_id
    found = moved(counts(schema, one, unit), counts(schema, two, unit))
    return sum(Fraction(squared) / (2 * by_id[name].sigma ** 2) for name, squared in found.items())


def dearer(schema, one, two, price, unit="person"):
    """Return the tables whose difference costs more than a price."""
    by_id = whole_plan(schema, unit).by_id
    found = moved(counts(schema, one, unit), counts(schema, two, unit))
    return [
        name
        for name, squared in found.items()
        if Fraction(squared) / (2 * by_id[name].sigma ** 2) > price(by_id[name])
    ]


def persons_of(schema, database):
    """Yield table and key of every person."""
    for person in schema.protect.persons:
        for key in database[person.table]:
            yield person.table, key


def root_of(schema, database, table, key):
    """Return the key of the case a row stands in."""
    while (parent := schema.table(table).parent) is not None:
        key, table = database[table][key].up, parent.table
    return key


def draw(schema, random, *, roots=3, children=3, states=2):
    """Draw a database whose rows have few states, so that cells coincide as often as not."""
    found = empty(schema)
    palette = {
        (table.name, a.name): [random.randrange(a.size) for _ in range(states)]
        for table in schema.measured
        for a in columns(schema, table.name)
    }
    for table in _second_parents_first(schema):
        ups = list(found[table.parent.table]) if table.parent else [None]
        for up in ups:
            number = random.randint(0 if table.parent else 1, children if table.parent else roots)
            for _ in range(number):
                other = None
                if len(table.parents) > 1:
                    ends = _in_reach(schema, found, table, up)
                    if not ends:
                        continue
                    other = random.choice(ends)
                key = f"{table.name}-{random.randrange(10**9)}"
                chosen = tuple(
                    random.choice(palette[table.name, a.name]) for a in columns(schema, table.name)
                )
                found[table.name][key] = Row(up, other, chosen)
    return found


def every_database(schema, rows, free):
    """Yield every database of these rows whose free columns take both of their first two values.

    Args:
        schema: The schema.
        rows: `{table: {key: Row}}`, states left out.
        free: For each table the columns that vary; all others have their first value.
    """
    places = [
        (table, key, at)
        for table, found in rows.items()
        for key in found
        for at, a in enumerate(columns(schema, table))
        if a.name in free.get(table, ())
    ]
    for values in product((0, 1), repeat=len(places)):
        chosen = {
            (table, key): [0] * len(columns(schema, table))
            for table, found in rows.items()
            for key in found
        }
        for (table, key, at), value in zip(places, values, strict=True):
            chosen[table, key][at] = value
        yield empty(schema) | {
            table: {k: replace(row, states=tuple(chosen[table, k])) for k, row in found.items()}
            for table, found in rows.items()
        }


def _second_parents_first(schema):
    waiting, found = list(schema.measured), []
    while waiting:
        names = {table.name for table in waiting}
        ready = [t for t in waiting if not names & {p.table for p in t.parents}]
        found += ready
        waiting = [table for table in waiting if table not in ready]
    return found


def _in_reach(schema, found, table, up):
    """Return the rows a link may point to: of its own case, or of another tree."""
    first, second = table.parents
    rows = list(found[second.table])
    if schema.path(first.table)[0] != schema.path(second.table)[0]:
        return rows
    case = root_of(schema, found, first.table, up)
    return [key for key in rows if root_of(schema, found, second.table, key) == case]


def told(schema, database, unit):
    """Return what a look tells beside its numbers: tables, sizes, progress and all it prints."""
    steps, said = [], StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        answers = measuring.noisy_answers(
            records_of(schema, database),
            whole_plan(schema, unit),
            progress=lambda *step: steps.append(step),
        )
    return [(n, a.shape, str(a.dtype)) for n, a in answers.items()], steps, said.getvalue()
