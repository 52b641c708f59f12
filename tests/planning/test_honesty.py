from dataclasses import replace
from fractions import Fraction

import pytest

import handmade
from synthcase import measurement
from synthcase.errors import UsageError
from synthcase.planning import plan as make_plan
from synthcase.planning.honesty import refuse_false_promise
from synthcase.planning.prices import prices_of
from synthcase.plans.files import plan_bytes, plan_from_bytes
from synthcase.privacy.ledger import Ledger
from synthcase.records import read


@pytest.fixture(scope="module", params=["case", "person"])
def plan(request):
    return make_plan(handmade.handmade_schema(), epsilon=4, expect={"case": 50}, unit=request.param)


def cheap(table):
    """A tiny Δ² makes tiny noise look as dear as the real one."""
    squares = {kind: square / 2**20 for kind, square in table.delta_squared.items()}
    return replace(table, delta_squared=squares, sigma=table.sigma / 2**10)


def free(table):
    return replace(table, delta_squared={}, sigma=table.sigma / 2**10)


def dear(table):
    return replace(table, sigma=table.sigma / 2)


def all_tables(change):
    def lie(plan):
        tables = tuple(map(change, plan.tables))
        kinds = {kind for table in tables for kind in table.delta_squared}
        costs = {k: sum((t.rho(k) for t in tables), Fraction(0)) for k in kinds}
        return replace(plan, tables=tables, prices={**plan.prices, **costs})

    return lie


LIES = {
    "Δ² is too small": all_tables(cheap),
    "nobody pays": all_tables(free),
    "the noise is too small for the ε": all_tables(dear),
    "one table is too cheap": lambda p: replace(p, tables=(cheap(p.tables[0]), *p.tables[1:])),
    "a table is not what its name says": lambda p: replace(
        p, tables=(replace(p.tables[0], id=p.tables[1].id), *p.tables[2:])
    ),
    "an account is left out": lambda p: replace(
        p, prices=dict([*p.prices.items()][:1]), guarantees=p.guarantees
    ),
    "a line of the promise is left out": lambda p: replace(p, guarantees=p.guarantees[1:]),
    "another δ": lambda p: replace(p, delta=Fraction(1, 1000)),
}


def test_what_the_planner_makes_is_believed(plan):
    refuse_false_promise(plan)
    refuse_false_promise(plan_from_bytes(plan_bytes(plan)))


def test_noise_may_be_larger_where_the_price_is_its_own(plan):
    tables = tuple(replace(table, sigma=2 * table.sigma) for table in plan.tables)
    louder = replace(plan, tables=tables)
    with pytest.raises(UsageError, match="prices"):
        refuse_false_promise(louder)
    prices = prices_of(plan.schema, tables, unit=plan.unit)
    lines = tuple(price.guarantee(plan.delta) for price in prices)
    charged = {price.account: price.rho for price in prices if price.account}
    refuse_false_promise(replace(louder, prices=charged, guarantees=lines))


@pytest.mark.parametrize("lie", LIES)
def test_a_plan_that_lies_is_not_believed(plan, lie):
    with pytest.raises(UsageError, match="does not keep"):
        refuse_false_promise(LIES[lie](plan))


def test_a_plan_that_lies_is_refused_before_anything_is_spent(plan, tmp_path):
    lie = LIES["Δ² is too small"](plan)
    # The file is well formed: only the schema says that it lies.
    assert plan_from_bytes(plan_bytes(lie)).hash == lie.hash
    ledger = Ledger.create(
        tmp_path / "ledger", population="invented persons", cap_epsilon="50", set_by="a test"
    )
    records = read(handmade.write_records(tmp_path / "records"), plan.schema)
    with pytest.raises(UsageError, match="does not keep"):
        measurement.measure(records, lie, ledger=ledger)
    assert ledger.reservations() == ()
