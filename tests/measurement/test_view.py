"""Which rows are counted, in which order, and what they weigh."""

import hashlib
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reference_counts
from neighbours import KEY, Row, counts, draw, empty, layout, records_of
from small_schemas import BETWEEN, DEEP, NESTED, SMALL, schema_of
from synthcase.measurement import view as views
from synthcase.measurement.view import count_codes, person_view, vote_view
from synthcase.plans.nouns import VOTE
from synthcase.schema.attributes import CountBins

SCHEMAS = pytest.mark.parametrize("schema", SMALL.values(), ids=SMALL.keys())
SEEDS = st.integers(0, 2**32)


class TestCuts:
    @SCHEMAS
    @given(seed=SEEDS)
    @settings(max_examples=8)
    def test_persons_keep_as_many_rows_as_the_slow_way_keeps(self, schema, seed):
        database = draw(schema, random.Random(seed), children=4)
        slow = reference_counts.rows_of_persons(schema, layout(schema), database, KEY)
        found = person_view(records_of(schema, database), KEY)
        assert {n: v.rows for n, v in found.items()} == {n: len(k) for n, k in slow.kept.items()}

    def test_votes_keep_every_row(self):
        for schema in SMALL.values():
            database = draw(schema, random.Random(2), children=4)
            found = vote_view(records_of(schema, database))
            assert {n: v.rows for n, v in found.items()} == {n: len(r) for n, r in database.items()}

    def test_which_rows_are_cut_hangs_on_each_rows_own_key_alone(self):
        schema, database = legs(8)
        kept = kept_states(schema, database)
        for gone in database["journey_leg"]:
            rest = {k: row for k, row in database["journey_leg"].items() if k != gone}
            left = kept_states(schema, {**database, "journey_leg": rest})
            # without a row that was kept, the next one by hash is; else nothing changes
            assert len(left - kept) == int(states_of(database)[gone] in kept)
            assert kept - left <= {states_of(database)[gone]}

    def test_the_cut_is_that_of_the_smallest_hashes(self):
        schema, database = legs(8)
        by_hash = sorted(
            database["journey_leg"],
            key=lambda k: reference_counts.place(KEY, "journey_leg", k),
        )
        assert kept_states(schema, database) == {states_of(database)[k] for k in by_hash[:3]}

    def test_rows_between_case_and_persons_count_where_somebody_stands_under_them(self):
        database = empty(BETWEEN)
        database["case"] = {"c": Row(states=(0,))}
        database["household"] = {"full": Row("c", states=(0, 0)), "none": Row("c", states=(1, 1))}
        database["room"] = {
            "full": Row("full", states=(0,)),
            "empty": Row("full", states=(1,)),
            "none": Row("none", states=(1,)),
        }
        database["member"] = {"m": Row("full", states=(0,))}
        database["income"] = {"i": Row("full", states=(0,)), "j": Row("none", states=(1,))}
        found = person_view(records_of(BETWEEN, database), KEY)
        assert found["household"].codes["h"].tolist() == [0]
        assert found["room"].codes["w"].tolist() == [0]
        assert found["income"].codes["i"].tolist() == [0]
        assert found["case"].codes["#household"].tolist() == [1]

    def test_a_case_without_persons_counts_with_its_own_rows(self):
        database = empty(DEEP)
        database["case"] = {"c": Row(states=(0,))}
        database["site"] = {"s": Row("c", states=(0, 0))}
        found = person_view(records_of(DEEP, database), KEY)
        assert (found["case"].rows, found["site"].rows) == (1, 1)

    def test_persons_of_a_case_are_never_cut_and_persons_of_a_person_are(self):
        database = empty(NESTED)
        database["case"] = {"c": Row(states=(0,))}
        database["victim"] = {f"v{n}": Row("c", states=(0,)) for n in range(20)}
        database["event"] = {f"e{n}": Row("v0", states=(0,)) for n in range(5)}
        database["child"] = {f"k{n}": Row("e0", states=(0, 0, 0)) for n in range(9)}
        database["child"] |= {f"l{n}": Row("e1", states=(0, 0, 0)) for n in range(9)}
        found = person_view(records_of(NESTED, database), KEY)
        assert found["victim"].rows == 20
        assert found["event"].rows == 2
        assert found["child"].size.max() <= 3


