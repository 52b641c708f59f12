"""A small tape for gradients: matrix products, sums and soft-max, in numpy.

Each operation appends a node with the values it came from and a function that sends a gradient
back. The tests compare every operation with finite differences.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.floating]
    Backward = Callable[[Array], tuple[Array | None, ...]]

_FLOOR = -20.0
"""Soft-max shares stay above e^-20: products of smaller ones are denormal, and those are slow."""


@dataclass(eq=False, repr=False)
class Node:
    """A value on the tape.

    Attributes:
        tape: The tape it stands on.
        value: Its array.
        sources: The nodes it was made from.
        backward: Sends a gradient of the value to gradients of the sources.
        gradient: Filled by `Tape.gradients`.
    """

    tape: Tape
    value: Array
    sources: tuple[Node, ...] = ()
    backward: Backward | None = None
    gradient: Array | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value."""
        return self.value.shape

    def __repr__(self) -> str:
        """Show the shape alone: the nodes behind it are a whole fit."""
        return f"<node {self.shape}>"


@dataclass(eq=False, repr=False)
class Tape:
    """Nodes in the order they were made."""

    nodes: list[Node] = field(default_factory=list)

    def leaf(self, value: Array) -> Node:
        """Put a parameter or a constant on the tape."""
        return self.record(value)

    def record(
        self, value: Array, sources: tuple[Node, ...] = (), backward: Backward | None = None
    ) -> Node:
        """Put the result of an operation on the tape.

        Args:
            value: The result.
            sources: The nodes it was made from.
            backward: Sends a gradient of the result to one gradient a source.

        Returns:
            Its node.
        """
        node = Node(self, value, sources, backward)
        self.nodes.append(node)
        return node

    def gradients(self, target: Node, of: Sequence[Node]) -> list[Array]:
        """Return the gradient of a scalar node with respect to leaves; the tape is empty then.

        Args:
            target: A node with one number.
            of: The leaves.

        Returns:
            One array a leaf, zeros where the target does not depend on it.
        """
        target.gradient = np.ones_like(target.value)
        # taking each node off the tape frees its arrays at once: in a circle they would wait
        while self.nodes:
            node = self.nodes.pop()
            if node.gradient is None or node.backward is None:
                continue
            for source, part in zip(node.sources, node.backward(node.gradient), strict=True):
                if part is not None:
                    source.gradient = part if source.gradient is None else source.gradient + part
        return [
            np.zeros_like(leaf.value) if leaf.gradient is None else leaf.gradient for leaf in of
        ]


def _unbroadcast(gradient: Array, shape: tuple[int, ...]) -> Array:
    if gradient.shape == shape:
        return gradient
    extra = gradient.ndim - len(shape)
    axes = tuple(range(extra)) + tuple(
        axis + extra for axis, size in enumerate(shape) if size == 1 < gradient.shape[axis + extra]
    )
    return np.asarray(gradient.sum(axis=axes).reshape(shape))


def add(one: Node, two: Node) -> Node:
    """Return one + two, broadcast as numpy does."""
    return one.tape.record(
        one.value + two.value,
        (one, two),
        lambda g: (_unbroadcast(g, one.shape), _unbroadcast(g, two.shape)),
    )


def mul(one: Node, two: Node) -> Node:
    """Return one · two cell by cell, broadcast as numpy does."""
    return one.tape.record(
        one.value * two.value,
        (one, two),
        lambda g: (
            _unbroadcast(g * two.value, one.shape),
            _unbroadcast(g * one.value, two.shape),
        ),
    )


def affine(one: Node, scale: float, shift: float = 0.0) -> Node:
    """Return scale · one + shift."""
    kind = one.value.dtype.type
    return one.tape.record(
        one.value * kind(scale) + kind(shift), (one,), lambda g: (g * kind(scale),)
    )


def inverse(one: Node) -> Node:
    """Return 1 / one."""
    value = 1 / one.value
    return one.tape.record(value, (one,), lambda g: (-g * value * value,))


def matmul(one: Node, two: Node) -> Node:
    """Return the matrix product over the last two axes; leading axes are equal or broadcast."""
    if len(one.shape) > 2 and len(two.shape) == 2:
        flat = reshape(one, (-1, one.shape[-1]))
        return reshape(matmul(flat, two), (*one.shape[:-1], two.shape[-1]))

    def backward(g: Array) -> tuple[Array, Array]:
        left = np.matmul(g, np.swapaxes(two.value, -1, -2))
        right = np.matmul(np.swapaxes(one.value, -1, -2), g)
        return _unbroadcast(left, one.shape), _unbroadcast(right, two.shape)

    return one.tape.record(np.matmul(one.value, two.value), (one, two), backward)


