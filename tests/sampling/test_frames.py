import pandas as pd
import pytest

import handmade
from synthcase.errors import GateFailed
from synthcase.sampling import drawing
from synthcase.sampling.frames import to_frames
from synthcase.sampling.nouns import SyntheticTables
from synthcase.sampling.writing import write_tables


@pytest.fixture(autouse=True)
def hand_drawn(monkeypatch):
    monkeypatch.setattr(drawing, "draw_chunks", handmade.draw_by_hand)


def synthetic(cases=8):
    return SyntheticTables(
        model=handmade.handmade_model(), seed=1, roots={"case": cases},
        lookups={"country_list": {"code": ["XA"]}},
    )  # fmt: skip


def test_frames_hold_what_the_files_hold(tmp_path):
    write_tables(synthetic(), tmp_path, formats=["csv"])
    frames = synthetic().to_frames()
    assert set(frames) == {"case", "victim", "trafficker", "leg", "link", "country_list"}
    for name, frame in frames.items():
        text = pd.read_csv(tmp_path / f"{name}.csv", dtype=str, keep_default_na=False)
        pd.testing.assert_frame_equal(frame, text, check_dtype=False)


def test_a_table_without_rows_still_has_its_columns(monkeypatch):
    monkeypatch.setattr(drawing, "draw_chunks", lambda *_, **__: iter(()))
    assert list(to_frames(synthetic())["leg"].columns) == ["victim_id", "leg_no", "mode"]


def test_unsound_rows_are_refused(monkeypatch):
    def spoiled(*args, **options):
        for chunk in handmade.draw_by_hand(*args, **options):
            chunk.tables["case"].codes["country"][0] = 9
            yield chunk

    monkeypatch.setattr(drawing, "draw_chunks", spoiled)
    with pytest.raises(GateFailed, match="case: 1 × unknown state"):
        to_frames(synthetic())
