import numpy as np
import pytest

from synthcase.model.tape import softmax_values
from toymodels import all_tables, expected_tables, toy_design, toy_schema

GROUPS = """\
synthcase: 1
name: groups
protect: {unit: case, caps: {victim: 4}}
tables:
  case:
    key: case_id
    columns:
      country: {kind: categorical, values: [XA, XB, XC], else: XC, shared: country}
  victim:
    key: victim_id
    parent: {table: case, by: case_id}
    columns:
      nationality: {like: case.country}
      birth: {like: case.country}
"""


@pytest.fixture(scope="module")
def one_class():
    """Return the shares of a model of one class, and what it expects of each table."""
    design = toy_design(toy_schema(GROUPS), 1)
    rng = np.random.default_rng(3)
    logits = {key: rng.normal(size=shape) for key, shape in design.shapes.items()}
    victim = design.layout.by_name["victim"]
    case = design.layout.by_name["case"]
    shares = {
        name: softmax_values(logits["profile", "victim"][0, victim.span(name)])
        for name in ("nationality", "birth")
    }
    shares["country"] = softmax_values(logits["profile", "case"][0, case.span("country")])
    shares["reference"] = softmax_values(logits["reference", "case", "country"][0])
    copy = 1 / (1 + np.exp(-logits["copy", "victim"][0]))
    chance = {"nationality": copy[0], "birth": copy[1]}
    chance["country"] = float(1 / (1 + np.exp(-logits["copy", "case"][0, 0])))
    numbers = softmax_values(logits["profile", "case"][0, case.span("#victim")])
    tables = all_tables(design.layout, votes=True)
    return shares, chance, numbers, expected_tables(design, logits, tables)


def together(shares, chance, one, two):
    """Return the pair of two columns that copy with some chance, by the formula of the design."""
    g, r, s = shares["reference"], shares[one], shares[two]
    p, q = chance[one], chance[two]
    return (
        p * q * np.diag(g)
        + p * (1 - q) * np.outer(g, s)
        + (1 - p) * q * np.outer(r, g)
        + (1 - p) * (1 - q) * np.outer(r, s)
    )


def test_siblings_copy_one_reference(one_class):
    shares, chance, numbers, found = one_class
    groups = numbers[2:].sum()
    for one, two in (("nationality", "nationality"), ("birth", "birth")):
        expected = groups * together(shares, chance, one, two)
        np.testing.assert_allclose(found[f"sibling/victim.{one}*victim.{two}"], expected, rtol=1e-5)
        agree = found[f"agreementsibling/victim.{one}*victim.{two}"]
        np.testing.assert_allclose(agree[:, 0], np.diag(expected), rtol=1e-5)
    expected = np.diag(groups * together(shares, chance, "nationality", "birth"))
    agree = found["agreement/victim.nationality*victim.birth"]
    np.testing.assert_allclose(agree[:, 0], expected, rtol=1e-5)


def test_two_columns_of_a_row_copy_one_reference(one_class):
    shares, chance, numbers, found = one_class
    expected = (1 - numbers[0]) * together(shares, chance, "nationality", "birth")
    np.testing.assert_allclose(found["own/victim.nationality*victim.birth"], expected, rtol=1e-5)


def test_a_row_and_its_case_copy_one_reference(one_class):
    shares, chance, numbers, found = one_class
    expected = (1 - numbers[0]) * together(shares, chance, "country", "birth")
    np.testing.assert_allclose(found["ancestor/case.country*victim.birth"], expected, rtol=1e-5)
