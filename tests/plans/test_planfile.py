import json
from dataclasses import replace
from fractions import Fraction

import pytest

import handmade
from synthcase.core.canonical import dumps, sha256_hex
from synthcase.errors import FileProblem
from synthcase.plans.planfile import plan_bytes, plan_from_bytes


def changed(change):
    value = json.loads(plan_bytes(handmade.handmade_plan()))
    change(value)
    return dumps(value)


class TestRoundTrip:
    def test_the_hash_stays(self):
        plan = handmade.handmade_plan()
        again = plan_from_bytes(plan_bytes(plan))
        assert again.hash == plan.hash == sha256_hex(plan_bytes(plan))
        assert plan_bytes(again) == plan_bytes(plan)

    def test_exact_figures_come_back_exactly_and_others_rounded_up(self):
        plan = handmade.handmade_plan()
        first = replace(plan.guarantees[0], epsilon=3.70002, belief=0.9310001)
        plan = replace(plan, guarantees=(first, *plan.guarantees[1:]))
        again = plan_from_bytes(plan_bytes(plan))
        assert again.tables == plan.tables
        assert again.prices == plan.prices
        assert again.schema == plan.schema
        assert again.guarantees[0] == replace(plan.guarantees[0], epsilon=3.7001, belief=0.931001)
        assert again.errors[0].half_width == 12.35
        assert again.errors[1].half_width is None

    def test_another_plan_has_another_hash(self):
        plan = handmade.handmade_plan()
        assert replace(plan, unit="person").hash != plan.hash


TAMPERED = {
    "another format": lambda v: v.update(format="synthcase-other"),
    "a newer version": lambda v: v.update(version=2),
    "a field more": lambda v: v.update(extra=1),
    "a field less": lambda v: v.pop("remarks"),
    "another schema": lambda v: v.update(schema="SENTINEL: 1\n"),
    "a schema that is not canonical": lambda v: v.update(schema=handmade.SCHEMA),
    "a path instead of a schema": lambda v: v.update(schema="/etc/hostname"),
    "another schema hash": lambda v: v.update(schema_hash="0" * 64),
    "another unit": lambda v: v.update(unit="nobody"),
    "an epsilon in words": lambda v: v.update(epsilon="four"),
    "a delta of one": lambda v: v.update(delta="1/1"),
    "rows of an unknown table": lambda v: v["expected"].update(nobody=3),
    "less noise": lambda v: v["tables"][0].update(sigma="1/1"),
    "no noise": lambda v: v["tables"][0].update(sigma="0/1"),
    "noise that no float holds": lambda v: v["tables"][0].update(sigma="1/3"),
    "another price": lambda v: v["tables"][0]["rho"].update(case="1/51"),
    "a size that is too large": lambda v: v["tables"][1].update(size=6),
    "an unknown axis": lambda v: v["tables"][1].update(axes=[["victim", "name"]]),
    "an unknown table": lambda v: v["tables"][1].update(axes=[["../x", "age"]]),
    "a third axis": lambda v: v["tables"][1].update(axes=[["victim", "age"]] * 3),
    "no axis": lambda v: v["tables"][1].update(axes=[]),
    "two axes of a one-way": lambda v: v["tables"][1].update(axes=[["victim", "age"]] * 2),
    "a kind that cannot have these axes": lambda v: v["tables"][1].update(kind="rows"),
    "another root": lambda v: v["tables"][1].update(root="victim"),
    "a unit between": lambda v: v["tables"][1].update(unit=2),
    "a table twice": lambda v: v["tables"].append(v["tables"][0]),
    "a price below the cost": lambda v: v["prices"].update(case="1/50"),
    "no price at all": lambda v: v["prices"].pop("case"),
    "a negative price": lambda v: v["prices"].update(victim="-1/1"),
    "an account without price": lambda v: v["guarantees"][0].update(account="nobody"),
    "a belief above one": lambda v: v["guarantees"][0].update(belief="1.5"),
    "a half-width in another form": lambda v: v["errors"][0].update(half_width="12.350"),
    "a typical of no number": lambda v: v["errors"][0].update(typical=4),
}


class TestTampering:
    @pytest.mark.parametrize("name", TAMPERED)
    def test_a_changed_file_is_refused_without_a_quote(self, name):
        with pytest.raises(FileProblem) as caught:
            plan_from_bytes(changed(TAMPERED[name]))
        assert "SENTINEL" not in str(caught.value)

    def test_a_truncated_file_is_refused(self):
        data = plan_bytes(handmade.handmade_plan())
        for end in range(0, len(data) - 1, 97):
            with pytest.raises(FileProblem):
                plan_from_bytes(data[:end])

    def test_another_writing_of_the_same_content_is_refused(self):
        data = plan_bytes(handmade.handmade_plan())
        with pytest.raises(FileProblem):
            plan_from_bytes(json.dumps(json.loads(data)).encode())


def test_a_person_cannot_be_charged_less_than_her_tables():
    plan = handmade.handmade_plan()
    cheap = replace(plan, prices={**plan.prices, "case": Fraction(1, 1000)})
    with pytest.raises(FileProblem, match="prices that cover"):
        plan_from_bytes(plan_bytes(cheap))
