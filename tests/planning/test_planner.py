import inspect
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from neighbours import whole_plan
from small_schemas import LINKED, PLAIN, SMALL, TWO_ROOTS, schema_of
from synthcase.errors import UsageError
from synthcase.planning import plan
from synthcase.plans.files import plan_bytes, plan_from_bytes
from synthcase.plans.nouns import VOTE
from synthcase.privacy.accounting import DELTA
from synthcase.schema import load_schema

ROOT = Path(__file__).resolve().parents[2]


def wide(columns, values):
    column = {"kind": "categorical", "values": [f"v{n}" for n in range(values)], "else": "v0"}
    table = {"key": "id", "columns": {f"c{number}": column for number in range(columns)}}
    return load_schema({"synthcase": 1, "name": "wide", "tables": {"case": table}})


def test_more_than_can_be_counted_is_refused():
    with pytest.raises(UsageError, match=r"more cells[^*]*own/case"):
        plan(wide(2, 2500), epsilon=20, expect={"case": 10**9})
    with pytest.raises(UsageError, match="50000 tables"):
        plan(wide(400, 2), epsilon=20)


def test_it_takes_no_records():
    assert list(inspect.signature(plan).parameters) == ["schema", "epsilon", "expect", "unit"]


@pytest.mark.parametrize("unit", ["case", "person"])
@pytest.mark.parametrize("schema", SMALL.values(), ids=SMALL.keys())
class TestEveryPlan:
    def test_it_survives_its_file(self, schema, unit):
        made = whole_plan(schema, unit)
        again = plan_from_bytes(plan_bytes(made))
        assert again.hash == made.hash
        assert again.tables == made.tables

    def test_it_is_the_same_twice(self, schema, unit):
        one, two = (plan(schema, epsilon="2", unit=unit) for _ in range(2))
        assert one == two

    def test_its_tables_cost_somebody_and_have_noise_in_their_own_units(self, schema, unit):
        persons = {schema.path(person.table)[0] for person in schema.protect.persons}
        for table in whole_plan(schema, unit).tables:
            votes = unit == "case" or table.root not in persons
            assert table.unit == (VOTE if votes else 1)
            assert any(table.delta_squared.values())
            assert table.sigma > 0


def test_the_hash_of_a_plan_is_the_same_whatever_the_seed_of_python_s_own_hashes():
    code = (
        "import sys; sys.path[:0] = ['src', 'tests']\n"
        "from small_schemas import SMALL\n"
        "from synthcase.planning import plan\n"
        "for schema in SMALL.values():\n"
        "    for unit in ('case', 'person'):\n"
        "        print(plan(schema, epsilon='3', unit=unit).hash)\n"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT, env={"PYTHONHASHSEED": seed, "PATH": ""}, capture_output=True, check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }  # fmt: skip
    assert len(found) == 1


class TestOptions:
    def test_the_schema_says_the_unit_where_nobody_does(self):
        assert plan(PLAIN, epsilon="1").unit == "person"
        assert plan(PLAIN, epsilon="1", unit="case").unit == "case"
        case = replace(PLAIN, protect=replace(PLAIN.protect, unit="case"))
        assert plan(case, epsilon="1").unit == "case"

    def test_epsilon_is_kept_as_it_was_said(self):
        made = plan(PLAIN, epsilon="0.50")
        assert (made.epsilon, made.delta) == ("0.50", DELTA)

    def test_a_larger_epsilon_makes_less_noise(self):
        one, two = (plan(PLAIN, epsilon=e, expect={"case": 10**6}) for e in ("1", "4"))
        assert all(two.by_id[t.id].sigma <= t.sigma for t in one.tables if t.id in two.by_id)

    def test_expected_rows_stand_in_the_plan(self):
        made = plan(PLAIN, epsilon="1", expect={"case": 40})
        assert (made.expected["case"], made.expected_source) == (40, "given")

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"epsilon": "nonsense"}, "ε cannot be read"),
            ({"epsilon": "0"}, "out of range"),
            ({"epsilon": "0.0000001"}, "too small"),
            ({"epsilon": "1", "unit": "household"}, "no such protected unit"),
            ({"epsilon": "1", "expect": {"nobody": 3}}, "no measured table"),
        ],
    )
    def test_what_cannot_be_used_is_refused(self, options, message):
        with pytest.raises(UsageError, match=message):
            plan(PLAIN, **options)

    def test_persons_cannot_be_the_unit_where_nobody_is_one(self):
        schema = schema_of({"case": {"x": 2}}, persons={}, unit="case")
        with pytest.raises(UsageError, match="names no table of persons"):
            plan(schema, epsilon="1", unit="person")

    def test_a_schema_that_leaves_nothing_to_count_is_refused(self):
        schema = schema_of({"case": {}}, persons={}, unit="case", public={"case": 5})
        with pytest.raises(UsageError, match="nothing to count"):
            plan(schema, epsilon="1")


class TestUnbounded:
    def test_persons_who_leave_with_somebody_they_point_to_cannot_be_the_unit(self):
        schema = schema_of(
            {
                "case": {"x": 2},
                "trafficker": {"up": "case", "r": 2},
                "victim": {"up": ("case", "trafficker"), "a": 2},
            },
            persons={"victim": 1, "trafficker": 1},
        )
        with pytest.raises(UsageError, match="Rows of victim leave with the trafficker"):
            plan(schema, epsilon="1", unit="person")
        assert plan(schema, epsilon="1", unit="case").tables

    def test_links_can(self):
        assert plan(LINKED, epsilon="1", unit="person").tables


def test_a_public_number_of_rows_is_not_counted():
    schema = schema_of({"case": {"x": 2}}, persons={"case": 1}, public={"case": 12})
    assert [t.id for t in plan(schema, epsilon="1").tables if t.kind == "rows"] == []


def test_each_tree_has_the_whole_budget_and_persons_only_where_they_are():
    made = whole_plan(TWO_ROOTS, "person")
    units = {table.root: table.unit for table in made.tables}
    assert units == {"case": 1, "shelter": VOTE}
    assert made.prices.keys() == {"victim", "case", "shelter"}


def test_an_epsilon_that_promises_nothing_is_refused():
    with pytest.raises(UsageError, match="promises nothing"):
        plan(SMALL["plain"], epsilon=300)
