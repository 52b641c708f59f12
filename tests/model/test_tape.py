import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from synthcase.model import tape as op
from synthcase.model.tape import Tape, softmax_values

RUNS = np.array([0, 2, 3])
SPAN = np.array([0, 3, 4])
GRID = np.ix_([0, 2], [1, 3])
TARGET = np.random.default_rng(9).normal(size=(3, 5))
WEIGHT = np.random.default_rng(8).random((3, 5))

OPERATIONS = {
    "add": (op.add, (3, 5), (3, 5)),
    "add a row": (op.add, (3, 5), (1, 5)),
    "add a vector": (op.add, (3, 5), (5,)),
    "add a column": (op.add, (3, 1), (3, 5)),
    "add a number": (op.add, (3, 5), ()),
    "mul": (op.mul, (3, 5), (3, 5)),
    "mul by a row": (op.mul, (2, 3, 5), (1, 5)),
    "mul by a column": (op.mul, (3, 1), (3, 5)),
    "mul both ways": (op.mul, (3, 1), (1, 5)),
    "affine": (lambda x: op.affine(x, -2.5, 0.7), (3, 5)),
    "inverse": (lambda x: op.inverse(op.affine(op.mul(x, x), 1.0, 0.5)), (3, 5)),
    "matmul": (op.matmul, (3, 4), (4, 5)),
    "matmul many": (op.matmul, (2, 3, 4), (2, 4, 5)),
    "matmul many by one": (op.matmul, (2, 3, 4), (4, 5)),
    "matmul one by many": (op.matmul, (1, 3, 4), (2, 4, 5)),
    "matmul flat by many": (op.matmul, (3, 4), (2, 4, 5)),
    "transpose": (op.transpose, (3, 5)),
    "transpose three axes": (lambda x: op.transpose(x, (1, 2, 0)), (2, 3, 5)),
    "transpose back": (lambda x: op.transpose(x, (2, 0, 1)), (2, 3, 5)),
    "reshape": (lambda x: op.reshape(x, (5, 3)), (3, 5)),
    "total": (op.total, (3, 5)),
    "total over rows": (lambda x: op.total(x, axis=0), (3, 5)),
    "total over columns": (lambda x: op.total(x, axis=1), (3, 5)),
    "part": (lambda x: op.part(x, slice(1, 4)), (3, 5)),
    "part by number": (lambda x: op.part(x, SPAN), (2, 3, 5)),
    "pick a grid": (lambda x: op.pick(x, *GRID), (3, 5)),
    "pick a diagonal": (lambda x: op.pick(x, np.arange(3), np.arange(1, 4)), (3, 5)),
    "join": (lambda *x: op.join(x), (3, 1), (3, 4), (3, 2)),
    "softmax": (op.softmax, (2, 3, 5)),
    "softmax by runs": (lambda x: op.softmax(x, RUNS), (3, 5)),
    "sigmoid": (op.sigmoid, (3, 5)),
    "log": (lambda x: op.log(op.affine(op.mul(x, x), 1.0, 0.1)), (3, 5)),
    "squared error": (lambda x: op.squared_error(x, TARGET, WEIGHT, 3.0), (3, 5)),
    "one value twice": (lambda x: op.mul(op.softmax(x), op.sigmoid(x)), (3, 5)),
}


def value_of(function, values, mix):
    tape = Tape()
    leaves = [tape.leaf(value) for value in values]
    node = op.total(op.mul(function(*leaves), tape.leaf(mix)))
    return node, leaves, tape


@pytest.mark.parametrize("name", OPERATIONS)
def test_gradients_are_those_of_finite_differences(name):
    function, *shapes = OPERATIONS[name]
    rng = np.random.default_rng(len(name))
    values = [rng.normal(size=shape) for shape in shapes]
    tape = Tape()
    shape = function(*[tape.leaf(value) for value in values]).shape
    mix = rng.normal(size=shape)
    node, leaves, tape = value_of(function, values, mix)
    for value, gradient in zip(values, tape.gradients(node, leaves), strict=True):
        assert gradient.shape == value.shape
        numeric = np.zeros_like(value)
        for at in np.ndindex(value.shape):
            kept, step = value[at], 1e-6
            sides = []
            for side in (kept + step, kept - step):
                value[at] = side
                sides.append(float(value_of(function, values, mix)[0].value))
            value[at] = kept
            numeric[at] = (sides[0] - sides[1]) / (2 * step)
        np.testing.assert_allclose(gradient, numeric, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_an_operation_keeps_the_precision_of_its_leaves(name, kind):
    function, *shapes = OPERATIONS[name]
    if name == "squared error":
        shapes = [shapes[0]]
    tape = Tape()
    leaves = [tape.leaf(np.ones(shape, dtype=kind)) for shape in shapes]
    node = op.total(function(*leaves))
    assert node.value.dtype == kind
    if name != "squared error":
        assert all(g.dtype == kind for g in tape.gradients(node, leaves))


def test_a_leaf_that_does_not_matter_has_no_gradient():
    tape = Tape()
    one, two = tape.leaf(np.ones(3)), tape.leaf(np.ones((2, 2)))
    gradients = tape.gradients(op.total(one), [one, two])
    np.testing.assert_array_equal(gradients[0], np.ones(3))
    np.testing.assert_array_equal(gradients[1], np.zeros((2, 2)))


@given(arrays(np.float32, (4, 6), elements=st.floats(-100, 100, width=32)))
def test_soft_max_shares_add_up_in_each_run(logits):
    shares = softmax_values(logits, RUNS)
    np.testing.assert_allclose(np.add.reduceat(shares, RUNS, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(softmax_values(logits).sum(1), 1, rtol=1e-5)
    assert (shares >= 0).all()


def test_soft_max_is_the_exponential_share():
    logits = np.random.default_rng(0).normal(size=(3, 5))
    parts = [np.exp(logits[:, a:b]) for a, b in ((0, 2), (2, 3), (3, 5))]
    expected = np.concatenate([part / part.sum(1, keepdims=True) for part in parts], axis=1)
    np.testing.assert_allclose(softmax_values(logits, RUNS), expected, rtol=1e-12)


def test_hopeless_logits_give_small_shares_and_no_denormal_numbers():
    tape = Tape()
    logits = np.array([[0.0, -90.0, -1000.0]], dtype=np.float32)
    shares = op.softmax(tape.leaf(logits)).value
    assert (shares[0, 1:] > 1e-9).all()
    assert (shares[0, 1:] < 1e-8).all()


def test_extreme_values_stay_finite():
    tape = Tape()
    wide = tape.leaf(np.array([[-1e4, 0.0, 1e4]], dtype=np.float32))
    for node in (op.sigmoid(wide), op.softmax(wide), op.log(op.softmax(wide)), op.log(wide)):
        assert np.isfinite(node.value).all()


def test_a_node_shows_its_shape_and_not_the_fit_behind_it():
    tape = Tape()
    node = tape.leaf(np.ones((2, 3)))
    for _ in range(60):
        node = op.add(node, node)
    assert repr(node) == "<node (2, 3)>"
    assert len(repr(tape)) < 100
