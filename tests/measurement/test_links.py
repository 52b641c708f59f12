import random

import pytest

from neighbours import Row, draw, empty, records_of
from small_schemas import BETWEEN, LINKED, SMALL, TWO_ROOTS, schema_of
from synthcase.errors import DataProblem
from synthcase.measurement import measure, measuring
from synthcase.measurement.links import refuse_links_across_cases
from synthcase.planning import plan
from synthcase.privacy.ledger import Ledger


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
