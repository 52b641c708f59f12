import pytest

import handmade
from synthcase.privacy.ledger import Ledger


@pytest.fixture
def ledger(tmp_path):
    return Ledger.create(
        tmp_path / "ledger", population="invented persons", cap_epsilon="20", set_by="a test"
    )


@pytest.fixture
def records(tmp_path, monkeypatch):
    handmade.stand_in(monkeypatch)
    return handmade.write_records(tmp_path / "records")
