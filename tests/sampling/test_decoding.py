from dataclasses import replace

import numpy as np
import pyarrow as pa

import handmade
from synthcase.sampling.decoding import arrow_schema, decode, released_columns
from synthcase.schema.layout import layout_of

SCHEMA = handmade.handmade_schema()
LAYOUT = layout_of(SCHEMA)


def chunk(seed=3, cases=20):
    model = handmade.handmade_model()
    return next(handmade.draw_by_hand(model, seed=seed, roots={"case": cases}, per_chunk=cases))


def test_the_columns_are_keys_then_values_with_their_companions():
    names = [column.name for column in released_columns(SCHEMA, SCHEMA.table("victim"))]
    assert names == [
        "victim_id", "case_id", "age", "age__missing", "height", "height__missing", "means",
        "means__missing", "exploited", "form", "form__missing", "minor", "minor__missing",
    ]  # fmt: skip
    assert [c.name for c in released_columns(SCHEMA, SCHEMA.table("trafficker"))] == [
        "trafficker_id", "case_id", "acts_lead", "acts_drive",
    ]  # fmt: skip


def test_types_are_those_of_the_kinds():
    victim = arrow_schema(SCHEMA, SCHEMA.table("victim"))
    assert victim.field("age").type == pa.int64()
    assert victim.field("height").type == pa.float64()
    assert arrow_schema(SCHEMA, SCHEMA.table("case")).field("opened").type == pa.date32()
    assert arrow_schema(SCHEMA, SCHEMA.table("leg")).field("leg_no").type == pa.int64()
    assert pa.types.is_dictionary(victim.field("exploited").type)


def test_a_value_is_there_exactly_where_the_companion_is_empty():
    frame = decode(SCHEMA, LAYOUT, chunk(), "victim", seed=1).to_pandas()
    for name in ("age", "height", "means", "form", "minor"):
        assert (frame[name].isna() == frame[f"{name}__missing"].notna()).all()
    assert set(frame["age__missing"].dropna()) == {"unknown", "withheld"}
    assert "" in set(frame["means"].dropna())


def test_a_derived_column_follows_its_source():
    one = chunk()
    minor = decode(SCHEMA, LAYOUT, one, "victim", seed=1).column("minor").to_pylist()
    ages = one.tables["victim"].codes["age"]
    expected = ["yes", "yes", "no", None, None]
    assert minor == [expected[state] for state in ages]


def test_the_same_seed_gives_the_same_table_and_another_seed_another():
    one = chunk()
    table = decode(SCHEMA, LAYOUT, one, "victim", seed=1)
    assert table.equals(decode(SCHEMA, LAYOUT, one, "victim", seed=1))
    other = decode(SCHEMA, LAYOUT, one, "victim", seed=2)
    assert table.column("age") != other.column("age")
    assert table.column("form") == other.column("form")


def test_values_of_one_column_do_not_depend_on_another():
    one = chunk()
    changed = {**one.tables["victim"].codes}
    changed["height"] = np.zeros_like(changed["height"])
    two = replace(
        one, tables={**one.tables, "victim": replace(one.tables["victim"], codes=changed)}
    )
    first, second = (decode(SCHEMA, LAYOUT, c, "victim", seed=1) for c in (one, two))
    assert first.column("age") == second.column("age")
