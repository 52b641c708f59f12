"""No neighbour moves a counted table further than the plan says (docs/proofs).

Every neighbour of every database tried; whole numbers only, and one hash key for both.
"""

import random
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from neighbours import (
    Row,
    counts,
    dearer,
    draw,
    every_database,
    moved,
    only,
    persons_of,
    root_of,
    spent,
    too_far,
    whole_plan,
    within_bounds,
    without,
    without_person,
)
from small_schemas import BETWEEN, DEEP, GATED, LINKED, NESTED, PLAIN, SMALL, STUDENTS
from strategies import schemas
from synthcase.errors import UsageError
from synthcase.planning.prices import _together, prices_of
from synthcase.plans.nouns import VOTE
from synthcase.schema.nouns import Person

SEEDS = st.integers(0, 2**32)
SCHEMAS = pytest.mark.parametrize("schema", SMALL.values(), ids=SMALL.keys())


def rows(**tables):
    """Return rows from `table={key: (up, other)}`; a lone name is the parent."""
    return {
        table: {
            key: Row(*(end if isinstance(end, tuple) else (end,))) for key, end in found.items()
        }
        for table, found in tables.items()
    }


THREE = {"v1": "c", "v2": "c", "v3": "c"}
ONE_CASE = {
    "three victims and a trafficker": (
        PLAIN,
        rows(case={"c": None}, victim=THREE, trafficker={"t": "c"}),
        {"victim": ["a", "n"], "trafficker": ["r"]},
    ),
    "three victims of one country or another": (
        PLAIN,
        rows(case={"c": None}, victim=THREE, trafficker={"t": "c", "u": "c"}),
        {"victim": ["n", "m"], "trafficker": ["n"]},
    ),
    "more rows of each kind than are counted": (
        DEEP,
        rows(
            case={"c": None},
            victim={"v": "c"},
            exploitation=dict.fromkeys(["e1", "e2", "e3"], "v"),
            journey_leg=dict.fromkeys(["l1", "l2", "l3", "l4"], "v"),
        ),
        {"exploitation": ["t"], "journey_leg": ["s"]},
    ),
    "legs of two victims": (
        DEEP,
        rows(
            case={"c": None},
            victim={"v": "c", "w": "c"},
            journey_leg={"l1": "v", "l2": "v", "l3": "w"},
            fare={"f1": "l1", "f2": "l1", "f3": "l3"},
        ),
        {"victim": ["a"], "journey_leg": ["s"], "fare": ["f"]},
    ),
    "a case that owns rows of its own": (
        DEEP,
        rows(
            case={"c": None},
            victim={"v": "c"},
            site=dict.fromkeys(["s1", "s2", "s3"], "c"),
            visit={"i1": "s1", "i2": "s1", "i3": "s1", "i4": "s2", "i5": "s3"},
        ),
        {"victim": ["a"], "site": ["k"], "visit": ["v"]},
    ),
    "households full and empty": (
        BETWEEN,
        rows(
            case={"c": None},
            household={"h1": "c", "h2": "c"},
            room={"r1": "h1", "r2": "h2", "r3": "h2"},
            member={"m1": "r1", "m2": "r1"},
            income={"i1": "h1", "i2": "h2", "i3": "h1", "i4": "h1"},
            helper={"p": "c"},
        ),
        {"household": ["h"], "member": ["a"], "income": ["i"]},
    ),
    "children of a victim, who are persons": (
        NESTED,
        rows(
            case={"c": None},
            victim={"v": "c"},
            event={"e": "v"},
            child=dict.fromkeys(["k1", "k2", "k3", "k4"], "e"),
        ),
        {"child": ["c", "n"]},
    ),
    "links between victims and traffickers": (
        LINKED,
        rows(
            case={"c": None},
            victim={"v": "c", "w": "c"},
            trafficker=dict.fromkeys(["t1", "t2"], "c"),
            link={
                "l1": ("v", "t1"), "l2": ("v", "t2"), "l3": ("v", "t1"), "l4": ("v", "t2"),
                "l5": ("w", "t1"),
            },
        ),
        {"victim": ["a"], "link": ["l"], "trafficker": ["r"]},
    ),
    "a student with more courses than are counted": (
        STUDENTS,
        rows(
            student={"s": None},
            course=dict.fromkeys(["c1", "c2", "c3", "c4"], "s"),
            mark={"m1": "c1", "m2": "c2", "m3": "c3", "m4": "c4"},
        ),
        {"course": ["c"], "mark": ["g"]},
    ),
    "gates and several answers": (
        GATED,
        rows(case={"c": None}, victim=THREE),
        {"case": ["u"], "victim": ["a", "w.w1"]},
    ),
}  # fmt: skip


