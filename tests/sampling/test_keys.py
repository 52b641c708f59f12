from dataclasses import replace

import numpy as np
import pytest

import handmade
from synthcase.errors import InternalError, SchemaError
from synthcase.sampling.keys import check_keys, fresh_keys, key_columns, key_names
from synthcase.sampling.nouns import Chunk
from synthcase.schema.nouns import Parent, Person, Protect, Schema, Table

SCHEMA = handmade.handmade_schema()


def chunks():
    return list(handmade.draw_by_hand(handmade.handmade_model(), seed=1, roots={"case": 5}))


def test_a_fresh_key_says_that_it_is_synthetic():
    assert fresh_keys("victim", np.array([0, 11, 12_345_678])).to_pylist() == [
        "SYN-victim-0000001",
        "SYN-victim-0000012",
        "SYN-victim-12345679",
    ]


def test_the_columns_of_keys_come_in_a_fixed_order():
    assert key_names(SCHEMA.table("leg")) == ("victim_id", "leg_no")
    assert key_names(SCHEMA.table("victim")) == ("victim_id", "case_id")


def test_children_carry_the_keys_of_their_parents_in_every_chunk():
    for chunk in chunks():
        cases = key_columns(SCHEMA, chunk, "case")["case_id"].to_pylist()
        victims = key_columns(SCHEMA, chunk, "victim")
        assert victims["case_id"].to_pylist() == [key for key in cases for _ in range(2)]
        legs = key_columns(SCHEMA, chunk, "leg")
        own = victims["victim_id"].to_pylist()
        assert legs["victim_id"].to_pylist() == [key for key in own for _ in range(2)]
        assert legs["leg_no"].to_pylist() == [1, 2] * len(own)
        links = key_columns(SCHEMA, chunk, "link")
        assert links["victim_id"].to_pylist() == own
        traffickers = key_columns(SCHEMA, chunk, "trafficker")["trafficker_id"].to_pylist()
        assert set(links["trafficker_id"].to_pylist()) <= set(traffickers)


def with_stops(first):
    """One stop a leg, whose parent has a key of two parts."""
    stop = Table(
        name="stop",
        key=("stop_id",),
        parents=(Parent(table="leg", by="who", also_by=("which",)),),
    )
    schema = Schema(name="s", tables=(*SCHEMA.tables, stop), protect=Protect())
    whole = chunks()[1]
    legs = whole.tables["leg"]
    rows = replace(
        legs, name="stop", start=0, codes={},
        parent=first + np.arange(legs.length), position=np.ones(legs.length, dtype=int),
    )  # fmt: skip
    return schema, Chunk(1, {**whole.tables, "stop": rows})


def test_a_composite_key_of_a_parent_is_carried_part_by_part():
    schema, chunk = with_stops(first=chunks()[1].tables["leg"].start)
    found, above = key_columns(schema, chunk, "stop"), key_columns(schema, chunk, "leg")
    assert found["who"].to_pylist() == above["victim_id"].to_pylist()
    assert found["which"].to_pylist() == above["leg_no"].to_pylist()
    assert found["stop_id"][0].as_py() == "SYN-stop-0000001"


def test_a_place_that_stands_in_another_chunk_is_a_bug():
    schema, chunk = with_stops(first=0)
    with pytest.raises(InternalError, match="leg"):
        key_columns(schema, chunk, "stop")


def test_a_table_with_its_parents_key_needs_a_cap_of_one():
    detail = Table(
        name="detail", key=("victim_id",), parents=(Parent(table="victim", by="victim_id"),)
    )
    tables = (*SCHEMA.tables, detail)
    persons = (Person("victim"),)
    with pytest.raises(SchemaError, match="detail"):
        check_keys(Schema(name="s", tables=tables, protect=Protect(persons=persons)))
    check_keys(Schema(name="s", tables=tables, protect=Protect(caps=(("detail", 1),))))
    check_keys(SCHEMA)


def test_a_far_end_in_another_tree_needs_a_key_of_its_own():
    school = Table(name="school", key=("school_id",))
    room = Table(
        name="room",
        key=("school_id", "room_no"),
        parents=(Parent(table="school", by="school_id", order="room_no"),),
    )
    visit = Table(
        name="visit",
        key=("visit_id",),
        parents=(
            Parent(table="case", by="case_id"),
            Parent(table="room", by="at", also_by=("room",)),
        ),
    )
    with pytest.raises(SchemaError, match="visit refers to room"):
        check_keys(
            Schema(name="s", tables=(*SCHEMA.tables, school, room, visit), protect=Protect())
        )
