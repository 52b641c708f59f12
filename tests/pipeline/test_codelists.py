import pytest

import handmade
from synthcase.errors import DataProblem
from synthcase.pipeline.codelists import code_lists


def test_code_lists_are_read_and_nothing_else(tmp_path):
    folder = handmade.write_records(tmp_path / "records")
    (folder / "victim.csv").unlink()
    found = code_lists(folder, handmade.handmade_schema())
    assert {name: dict(columns) for name, columns in found.items()} == {
        "country_list": {"code": ["XA", "XB"]}
    }


def test_nothing_is_copied_unless_asked():
    assert code_lists(None, handmade.handmade_schema()) == {}


def test_a_missing_code_list_is_refused(tmp_path):
    folder = handmade.write_records(tmp_path / "records")
    (folder / "country_list.csv").unlink()
    with pytest.raises(DataProblem, match="country_list"):
        code_lists(folder, handmade.handmade_schema())