def legs(number):
    schema = schema_of(
        {
            "case": {"x": 2},
            "victim": {"up": "case", "a": 2},
            "journey_leg": {"up": "victim", "s": 20},
        },
        persons={"victim": 1},
        caps={"journey_leg": 3},
    )
    database = empty(schema)
    database["case"]["c"] = Row(states=(0,))
    database["victim"]["v"] = Row("c", states=(0,))
    database["journey_leg"] = {f"leg-{n}": Row("v", states=(n,)) for n in range(number)}
    return schema, database


def states_of(database):
    return {key: row.states[0] for key, row in database["journey_leg"].items()}


def kept_states(schema, database):
    found = person_view(records_of(schema, database), KEY)
    return set(found["journey_leg"].codes["s"].tolist())


class TestOrder:
    def test_the_order_is_that_of_sha_256_of_key_table_and_row(self):
        keys = np.array(["a", "b", "ab", "é", "1\x1f2"], dtype=object)
        found = views._secret_order(KEY, "victim", keys)
        for row, text in zip(found.tolist(), keys, strict=True):
            digest = hashlib.sha256(KEY + b"victim\x00" + text.encode()).digest()
            assert row == [int.from_bytes(digest[at : at + 8], "little") for at in (0, 8)]

    def test_no_rows_have_no_order(self):
        assert views._secret_order(KEY, "victim", np.array([], dtype=object)).shape == (0, 2)

    def test_siblings_stand_in_the_order_of_their_hashes(self):
        schema, database = legs(3)
        found = person_view(records_of(schema, database), KEY)["journey_leg"]
        by_hash = sorted(
            database["journey_leg"], key=lambda k: reference_counts.place(KEY, "journey_leg", k)
        )
        states = found.codes["s"][found.order].tolist()
        assert states == [states_of(database)[k] for k in by_hash]

    def test_another_key_gives_another_order(self):
        schema, database = legs(8)
        kept = {frozenset(kept_states_by(schema, database, bytes([n] * 32))) for n in range(20)}
        assert len(kept) > 5

    @SCHEMAS
    @given(seed=SEEDS)
    @settings(max_examples=8)
    def test_shuffling_the_rows_changes_no_table(self, schema, seed):
        draws = random.Random(seed)
        database = draw(schema, draws, children=3)
        for unit in ("case", "person"):
            known = counts(schema, database, unit)
            again = counts(schema, database, unit, order=lambda keys: draws.sample(keys, len(keys)))
            assert all((again[name] == cells).all() for name, cells in known.items())


def kept_states_by(schema, database, key):
    found = person_view(records_of(schema, database), key)
    return set(found["journey_leg"].codes["s"].tolist())


class TestNumbersOfChildren:
    @pytest.mark.parametrize("cap", [1, 2, 5, 7, 12, 40, 300])
    def test_every_number_falls_into_its_bin_and_all_above_into_the_last(self, cap):
        bins = CountBins(cap)
        for number in range(cap + 5):
            (at,) = count_codes(bins, np.array([number])).tolist()
            low, high = bins.ranges[at]
            assert low <= number <= high or (number > cap and at == len(bins.ranges) - 1)

    def test_votes_count_all_children_and_persons_those_that_are_kept(self):
        schema, database = legs(8)
        for found in (
            vote_view(records_of(schema, database)),
            person_view(records_of(schema, database), KEY),
        ):
            assert found["victim"].codes["#journey_leg"].tolist() == [3]  # "3+"


class TestShares:
    def test_a_share_is_the_product_of_group_sizes_along_the_path(self):
        for schema in SMALL.values():
            database = draw(schema, random.Random(7), children=4)
            slow = reference_counts.all_rows(schema, layout(schema), database)
            found = vote_view(records_of(schema, database))
            for name, table in found.items():
                expected = [slow.share(name, key) for key in database[name]]
                assert table.share.tolist() == [min(s, 2 * VOTE + 1) for s in expected]

    def test_rows_of_persons_weigh_one(self):
        database = draw(DEEP, random.Random(7), children=4)
        found = person_view(records_of(DEEP, database), KEY)
        assert all((table.share == 1).all() for table in found.values())
