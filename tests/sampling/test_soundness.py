from dataclasses import replace

import numpy as np
import pytest

import handmade
from synthcase.errors import GateFailed
from synthcase.sampling.nouns import Chunk
from synthcase.sampling.soundness import faults, refuse_faults
from synthcase.schema.layout import layout_of

SCHEMA = handmade.handmade_schema()
LAYOUT = layout_of(SCHEMA)


def chunk():
    return next(handmade.draw_by_hand(handmade.handmade_model(), seed=2, roots={"case": 3}))


def spoiled(table, change):
    whole = chunk()
    rows = whole.tables[table]
    rows = replace(rows, codes={name: codes.copy() for name, codes in rows.codes.items()})
    return Chunk(0, {**whole.tables, table: change(rows) or rows})


def set_code(name, value, row=0):
    def change(rows):
        rows.codes[name][row] = value

    return change


def test_sound_rows_have_no_fault_in_any_chunk():
    seen = {}
    for one in handmade.draw_by_hand(handmade.handmade_model(), seed=2, roots={"case": 8}):
        assert not faults(SCHEMA, LAYOUT, one, seen)
        for name, rows in one.tables.items():
            seen[name] = seen.get(name, 0) + rows.length


def gate_of(opened, form):
    def change(rows):
        rows.codes["age"][0] = 2
        rows.codes["exploited"][0] = opened
        rows.codes["form"][0] = form

    return change


def forbidden(rows):
    rows.codes["age"][0], rows.codes["exploited"][0], rows.codes["form"][0] = 0, 1, 0


def same_pair(rows):
    return replace(rows, parent=np.full_like(rows.parent, 1), other=np.zeros_like(rows.other))


FAULTS = {
    "a state beyond the last": ("case", set_code("country", 3), "unknown state"),
    "a negative state": ("case", set_code("country", -1), "unknown state"),
    "a value behind a shut gate": ("victim", gate_of(0, 0), "broken gate"),
    "a forbidden combination": ("victim", forbidden, "forbidden combination"),
    "a parent that is not there": ("victim", lambda r: replace(r, parent=r.parent + 9), "orphan"),
    "a parent before the first": ("victim", lambda r: replace(r, parent=r.parent - 1), "orphan"),
    "another second parent": ("link", lambda r: replace(r, other=r.other - 9), "orphan"),
    "no parent at all": ("victim", lambda r: replace(r, parent=None), "orphan"),
    "a pair twice": ("link", same_pair, "key twice"),
    "a place twice": (
        "leg", lambda r: replace(r, position=np.ones_like(r.position)), "key twice",
    ),
    "a start that skips rows": ("case", lambda r: replace(r, start=7), "row out of place"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_found_and_named(name):
    table, change, kind = FAULTS[name]
    assert faults(SCHEMA, LAYOUT, spoiled(table, change), {})[table, kind]


def test_faults_are_refused_by_table_and_kind():
    with pytest.raises(GateFailed, match="victim: 2 × orphan"):
        refuse_faults({("victim", "orphan"): 2})
    refuse_faults({})
