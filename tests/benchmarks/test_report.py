import pytest
from report import Line, Report, table_of, text_of


def test_a_score_needs_room_between_floor_and_independent():
    assert Line("a", floor=0.1, independent=0.3).score([0.2]) == pytest.approx(0.5)
    assert Line("a", floor=0.1, independent=0.3).score([0.0, 0.2]) == pytest.approx(1)
    assert Line("a", floor=0.1, independent=0.1049).score([0.1]) is None
    assert Line("a", floor=0.2, independent=0.1).score([0.1]) is None
    assert Line("a", floor=0.1, independent=0.3).score([]) is None


def test_what_was_not_run_is_a_dash():
    text = table_of([Line("a", floor=0.1, independent=0.3, ours=(0.15,))])
    assert text.split("\n")[1].split() == ["a", "0.1000", "0.3000", "–", "0.1500", "0.75"]
    assert "mean score 0.75, lowest 0.75" in text


def test_ours_is_lost_where_it_is_farther_beyond_two_standard_errors():
    near = Line("a", floor=0.1, independent=0.3, ours=(0.2, 0.2), oneway=(0.1, 0.1))
    unsure = Line("a", floor=0.1, independent=0.3, ours=(0.1, 0.2), oneway=(0.1, 0.12))
    single = Line("a", floor=0.1, independent=0.3, ours=(0.2,), oneway=(0.1,))
    assert [line.lost for line in (near, unsure, single)] == [True, False, False]
    assert table_of([near]).split("\n")[1].endswith("  worse than one-way")


def test_what_tells_real_from_synthetic_and_what_broke_stands_below_the_lines():
    line = Line("a", floor=0.1, independent=0.3, ours=(0.15,))
    text = text_of(Report(lines=[line], violations={"x": [0, 2], "y": [0, 0]}, auc={"ours": 0.731}))
    assert "C2ST-Agg AUC independent –, oneway –, ours 0.73" in text
    assert "rule violations 2 (2 rules looked at)\n  x: 2 rows" in text
    assert "y:" not in text
