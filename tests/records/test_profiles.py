import pyarrow as pa
import pytest

from synthcase.records.profiles import Profile, proposed


def profile(*batches):
    found = Profile()
    for texts in batches:
        found.add(pa.array(texts, pa.large_string()))
    return found


def guess(*texts):
    found = proposed(profile(list(texts)))
    if isinstance(found, str):
        return found
    return {key: value for key, value in found.items() if key not in ("else", "missing")}


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        (["b", "a", "", "b"], {"kind": "categorical", "values": ["a", "b"]}),
        (["yes", "no", "NK"], {"kind": "binary", "values": ["no", "yes"]}),
        (["1", "0"], {"kind": "binary", "values": ["0", "1"]}),
        (["10", "9", "-1"], {"kind": "ordinal", "values": ["-1", "9", "10"]}),
        ([str(n) for n in range(5, 78)], {"kind": "number", "bins": list(range(0, 81, 10))}),
        (
            ["0.5", "2.25"],
            {"kind": "number", "bins": ["0.50", "1.00", "1.50", "2.00", "2.50"], "decimals": 2},
        ),
        (
            ["2014-05-01", "2016-01-01 12:00"],
            {"kind": "date", "bins": {"from": "2014", "to": "2016", "by": "year"}},
        ),
        (["a;b", "b; c"], {"kind": "multi", "values": ["a", "b", "c"], "separator": ";"}),
        (["a|b", "b"], {"kind": "multi", "values": ["a", "b"], "separator": "|"}),
    ],
)  # fmt: skip
def test_kinds(texts, form):
    assert guess(*texts) == form


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (["", ""], "no value"),
        (["x" * 61], "free text"),
        ([f"w{n}" for n in range(30)], "many different values"),
        ([f"w{n % 300}" for n in range(900)], "many different values"),
        ([f"{n}5550000" for n in range(30)], "identifier"),
        (["1.12345678", "2.5"], "coordinates"),
        (["a", "=1+1"], "formula"),
    ],
)
def test_what_is_left_out(texts, reason):
    assert reason in guess(*texts)


def test_words_for_missing_become_kinds_of_missing():
    found = proposed(profile(["a", "Unknown", "N/A"], [" ", "refusé", "?"]))
    assert found["missing"] == {
        "unknown": ["", " ", "?", "Unknown"],
        "not_applicable": "N/A",
        "withheld": "refusé",
    }
    assert found["else"] == "unknown"
    assert proposed(profile(["a"]))["missing"] == {"unknown": ""}


def test_bins_hold_all_numbers():
    for numbers in ([3, 3000], [-7, 250], [1000, 1013], [99, 100, *range(20)]):
        form = guess(*map(str, [*numbers, *range(numbers[0], numbers[0] + 13)]))
        assert form["bins"][0] <= min(numbers)
        assert form["bins"][-1] > max(numbers)
        assert 2 <= len(form["bins"]) <= 12
