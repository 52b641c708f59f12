import pytest

from synthcase.schema.columns import TOPICS
from synthcase.schema.topics import topic_of


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("ethnicity", "ethnicity"), ("victimRace", "ethnicity"), ("origine_ethnique", "ethnicity"),
        ("RELIGION", "religion"), ("faith_community", "religion"),
        ("appartenance_religieuse", "religion"),
        ("health_status", "health"), ("EtatDeSanté", "health"), ("HIVStatus", "health"),
        ("grossesse", "health"), ("disability2", "health"), ("maladies", "health"),
        ("sexual_orientation", "sexual_orientation"), ("orientationSexuelle", "sexual_orientation"),
        ("isLGBT", "sexual_orientation"),
        ("trace", None), ("sexual_exploitation", None), ("typeOfLabourHospitality", None),
        ("psychological_abuse", None), ("country_of_origin", None), ("foire", None), ("", None),
    ],
)  # fmt: skip
def test_names_that_sound_sensitive(name, topic):
    assert topic_of(name) == topic
    assert topic in (None, *TOPICS)
