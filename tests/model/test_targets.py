from dataclasses import replace

import numpy as np
import pytest

from synthcase.model.answers import Answer
from synthcase.model.targets import (
    MISFIT,
    block_of,
    is_special,
    known_cells,
    place_of,
    targets_of,
)
from toymodels import EVERYTHING, SHARED_GATE, all_tables, layout_of, toy_design, toy_schema


@pytest.fixture(scope="module")
def design():
    return toy_design(toy_schema(EVERYTHING))


@pytest.fixture(scope="module")
def tables(design):
    return {table.id: table for table in all_tables(design.layout, votes=True)}


@pytest.mark.parametrize(
    ("name", "block"),
    [
        ("rows/case.", ("rows", "case")),
        ("one_way/victim.form", ("one_way", "victim")),
        ("own/case.country*case.kind", ("own", "case")),
        ("own/case.#victim*case.#trafficker", ("own", "case")),
        ("own/victim.form*victim.means", ("behind", "victim", "0")),
        ("own/victim.means.debt*victim.means.threats", ("behind", "victim", "2")),
        ("ancestor/case.kind*leg.mode", ("ancestor", "case", "leg")),
        ("ancestor/case.#victim*victim.form", ("count", "victim", "victim")),
        ("ancestor/case.#victim*victim.#leg", ("count", "victim", "victim")),
        ("ancestor/case.#victim*leg.mode", ("count", "victim", "leg")),
        ("ancestor/case.#trafficker*leg.mode", ("ancestor", "case", "leg")),
        ("ancestor/victim.#leg*leg.mode", ("count", "leg", "leg")),
        ("ancestor/victim.#service*leg.mode", ("ancestor", "victim", "leg")),
        ("sibling/victim.form*victim.form", ("sibling", "victim")),
        ("co_child/victim.form*trafficker.role", ("co_child", "victim", "trafficker")),
    ],
)
def test_a_table_stands_in_the_block_of_its_relation(design, tables, name, block):
    assert block_of(design.layout, tables[name]) == block


def test_a_table_stands_where_its_attributes_stand(design, tables):
    layout = design.layout
    victim, leg = layout.by_name["victim"], layout.by_name["leg"]
    assert place_of(layout, tables["rows/case."]) == (slice(0, 1), slice(0, 1))
    assert place_of(layout, tables["one_way/victim.form"]) == (slice(0, 1), victim.span("form"))
    bins = len(victim.counts.ranges)
    found = place_of(layout, tables["ancestor/case.#victim*leg.mode"])
    assert found == (slice(0, bins), leg.span("mode"))
    pair = place_of(layout, tables["ancestor/victim.form*leg.mode"])
    assert pair == (victim.span("form"), leg.span("mode"))


SPECIAL = {
    "own/victim.exploited*victim.form", "own/victim.form*victim.debt",
    "own/victim.form*victim.sold_in", "own/victim.nationality*victim.birth",
    "own/victim.nationality*victim.tongue", "own/leg.through*leg.sign",
    "ancestor/case.country*victim.nationality", "ancestor/victim.tongue*leg.through",
    "sibling/leg.through*leg.sign", "co_child/leg.sign*service.place",
    "agreement/victim.nationality*victim.birth",
}  # fmt: skip
PLAIN = {
    "rows/case.", "one_way/victim.nationality", "own/case.country*case.kind",
    "own/victim.nationality*victim.form", "ancestor/case.kind*victim.form",
    "ancestor/case.country*victim.tongue", "sibling/victim.nationality*victim.tongue",
    "co_child/victim.tongue*trafficker.nationality", "sibling/victim.form*victim.debt",
    "ancestor/case.#victim*leg.through", "co_child/leg.mode*service.place",
    "own/victim.means.debt*victim.means.threats", "own/victim.form*victim.means",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(SPECIAL | PLAIN))
def test_which_tables_have_a_formula_of_their_own(design, tables, name):
    # under a root, its classes tell how two domains go together; below, they do not
    assert is_special(design.layout, tables[name]) is (name in SPECIAL)


def test_cells_of_a_shut_gate_say_nothing(design, tables):
    layout = design.layout
    gate = known_cells(layout, tables["own/victim.exploited*victim.form"])
    np.testing.assert_array_equal(gate, [[0, 0, 0], [1, 1, 1], [0, 0, 0]])
    both = known_cells(layout, tables["own/victim.form*victim.debt"])
    np.testing.assert_array_equal(both, [[1, 1, 0], [1, 1, 0], [0, 0, 0]])
    free = known_cells(layout, tables["own/victim.nationality*victim.birth"])
    np.testing.assert_array_equal(free, np.ones((4, 4)))
    turned = tables["own/victim.exploited*victim.form"]
    turned = replace(turned, axes=turned.axes[::-1])
    np.testing.assert_array_equal(known_cells(layout, turned), gate.T)


def test_answers_and_weights_stand_side_by_side(design, tables):
    answers = [
        Answer(tables["one_way/trafficker.role"], np.array([10.0, 20.0, 30.0]), 4.0),
        Answer(tables["own/trafficker.role*trafficker.speaks"], np.arange(9.0), 2.0),
        Answer(tables["rows/case."], np.array([50.0]), 1.0),
    ]
    found = targets_of(design.layout, answers, 50.0, design.casts)
    assert found.cases == 50
    assert found.cells == 13
    # the number of cases is an estimate of its own, and no target
    assert set(found.blocks) == {("one_way", "trafficker"), ("own", "trafficker")}
    trafficker = design.layout.by_name["trafficker"]
    span, speaks = trafficker.span("role"), trafficker.span("speaks")
    one_way = found.blocks["one_way", "trafficker"]
    np.testing.assert_array_equal(one_way.values[0, span], [10, 20, 30])
    variance = 4 + MISFIT * 60 / 3
    np.testing.assert_allclose(one_way.weight[0, span], 1 / variance, rtol=1e-6)
    assert (one_way.weight > 0).sum() == 3
    own = found.blocks["own", "trafficker"]
    np.testing.assert_array_equal(own.values[span, speaks], np.arange(9).reshape(3, 3))
    assert (own.weight > 0).sum() == 9
    assert own.weight[speaks, span].sum() == 0


