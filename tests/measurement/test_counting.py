"""Counting against a slow second opinion, and at the limits of its integers."""

import random
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

import reference_counts
from neighbours import KEY, Row, counts, draw, empty, layout, records_of, whole_plan
from small_schemas import PLAIN, SMALL, schema_of
from strategies import schemas
from synthcase.errors import InternalError, UsageError
from synthcase.measurement import counting
from synthcase.measurement.view import TableView, vote_view
from synthcase.plans.nouns import KINDS, VOTE

CLIP = 2 * VOTE + 1
SEEDS = st.integers(0, 2**32)
SCHEMAS = pytest.mark.parametrize("schema", SMALL.values(), ids=SMALL.keys())
UNITS = pytest.mark.parametrize("unit", ["case", "person"])


def assert_same(schema, unit, database):
    known = counts(schema, database, unit)
    rows = {
        True: reference_counts.all_rows(schema, layout(schema), database),
        False: reference_counts.rows_of_persons(schema, layout(schema), database, KEY),
    }
    for table in whole_plan(schema, unit).tables:
        votes = table.unit == VOTE
        assert known[table.id].dtype == np.int64
        expected = reference_counts.cells(rows[votes], table, votes=votes)
        assert known[table.id].tolist() == expected, table.id


class TestAgainstTheSlowWay:
    @UNITS
    @SCHEMAS
    @given(seed=SEEDS)
    @settings(max_examples=8)
    def test_every_table_of_the_small_schemas(self, schema, unit, seed):
        draws = random.Random(seed)
        assert_same(schema, unit, draw(schema, draws, children=draws.choice([1, 2, 4]), states=3))

    @given(unit=st.sampled_from(["case", "person"]), data=st.data(), seed=SEEDS)
    @settings(max_examples=30)
    def test_every_table_of_any_schema(self, unit, data, seed):
        schema = data.draw(schemas(max_tables=4, max_columns=2, unit=unit))
        try:
            whole_plan(schema, unit)
        except UsageError:
            reject()
        assert_same(schema, unit, draw(schema, random.Random(seed), children=2, states=3))

    @UNITS
    def test_the_small_schemas_hold_every_kind_of_table(self, unit):
        kinds = {t.kind for s in SMALL.values() for t in whole_plan(s, unit).tables}
        across = {"link", "ends", "met"} if unit == "person" else set()
        assert kinds == set(KINDS) - across

    @UNITS
    def test_no_rows_at_all_are_counted_as_zeros(self, unit):
        for schema in SMALL.values():
            assert not any(cells.any() for cells in counts(schema, empty(schema), unit).values())


def family(sizes, *, typical=1, states=None):
    """Return a schema and a database of one victim table with groups of these sizes."""
    schema = schema_of(
        {"case": {"x": 2}, "victim": {"up": "case", "typical": typical, "a": 2}},
        persons={"victim": 1},
    )
    database = empty(schema)
    for at, size in enumerate(sizes):
        database["case"][f"c{at}"] = Row(states=(0,))
        for number in range(size):
            state = states(at, number) if states else 0
            database["victim"][f"v{at}-{number}"] = Row(f"c{at}", states=(state,))
    return schema, database


