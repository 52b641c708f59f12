"""Small schemas with tables, links and rules, and tables of text that match them.

`schemas()` draws a schema, `databases()` a schema with tables; `records_of` reads such tables, and
`without` removes a row with everything below it, which is how a unit leaves a database.
"""

from dataclasses import dataclass, replace

import pyarrow as pa
from hypothesis import strategies as st

from synthcase.schema import load_schema
from synthcase.schema.domains import DateBins, Flags, NumberBins

WORDS = ("XA", "XB", "NO", "null", "12:30", "é", "a b", "true", "~", "1_0", "0", "a.b", "#x")
SPELLINGS = ("", "?", "NK", "-9", "N/A", "x")
JUNK = (
    "",
    " ",
    "junk",
    "-1",
    "1e400",
    "2014-02-30",
    "2014",
    "NaN",
    "9" * 200,
    "\u00a0",
    "a;b",
    "7.5",
)
KINDS = ("unknown", "not_asked", "not_applicable", "withheld")


def _subset(items, least=1, most=4):
    return st.lists(st.sampled_from(items), min_size=least, max_size=most, unique=True)


@st.composite
def missing(draw, *, labels=(), always=()):
    """Draw the kinds of missing of a column, with different spellings."""
    free = [s for s in SPELLINGS if s not in labels]
    kinds = draw(st.lists(st.sampled_from(KINDS), max_size=2, unique=True))
    kinds = [kind for kind in dict.fromkeys([*always, *kinds]) if kind not in labels]
    found = {}
    for kind in kinds:
        found[kind] = draw(_subset(free, least=1, most=2))
        free = [s for s in free if s not in found[kind]]
    return found


@st.composite
def columns(
    draw,
    *,
    name="c",
    always=(),
    kinds=("categorical", "ordinal", "binary", "number", "date", "multi"),
):
    """Draw what a schema file says of one column."""
    kind = draw(st.sampled_from(kinds))
    form = {"kind": kind}
    labels = []
    if kind in ("categorical", "ordinal"):
        labels = form["values"] = draw(_subset(WORDS))
    elif kind == "binary":
        labels = ["no", "yes"]
    elif kind == "number":
        edges = draw(st.lists(st.integers(-9, 90), min_size=2, max_size=4, unique=True))
        decimals = draw(st.sampled_from([0, 0, 1]))
        form |= {"bins": sorted(edges), "decimals": decimals}
    elif kind == "date":
        form["bins"] = draw(
            st.sampled_from(
                [
                    {"from": "2013", "to": "2015", "by": "year"},
                    {"from": "2013-07-01", "to": "2014-03", "by": "quarter"},
                    {"from": "2014", "to": "2014-03-31", "by": "month"},
                    ["2013-01-01", "2014-02-10", "2015-01-01"],
                ]
            )
        )
    else:
        labels = draw(_subset(WORDS, most=3))
        if draw(st.booleans()):
            form |= {"values": labels, "separator": draw(st.sampled_from([";", "|", " ; "]))}
        else:
            form["flags"] = {label: f"{name}_flag{at}" for at, label in enumerate(labels)}
    form["missing"] = draw(missing(labels=labels, always=always))
    bare = load_schema(_wrapped(name, form | {"else": _any_state(form, labels)}))
    form["else"] = draw(st.sampled_from(bare.table("t").column(name).states))
    return form


def _any_state(form, labels):
    if labels:
        return labels[0]
    if form["missing"]:
        return next(iter(form["missing"]))
    form["missing"] = {"unknown": ["??"]}
    return "unknown"


def _wrapped(name, form):
    table = {"key": "id", "columns": {name: form}}
    return {"synthcase": 1, "name": "bare", "tables": {"t": table}}


def column_nouns(**options):
    """Draw a `Column`."""
    return columns(**options).map(
        lambda form: load_schema(_wrapped("c", form)).table("t").column("c")
    )


