import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthcase.schema.attributes import Attribute, CountBins, Layout, TableLayout


@given(st.integers(1, 300))
def test_bins_of_a_count_hold_every_number_up_to_the_cap_once(cap):
    bins = CountBins(cap)
    held = [number for low, high in bins.ranges for number in range(low, high + 1)]
    assert held == list(range(cap + 1))
    assert len(bins.labels) == len(set(bins.labels)) == len(bins.ranges)
    assert bins.labels[-1] == f"{cap}+"


def table(name, parent=None):
    one = Attribute(name="a", states=("x", "y"), values=2)
    two = Attribute(name="b", states=("x", "y", "unknown"), values=2)
    return TableLayout(name=name, parent=parent, typical=1, counts=None, attributes=(one, two))


def test_attributes_are_found_by_name():
    assert table("t").attribute("b").size == 3
    assert table("t").span("b") == slice(2, 5)
    with pytest.raises(KeyError):
        table("t").attribute("c")


def test_tables_are_found_by_name_and_place():
    layout = Layout((table("root"), table("child", "root"), table("leaf", "child")))
    assert layout.path("leaf") == ("root", "child", "leaf")
    assert [found.name for found in layout.children("root")] == ["child"]
    assert layout.by_name["leaf"].parent == "child"
