import random

import pytest

from neighbours import Row, draw, empty, records_of
from small_schemas import BETWEEN, LINKED, SMALL, TWO_ROOTS, schema_of
from synthcase.errors import DataProblem, SchemaError
from synthcase.measurement import measure, measuring
from synthcase.measurement.links import (
    refuse_links_across_cases,
    refuse_more_links_than_promised,
)
from synthcase.planning import plan
from synthcase.privacy.ledger import Ledger
from synthcase.schema import load_schema


def two_cases(*, trafficker):
    """Return a victim in one case, linked to a trafficker in the case that is named."""
    found = empty(LINKED)
    found["case"] = {"c-secret": Row(states=(0,)), "d-secret": Row(states=(0,))}
    found["victim"] = {"v-secret": Row("c-secret", states=(0,))}
    found["trafficker"] = {"t-secret": Row(trafficker, states=(0,))}
    found["link"] = {"l-secret": Row("v-secret", "t-secret", (0, 0))}
    return records_of(LINKED, found)


def test_links_inside_a_case_pass():
    refuse_links_across_cases(two_cases(trafficker="c-secret"))
    for schema in SMALL.values():
        refuse_links_across_cases(records_of(schema, draw(schema, random.Random(1))))
        refuse_links_across_cases(records_of(schema, empty(schema)))


def test_links_between_cases_are_refused_without_a_word_of_the_records():
    with pytest.raises(DataProblem, match="Rows of link tie one case to another") as caught:
        refuse_links_across_cases(two_cases(trafficker="d-secret"))
    assert "secret" not in str(caught.value)
    assert caught.value.__context__ is None


def test_an_end_further_down_is_followed_up_to_its_case():
    found = empty(BETWEEN)
    found["case"] = {"c": Row(states=(0,)), "d": Row(states=(0,))}
    found["household"] = {"h": Row("d", states=(0, 0))}
    found["room"] = {"r": Row("h", states=(0,))}
    found["helper"] = {"p": Row("c", states=(0,))}
    found["call"] = {"x": Row("p", "r", (0,))}
    with pytest.raises(DataProblem, match="Rows of call"):
        refuse_links_across_cases(records_of(BETWEEN, found))


def test_a_reference_from_case_to_case_is_refused():
    schema = schema_of(
        {
            "case": {"x": 2},
            "note": {"up": ("case", "item"), "n": 2},
            "item": {"up": "case", "i": 2},
        },
        persons={"case": 1},
    )
    found = empty(schema)
    found["case"] = {"c": Row(states=(0,)), "d": Row(states=(0,))}
    found["item"] = {"i": Row("d", states=(0,))}
    found["note"] = {"n": Row("c", "i", (0,))}
    with pytest.raises(DataProblem, match="Rows of note"):
        refuse_links_across_cases(records_of(schema, found))


def test_links_to_another_tree_pass():
    found = empty(TWO_ROOTS)
    found["case"] = {"c": Row(states=(0,))}
    found["victim"] = {"v": Row("c", states=(0,))}
    found["shelter"] = {"a": Row(states=(0,)), "b": Row(states=(0,))}
    found["stay"] = {"s": Row("v", "b", (0, 0))}
    refuse_links_across_cases(records_of(TWO_ROOTS, found))


def test_nothing_is_paid_for_records_that_are_refused(tmp_path, monkeypatch):
    ledger = Ledger.create(
        tmp_path / "ledger", population="the invented", cap_epsilon="1000", set_by="A. Person"
    )
    monkeypatch.setattr(measuring, "count", lambda *a, **o: pytest.fail("counted"))
    for unit in ("case", "person"):
        with pytest.raises(DataProblem):
            measure(
                two_cases(trafficker="d-secret"),
                plan(LINKED, epsilon="1", unit=unit),
                ledger=ledger,
            )
    assert ledger.budget.spent() == {}


PROMISED = """\
synthcase: 1
name: promised
protect:
  unit: person
  persons: {victim: {max_cases: 1}, trafficker: {max_cases: 1}}
  caps: {link: 9}
tables:
  case: {key: case_id, columns: {x: {kind: categorical, values: [a, b], else: a}}}
  victim: {key: victim_id, parent: {table: case, by: case_id}}
  trafficker: {key: trafficker_id, parent: {table: case, by: case_id}}
  link:
    key: [victim_id, trafficker_id]
    parents: [{table: victim, by: victim_id}, {table: trafficker, by: trafficker_id, most: 2}]
    columns: {l: {kind: categorical, values: [a, b], else: a}}
"""


def linked(number, *, schema):
    """Return one trafficker with links to a number of victims."""
    found = empty(schema)
    found["case"] = {"c": Row(states=(0,))}
    found["victim"] = {f"v{n}-secret": Row("c") for n in range(number)}
    found["trafficker"] = {"t": Row("c")}
    found["link"] = {f"l{n}": Row(f"v{n}-secret", "t", (0,)) for n in range(number)}
    return records_of(schema, found)


def test_more_links_than_promised_are_refused_before_anything_is_paid(tmp_path):
    schema = load_schema(PROMISED)
    refuse_more_links_than_promised(linked(2, schema=schema))
    with pytest.raises(DataProblem, match="More rows of link point to one trafficker") as caught:
        refuse_more_links_than_promised(linked(3, schema=schema))
    assert "secret" not in str(caught.value)
    ledger = Ledger.create(tmp_path / "l", population="p", cap_epsilon="99", set_by="me")
    with pytest.raises(DataProblem):
        measure(linked(3, schema=schema), plan(schema, epsilon=1), ledger=ledger)
    assert not ledger.reservations()


def test_without_a_promise_any_number_may_point_to_somebody():
    schema = load_schema(PROMISED.replace(", most: 2", ""))
    refuse_more_links_than_promised(linked(5, schema=schema))


def test_a_promise_is_what_the_plan_pays_for():
    promised, free = load_schema(PROMISED), load_schema(PROMISED.replace(", most: 2", ""))
    costs = [
        plan(schema, epsilon=4).by_id["one_way/link.l"].delta_squared["trafficker"]
        for schema in (promised, free)
    ]
    assert costs[0] * 81 == costs[1] * 4
    assert not any("point to" in line for line in plan(promised, epsilon=4).not_protected)
    assert any("more than 9 rows of link" in line for line in plan(free, epsilon=4).not_protected)


def test_the_promise_comes_back_from_the_canonical_text_and_is_about_the_second_parent():
    schema = load_schema(PROMISED)
    assert load_schema(schema.text) == schema
    assert schema.table("link").parents[1].most == 2
    wrong = PROMISED.replace(
        "by: victim_id}, {table: trafficker, by: trafficker_id, most: 2}",
        "by: victim_id, most: 2}, {table: trafficker, by: trafficker_id}",
    )
    with pytest.raises(SchemaError, match="second parent"):
        load_schema(wrong)