@st.composite
def schema_forms(draw, *, max_tables=4, max_columns=3, links=True, rules=True, unit=None):
    """Draw a schema as a dict: a tree of tables, perhaps with a link, another root and rules."""
    names = ["case", "victim", "trafficker", "leg", "item"][: draw(st.integers(1, max_tables))]
    tables, depth = {}, {}
    for at, name in enumerate(names):
        root = at == 0 or (at > 1 and draw(st.integers(0, 5)) == 0)
        table = {"key": f"{name}_id"}
        if not root:
            above = draw(st.sampled_from(names[:at]))
            by = _key(tables[above])
            table["parent"] = {
                "table": above,
                "by": [f"up_{part}" for part in by] if len(by) > 1 else by[0],
                "typical": draw(st.integers(1, 3)),
            }
            if len(by) == 1 and draw(st.booleans()):
                table["key"] = [by[0], f"{name}_no"]
                table["parent"]["order"] = f"{name}_no"
        depth[name] = 0 if root else depth[table["parent"]["table"]] + 1
        names_of = [f"{name[0]}{n}" for n in range(draw(st.integers(0, max_columns)))]
        always = [("not_applicable",) if draw(st.booleans()) else () for _ in names_of]
        table["columns"] = {
            column: draw(columns(name=column, always=kinds))
            for column, kinds in zip(names_of, always, strict=True)
        }
        tables[name] = table
    ends = [name for name in names if len(_key(tables[name])) == 1]
    if links and len(ends) > 1 and draw(st.booleans()):
        one, two = draw(_subset(ends, least=2, most=2))
        tables["link"] = {
            "key": [_key(tables[one])[0], _key(tables[two])[0]],
            "parents": {one: _key(tables[one])[0], two: _key(tables[two])[0]},
            "columns": {"l0": draw(columns(name="l0"))},
        }
    form = {
        "synthcase": 1,
        "name": "drawn",
        "tables": tables,
        "protect": draw(_protect(tables, unit)),
    }
    if rules:
        form["rules"] = draw(_rules(load_schema(form)))
    return form


def _key(table):
    return table["key"] if isinstance(table["key"], list) else [table["key"]]


@st.composite
def _protect(draw, tables, unit):
    persons = draw(_subset(list(tables), least=1, most=2))
    children = [name for name, table in tables.items() if "parent" in table or "parents" in table]
    return {
        "unit": unit or draw(st.sampled_from(["case", "person"])),
        "persons": {name: {"max_cases": draw(st.integers(1, 3))} for name in persons},
        "caps": {name: draw(st.integers(1, 4)) for name in children if draw(st.booleans())},
    }


@st.composite
def _rules(draw, schema):
    """Draw at most one rule a table."""
    found = []
    for table in schema.tables:
        if len(table.columns) < 2 or draw(st.booleans()):
            continue
        one, two = draw(_subset(table.columns, least=2, most=2))
        name = {column: f"{table.name}.{column.name}" for column in (one, two)}
        options = [{"forbid": {name[c]: draw(_some(c)) for c in (one, two)}}]
        if "not_applicable" in one.missing_kinds:
            opening = draw(_some(two))
            if isinstance(two.domain, Flags):
                opening = [draw(st.sampled_from(two.domain.labels))]
            options.append({"gate": name[one], "open_if": {name[two]: opening}})
        if not any(isinstance(c.domain, Flags) for c in (one, two)):
            mapping = {}
            for state in two.states:
                mapping.setdefault(draw(st.sampled_from(one.states)), []).append(state)
            options.append({"derive": name[one], "from": name[two], "map": mapping})
        found.append(draw(st.sampled_from(options)))
    return found


def _some(column):
    return _subset(column.states, least=1, most=2)


def schemas(**options):
    """Draw a schema; the options are those of `schema_forms`."""
    return schema_forms(**options).map(load_schema)


@st.composite
def cells(draw, column, rows, *, junk=True):
    """Draw the text of every source column of a column: `{source name: [text, …]}`."""
    spelled = [text for kind in column.missing for text in kind.spellings]
    extra = [*spelled, *(JUNK if junk else ())]
    domain = column.domain
    if isinstance(domain, Flags) and domain.columns:
        texts = st.sampled_from(["0", "1", "yes", "no", *extra])
    elif isinstance(domain, Flags):
        parts = _subset([*domain.labels, *(("junk", "") if junk else ())], least=0, most=3)
        texts = st.one_of(parts.map(domain.separator.join), st.sampled_from(extra or [""]))
    else:
        texts = st.sampled_from([*domain.labels, *_inside(domain), *extra])
    rows_of = st.lists(texts, min_size=rows, max_size=rows)
    return {name: draw(rows_of) for name in column.source_names}


