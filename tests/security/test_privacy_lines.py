"""Every function says what it means for privacy; a plan charges exactly what its tables cost."""

import ast
import importlib
import json
import math
from fractions import Fraction
from pathlib import Path

import pytest

import handmade
import shelter
import synthcase
from synthcase.planning import plan as make_plan
from synthcase.plans.files import plan_bytes
from synthcase.privacy.accounting import epsilon_of
from synthcase.schema import load_schema

SOURCE = Path(synthcase.__file__).parent
# In these rooms one sentence for a room is not enough: they see records, or budget, or noise.
CLOSE = {"records", "measurement", "privacy", "planning", "plans", "pipeline"}
MECHANISMS = {
    "synthcase.privacy.noise:add_noise": "Costs ρ = Δ²/(2σ²)",
    "synthcase.measurement.measuring:noisy_answers": "Costs the plan's prices",
    "synthcase.measurement.measuring:measure": "Costs the plan's prices",
    "synthcase.pipeline.whole:release": "Costs the plan's prices",
    "synthcase.pipeline.resuming:measurements_of": "Costs the plan's prices, or nothing",
    "synthcase.privacy.ledger:Ledger.reserve": "Spends the prices, for good",
    "synthcase.planning.planner:plan": "Reads no record. Running the plan costs its `prices`",
    "synthcase.model.fit:fit": "Post-processing of Measurements",
    "synthcase.sampling.sample:sample": "Post-processing",
    "synthcase.releasing.packaging:package": "Post-processing of Measurements",
}


def silent(path, text, room_says):
    """Name the public functions of a module that say nothing, nor their module or room for them."""
    tree = ast.parse(text)
    room = path.parent.name
    if "Privacy:" in (ast.get_docstring(tree) or "") or (room not in CLOSE and room_says):
        return
    public = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name[0] != "_"]
    for node in public:
        if "Privacy:" not in (ast.get_docstring(node) or ""):
            yield f"{room}/{path.name}: {node.name}"


def says(room):
    text = (SOURCE / room / "__init__.py").read_text(encoding="utf-8")
    return "Privacy:" in (ast.get_docstring(ast.parse(text)) or "")


def test_every_public_function_says_what_it_means_for_privacy():
    found = []
    for path in sorted(SOURCE.glob("*/*.py")):
        text = path.read_text(encoding="utf-8")
        found += silent(path, text, says(path.parent.name))
    assert found == []


def test_a_function_that_says_nothing_is_found():
    text = '"""A module."""\n\n\ndef count(records):\n    """Count."""\n'
    assert [*silent(Path("measurement/x.py"), text, room_says=True)] == ["measurement/x.py: count"]
    assert [*silent(Path("model/x.py"), text, room_says=True)] == []
    assert [*silent(Path("model/x.py"), text, room_says=False)] == ["model/x.py: count"]


@pytest.mark.parametrize("name", MECHANISMS)
def test_what_costs_says_what_it_costs(name):
    module, _, path = name.partition(":")
    value = importlib.import_module(module)
    if not hasattr(value, "__file__"):  # a verb has the name of its module
        pytest.fail(f"{module} is no module")
    for part in path.split("."):
        value = getattr(value, part)
    assert MECHANISMS[name] in " ".join(value.__doc__.partition("Privacy:")[2].split())


def test_every_verb_of_the_facade_has_a_privacy_section():
    for name in set(synthcase.__all__) - {"datasets", "errors", "Ledger"}:
        assert "Privacy:" in getattr(synthcase, name).__doc__, name


SCHEMAS = {
    "shelter": lambda: load_schema(shelter.SCHEMA),
    "handmade": handmade.handmade_schema,
    "demo": lambda: load_schema(SOURCE / "datasets" / "demo.yaml"),
    "cases": lambda: load_schema(SOURCE / "datasets" / "cases.yaml"),
}


def fractions(texts):
    return {name: Fraction(text) for name, text in texts.items()}


def exact_price(table, kind):
    """Work Δ²/(2σ²) out from the file alone, rounded up to the grid of 2⁻⁴⁰."""
    squared, sigma = fractions(table["delta_squared"])[kind], Fraction(table["sigma"])
    return Fraction(math.ceil(squared / (2 * sigma**2) * 2**40), 2**40)


@pytest.mark.parametrize("unit", ["case", "person"])
@pytest.mark.parametrize("name", SCHEMAS)
def test_a_plan_charges_exactly_the_sum_of_its_tables(name, unit):
    schema = SCHEMAS[name]()
    file = json.loads(plan_bytes(make_plan(schema, epsilon=4, unit=unit, expect={"case": 400})))
    root = schema.roots[0].name
    persons = {p.table: p.max_cases for p in schema.protect.persons}
    prices = fractions(file["prices"])
    kinds = {root} if unit == "case" else set(persons)
    for kind in kinds:
        tables = [t for t in file["tables"] if t["root"] == root and kind in t["delta_squared"]]
        assert tables
        total = sum((exact_price(t, kind) for t in tables), Fraction(0))
        assert total == sum((Fraction(t["rho"][kind]) for t in tables), Fraction(0))
        if unit == "case":
            assert prices[root] == total
            assert all(prices[p] == 2 * g**2 * total for p, g in persons.items())
        else:
            assert prices[kind] == persons[kind] ** 2 * total
    lines = file["guarantees"]
    assert {line["account"] for line in lines} - {None} == set(prices)
    for line in lines:
        honest = epsilon_of(Fraction(line["rho"]), delta=Fraction(file["delta"]))
        assert Fraction(line["epsilon"]) >= Fraction(honest) - Fraction(1, 10**9)
        if line["account"]:
            assert Fraction(line["rho"]) == prices[line["account"]]
    assert Fraction(file["delta"]) == Fraction(1, 10**6)


def test_a_person_stands_first():
    for unit in ("case", "person"):
        plan = make_plan(load_schema(shelter.SCHEMA), epsilon=4, unit=unit)
        assert plan.guarantees[0].who.startswith("a victim")
