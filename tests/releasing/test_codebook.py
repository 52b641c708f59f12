import handmade
from synthcase.releasing.codebook import codebook
from synthcase.schema import load_schema

ROWS = {"case": 1, "victim": 2, "leg": 3, "trafficker": 4, "link": 5, "country_list": 6}


def by_name(schema, rows=ROWS):
    return {table.name: table for table in codebook(schema, rows)}


def test_every_released_table_and_column_is_described():
    tables = by_name(handmade.handmade_schema())
    assert {name: table.rows for name, table in tables.items()} == ROWS
    victim = {column.name: column for column in tables["victim"].columns}
    assert victim["age"].values == "0-8, 9-17, 18-100"
    assert victim["age"].missing == "unknown, withheld"
    assert victim["form"].notes == "Only where exploited is yes."
    assert victim["minor"].notes == "Follows from age."
    assert "separated by ';'" in victim["means"].kind
    assert tables["trafficker"].columns[0].name == "acts_lead, acts_drive"
    assert "acts_drive = drive" in tables["trafficker"].columns[0].values


def test_references_say_what_was_filled_at_random():
    tables = by_name(handmade.handmade_schema())
    assert "trafficker_id: a row of trafficker (filled at random)." in tables["link"].keys
    assert "leg_no: place of the row among those of one victim, from 1." in tables["leg"].keys
    assert "public code list" in tables["country_list"].keys[0]


def test_a_table_that_was_not_released_is_left_out():
    assert list(by_name(handmade.handmade_schema(), {"case": 1})) == ["case"]


def test_marks_of_a_column_are_told():
    schema = load_schema(
        handmade.SCHEMA.replace(
            "country: {kind",
            "country: {topic: ethnicity, justification: asked by the law, from_data: true, "
            "approved: {by: A. Officer, source: the manual}, kind",
        )
    )
    notes = by_name(schema)["case"].columns[0].notes
    assert "Sensitive: ethnicity." in notes
    assert "approved by A. Officer (source: the manual)" in notes