class TestPersons:
    @pytest.mark.parametrize("case", ONE_CASE.values(), ids=ONE_CASE.keys())
    def test_every_database_of_one_case(self, case):
        schema, found, free = case
        assert list(too_far(schema, every_database(schema, found, free))) == []

    @SCHEMAS
    @given(seed=SEEDS)
    @settings(max_examples=25)
    def test_databases_at_random(self, schema, seed):
        draws = random.Random(seed)
        database = draw(schema, draws, children=draws.choice([2, 3]))
        assert list(too_far(schema, [database])) == []

    @SCHEMAS
    @given(seed=SEEDS)
    @settings(max_examples=10)
    def test_somebody_in_several_cases_or_with_several_rows(self, schema, seed):
        database = draw(schema, random.Random(seed), children=2)
        for one, two in combinations(list(persons_of(schema, database)), 2):
            lefts = [
                left
                for first in list(without_person(schema, database, *one))[-1:]
                if two[1] in first[two[0]]
                for left in without_person(schema, first, *two)
            ]
            for left in lefts:
                if within_bounds(schema, database, left):
                    people = (
                        [Person(one[0], 2)]
                        if one[0] == two[0]
                        else [Person(one[0]), Person(two[0])]
                    )
                    assert dearer(schema, database, left, lambda t, p=people: _together(t, p)) == []

    @SCHEMAS
    @given(seed=SEEDS)
    @settings(max_examples=10)
    def test_somebody_replaced_or_moved_costs_four_times_as_much(self, schema, seed):
        database = draw(schema, random.Random(seed), children=2)
        for (name, one), (other, two) in combinations(list(persons_of(schema, database)), 2):
            if name != other:
                continue
            for without_one in without_person(schema, database, name, one):
                for without_two in without_person(schema, database, name, two):
                    if within_bounds(schema, database, without_one) and within_bounds(
                        schema, database, without_two
                    ):
                        price = lambda t: 4 * t.rho(name)  # noqa: E731, B023
                        assert dearer(schema, without_one, without_two, price) == []

    @SCHEMAS
    @given(seed=SEEDS)
    @settings(max_examples=10)
    def test_a_whole_case_of_k_persons_costs_k_squared_times_the_dearest(self, schema, seed):
        database = draw(schema, random.Random(seed), children=2)
        root = schema.roots[0].name
        plan = whole_plan(schema, "person")
        persons = [p.table for p in schema.protect.persons if schema.path(p.table)[0] == root]
        dearest = max(sum(t.rho(p) for t in plan.tables if t.root == root) for p in persons)
        for key in database[root]:
            left = without(schema, database, {(root, key)})
            k = sum(
                root_of(schema, database, table, at) == key
                for table, at in persons_of(schema, database)
                if table in persons
            )
            if within_bounds(schema, database, left):
                assert spent(schema, database, left, "person") <= max(k, 1) ** 2 * dearest


def contents(case):
    """Return the counts in votes of everything one case may hold: `{table: (contents, cells)}`."""
    schema, found, free = case
    below = [(table, key) for table, keys in found.items() for key in keys if keys[key].up]
    databases = []
    for number in range(len(below) + 1):
        for kept in combinations(below, number):
            part = {
                table: {k: row for k, row in keys.items() if not row.up or (table, k) in kept}
                for table, keys in found.items()
            }
            if all(
                _whole(schema, part, table, row)
                for table, keys in part.items()
                for row in keys.values()
            ):
                databases += every_database(schema, part, free)
    known = [counts(schema, database, "case") for database in databases]
    return {name: np.array([cells[name] for cells in known]) for name in known[0]}


def _whole(schema, part, table, row):
    ends = zip(schema.table(table).parents, (row.up, row.other), strict=False)
    return all(end in part[parent.table] for parent, end in ends)


INSIDE = {
    "victims and traffickers": (
        PLAIN,
        rows(case={"c": None}, victim=THREE, trafficker={"t": "c", "u": "c"}),
        {"case": ["x"], "victim": ["a"], "trafficker": ["n"]},
    ),
    "victims who share a country": (
        PLAIN,
        rows(case={"c": None}, victim=THREE),
        {"case": ["n"], "victim": ["n", "m"]},
    ),
    "three levels": (
        DEEP,
        rows(
            case={"c": None},
            victim={"v": "c", "w": "c"},
            journey_leg={"l1": "v", "l2": "v", "l3": "w"},
            fare={"f1": "l1", "f2": "l3"},
        ),
        {"victim": ["a"], "journey_leg": ["s"]},
    ),
    "links": (
        LINKED,
        rows(
            case={"c": None},
            victim={"v": "c", "w": "c"},
            trafficker={"t": "c", "u": "c"},
            link={"l1": ("v", "t"), "l2": ("v", "u"), "l3": ("w", "t")},
        ),
        {"victim": ["a"], "link": ["l"]},
    ),
}


