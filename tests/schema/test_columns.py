import pytest

from synthcase.errors import SchemaError
from synthcase.schema.columns import MOST_STATES, Approval, Column, Missing
from synthcase.schema.domains import Flags, Values


def column(**options):
    return Column(**{"name": "c", "domain": Values(("a", "b")), "otherwise": "a"} | options)


def test_states_are_values_and_then_kinds_of_missing():
    made = column(missing=(Missing("withheld", ("W",)), Missing("unknown", ("",))))
    assert made.states == ("a", "b", "withheld", "unknown")
    assert made.missing_kinds == ("withheld", "unknown")
    assert made.source_names == ("c",)


def test_flag_columns_are_the_source_of_their_column():
    made = column(domain=Flags(("a", "b"), None, ("x", "y")))
    assert made.source_names == ("x", "y")


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"otherwise": "z"}, "neither a value nor"),
        ({"otherwise": "unknown"}, "neither a value nor"),
        ({"name": "=c"}, "cannot name a column"),
        ({"domain": Values(("a", "@b"))}, "cannot be a value"),
        ({"domain": Flags(("a",), None, ("=x",))}, "cannot name a column"),
        ({"missing": (Missing("unknown", ("a",)),)}, "also a spelling of missing"),
        ({"missing": (Missing("unknown", ("", "")),)}, "share a spelling"),
        ({"missing": (Missing("unknown", ("",)), Missing("unknown", ("?",)))}, "missing twice"),
        (
            {"domain": Values(("a", "unknown")), "missing": (Missing("unknown", ("",)),)},
            "the name of a kind of missing",
        ),
        ({"shared": "A b"}, "`shared` does not fit"),
        ({"domain": Flags(("a",)), "shared": "x"}, "`shared` does not fit"),
        ({"topic": "wealth"}, "no topic"),
        ({"topic": "health"}, "says not why"),
        ({"topic": "sexual_orientation", "justification": " "}, "about sexual orientation"),
        (
            {"domain": Values(tuple(f"v{n}" for n in range(MOST_STATES + 1))), "otherwise": "v0"},
            "at most 10000",
        ),
    ],
)
def test_columns_that_contradict_themselves(options, match):
    with pytest.raises(SchemaError, match=match):
        column(**options)


def test_a_kind_of_missing_is_one_of_four():
    with pytest.raises(SchemaError, match="no kind of missing"):
        Missing("lost", ())


def test_an_approval_has_a_name_and_a_source():
    assert Approval("A", "codebook").source == "codebook"
    for by, source in (("", "x"), ("x", " ")):
        with pytest.raises(SchemaError):
            Approval(by, source)
