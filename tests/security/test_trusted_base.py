import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tool():
    spec = importlib.util.spec_from_file_location("trusted_base", ROOT / "tools/trusted_base.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_module_that_is_close_to_records_stands_in_one_list_and_the_limits_hold(tool):
    assert tool.faults() == []


def test_the_page_says_how_large_the_trusted_base_is_now(tool):
    old = (ROOT / "docs" / "trusted-base.md").read_text(encoding="utf-8")
    assert tool.page(old) == old, "run: python tools/trusted_base.py --write"


def test_a_module_in_no_list_in_two_or_gone_is_found(tool, monkeypatch):
    monkeypatch.setattr(tool, "NUMBERS", {**tool.NUMBERS, "privacy/gone.py": "x"})
    monkeypatch.setattr(tool, "OTHERS", {*tool.OTHERS, "privacy/noise.py"} - {"core/files.py"})
    assert tool.faults() == [
        "core/files.py stands in no list",
        "privacy/gone.py does not exist",
        "privacy/noise.py stands in two lists",
    ]


def test_a_base_that_has_grown_is_found(tool, monkeypatch):
    monkeypatch.setattr(tool, "LIMITS", {"numbers": 10, "secrets": 10_000})
    assert len(tool.faults()) == 1


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('"""What."""\n\n# why\nx = 1\n', 1),
        ('def f():\n    """Say\n\n    more."""\n    return """a\nb"""\n', 3),
        ('x = 1\n"""What x is."""\n', 1),
        ("f(\n    1,\n    # why\n    2,\n)\n", 4),
        ("", 0),
    ],
)
def test_only_code_is_counted(tool, text, lines):
    assert tool.lines_of_code(text) == lines
