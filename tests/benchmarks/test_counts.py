import counts as module
import numpy as np
import pytest
from coding import CodedTable
from counts import Counts, columns_at, counts_of, crossed, distance, tvd


def counts(*numbers):
    return Counts(np.array(numbers, dtype=float))


def test_total_variation_distance():
    assert tvd(counts(1, 1), counts(2, 2)) == 0
    assert tvd(counts(1, 0), counts(0, 5)) == 1
    assert tvd(counts(3, 1), counts(1, 1)) == pytest.approx(0.25)
    assert tvd(counts(1, 1), counts(1, 1, 2)) == pytest.approx(0.5)
    assert tvd(counts(0, 0), counts(0, 0)) == 0
    assert tvd(counts(0, 0), counts(1, 0)) == 1


def test_sparse_tables_compare_as_dense_ones(monkeypatch):
    rng = np.random.default_rng(0)
    columns = [rng.integers(0, 9, size=(2, 50)).astype(np.int32) for _ in range(2)]
    dense = [counts_of(codes, [9, 9]) for codes in columns]
    monkeypatch.setattr(module, "_DENSE", 80)
    sparse = [counts_of(codes, [9, 9]) for codes in columns]
    assert dense[0].cells is None
    assert sparse[0].cells is not None
    assert tvd(*sparse) == pytest.approx(tvd(*dense))


def test_a_line_is_the_plain_mean_over_its_distributions():
    one = {"a": counts(1, 0), "b": counts(1, 1)}
    other = {"a": counts(0, 1), "b": counts(1, 1)}
    assert distance(one, other) == pytest.approx(0.5)


def test_two_sides_are_crossed_row_by_row():
    left = CodedTable(3, {"a": np.array([0, 1, 1])}, {"a": 2}, {})
    right = CodedTable(2, {"b": np.array([2, 0]), "c": np.array([0, 0])}, {"b": 3, "c": 1}, {})
    found = crossed(columns_at(left, np.array([0, 2])), columns_at(right, np.array([1, 1])))
    assert {name: counts.weights.tolist() for name, counts in found.items()} == {
        "a × b": [1, 0, 0, 1, 0, 0],
        "a × c": [1, 1],
    }