class TestVotes:
    @pytest.mark.parametrize("case", INSIDE.values(), ids=INSIDE.keys())
    def test_every_case_against_every_other_content_of_it(self, case):
        for name, cells in contents(case).items():
            assert cells.min() >= 0
            assert cells.sum(axis=1).max() <= VOTE, name
            norms = (cells**2).sum(axis=1)
            distances = norms[:, None] + norms[None, :] - 2 * cells @ cells.T
            assert norms.max() <= VOTE**2, name
            assert distances.max() <= 2 * VOTE**2, name

    @SCHEMAS
    @given(seed=SEEDS)
    @settings(max_examples=15)
    def test_no_case_has_more_than_one_vote_and_cases_add_up(self, schema, seed):
        draws = random.Random(seed)
        database = draw(schema, draws, children=draws.choice([1, 3, 5]))
        root = schema.roots[0].name
        parts = [
            counts(schema, only(schema, database, root, key), "case") for key in database[root]
        ]
        whole = counts(schema, database, "case")
        for table in whole_plan(schema, "case").tables:
            assert table.unit == VOTE
            assert table.delta_squared == {table.root: VOTE**2}
            if table.root == root:
                assert all(p[table.id].min() >= 0 for p in parts)
                assert all(p[table.id].sum() <= VOTE for p in parts)
                assert (sum(p[table.id] for p in parts) == whole[table.id]).all()

    @SCHEMAS
    @given(seed=SEEDS)
    @settings(max_examples=15)
    def test_a_case_leaves_changes_or_is_exchanged(self, schema, seed):
        draws = random.Random(seed)
        database = draw(schema, draws, roots=3, children=3)
        root = schema.roots[0].name
        known = counts(schema, database, "case")
        lefts = [
            counts(schema, without(schema, database, {(root, key)}), "case")
            for key in database[root]
        ]
        for left in lefts:
            assert all(squared <= VOTE**2 for squared in moved(known, left).values())
        for one, two in combinations(lefts, 2):
            assert all(squared <= 2 * VOTE**2 for squared in moved(one, two).values())

    @SCHEMAS
    @given(seed=SEEDS)
    @settings(max_examples=15)
    def test_a_person_with_rows_in_g_cases_moves_tables_by_root_two_g(self, schema, seed):
        draws = random.Random(seed)
        database = draw(schema, draws, roots=3, children=3)
        root = schema.roots[0].name
        gone, cases = set(), set()
        for table, key in persons_of(schema, database):
            case = root_of(schema, database, table, key)
            if schema.path(table)[0] == root != table and draws.random() < 0.5:
                gone.add((table, key))
                cases.add(case)
        left = without(schema, database, gone)
        found = moved(counts(schema, database, "case"), counts(schema, left, "case"))
        limit = 2 * len(cases) ** 2 * VOTE**2
        assert all(squared <= limit for name, squared in found.items())


class TestSecondTrees:
    @pytest.mark.parametrize("unit", ["case", "person"])
    @given(seed=SEEDS)
    @settings(max_examples=25)
    def test_a_row_pointed_to_from_another_tree(self, unit, seed):
        schema = SMALL["two roots"]
        database = draw(schema, random.Random(seed), children=3)
        prices = {
            price.who: price.rho
            for price in prices_of(schema, whole_plan(schema, unit).tables, unit=unit)
        }
        for key in database["shelter"]:
            number = sum(row.other == key for row in database["stay"].values())
            line = next(d for d in (1, 3, 10, 99) if d >= number)
            assume(line < 99)
            left = without(schema, database, {("shelter", key)})
            price = prices[f"a shelter that {line} rows of stay point to"]
            assert spent(schema, database, left, unit) <= price


PERSONS = schemas(max_tables=5, max_columns=2, unit="person")
CASES = schemas(max_tables=5, max_columns=2, unit="case")


class TestAnySchema:
    @given(schema=PERSONS, seed=SEEDS)
    @settings(max_examples=40)
    def test_no_person_moves_a_table_too_far(self, schema, seed):
        assert_no_person_moves_too_far(schema, seed)

    @given(schema=CASES, seed=SEEDS)
    @settings(max_examples=40)
    def test_no_case_has_more_than_one_vote(self, schema, seed):
        assert_one_vote(schema, seed)

    @pytest.mark.slow
    @given(schema=PERSONS, seed=SEEDS)
    @settings(max_examples=1500)
    def test_no_person_moves_a_table_too_far_anywhere(self, schema, seed):
        assert_no_person_moves_too_far(schema, seed)

    @pytest.mark.slow
    @given(schema=CASES, seed=SEEDS)
    @settings(max_examples=1500)
    def test_no_case_has_more_than_one_vote_anywhere(self, schema, seed):
        assert_one_vote(schema, seed)


def assert_no_person_moves_too_far(schema, seed):
    try:
        whole_plan(schema, "person")
    except UsageError:
        reject()
    draws = random.Random(seed)
    database = draw(schema, draws, roots=2, children=draws.choice([2, 3]))
    assert list(too_far(schema, [database])) == []


def assert_one_vote(schema, seed):
    try:
        whole_plan(schema, "case")
    except UsageError:
        reject()
    database = draw(schema, random.Random(seed), roots=1, children=3)
    for name, cells in counts(schema, database, "case").items():
        assert cells.min() >= 0, name
        assert sum(cells.tolist()) <= VOTE, name