def transpose(one: Node, axes: tuple[int, ...] | None = None) -> Node:
    """Return the array with its axes in another order (reversed by default)."""
    order = tuple(reversed(range(one.value.ndim))) if axes is None else axes
    back = tuple(np.argsort(order))
    return one.tape.record(
        np.transpose(one.value, order), (one,), lambda g: (np.transpose(g, back),)
    )


def reshape(one: Node, shape: tuple[int, ...]) -> Node:
    """Return the array in another shape."""
    return one.tape.record(one.value.reshape(shape), (one,), lambda g: (g.reshape(one.shape),))


def total(one: Node, axis: int | None = None) -> Node:
    """Return the sum over one axis (kept with length 1), or over all as a number."""
    if axis is None:
        return one.tape.record(
            np.asarray(one.value.sum()), (one,), lambda g: (np.broadcast_to(g, one.shape),)
        )
    return one.tape.record(
        one.value.sum(axis=axis, keepdims=True),
        (one,),
        lambda g: (np.broadcast_to(g, one.shape),),
    )


def part(one: Node, span: slice | NDArray[np.int64]) -> Node:
    """Return some columns (of the last axis)."""

    def backward(g: Array) -> tuple[Array]:
        full = np.zeros_like(one.value)
        full[..., span] = g
        return (full,)

    return one.tape.record(one.value[..., span], (one,), backward)


def pick(one: Node, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Node:
    """Return cells of a matrix: rows and columns broadcast, each cell at most once."""

    def backward(g: Array) -> tuple[Array]:
        full = np.zeros_like(one.value)
        full[rows, columns] = g
        return (full,)

    return one.tape.record(one.value[rows, columns], (one,), backward)


def join(nodes: Sequence[Node]) -> Node:
    """Return arrays side by side along the last axis."""
    edges = np.cumsum([node.shape[-1] for node in nodes])[:-1]
    return nodes[0].tape.record(
        np.concatenate([node.value for node in nodes], axis=-1),
        tuple(nodes),
        lambda g: tuple(np.split(g, edges, axis=-1)),
    )


def softmax(one: Node, starts: NDArray[np.int64] | None = None) -> Node:
    """Return the soft-max over the last axis, or over each run of columns beginning at `starts`."""
    value = softmax_values(one.value, starts, floor=_FLOOR)

    def backward(g: Array) -> tuple[Array]:
        weighted = g * value
        return (weighted - value * _run_sums(weighted, starts),)

    return one.tape.record(value, (one,), backward)


def softmax_values(
    logits: Array, starts: NDArray[np.int64] | None = None, *, floor: float = -700.0
) -> Array:
    """Return the soft-max of an array, by runs of columns where `starts` is given.

    Args:
        logits: The array.
        starts: First column of each run.
        floor: Least difference from the largest logit that still counts.
    """
    least = logits.dtype.type(floor)
    if starts is None:
        shifted = np.exp(np.maximum(logits - logits.max(-1, keepdims=True), least))
        return np.asarray(shifted / shifted.sum(-1, keepdims=True))
    lengths = np.diff(np.append(starts, logits.shape[-1]))
    top = np.repeat(np.maximum.reduceat(logits, starts, axis=-1), lengths, axis=-1)
    shifted = np.exp(np.maximum(logits - top, least))
    return np.asarray(shifted / _run_sums(shifted, starts))


def _run_sums(array: Array, starts: NDArray[np.int64] | None) -> Array:
    if starts is None:
        return np.asarray(array.sum(-1, keepdims=True))
    lengths = np.diff(np.append(starts, array.shape[-1]))
    return np.repeat(np.add.reduceat(array, starts, axis=-1), lengths, axis=-1)


def exponential(one: Node, most: float = 12.0) -> Node:
    """Return e^x for x cut to ±`most`."""
    value = np.exp(np.clip(one.value, -most, most))
    return one.tape.record(value, (one,), lambda g: (g * value,))


def sigmoid(one: Node) -> Node:
    """Return 1 / (1 + e^-x)."""
    value = 1 / (1 + np.exp(-np.clip(one.value, -30, 30)))
    return one.tape.record(value, (one,), lambda g: (g * value * (1 - value),))


def log(one: Node, floor: float = 1e-12) -> Node:
    """Return the natural logarithm of max(x, floor)."""
    safe = np.maximum(one.value, one.value.dtype.type(floor))
    return one.tape.record(np.log(safe), (one,), lambda g: (g / safe,))


def squared_error(one: Node, target: Array, weight: Array, scale: float) -> Node:
    """Return Σ weight · (scale · x − target)²."""
    kind = one.value.dtype.type
    residual = (one.value * kind(scale) - target) * weight
    value = np.asarray((residual * (one.value * kind(scale) - target)).sum(dtype=np.float64))
    return one.tape.record(
        value.astype(one.value.dtype), (one,), lambda g: (g * kind(2 * scale) * residual,)
    )
