import json

import pytest

from synthcase.records.report import CheckReport, Problem, bucket


@pytest.mark.parametrize(("count", "text"), [(1, "<10"), (9, "<10"), (10, "10"), (1234, "1234")])
def test_small_counts_are_hidden(count, text):
    assert bucket(count) == text


ERROR = Problem(
    table="t", column="<c>", kind="orphan key", count="<10", todo="mend", row_numbers=(3,)
)
WARNING = Problem(table="t", column=None, kind="odd", level="warning")


def test_a_report_is_good_if_there_are_only_warnings():
    assert CheckReport((WARNING,)).ok
    assert not CheckReport((WARNING, ERROR)).ok
    assert CheckReport((WARNING, ERROR)).errors == (ERROR,)


def test_forms_of_a_report():
    report = CheckReport((ERROR, WARNING))
    assert report.text() == (
        "error: t.<c>: orphan key (<10 rows)\n  rows: 3\n  mend\nwarning: t: odd"
    )
    assert json.loads(report.to_json()) == {
        "ok": False,
        "problems": [
            {"level": "error", "table": "t", "column": "<c>", "kind": "orphan key", "count": "<10",
             "todo": "mend", "rows": [3]},
            {"level": "warning", "table": "t", "column": None, "kind": "odd", "count": None,
             "todo": None},
        ],
    }  # fmt: skip
    page = report._repr_html_()
    assert "&lt;c&gt;" in page
    assert "&lt;10" in page
    assert CheckReport()._repr_html_() == "<p>no problem found</p>"