def _inside(domain):
    if isinstance(domain, NumberBins):
        return [domain.text(edge) for edge in domain.edges]
    if isinstance(domain, DateBins):
        return [domain.edges[0].isoformat(), f"{domain.last.isoformat()} 12:30:00"]
    return []


@st.composite
def frames_of(draw, schema, *, max_roots=3, max_children=2, junk=True):
    """Draw tables of text for a schema, with whole keys: `{table: {column: [text, …]}}`."""
    found = {}
    for table in _parents_first(schema):
        rows = _keys(draw, table, found, schema, max_roots, max_children)
        frame = {name: [row[name] for row in rows] for name in _key_columns(table)}
        for column in table.columns:
            frame |= draw(cells(column, len(rows), junk=junk))
        found[table.name] = frame
    return found


def _parents_first(schema):
    """Return the measured tables with both parents of a link before it."""
    waiting, found = list(schema.measured), []
    while waiting:
        names = {table.name for table in waiting}
        ready = [t for t in waiting if not names & {p.table for p in t.parents}]
        found += ready
        waiting = [table for table in waiting if table not in ready]
    return found


def _key_columns(table):
    by = [name for parent in table.parents for name in parent.columns]
    order = [parent.order for parent in table.parents if parent.order]
    return list(dict.fromkeys([*table.key, *by, *order]))


def _keys(draw, table, found, schema, max_roots, max_children):
    """Return one dict of key columns for each row of a table."""
    if not table.parents:
        return [{table.key[0]: f"{table.name}-{n}"} for n in range(draw(st.integers(0, max_roots)))]
    first, *second = table.parents
    rows = []
    for key in _key_rows(schema.table(first.table), found):
        if second:
            others = _key_rows(schema.table(second[0].table), found)
            ends = draw(_subset(others, least=0, most=max_children)) if others else []
            rows += [{first.by: key[0], second[0].by: end[0]} for end in ends]
            continue
        numbers = draw(st.permutations(range(draw(st.integers(0, max_children)))))
        for number in numbers:
            row = dict(zip(first.columns, key, strict=True))
            if first.order:
                row[first.order] = str(number)
            own = [part for part in table.key if part not in row]
            rows.append(row | {part: f"{table.name}-{len(rows)}" for part in own})
    return rows


def _key_rows(table, found):
    frame = found[table.name]
    return list(zip(*(frame[part] for part in table.key), strict=True))


@dataclass(frozen=True)
class Database:
    """A schema and tables of text that match it."""

    schema: object
    frames: dict


@st.composite
def databases(draw, *, max_roots=3, max_children=2, junk=True, **options):
    """Draw a schema and its tables."""
    schema = draw(schemas(**options))
    frames = frames_of(schema, max_roots=max_roots, max_children=max_children, junk=junk)
    return Database(schema, draw(frames))


def arrow_of(frames):
    """Return frames as pyarrow tables, as `read` takes them."""
    return {
        name: pa.table({column: pa.array(texts, pa.string()) for column, texts in frame.items()})
        for name, frame in frames.items()
    }


def records_of(database):
    """Read a database."""
    from synthcase.records import read

    return read(arrow_of(database.frames), database.schema)


def without(database, table, row):
    """Return a database without one row and without every row that stands below it."""
    gone = {name: set() for name in database.frames}
    gone[table].add(row)
    for child in _parents_first(database.schema):
        for parent in child.parents:
            above = database.schema.table(parent.table)
            keys = _key_rows(above, database.frames)
            lost = {keys[at] for at in gone[parent.table]}
            frame = database.frames[child.name]
            refs = list(zip(*(frame[name] for name in parent.columns), strict=True))
            gone[child.name] |= {at for at, ref in enumerate(refs) if ref in lost}
    kept = {
        name: {
            column: [text for at, text in enumerate(texts) if at not in gone[name]]
            for column, texts in frame.items()
        }
        for name, frame in database.frames.items()
    }
    return replace(database, frames=kept)
