"""Schemas small enough to try every neighbour, one for each way in which rows hang together."""

from synthcase.schema import load_schema


def column(values=2, *, shared=None, missing=True, **more):
    """Return what a schema file says of a column of `values` values."""
    form = {"kind": "categorical", "values": [f"v{n}" for n in range(values)], "else": "v0", **more}
    if missing:
        form["missing"] = {
            "unknown": "?",
            **({"not_applicable": "-"} if missing == "gated" else {}),
        }
    if shared:
        form["shared"] = shared
    return form


def nation(values=12):
    return column(values, shared="nation")


def flags(name, *, missing=False):
    form = {"kind": "multi", "values": [f"{name}1", f"{name}2"], "separator": ";"}
    if missing:
        return form | {"missing": {"not_asked": "?"}, "else": "not_asked"}
    return form | {"else": f"{name}1"}


def schema_of(tables, *, persons, caps=None, rules=(), public=None, unit="person", k=3):
    """Return a schema from `{table: {up, typical, **columns}}`.

    A column may be a number of values. `up` names the parent, or both parents of a link; `persons`
    says in how many cases they are.
    """
    form = {
        "synthcase": 1,
        "name": "small",
        "protect": {
            "unit": unit,
            "persons": {name: {"max_cases": cases} for name, cases in persons.items()},
            "caps": caps or {},
            "persons_per_case": k,
        },
        "tables": {},
        "rules": list(rules),
        "public": {name: {"rows": n, "source": "a report"} for name, n in (public or {}).items()},
    }
    for name, about in tables.items():
        columns = {key: value for key, value in about.items() if key not in ("up", "typical")}
        up, typical = about.get("up"), about.get("typical", 1)
        table = form["tables"][name] = {"key": f"{name}_id"}
        if isinstance(up, tuple):
            table["parents"] = {parent: f"{parent}_id" for parent in up}
        elif up:
            table["parent"] = {"table": up, "by": f"{up}_id", "typical": typical}
        table["columns"] = {
            column_name: column(said) if isinstance(said, int) else said
            for column_name, said in columns.items()
        }
    return load_schema(form)


CASE = {"x": 2}

PLAIN = schema_of(
    {
        "case": {"x": 2, "n": nation()},
        "victim": {"up": "case", "typical": 2, "a": 2, "n": nation(), "m": nation()},
        "trafficker": {"up": "case", "r": 2, "n": nation()},
    },
    persons={"victim": 2, "trafficker": 3},
)
DEEP = schema_of(
    {
        "case": CASE,
        "victim": {"up": "case", "typical": 3, "a": 2},
        "exploitation": {"up": "victim", "typical": 2, "t": 2, "n": nation(), "m": nation()},
        "journey_leg": {"up": "victim", "typical": 2, "s": 2, "n": nation()},
        "fare": {"up": "journey_leg", "f": 2},
        "site": {"up": "case", "typical": 2, "k": 2, "n": column(12)},
        "visit": {"up": "site", "v": 2},
    },
    persons={"victim": 1},
    caps={"exploitation": 2, "journey_leg": 3, "fare": 1, "site": 2, "visit": 2},
)
BETWEEN = schema_of(
    {
        "case": CASE,
        "household": {"up": "case", "h": 2, "n": column(12)},
        "room": {"up": "household", "w": 2},
        "member": {"up": "room", "a": 2},
        "income": {"up": "household", "i": 2},
        "helper": {"up": "case", "r": 2},
        "call": {"up": ("helper", "room"), "c": 2},
    },
    persons={"member": 1, "helper": 1},
    caps={"income": 2, "call": 2},
)
NESTED = schema_of(
    {
        "case": CASE,
        "victim": {"up": "case", "a": 2},
        "event": {"up": "victim", "e": 2},
        "child": {"up": "event", "c": 2, "n": nation(), "m": nation()},
        "toy": {"up": "child", "t": 2},
    },
    persons={"victim": 1, "child": 1},
    caps={"event": 2, "child": 3, "toy": 2},
)
LINKED = schema_of(
    {
        "case": CASE,
        "victim": {"up": "case", "a": 2},
        "trafficker": {"up": "case", "r": 2},
        "link": {"up": ("victim", "trafficker"), "l": 2, "n": column(12)},
        "act": {"up": "link", "y": 2},
    },
    persons={"victim": 1, "trafficker": 2},
    caps={"link": 3, "act": 2},
)
TIED = schema_of(
    {
        "case": CASE,
        "victim": {"up": "case", "a": 2, "m": nation()},
        "trafficker": {"up": "case", "m": nation()},
        "link": {"up": ("victim", "trafficker"), "l": 2},
    },
    persons={"victim": 1, "trafficker": 1},
    caps={"link": 2},
)
KINSHIP = schema_of(
    {
        "case": CASE,
        "person": {"up": "case", "a": 2},
        "house": {"up": "case", "h": 2},
        "kin": {"up": ("person", "person2"), "l": 2},
        "person2": {"up": "person", "b": 2},
    },
    persons={"person": 1},
    caps={"kin": 2, "person2": 2, "house": 1},
)
STUDENTS = schema_of(
    {
        "student": {"a": 2, "u": flags("u")},
        "course": {"up": "student", "typical": 2, "c": 2, "n": nation(), "m": nation()},
        "mark": {"up": "course", "g": 2},
    },
    persons={"student": 2},
    caps={"course": 3, "mark": 2},
)
TWO_ROOTS = schema_of(
    {
        "case": CASE,
        "victim": {"up": "case", "a": 2},
        "stay": {"up": ("victim", "shelter"), "s": 2, "n": column(12)},
        "shelter": {"k": 2},
        "bed": {"up": "shelter", "b": 2},
    },
    persons={"victim": 1},
    caps={"stay": 2, "bed": 2},
)
GATED = schema_of(
    {
        "case": {"u": flags("u", missing=True)},
        "victim": {
            "up": "case",
            "a": 2,
            "b": column(2, missing="gated"),
            "w": flags("w"),
            "age": {
                "kind": "number",
                "bins": [0, 18, 99],
                "else": "unknown",
                "missing": {"unknown": "?"},
            },
        },
        "note": {"up": "victim", "q": column(13), "p": 2},
    },
    persons={"victim": 1},
    caps={"note": 2},
    rules=[{"gate": "victim.b", "open_if": {"victim.a": ["v1"]}}],
)
SMALL = {
    "plain": PLAIN,
    "deep": DEEP,
    "between": BETWEEN,
    "nested": NESTED,
    "linked": LINKED,
    "tied": TIED,
    "kinship": KINSHIP,
    "students": STUDENTS,
    "two roots": TWO_ROOTS,
    "gated": GATED,
}