def test_a_tempered_vote_is_a_smaller_lump(design, tables):
    answer = Answer(tables["one_way/victim.exploited"], np.full(3, 30.0), 1.0)
    found = targets_of(design.layout, [answer], 50.0, design.casts)
    span = design.layout.by_name["victim"].span("exploited")
    weight = found.blocks["one_way", "victim"].weight[0, span]
    np.testing.assert_allclose(weight, 1 / (1 + MISFIT * 90 / 3 / 3), rtol=1e-6)
    rows = toy_design(toy_schema(EVERYTHING, "person"), votes=False)
    weight = targets_of(rows.layout, [answer], 50.0, rows.casts).blocks["one_way", "victim"].weight
    np.testing.assert_allclose(weight[0, span], 1 / (1 + MISFIT * 90 / 3), rtol=1e-6)


@pytest.mark.parametrize("name", ["role", "nationality"])
def test_an_unordered_cell_has_one_residual_and_not_two(design, tables, name):
    # the model expects both orders: half of the cell in each
    table = tables[f"sibling/trafficker.{name}*trafficker.{name}"]
    answer = Answer(table, np.arange(1.0, table.size + 1), 1e6)
    found = targets_of(design.layout, [answer], 50.0, design.casts)
    size = design.layout.by_name["trafficker"].attribute(name).size
    if name == "role":
        target = found.blocks["sibling", "trafficker"]
        span = design.layout.by_name["trafficker"].span(name)
        values, weight = target.values[span, span], target.weight[span, span]
    else:
        values, weight = found.special[table.id][1].values, found.special[table.id][1].weight
    ordered = np.random.default_rng(0).random((size, size))
    ordered = ordered + ordered.T
    loss = (weight * (ordered - values) ** 2).sum()
    both = ordered + ordered.T - np.diag(np.diag(ordered))
    residuals = both[np.triu_indices(size)] - answer.values
    np.testing.assert_allclose(loss, (residuals**2).sum() / 1e6, rtol=1e-4)


def test_rows_of_child_tables_are_met_where_each_weighs_one():
    design = toy_design(toy_schema(EVERYTHING, "person"), votes=False)
    tables = {t.id: t for t in all_tables(design.layout, votes=False)}
    answer = Answer(tables["rows/leg."], np.array([80.0]), 1.0)
    found = targets_of(design.layout, [answer], 50.0, design.casts)
    assert found.blocks["rows", "leg"].values.tolist() == [[80]]


def test_pairs_behind_one_gate_are_met_where_it_is_open(design, tables):
    table = tables["own/victim.form*victim.means"]
    answer = Answer(table, np.arange(9.0), 1.0)
    found = targets_of(design.layout, [answer], 50.0, design.casts)
    weight = found.blocks["behind", "victim", "0"].weight
    victim = design.layout.by_name["victim"]
    part = weight[victim.span("form"), victim.span("means")]
    np.testing.assert_array_equal(part > 0, known_cells(design.layout, table) > 0)
    assert (weight > 0).sum() == (part > 0).sum() == 4


def test_special_tables_keep_their_shape(design, tables):
    own = tables["own/victim.exploited*victim.form"]
    agree = tables["agreement/victim.nationality*victim.birth"]
    answers = [Answer(own, np.arange(9.0), 1.0), Answer(agree, np.arange(3.0), 1.0)]
    found = targets_of(design.layout, answers, 50.0, design.casts)
    assert not found.blocks
    table, target = found.special[own.id]
    assert table is own
    np.testing.assert_array_equal(target.values, np.arange(9).reshape(3, 3))
    np.testing.assert_array_equal(target.weight > 0, known_cells(design.layout, own) > 0)
    assert found.special[agree.id][1].values.shape == (3, 1)


def test_every_table_has_its_place():
    for text in (EVERYTHING, SHARED_GATE):
        for votes in (True, False):
            schema = toy_schema(text, "case" if votes else "person")
            design = toy_design(schema, votes=votes)
            answers = [
                Answer(table, np.ones(table.size), 1.0)
                for table in all_tables(layout_of(schema), votes=votes)
            ]
            found = targets_of(design.layout, answers, 10.0, design.casts)
            told = sum(int((t.weight > 0).sum()) for t in found.blocks.values())
            assert told > 50
            assert found.cells == sum(answer.table.size for answer in answers)


def test_cells_are_counted_once(design, tables):
    names = [
        "sibling/trafficker.role*trafficker.role",
        "own/victim.form*victim.means",
        "own/victim.exploited*victim.form",
        "one_way/victim.form",
        "agreement/victim.nationality*victim.birth",
    ]
    answers = [Answer(tables[name], np.ones(tables[name].size), 1.0) for name in names]
    found = targets_of(design.layout, answers, 50.0, design.casts)
    assert {key: target.cells for key, target in found.blocks.items()} == {
        ("sibling", "trafficker"): 6,
        ("behind", "victim", "0"): 4,
        ("one_way", "victim"): 3,
    }
    assert [target.cells for _, target in found.special.values()] == [3, 3]