class TestWeights:
    @pytest.mark.parametrize("size", [1, 2, 3, 7, 30])
    @pytest.mark.parametrize("typical", [1, 2, 5])
    def test_a_row_weighs_a_vote_divided_by_its_group_rounded_down(self, size, typical):
        schema, database = family([size], typical=typical)
        known = counts(schema, database, "case")
        assert known["one_way/victim.a"].sum() == size * (VOTE // max(size, typical))

    @pytest.mark.parametrize("size", [2, 3, 7, 30])
    def test_a_pair_weighs_its_row_divided_by_the_others_rounded_down(self, size):
        schema, database = family([size])
        known = counts(schema, database, "case")["sibling/victim.a*victim.a"]
        assert known.sum() == size * (size - 1) // 2 * (2 * VOTE // (size * (size - 1)))
        assert known.sum() <= VOTE

    def test_a_floor_is_taken_once_along_the_whole_path(self):
        schema = schema_of(
            {
                "case": {"x": 2},
                "victim": {"up": "case", "typical": 3, "a": 2},
                "journey_leg": {"up": "victim", "typical": 7, "s": 2},
            },
            persons={"victim": 1},
        )
        database = empty(schema)
        database["case"]["c"] = Row(states=(0,))
        database["victim"]["v"] = Row("c", states=(0,))
        database["journey_leg"]["l"] = Row("v", states=(0,))
        weight = counts(schema, database, "case")["one_way/journey_leg.s"].sum()
        assert weight == VOTE // 21

    def test_pairs_of_a_large_group_are_cut_into_batches_and_none_is_lost(self, monkeypatch):
        schema, database = family([9, 0, 1, 12, 2], states=lambda case, number: number % 2)
        whole = counts(schema, database, "case")
        monkeypatch.setattr(counting, "_CHUNK", 5)
        for name, cells in counts(schema, database, "case").items():
            assert (cells == whole[name]).all(), name

    def test_pairs_across_are_cut_into_batches_too(self, monkeypatch):
        database = draw(PLAIN, random.Random(3), roots=4, children=6)
        whole = counts(PLAIN, database, "case")
        monkeypatch.setattr(counting, "_CHUNK", 3)
        for name, cells in counts(PLAIN, database, "case").items():
            assert (cells == whole[name]).all(), name


class TestLimits:
    def test_more_votes_than_32_bits_hold(self):
        schema, database = family([1] * 9)
        known = counts(schema, database, "case")
        assert known["one_way/victim.a"].tolist()[0] == 9 * VOTE
        assert 9 * VOTE > 2**33

    @pytest.mark.parametrize("above", [1, 3, 2**20, 2**30 - 1, 2**30, 2**31])
    @pytest.mark.parametrize("size", [1, 2, 5000, 2**20])
    def test_weights_below_one_count_unit_are_nothing_and_never_wrap(self, above, size):
        share = min(above * size, CLIP)
        left = view(share=[min(above * 3, CLIP)] * 3, size=[3])
        right = view(share=[share] * 2, size=[2])
        exact = VOTE // (above * 3 * size)
        for pairs in counting._across(left, right, np.array([above])):
            weights = {VOTE // int(share) for share in pairs.share}
            assert all(share > 0 for share in pairs.share.tolist())
            assert weights == {exact}

    @pytest.mark.parametrize("size", [2, 3])
    def test_siblings_of_the_lightest_rows_weigh_nothing(self, size):
        (pairs,) = counting._all_pairs(view(share=[CLIP] * size, size=[size]))
        assert {2 * VOTE // int(share) for share in pairs.share} == {0}

    def test_the_share_of_the_lightest_rows_is_cut_off_just_above_two_votes(self):
        schema = schema_of(
            {
                "case": {"x": 2},
                "victim": {"up": "case", "typical": 1000, "a": 2},
                "journey_leg": {"up": "victim", "typical": 1000, "s": 2},
                "stop": {"up": "journey_leg", "typical": 1000, "p": 2},
                "meal": {"up": "stop", "typical": 1000, "m": 2},
            },
            persons={"victim": 1},
        )
        database = draw(schema, random.Random(1), roots=1, children=2)
        for number in range(2):
            database["victim"][f"v{number}"] = Row(next(iter(database["case"])), states=(0,))
            database["journey_leg"][f"l{number}"] = Row("v0", states=(0,))
            database["stop"][f"s{number}"] = Row("l0", states=(0,))
            database["meal"][f"m{number}"] = Row("s0", states=(0,))
        share = {n: v.share.tolist() for n, v in vote_view(records_of(schema, database)).items()}
        assert set(share["stop"]) == {10**9}
        assert set(share["meal"]) == {CLIP}
        assert_same(schema, "case", database)

    def test_more_rows_than_64_bits_can_weigh_are_refused(self):
        views = {"case": SimpleNamespace(rows=2**31)}
        table = SimpleNamespace(kind="rows", axes=(("case", ""),), id="rows/case.", size=1)
        with pytest.raises(InternalError, match="64-bit"):
            list(counting.count(layout(PLAIN), views, [table], votes=True))


def view(*, share, size):
    rows = len(share)
    return TableView(
        codes={},
        parent=np.zeros(rows, dtype=np.int64),
        share=np.array(share, dtype=np.int64),
        order=np.arange(rows),
        first=np.cumsum(size) - np.array(size),
        size=np.array(size, dtype=np.int64),
    )


def test_a_view_hides_its_rows():
    schema, database = family([2])
    shown = vote_view(records_of(schema, database))
    assert {repr(table) for table in shown.values()} == {"<rows arranged for counting: hidden>"}
