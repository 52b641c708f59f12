import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import toymodels
from synthcase.sampling import drawing
from synthcase.sampling.drawing import draw_chunks
from synthcase.sampling.rules import broken
from synthcase.sampling.soundness import faults
from toymodels import EVERYTHING, LINKED, drawn, model_of, toy_design, toy_logits, toy_schema

PLAIN = """\
synthcase: 1
name: plain
protect: {unit: case}
tables:
  case:
    key: case_id
    columns:
      country: {kind: categorical, values: [XA, XB], else: XB, shared: country}
  victim:
    key: victim_id
    parent: {table: case, by: case_id}
    columns:
      nationality: {like: case.country}
      part: {kind: categorical, values: [first, other], else: other}
"""


@pytest.fixture(scope="module")
def linked():
    return toymodels.toy_model(toy_schema(LINKED))


def whole_tables(chunks):
    """Put chunks together, checking that each begins where the last one ended."""
    found = {}
    for number, chunk in enumerate(chunks):
        assert chunk.number == number
        for name, rows in chunk.tables.items():
            parts = found.setdefault(name, [])
            assert rows.start == sum(part.length for part in parts)
            parts.append(rows)
    return {
        name: {
            "rows": sum(part.length for part in parts),
            "codes": {
                column: np.concatenate([part.codes[column] for part in parts])
                for column in parts[0].codes
            },
            **{
                arrow: np.concatenate([getattr(part, arrow) for part in parts])
                for arrow in ("parent", "position", "other")
                if getattr(parts[0], arrow) is not None
            },
        }
        for name, parts in found.items()
    }


def check_sound(model, chunks):
    seen = {}
    for chunk in chunks:
        assert not faults(model.schema, model.layout, chunk, seen)
        for name, rows in chunk.tables.items():
            seen[name] = rows.start + rows.length


@pytest.mark.parametrize("size", [1, 7, 64, 20_000])
def test_every_reference_leads_to_a_row_whatever_the_chunk(monkeypatch, linked, size):
    monkeypatch.setattr(drawing, "CHUNK", size)
    chunks = list(drawn(linked, cases=100))
    tables = whole_tables(chunks)
    assert tables["case"]["rows"] == tables["court"]["rows"] == 100
    case = {"case": np.arange(100)}
    for name in ("victim", "trafficker", "tool", "link", "hearing"):
        above = linked.layout.by_name[name].parent
        parent = tables[name]["parent"]
        assert (np.diff(parent) >= 0).all()
        assert set(parent) <= set(range(tables[above]["rows"]))
        case[name] = case[above][parent]
        number = np.bincount(parent, minlength=1)
        expected = np.concatenate([np.arange(1, k + 1) for k in number])
        np.testing.assert_array_equal(tables[name]["position"], expected)
    for name, second in (("link", "trafficker"), ("hearing", "court")):
        other = tables[name]["other"]
        assert len(other) > 10
        assert other.min() >= 0
        assert other.max() < tables[second]["rows"]
        assert len(set(zip(tables[name]["parent"], other, strict=True))) == len(other)
    np.testing.assert_array_equal(case["trafficker"][tables["link"]["other"]], case["link"])
    check_sound(linked, chunks)


def test_parents_and_children_of_a_case_stand_in_one_chunk(monkeypatch, linked):
    monkeypatch.setattr(drawing, "CHUNK", 9)
    for chunk in drawn(linked, cases=50):
        for name, rows in chunk.tables.items():
            above = linked.layout.by_name[name].parent
            if above and rows.length:
                start = chunk.tables[above].start
                assert start <= rows.parent.min()
                assert rows.parent.max() < start + chunk.tables[above].length


def test_a_tree_that_others_refer_to_comes_first(linked):
    # hearing stands in the tree of the case and refers to a court, which is listed later
    order = [next(iter(chunk.tables)) for chunk in drawn(linked, cases=5)]
    assert order.index("court") < order.index("case")


CIRCLE = """\
synthcase: 1
name: circle
protect: {unit: case}
tables:
  case:
    key: case_id
  hearing:
    key: [case_id, court_id]
    parents: {case: case_id, court: court_id}
  court:
    key: court_id
  file:
    key: [court_id, case_id]
    parents: {court: court_id, case: case_id}
  relation:
    key: [one_id, two_id]
    parents: [{table: case, by: one_id}, {table: case, by: two_id}]
  victim:
    key: victim_id
    parent: {table: case, by: case_id, typical: 2}
  family:
    key: [one_id, two_id]
    parents: [{table: victim, by: one_id}, {table: victim, by: two_id}]
"""


