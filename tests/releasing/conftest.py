import pytest

import handmade
from synthcase.releasing import package
from synthcase.sampling import drawing
from synthcase.sampling.nouns import SyntheticTables


@pytest.fixture
def measurements():
    return handmade.handmade_measurements()


@pytest.fixture
def synthetic(measurements, monkeypatch):
    monkeypatch.setattr(drawing, "draw_chunks", handmade.draw_by_hand)
    return SyntheticTables(
        model=handmade.handmade_model(measurements),
        seed=1,
        roots={"case": 8},
        lookups={"country_list": {"code": ["XA", "XB"]}},
    )


@pytest.fixture
def release(synthetic, measurements, tmp_path):
    return package(synthetic, measurements=measurements, out=tmp_path / "release")
