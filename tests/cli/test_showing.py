import json

import pytest

import handmade
from synthcase.cli.showing import as_json, ledger_json, plan_lines, plan_tables
from synthcase.cli.talk import show
from synthcase.plans.fields import decimal_text
from synthcase.privacy.ledger import Ledger

PLAN = handmade.handmade_plan()


def test_the_persons_number_comes_first(capsys):
    for table in plan_tables(PLAN):
        show(table)
    out = capsys.readouterr().out
    assert out.index("a victim in one case") < out.index("a case with all its rows")
    first = PLAN.guarantees[0]
    assert decimal_text(first.epsilon, 2) in out
    assert f"{decimal_text(100 * first.belief, 1)} %" in out
    assert "± 13" in out
    assert "not measured" in out


def test_the_rest_is_said_in_lines():
    text = "\n".join(plan_lines(PLAN))
    assert "Not promised: that the file exists" in text
    assert "Remark: figures are rounded" in text
    assert "case=2000, victim=4000, " in text


def test_what_others_wrote_is_no_markup(capsys):
    show("[bold]x[/bold] [link=http://x]y[/link]")
    assert "[bold]x[/bold]" in capsys.readouterr().out


@pytest.mark.parametrize("spend", [False, True])
def test_a_ledger_as_json(tmp_path, spend):
    ledger = Ledger.create(tmp_path / "l", population="p", cap_epsilon="20", set_by="x")
    if spend:
        ledger.reserve(PLAN.prices, plan_hash=PLAN.hash, purpose="p")
    value = json.loads(ledger_json(ledger))
    assert value["cap"]["epsilon"] == "20"
    assert set(value["spent"]) == (set(PLAN.prices) if spend else set())
    assert len(value["head"]["words"].split()) == 12


def test_json_keeps_letters():
    assert as_json({"a": "é"}) == '{\n  "a": "é"\n}\n'
