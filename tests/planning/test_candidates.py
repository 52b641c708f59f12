from itertools import combinations

import pytest

from small_schemas import BETWEEN, DEEP, GATED, PLAIN, SMALL, column, nation, schema_of
from synthcase.planning.candidates import candidates
from synthcase.plans.nouns import KINDS
from synthcase.schema.layout import layout_of

UNITS = pytest.mark.parametrize("unit", ["case", "person"])


def found(schema, unit="case"):
    return {c.id: c for c in candidates(layout_of(schema), unit=unit)}


@UNITS
@pytest.mark.parametrize("schema", SMALL.values(), ids=SMALL.keys())
def test_every_candidate_has_a_name_of_its_own_and_the_size_of_its_axes(schema, unit):
    layout = layout_of(schema)
    listed = list(candidates(layout, unit=unit))
    assert len({c.id for c in listed}) == len(listed)
    for candidate in listed:
        assert candidate.kind in KINDS
        sizes = [layout.by_name[t].attribute(a).size for t, a in candidate.axes if a]
        assert list(candidate.sizes) == sizes
        assert candidate.size >= 1


@UNITS
@pytest.mark.parametrize("schema", SMALL.values(), ids=SMALL.keys())
def test_every_attribute_has_its_one_way_table(schema, unit):
    layout = layout_of(schema)
    expected = {f"one_way/{t.name}.{a.name}" for t in layout.tables for a in t.attributes}
    assert expected <= found(schema, unit).keys()


def test_rows_are_counted_of_cases_alone_with_votes_and_of_every_table_with_persons():
    assert [c for c in found(DEEP) if c.startswith("rows/")] == ["rows/case."]
    rows = [c for c in found(DEEP, "person") if c.startswith("rows/")]
    assert len(rows) == len(DEEP.measured)


def test_every_pair_inside_a_row_is_counted_once():
    names = [a.name for a in layout_of(PLAIN).by_name["victim"].attributes]
    pairs = {f"own/victim.{one}*victim.{two}" for one, two in combinations(names, 2)}
    assert pairs <= found(PLAIN).keys()


def test_ancestors_are_crossed_two_levels_up_and_no_further():
    known = found(BETWEEN)
    assert "ancestor/household.h*member.a" in known
    assert "ancestor/room.w*member.a" in known
    assert "ancestor/case.x*member.a" not in known


def test_child_rows_are_crossed_with_their_number_for_cases_and_never_for_persons():
    assert "ancestor/case.#victim*victim.a" in found(PLAIN)
    assert not [
        c
        for c in found(PLAIN, "person").values()
        if c.kind == "ancestor" and c.axes[0][1].startswith("#")
    ]


def test_numbers_of_children_enter_no_pair_of_siblings_or_of_two_tables():
    for schema in SMALL.values():
        for unit in ("case", "person"):
            for candidate in found(schema, unit).values():
                if candidate.kind in ("sibling", "agreement", "co_child"):
                    assert not any(name.startswith("#") for _, name in candidate.axes)


def test_pairs_of_one_column_are_unordered_with_votes_and_ordered_along_a_chain():
    assert found(PLAIN)["sibling/victim.a*victim.a"].size == 3 * 4 // 2
    assert found(PLAIN, "person")["sibling/victim.a*victim.a"].size == 3 * 3


def test_large_and_shared_columns_are_counted_where_siblings_agree_on_a_value():
    known = found(PLAIN)
    assert known["agreement/victim.n*victim.n"].size == 12
    assert known["agreement/victim.n*victim.m"].size == 12
    assert "sibling/victim.n*victim.n" not in known
    assert known["agreement/victim.n*trafficker.n"].size == 12
    assert "co_child/victim.n*trafficker.n" not in known


def test_two_large_columns_that_share_nothing_are_not_paired_among_siblings():
    schema = schema_of(
        {
            "case": {"x": 2},
            "victim": {"up": "case", "p": column(12), "q": column(13), "n": nation()},
        },
        persons={"victim": 1},
    )
    known = found(schema)
    assert "sibling/victim.p*victim.q" not in known
    assert "agreement/victim.p*victim.p" in known


def test_a_gate_is_paired_with_what_it_opens():
    assert "own/victim.a*victim.b" in found(GATED)


def test_what_stands_behind_two_gates_is_told_by_the_tables_in_between():
    schema = schema_of(
        {
            "case": {
                "a": 2,
                "b": column(2, missing="gated"),
                "c": column(2, missing="gated"),
                "d": column(2, missing="gated"),
            }
        },
        persons={},
        unit="case",
        rules=[
            {"gate": "case.b", "open_if": {"case.a": ["v1"]}},
            {"gate": "case.c", "open_if": {"case.b": ["v1"]}},
            {"gate": "case.d", "open_if": {"case.a": ["v1"]}},
        ],
    )
    known = {c for c in found(schema) if c.startswith("own/")}
    assert known == {
        "own/case.a*case.b",
        "own/case.b*case.c",
        "own/case.a*case.d",
        "own/case.b*case.d",
    }


def test_two_child_tables_of_one_parent_are_paired():
    known = found(DEEP)
    assert "co_child/victim.a*site.k" in known
    assert "co_child/exploitation.t*journey_leg.s" in known
    assert not [c for c in known if c.startswith("co_child/victim") and "exploitation" in c]


def test_groups_hold_the_tables_of_one_kind_and_relation():
    groups = {c.group for c in found(PLAIN).values()}
    assert {"one_way/victim", "own/victim", "ancestor/case/victim", "sibling/victim"} <= groups
    assert "co_child/victim/trafficker" in groups
