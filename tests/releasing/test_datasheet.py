from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import handmade
from synthcase.plans.fields import decimal_text
from synthcase.releasing.datasheet import datasheet, markdown
from synthcase.schema import load_schema

ROWS = {"case": 8, "victim": 16, "leg": 32, "trafficker": 16, "link": 16, "country_list": 2}


def page(measurements=None, **options):
    measurements = measurements or handmade.handmade_measurements()
    model = handmade.handmade_model(measurements)
    return datasheet(measurements, model, ROWS, seed=7, version="0.1.0", **options)


def test_the_persons_number_comes_first_then_the_cases():
    text, plan = page(), handmade.handmade_plan()
    charged = next(line for line in plan.guarantees if line.account == "victim")
    epsilon, belief = decimal_text(charged.epsilon, 2), decimal_text(100 * charged.belief, 1)
    sentence = f"For a victim in 2 cases: ε = {epsilon}."
    assert text.index(sentence) < text.index("For a case ")
    assert f"can become at most {belief} % sure" in text
    assert text.index("| a victim in one case |") < text.index("| a case ")
    assert f"- victim: ρ = {float(plan.prices['victim']):.6g}" in text


@pytest.mark.parametrize(
    "said",
    [
        "Not how common trafficking is", "coincidence", "family or small group", "How to cite",
        "must not be concluded", "What is **not** promised", "that the file exists",
        "filled at random", "the order of the rows means nothing", "`not_applicable`",
        "SYN-", "victims by age", "± 13", "not measured", "own 1.25", "__missing",
    ],
)  # fmt: skip
def test_the_receiver_is_told(said):
    assert said in page()


def test_no_claim_that_must_not_be_made():
    text = page().lower()
    for claim in ("anonymous", "anonymis", "no real person can be", "safe to share", "realistic"):
        assert claim not in text


def test_sensitive_columns_are_listed_with_their_reason():
    text = handmade.SCHEMA.replace(
        "country: {kind", "country: {topic: religion, justification: asked by the law, kind"
    )
    plan = handmade.handmade_plan(load_schema(text))
    told = page(handmade.handmade_measurements(plan))
    assert "case.country (religion): asked by the law" in told
    assert "Sensitive subjects" not in page()


def test_what_others_wrote_cannot_break_out_of_its_cell():
    plan = handmade.handmade_plan()
    evil = replace(plan.errors[0], question="<script>|[x](y)\n# head `code`")
    told = page(handmade.handmade_measurements(replace(plan, errors=(evil,))), purpose="<b>")
    assert "<script>" not in told
    assert "<b>" not in told
    assert r"&lt;script&gt;\|\[x\](y) # head \`code\`" in told


@given(st.text())
def test_markdown_keeps_a_text_on_one_line_without_tags(text):
    told = markdown(text)
    assert "\n" not in told
    assert "<" not in told
    assert "|" not in told.replace(r"\|", "")


def test_the_same_release_has_the_same_page():
    assert page(purpose="x") == page(purpose="x")
