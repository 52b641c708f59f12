"""Every check of sensitivity, weight, order and silence fails on the mistakes it is there for."""

import random
from fractions import Fraction

import numpy as np
import pytest

import mutants
import reference_counts
from neighbours import KEY, counts, draw, layout, only, told, too_far, whole_plan, without
from small_schemas import BETWEEN, DEEP, LINKED, NESTED, PLAIN, STUDENTS
from synthcase.measurement import measuring
from synthcase.planning import sensitivity
from synthcase.plans.nouns import KINDS, VOTE

ROUNDS = 60


def databases(schema, *, roots=1):
    for seed in range(ROUNDS):
        draws = random.Random(seed)
        yield draw(schema, draws, roots=roots, children=draws.choice([2, 3, 4]))


def some_person_moves_too_far(schema, claims=None):
    claimed = claims and claims(schema)
    return next(too_far(schema, databases(schema), claims=claimed), None)


def as_planned_now(schema):
    """Return every claim as the planner would state it now."""
    found = {}
    for table in whole_plan(schema, "person").tables:
        claims = sensitivity.weight_one(schema, table)
        found |= {(table.id, p.table): claims.get(p.table, 0) for p in schema.protect.persons}
    return found


def scaled(kinds, change):
    """Return claims changed for some kinds of tables."""

    def claims(schema):
        return {
            (table.id, person): change(table, squared)
            for table in whole_plan(schema, "person").tables
            for person, squared in table.delta_squared.items()
            if table.kind in kinds
        }

    return claims


def a_case_has_more_than_one_vote(schema):
    for database in databases(schema):
        for name, cells in counts(schema, database, "case").items():
            if cells.min() < 0 or cells.sum() > VOTE:
                return name
    return None


def cases_do_not_add_up(schema):
    for database in databases(schema, roots=3):
        root = schema.roots[0].name
        known = counts(schema, database, "case")
        parts = [counts(schema, only(schema, database, root, c), "case") for c in database[root]]
        if any((sum(part[name] for part in parts) != known[name]).any() for name in known):
            return True
    return None


def the_order_of_the_file_matters(schema, unit="person"):
    for database in databases(schema):
        known = counts(schema, database, unit)
        turned = counts(schema, database, unit, order=lambda keys: keys[::-1])
        if any((turned[name] != cells).any() for name, cells in known.items()):
            return True
    return None


def counts_are_not_those_of_the_slow_way(schema):
    for database in databases(schema, roots=5):
        rows = reference_counts.all_rows(schema, layout(schema), database)
        known = counts(schema, database, "case")
        for table in whole_plan(schema, "case").tables:
            if known[table.id].tolist() != reference_counts.cells(rows, table, votes=True):
                return table.id
    return None


def a_neighbour_is_told_apart(schema):
    root = schema.roots[0].name
    for database in databases(schema, roots=3):
        left = without(schema, database, {(root, next(iter(database[root])))})
        for unit in ("case", "person"):
            if told(schema, left, unit) != told(schema, database, unit):
                return unit
    return None


@pytest.fixture(autouse=True)
def known_noise(monkeypatch):
    monkeypatch.setattr(measuring, "add_noise", lambda cells, sigma: np.zeros_like(cells))
    monkeypatch.setattr(measuring.secrets, "token_bytes", lambda size: KEY[:size])