def test_links_between_rows_of_one_table_never_lead_to_the_row_itself(monkeypatch):
    monkeypatch.setattr(drawing, "CHUNK", 40)
    model = toymodels.toy_model(toy_schema(CIRCLE))
    chunks = list(drawn(model, cases=100))
    check_sound(model, chunks)
    family = whole_tables(chunks)["family"]
    assert len(family["parent"]) > 100
    assert (family["parent"] != family["other"]).all()


def test_no_link_leads_to_a_row_that_is_drawn_later():
    # cases and courts refer to each other: the tree that comes first has no links
    model = toymodels.toy_model(toy_schema(CIRCLE))
    tables = whole_tables(drawn(model, cases=100))
    assert tables["hearing"]["rows"] == 0
    assert tables["file"]["rows"] > 50
    assert tables["file"]["other"].max() < 100


def test_rules_hold_and_gates_beat_what_stands_behind_them(linked):
    tables = whole_tables(drawn(linked, cases=3000))
    for name in ("case", "victim"):
        table = linked.layout.by_name[name]
        assert table.forbidden
        assert not broken(table, tables[name]["codes"]).any()
    codes = tables["case"]["codes"]
    shut = codes["kind"] == 2
    np.testing.assert_array_equal(codes["grade"] == 2, shut)
    assert 0 < shut.mean() < 1
    flags = tables["victim"]["codes"]
    missing = flags["means"] != 0
    for name in ("means.debt", "means.threats"):
        np.testing.assert_array_equal(flags[name] == 2, missing)


def test_nested_gates_shut_everything_behind_them():
    model = toymodels.toy_model(toy_schema(EVERYTHING))
    codes = whole_tables(drawn(model, cases=2000))["victim"]["codes"]
    shut = codes["exploited"] != 1
    victim = model.layout.by_name["victim"]
    for name in ("form", "means", "sold_in"):
        closed = codes[name] == victim.attribute(name).closed
        assert closed[shut].all()
        assert not closed[~shut].any()
    for name in ("means.debt", "means.threats"):
        assert (codes[name] == 2)[shut].all()
        np.testing.assert_array_equal(codes[name] == 2, codes["means"] != 0)


@pytest.mark.parametrize("text", [EVERYTHING, PLAIN])
def test_numbers_of_children_are_in_the_drawn_bin(text):
    model = toymodels.toy_model(toy_schema(text))
    drawer = drawing._Drawer(model, 3, 0, dict.fromkeys(model.layout.by_name, 0))
    drawer.chunk("case", 2000)
    for table in model.layout.tables:
        if table.parent is None:
            continue
        bins = drawer.drawn[table.parent].codes[f"#{table.name}"]
        numbers = np.bincount(drawer.drawn[table.name].parent, minlength=len(bins))
        low, high = np.array(table.counts.ranges)[bins].T
        assert ((low <= numbers) & (numbers <= high)).all()
        assert len(set(bins)) > 2


def test_numbers_inside_a_bin_weigh_one_over_k():
    schema = toy_schema(EVERYTHING.replace("victim: 10", "victim: 40"))
    layout = toymodels.layout_of(schema).by_name["victim"]
    at = layout.counts.ranges.index((13, 20))
    bins = np.full(40_000, at, dtype=np.int16)
    found = drawing.numbers_of(layout, bins, np.random.default_rng(0))
    shares = np.bincount(found, minlength=21)[13:] / 40_000
    weight = 1 / np.arange(13, 21)
    np.testing.assert_allclose(shares, weight / weight.sum(), atol=1e-3)


def test_one_seed_gives_one_file_and_another_another(linked):
    def digest(seed, cases=200):
        sha = hashlib.sha256()
        for chunk in drawn(linked, cases=cases, seed=seed):
            for rows in chunk.tables.values():
                for codes in rows.codes.values():
                    sha.update(codes.tobytes())
        return sha.hexdigest()

    assert digest(1) == digest(1)
    assert len({digest(seed) for seed in range(5)}) == 5
    assert len({digest(seed, cases=1) for seed in range(20)}) > 5


@pytest.mark.parametrize("text", [EVERYTHING, LINKED, PLAIN])
def test_one_case_works(text):
    model = toymodels.toy_model(toy_schema(text))
    for seed in range(15):
        chunks = list(drawn(model, cases=1, seed=seed))
        check_sound(model, chunks)
        assert [c.tables["case"].length for c in chunks if "case" in c.tables] == [1]


