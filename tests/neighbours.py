"""Databases small enough to try every neighbour of, and what a count makes of them.

A database is `{table: {key: Row}}`. Keys are kept under every change, since the order of weight-1
rows hangs on them.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from synthcase.measurement.counting import count
from synthcase.measurement.measuring import _by_weight, _relations
from synthcase.measurement.view import person_view, vote_view
from synthcase.planning import plan
from synthcase.planning.owning import belongs_to_person, pointing_at
from synthcase.records.nouns import Records, RecordTable
from synthcase.schema import load_schema
from synthcase.schema.layout import layout_of

KEY = bytes(range(32))
MANY = 10**7


@dataclass(frozen=True)
class Row:
    """One row: key of its parent, key of its second parent, states in schema order."""

    up: str | None = None
    other: str | None = None
    states: tuple[int, ...] = ()


def schema_of(tables, *, protect, rules=(), public=None):
    """Return a schema from `{table: {parent, parents, columns}}`; a column is a number of values."""
    form = {"synthcase": 1, "name": "small", "protect": protect, "tables": {}}
    for name, table in tables.items():
        columns = {
            column: about if isinstance(about, dict) else column_of(about)
            for column, about in table.get("columns", {}).items()
        }
        form["tables"][name] = {"key": f"{name}_id", "columns": columns}
        if "parents" in table:
            form["tables"][name]["parents"] = {p: f"{p}_id" for p in table["parents"]}
        elif "parent" in table:
            form["tables"][name]["parent"] = {
                "table": table["parent"],
                "by": f"{table['parent']}_id",
                "typical": table.get("typical", 1),
            }
    if rules:
        form["rules"] = list(rules)
    if public:
        form["public"] = {name: {"rows": n, "source": "a report"} for name, n in public.items()}
    return load_schema(form)


def column_of(values, *, shared=None, missing=True):
    form = {"kind": "categorical", "values": [f"v{n}" for n in range(values)], "else": "v0"}
    if missing:
        form["missing"] = {"unknown": "?"}
    if shared:
        form["shared"] = shared
    return form


@cache
def layout(schema):
    return layout_of(schema)


def columns(schema, table):
    """Return the attributes of a table that are no counts."""
    return [a for a in layout(schema).by_name[table].attributes if a.counts is None]


@cache
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
        for at, (parent, field_name) in enumerate(zip(table.parents, ("up", "other"), strict=False)):
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
    left = without(schema, database, {(table, key)})
    yield left
    name, at = table, key
    while (parent := schema.table(name).parent) is not None:
        at, name = database[name][at].up, parent.table
        if belongs_to_person(schema, name) or _holds_person(schema, left, name, at):
            return
        left = without(schema, left, {(name, at)})
        yield left


def _holds_person(schema, database, table, key):
    persons = {person.table for person in schema.protect.persons}
    below = _closure(schema, database, {(table, key)}, ends=("up",))
    return any(name in persons for name, _ in below)


def pointing_rows(schema, database, table, key):
    """Return the largest number of rows of one link table that point to somebody from elsewhere."""
    own = _closure(schema, database, {(table, key)}, ends=("up",))
    numbers = [0]
    for link in pointing_at(schema, table):
        target = schema.table(link).parents[1].table
        numbers.append(
            sum(
                (target, row.other) in own and (link, at) not in own
                for at, row in database[link].items()
            )
        )
    return max(numbers)


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
