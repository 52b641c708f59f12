"""Cells are emptied by source, together where they belong together, and gates close after."""

import numpy as np
import pandas as pd
import pytest

from synthcase.datasets.blanks import _BY_SOURCE, _WITHHELD, GATES, close_gates, leave_blank
from synthcase.datasets.simulation import _case_of_rows, _draw, simulate_tables

HOTLINE, CASE_MANAGEMENT, COURT = range(3)
KINDS = range(10)


@pytest.fixture(scope="module")
def drawn():
    return _draw(60, 3, KINDS)


def blanked(drawn, source):
    """Return the tables without a gap, and the same with gaps as if all came from one source."""
    full = simulate_tables(60, seed=3, kinds=KINDS, missing=False)
    tables = {name: table.copy() for name, table in full.items()}
    sources = {name: np.full(len(rows), source) for name, rows in _case_of_rows(drawn).items()}
    victims = {"victim": np.arange(len(tables["victim"])), "exploitation": drawn.found.victim}
    leave_blank(tables, sources, victims, 3)
    return full, tables


def test_what_a_source_never_asks_is_empty_and_the_same_cells_are_filled_elsewhere(drawn):
    _, hotline = blanked(drawn, HOTLINE)
    _, court = blanked(drawn, COURT)
    assert set(hotline["victim"].duration_months) == {""}
    assert set(court["victim"].vulnerability) == {""}
    assert set(court["victim"].duration_months) > {"unknown"}
    assert not set(court["victim"].duration_months) & {""}


def test_age_band_and_minor_are_empty_for_the_same_victims(drawn):
    _, tables = blanked(drawn, HOTLINE)
    gone = tables["victim"][["age_at_recruitment", "age_band", "minor"]] == ""
    assert 0 < gone.age_band.mean() < 1
    assert (gone.age_band == gone.minor).all()
    assert (gone.age_band == gone.age_at_recruitment).all()


def test_only_cells_are_emptied_and_keys_never(drawn):
    full, tables = blanked(drawn, CASE_MANAGEMENT)
    for name, table in tables.items():
        keys = [column for column in table if column.endswith(("_id", "_no"))]
        assert table[keys].equals(full[name][keys])
        changed = table.ne(full[name]).to_numpy()
        assert set(table.to_numpy()[changed]) <= {"", "unknown", "withheld", "n.a."}
        assert changed.any()


def test_gates_are_closed_after_cells_were_emptied(drawn):
    _, tables = blanked(drawn, HOTLINE)
    emptied = 0
    for name, dependent, gate, states in GATES:
        table = tables[name]
        emptied += int((table[gate] == "").sum())
        assert set(table[dependent][~table[gate].isin(states)]) <= {"n.a."}
    assert emptied


def test_a_gate_that_was_emptied_closes_what_depends_on_it():
    tables = {
        name: pd.DataFrame({gate: [*states, "", "something else"], dependent: "yes"})
        for name, dependent, gate, states in GATES
        if name in ("journey_leg", "charge")
    }
    others = {name for name, *_ in GATES} - set(tables)
    for name in others:
        columns = {
            c for table, dependent, gate, _ in GATES for c in (dependent, gate) if table == name
        }
        tables[name] = pd.DataFrame(columns=sorted(columns), dtype="str")
    close_gates(tables)
    assert tables["journey_leg"].document_status.tolist() == ["yes", "n.a.", "n.a."]
    assert tables["charge"].sentence_months.tolist() == ["yes", "n.a.", "n.a."]
    assert all(tables[name].empty for name in others)


def test_rates_are_shares_and_a_source_has_a_spelling():
    for blank in (*_BY_SOURCE, *_WITHHELD):
        assert all(0 <= rate <= 1 for rate in blank.rates)
        assert len(blank.rates) == len(blank.spellings) == 3


def test_one_case_without_traffickers_can_be_blanked():
    seed = next(s for s in range(60) if not len(_draw(1, s, KINDS).traffickers.case))
    tables = simulate_tables(1, seed=seed, kinds=KINDS, missing=True)
    assert tables["trafficker"].empty
    assert tables["charge"].empty
    assert "sentence_months" in tables["charge"]