CHANGED = {
    "cap ignored": (mutants.cap_ignored, some_person_moves_too_far, STUDENTS),
    "cap of a case's own rows ignored": (mutants.cap_ignored, some_person_moves_too_far, DEEP),
    "fixed-seed shuffle": (mutants.shuffle_with_a_fixed_seed, some_person_moves_too_far, PLAIN),
    "rows between without persons": (
        mutants.rows_between_count_without_persons, some_person_moves_too_far, BETWEEN,
    ),
    "agreement with a differ cell": (
        mutants.agreement_with_a_differ_cell, some_person_moves_too_far, PLAIN,
    ),
    "last-bin total": (mutants.total_of_the_last_bin, some_person_moves_too_far, NESTED),
    "persons below persons not cut": (
        mutants.persons_below_persons_are_not_cut, some_person_moves_too_far, NESTED,
    ),
    "order by row number": (mutants.order_by_row_number, the_order_of_the_file_matters, PLAIN),
    "cut by row number": (mutants.cut_by_row_number, the_order_of_the_file_matters, STUDENTS),
    "sibling pairs at the row weight": (
        mutants.pairs_at_the_weight_of_a_row, a_case_has_more_than_one_vote, PLAIN,
    ),
    "pairs across at the row weight": (
        mutants.pairs_across_at_the_weight_of_a_row, a_case_has_more_than_one_vote, PLAIN,
    ),
    "weights rounded up": (mutants.weights_rounded_up, a_case_has_more_than_one_vote, PLAIN),
    "weights of the whole file": (mutants.weights_of_the_whole_file, cases_do_not_add_up, PLAIN),
    "32-bit integers": (mutants.integers_of_32_bits, counts_are_not_those_of_the_slow_way, PLAIN),
    "a category learned from data": (
        mutants.categories_learned_from_the_records, a_neighbour_is_told_apart, PLAIN,
    ),
    "row count printed": (mutants.number_of_rows_printed, a_neighbour_is_told_apart, PLAIN),
    "row count in the progress": (
        mutants.number_of_rows_in_the_progress, a_neighbour_is_told_apart, PLAIN,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGED.values(), ids=CHANGED.keys())
def test_a_mistake_in_counting_is_noticed(case, monkeypatch):
    mutant, check, schema = case
    mutant(monkeypatch)
    assert check(schema)


@pytest.mark.parametrize(
    ("check", "schema"),
    sorted({(check, schema) for _, check, schema in CHANGED.values()}, key=str),
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_no_check_complains_of_the_real_counting(check, schema):
    assert check(schema) is None


CLAIMED = {
    "sensitivity halved": (PLAIN, scaled({"sibling", "one_way", "co_child"}, lambda t, s: s / 4)),
    "count columns at 1": (
        PLAIN, scaled({"one_way"}, lambda t, s: 1 if t.axes[0][1].startswith("#") else s),
    ),
    "chain as two pairs": (PLAIN, scaled({"sibling"}, lambda t, s: 2)),
    "a person's rows at 1": (STUDENTS, scaled({"one_way"}, lambda t, s: 1)),
}  # fmt: skip


@pytest.mark.parametrize("case", CLAIMED.values(), ids=CLAIMED.keys())
def test_a_claim_that_is_too_small_is_noticed(case):
    schema, claims = case
    assert some_person_moves_too_far(schema, claims)


REACHED = {
    "plain": (PLAIN, tuple(kind for kind in KINDS if kind not in ("link", "ends", "met"))),
    "deep": (DEEP, ("rows", "one_way", "own", "ancestor", "sibling", "co_child")),
    "students": (STUDENTS, ("one_way", "own", "sibling", "agreement")),
    "nested": (NESTED, ("one_way", "own", "sibling")),
}


@pytest.mark.parametrize(
    ("schema", "kind"),
    [(schema, kind) for schema, kinds in REACHED.values() for kind in kinds],
    ids=[f"{name}-{kind}" for name, (_, kinds) in REACHED.items() for kind in kinds],
)
def test_the_bounds_are_reached_so_that_none_could_be_smaller(schema, kind):
    assert some_person_moves_too_far(schema, scaled({kind}, lambda t, s: s * Fraction(99, 100)))


PLANNED = {
    "links cost nobody they point to": (mutants.links_cost_nobody_they_point_to, LINKED),
    "nothing leaves with a case": (mutants.nothing_leaves_with_a_case, DEEP),
}


@pytest.mark.parametrize("case", PLANNED.values(), ids=PLANNED.keys())
def test_a_mistake_in_planning_is_noticed(case, monkeypatch):
    mutant, schema = case
    assert some_person_moves_too_far(schema, as_planned_now) is None
    mutant(monkeypatch)
    assert some_person_moves_too_far(schema, as_planned_now)


def test_pairs_in_both_orders_move_by_12_and_not_by_5(monkeypatch):
    mutants.pairs_in_both_orders(monkeypatch)
    for claim, noticed in ((5, True), (11, True), (12, False)):
        claims = scaled({"sibling", "agreement"}, lambda t, s, claim=claim: claim)
        assert bool(some_person_moves_too_far(PLAIN, claims)) is noticed
