"""Counting once more, row by row and slowly, to be compared with `measurement.counting`."""

import hashlib
from dataclasses import dataclass
from itertools import combinations, pairwise

VOTE = 2**30


@dataclass(frozen=True)
class Rows:
    """The rows that are counted, with their states, groups and weights."""

    schema: object
    layout: object
    database: dict
    kept: dict
    key: bytes | None

    def children(self, table, parent):
        """Return the kept rows of a table under one parent, in secret order if there is one."""
        found = [k for k in self.kept[table] if self.database[table][k].up == parent]
        return found if self.key is None else sorted(found, key=lambda k: place(self.key, table, k))

    def above(self, table, key, ancestor):
        while table != ancestor:
            key = self.database[table][key].up
            table = self.layout.by_name[table].parent
        return key

    def state(self, table, key, attribute):
        about = self.layout.by_name[table].attribute(attribute)
        if about.counts is None:
            names = [a.name for a in self.layout.by_name[table].attributes if a.counts is None]
            return self.database[table][key].states[names.index(attribute)]
        number = len(self.children(about.counts, key))
        ranges = self.layout.by_name[about.counts].counts.ranges
        return next(
            (at for at, (low, high) in enumerate(ranges) if low <= number <= high), len(ranges) - 1
        )

    def share(self, table, key):
        """Return Π max(k, c) along the row's path: its weight is one vote divided by this."""
        parent = self.layout.by_name[table].parent
        if parent is None:
            return 1
        up = self.database[table][key].up
        group = len(self.children(table, up))
        return self.share(parent, up) * max(group, self.layout.by_name[table].typical)


def place(key, table, row):
    digest = hashlib.sha256(key + table.encode() + b"\0" + row.encode()).digest()
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:16], "little")


def all_rows(schema, layout, database):
    """Return every row, for votes."""
    return Rows(schema, layout, database, {t: list(rows) for t, rows in database.items()}, None)


def rows_of_persons(schema, layout, database, key):
    """Return the rows that weigh 1: none between case and persons that holds nobody, and cut."""
    persons = {person.table for person in schema.protect.persons}
    kept = {}
    for table in schema.measured:
        path = schema.path(table.name)
        holds = any(table.name in schema.path(p)[:-1] for p in persons)
        found = list(database[table.name])
        if table.parent:
            found = [k for k in found if database[table.name][k].up in kept[table.parent.table]]
        if table.parent and holds and not persons & set(path):
            found = [k for k in found if _somebody(schema, database, table.name, k, persons)]
        cut = bool(persons & set(path[:-1])) or (not persons & set(path) and not holds)
        if table.parent and cut:
            groups = {}
            for k in sorted(found, key=lambda k: place(key, table.name, k)):
                groups.setdefault(database[table.name][k].up, []).append(k)
            found = [k for group in groups.values() for k in group[: schema.cap(table.name)]]
        kept[table.name] = found
    return Rows(schema, layout, database, kept, key)


def _somebody(schema, database, table, key, persons):
    for child in schema.children(table):
        for own, row in database[child.name].items():
            if row.up == key and (
                child.name in persons or _somebody(schema, database, child.name, own, persons)
            ):
                return True
    return False


def cells(rows, table, *, votes):
    """Return the cells of a planned table as a list of whole numbers."""
    found = [0] * table.size
    for cell, weight in _contributions(rows, table, votes=votes):
        if cell is not None:
            found[cell] += weight
    return found


def _contributions(rows, table, *, votes):
    names = [name for name, _ in table.axes]
    row = names[-1]
    if table.kind in ("rows", "one_way", "own", "ancestor"):
        for key in rows.kept[row]:
            states = [
                (name, a, rows.state(name, rows.above(row, key, name), a))
                for name, a in table.axes
                if a
            ]
            cell = 0
            for name, a, state in states:
                cell = cell * rows.layout.by_name[name].attribute(a).size + state
            yield cell, VOTE // rows.share(row, key) if votes else 1
        return
    if table.kind in ("link", "ends", "met"):
        yield from _links(rows, table)
        return
    above = rows.layout.by_name[row].parent
    for parent in rows.kept[above]:
        groups = [rows.children(name, parent) for name in names]
        pairs = _across if names[0] != names[1] else _siblings
        for one, two, weight, ordered in pairs(rows, names, groups, votes=votes):
            yield from _pair(rows, table, one, two, weight, votes=votes, ordered=ordered)


def _links(rows, table):
    (left, a), (right, b) = table.axes[:2]
    link = table.axes[-1][0]
    for key in rows.kept[link]:
        one, two = rows.database[link][key].up, rows.database[link][key].other
        if table.kind == "link":
            one, two = two, key
        yield (
            _cell(rows, table, rows.state(left, one, a), rows.state(right, two, b)),
            VOTE // rows.share(link, key),
        )


def _siblings(rows, names, groups, *, votes):
    group = groups[0]
    if not votes:
        yield from ((a, b, 1, True) for a, b in pairwise(group))
        return
    for a, b in combinations(group, 2):
        yield a, b, rows.share(names[0], a) * (len(group) - 1), False


def _across(rows, names, groups, *, votes):
    left, right = groups
    if not votes:
        yield from ((a, b, 1, True) for a, b in zip(left[:1], right[:1], strict=False))
        return
    for a in left:
        for b in right:
            parent = rows.layout.by_name[names[0]].parent
            shared = rows.share(parent, rows.database[names[0]][a].up)
            yield a, b, rows.share(names[0], a) * rows.share(names[1], b) // shared, True


def _pair(rows, table, one, two, share, *, votes, ordered):
    (left, a), (right, b) = table.axes
    if ordered:
        cell = _cell(rows, table, rows.state(left, one, a), rows.state(right, two, b))
        yield cell, VOTE // share if votes else 1
    elif a == b:
        states = sorted([rows.state(left, one, a), rows.state(right, two, b)])
        yield _cell(rows, table, *states, packed=True), 2 * VOTE // share
    else:
        yield _cell(rows, table, rows.state(left, one, a), rows.state(right, two, b)), VOTE // share
        yield _cell(rows, table, rows.state(left, two, a), rows.state(right, one, b)), VOTE // share


def _cell(rows, table, one, two, *, packed=False):
    name, b = table.axes[1]
    size = rows.layout.by_name[name].attribute(b).size
    if table.kind in ("agreement", "met"):
        return one if one == two and one < table.size else None
    if packed:
        order = [(i, j) for i in range(size) for j in range(i, size)]
        return order.index((one, two))
    return one * size + two
