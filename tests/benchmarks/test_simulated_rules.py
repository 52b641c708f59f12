"""The rules hold in the simulated cases, and each is noticed when it is broken by hand."""

import pytest
from folder import read_folder, read_frames
from simulated import write_folder
from simulated_rules import broken_rules

from synthcase.datasets import simulate_cases


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    folder = write_folder(
        simulate_cases(120, seed=6, missing=False), tmp_path_factory.mktemp("rules") / "cases"
    )
    return read_frames(read_folder(folder))


@pytest.fixture
def frames(sound):
    return {name: frame.copy() for name, frame in sound.items()}


def broken(frames):
    return {rule: count for rule, count in broken_rules(frames).items() if count}


@pytest.mark.parametrize("missing", [True, False])
@pytest.mark.parametrize("n_cases", [1, 150])
def test_simulated_cases_break_no_rule(n_cases, missing, tmp_path):
    folder = write_folder(simulate_cases(n_cases, seed=8, missing=missing), tmp_path / "cases")
    found = broken_rules(read_frames(read_folder(folder)))
    assert len(found) == 23
    assert set(found.values()) == {0}


def first(frame, **values):
    """Return the first row with these values."""
    kept = frame
    for name, value in values.items():
        kept = kept[kept[name] == value]
    return kept.index[0]


IN_A_ROW = [
    ("victim", {"identified_as": "victim"}, {"punished_for_offence": "no"},
     "victim.punished_for_offence where identified_as is closed"),
    ("charge", {"verdict": "pending"}, {"sentence_months": "60"},
     "charge.sentence_months where verdict is closed"),
    ("victim", {"minor": "yes"}, {"minor": "no"}, "minor and age"),
    ("victim", {"identified_as": "offender_first"},
     {"non_punishment_applied": "yes", "punished_for_offence": "yes"}, "spared and punished"),
    ("exploitation", {"type": "labour"}, {"subtype": "prostitution"}, "type and subtype"),
    ("charge", {"verdict": "guilty"}, {"trafficker_id": "T999999"}, "charges without a victim"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "where", "change", "rule"), IN_A_ROW)
def test_a_row_that_cannot_be_is_counted(frames, table, where, change, rule):
    row = first(frames[table], **where)
    for name, value in change.items():
        frames[table].loc[row, name] = value
    assert broken(frames) == {rule: 1}


def test_a_verdict_of_guilty_needs_a_convicted_case(frames):
    charge = frames["charge"]
    row = first(charge, verdict="guilty")
    case = frames["trafficker"].set_index("trafficker_id").case_id[charge.trafficker_id[row]]
    cases = frames["case"].set_index("case_id")
    frames["case"].loc[frames["case"].case_id == case, "outcome"] = "acquitted"
    assert cases.outcome[case] == "convicted"
    assert list(broken(frames)) == ["guilty without a conviction"]


def test_journeys_count_chain_and_go_forward(frames):
    legs = frames["journey_leg"]
    second = first(legs, leg_no="2")
    sound = legs.copy()
    changes = {
        "leg_no": ("3", "legs counted from one"),
        "month_offset": ("-1", "months that go back"),
        "border_crossed": ("", "border and countries"),
    }
    for column, (value, rule) in changes.items():
        legs.loc[second, column] = value
        assert rule in broken(frames)
        frames["journey_leg"] = legs = sound.copy()


def test_a_leg_from_elsewhere_breaks_the_chain_or_the_beginning(frames):
    legs = frames["journey_leg"]
    victims = frames["victim"].merge(frames["case"], on="case_id").set_index("victim_id")
    abroad = legs.victim_id.map(victims.route) != "domestic"
    for place, rule in (("1", "first leg from elsewhere"), ("2", "legs that do not chain")):
        row = legs[abroad & (legs.leg_no == place)].index[0]
        before = legs.loc[row, "from_country"]
        legs.loc[row, "from_country"] = "XY" if before != "XY" else "XA"
        assert rule in broken(frames)
        legs.loc[row, "from_country"] = before
    ends = legs[legs.victim_id != legs.victim_id.shift(-1)].index[0]
    legs.loc[ends, "to_country"] = "XY" if legs.loc[ends, "to_country"] != "XY" else "XA"
    assert "last leg to elsewhere" in broken(frames)


def test_a_domestic_case_has_no_border(frames):
    legs = frames["journey_leg"]
    victims = frames["victim"].merge(frames["case"], on="case_id").set_index("victim_id")
    row = legs[legs.victim_id.map(victims.route) == "domestic"].index[0]
    legs.loc[row, "to_country"] = "XY" if legs.loc[row, "to_country"] != "XY" else "XA"
    assert "border in a domestic case" in broken(frames)


def test_links_stay_in_a_case_and_parents_can_be_parents(frames):
    links = frames["victim_trafficker"]
    row = first(links, relation="parent")
    victim = frames["victim"].victim_id == links.victim_id[row]
    sound = {name: frame.copy() for name, frame in frames.items()}
    frames["victim"].loc[victim, "citizenship"] = "XY"
    other = frames["trafficker"].trafficker_id == links.trafficker_id[row]
    frames["trafficker"].loc[other, "citizenship"] = "XA"
    assert "parents of another citizenship" in broken(frames)
    frames = {name: frame.copy() for name, frame in sound.items()}
    frames["victim"].loc[victim, "age_band"] = "48+"
    frames["trafficker"].loc[other, "age_band"] = "under_30"
    assert "parents of another age" in broken(frames)
    frames = {name: frame.copy() for name, frame in sound.items()}
    frames["victim"].loc[victim, "case_id"] = "C999999"
    assert "links between cases" in broken(frames)


def test_small_children_have_no_partner(frames):
    links = frames["victim_trafficker"]
    row = first(links, relation="partner")
    victim = frames["victim"].victim_id == links.victim_id[row]
    frames["victim"].loc[victim, ["age_at_recruitment", "minor"]] = ["8", "yes"]
    assert "partners of small children" in broken(frames)


def test_what_is_missing_breaks_no_rule(frames):
    frames["victim"]["citizenship"] = frames["victim"]["age_at_recruitment"] = ""
    frames["victim"]["minor"] = frames["victim"]["age_band"] = ""
    frames["journey_leg"]["month_offset"] = ""
    frames["case"]["outcome"] = frames["case"]["route"] = ""
    assert not broken(frames)