def test_tables_without_columns(linked):
    tables = whole_tables(drawn(linked, cases=50))
    assert tables["office"] == {"rows": 50, "codes": {}}
    assert tables["trafficker"]["codes"] == {}
    assert tables["tool"]["rows"] > 5
    assert set(tables["tool"]["parent"]) <= set(range(tables["trafficker"]["rows"]))
    assert tables["desk"]["rows"] > 5
    assert tables["desk"]["codes"] == {}


def test_a_model_of_one_class_works():
    schema = toy_schema(EVERYTHING)
    model = toymodels.toy_model(schema, classes=1, members=3)
    chunks = list(drawn(model, cases=100))
    check_sound(model, chunks)
    assert chunks[0].tables["victim"].length > 50


def test_roots_may_differ_in_number(linked):
    chunks = draw_chunks(linked, seed=0, roots={"case": 30, "court": 2, "office": 7})
    tables = whole_tables(chunks)
    assert [tables[name]["rows"] for name in ("case", "court", "office")] == [30, 2, 7]
    assert tables["hearing"]["other"].max() < 2


def plain_model():
    """Return a small schema with the design and logits of a model, for tests to change."""
    schema = toy_schema(PLAIN)
    design = toy_design(schema, 2)
    return schema, design, toy_logits(design)


def test_each_member_of_the_ensemble_makes_its_part():
    schema, design, logits = plain_model()
    members = []
    for state in (0, 1, 1):
        own = {key: value.copy() for key, value in logits.items()}
        for table in ("case", "victim"):
            own["profile", table][:, :2] = -20
            own["profile", table][:, state] = 20
            own["copy", table] -= 100
        members.append((design, own))
    tables = whole_tables(drawn(model_of(schema, *members), cases=300))
    country = tables["case"]["codes"]["country"]
    np.testing.assert_array_equal(np.bincount(country), [100, 200])
    victim = tables["victim"]
    np.testing.assert_array_equal(victim["codes"]["nationality"], country[victim["parent"]])


def test_whoever_copies_shares_the_value_of_the_case():
    schema, design, logits = plain_model()
    for table in ("case", "victim"):
        logits["copy", table] = logits["copy", table] * 0 + 100
    tables = whole_tables(drawn(model_of(schema, (design, logits)), cases=500))
    country = tables["case"]["codes"]["country"]
    victim = tables["victim"]
    np.testing.assert_array_equal(victim["codes"]["nationality"], country[victim["parent"]])
    assert len(set(country)) == 2


def test_nobody_can_read_a_role_off_the_order_of_rows():
    schema, design, logits = plain_model()
    logits["prior", "victim"][:] = [[[50, -50], [-50, 50]]] * 2
    span = design.layout.by_name["victim"].span("part")
    logits["profile", "victim"][:, span] = [[50, -50], [-50, 50]]
    victim = whole_tables(drawn(model_of(schema, (design, logits)), cases=4000))["victim"]
    size = np.bincount(victim["parent"])[victim["parent"]]
    leads = victim["codes"]["part"] == 0
    assert np.bincount(victim["parent"][leads]).max() == 1
    assert leads.sum() == len(set(victim["parent"]))
    for k in (2, 3):
        places = victim["position"][leads & (size == k)]
        assert len(places) > 100
        np.testing.assert_allclose(np.bincount(places)[1:] / len(places), 1 / k, atol=0.1)


@given(st.integers(0, 2**32), st.integers(1, 60), st.sampled_from([EVERYTHING, LINKED]))
def test_any_model_and_seed_gives_sound_rows(seed, cases, text):
    schema = toy_schema(text)
    design = toy_design(schema, 2)
    model = model_of(schema, (design, toy_logits(design, seed, spread=4.0)))
    check_sound(model, drawn(model, cases=cases, seed=seed))


SCRIPT = """
import hashlib
from toymodels import LINKED, drawn, toy_model, toy_schema
sha = hashlib.sha256()
for chunk in drawn(toy_model(toy_schema(LINKED)), cases=300):
    for name, rows in chunk.tables.items():
        sha.update(name.encode())
        arrays = [*rows.codes.values(), rows.parent, rows.position, rows.other]
        for array in arrays:
            sha.update(b"" if array is None else array.tobytes())
print(sha.hexdigest())
"""


def test_another_process_draws_the_same():
    said = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        ).stdout
        for seed in ("0", "77")
    }
    assert len(said) == 1
    assert len(said.pop().strip()) == 64
