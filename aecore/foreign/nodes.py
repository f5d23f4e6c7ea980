"""What a graph computes, as our layers that point back to what they are given.

The functions make nodes and fold where they can: a batch norm into the convolution before it, a
transposition into a dense layer, so that what is left are layers that a network of ours has.
"""

import math
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from aecore.errors import ForeignModelError
from aecore.models.layers import (
    Activation,
    Conv,
    ConvTranspose,
    Layer,
    LeakyReLU,
    Linear,
    Reshape,
    RowConv,
    RowConvTranspose,
)
from aecore.soundness import MOST_VALUES

Shape = tuple[int, ...]
LARGEST_DIAGONAL = 4096


@dataclass(frozen=True, slots=True)
class Affine:
    """y = scale·x + shift for each channel, or each number of a row."""


@dataclass(frozen=True, slots=True)
class Permute:
    """The numbers of a row in another order."""


@dataclass(frozen=True, slots=True)
class Padded:
    """Zeros around a picture, which the convolution after it takes in.

    Attributes:
        begin, end: how many before and after, down and across; of a signal across alone.
    """

    begin: tuple[int, ...]
    end: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """Two branches added."""


Kind = Layer | Affine | Padded | Permute | Sum | None
Weighted = Linear | Conv | ConvTranspose | RowConv | RowConvTranspose
ELEMENTWISE = (Activation, LeakyReLU)


@dataclass(eq=False, slots=True)
class Node:
    """A layer with its weights, and the nodes whose values it is given.

    Attributes:
        kind: None for what the whole is given.
        shape: of what leaves: (channels, height, width), or (numbers,).
    """

    kind: Kind
    shape: Shape
    before: tuple["Node", ...] = ()
    weights: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Bound what a stranger's graph may ask for."""
        if math.prod(self.shape) > MOST_VALUES or min(self.shape, default=1) < 1:
            raise ForeignModelError(
                f"a layer gives {self.shape}; up to {MOST_VALUES:,} numbers an image are shown"
            )


class Value(NamedTuple):
    """A tensor of the graph: a node's values, whose axes it may have in another order.

    Attributes:
        node: that computes them.
        axes: of the node's shape, one for each axis of the tensor but the first.
    """

    node: Node
    axes: tuple[int, ...]

    @property
    def shape(self) -> Shape:
        """Of the tensor, without the batch."""
        return tuple(self.node.shape[axis] for axis in self.axes)


def value(node: Node) -> Value:
    """A node's values as they are."""
    return Value(node, tuple(range(len(node.shape))))


def in_order(x: Value) -> bool:
    """Whether the tensor's numbers lie as the node's do."""
    kept = [axis for axis in x.axes if x.node.shape[axis] > 1]
    return kept == sorted(kept)


def elementwise(kind: Activation | LeakyReLU, x: Value) -> Value:
    """Apply a function to every number."""
    return Value(Node(kind, x.node.shape, (x.node,)), x.axes)


def reshape(x: Value, shape: Shape) -> Value:
    """Give the tensor another shape; a signal's (channels, samples) has a height of 1."""
    if math.prod(shape) != math.prod(x.shape):
        raise ForeignModelError(f"{x.shape} can't be brought to {shape}")
    full, axes = _canonical(shape)
    return Value(_reshaped(_ordered(x), full), axes)


def _reshaped(node: Node, shape: Shape) -> Node:
    if node.shape == shape:
        return node
    start = node.before[0] if isinstance(node.kind, Reshape) else node
    return start if start.shape == shape else Node(Reshape(shape), shape, (start,))


def function_last(node: Node) -> Node:
    """The same with the output function after the last change of shape, as ours have it."""
    inner = node.before[0] if isinstance(node.kind, Reshape) else node
    if inner is node or not isinstance(inner.kind, ELEMENTWISE):
        return node
    return Node(inner.kind, node.shape, (_reshaped(inner.before[0], node.shape),))


def _canonical(shape: Shape) -> tuple[Shape, tuple[int, ...]]:
    if len(shape) == 2:
        return (shape[0], 1, shape[1]), (0, 2)
    if len(shape) not in (1, 3):
        raise ForeignModelError(f"a layer gives {shape}; rows, signals and pictures are known")
    return shape, tuple(range(len(shape)))


def _ordered(x: Value) -> Node:
    """The node whose numbers lie as the tensor's do."""
    if in_order(x):
        return x.node
    index = np.arange(math.prod(x.node.shape)).reshape(x.node.shape)
    squeezed = [axis for axis in range(len(x.node.shape)) if axis not in x.axes]
    return permute(_flat(x.node), index.transpose([*squeezed, *x.axes]).ravel())


def _flat(node: Node) -> Node:
    return _reshaped(node, (math.prod(node.shape),))


def ordered(x: Value) -> Value:
    """The same tensor, of a node whose axes have its order."""
    return x if list(x.axes) == sorted(x.axes) else reshape(x, x.shape)


def permute(node: Node, index: np.ndarray) -> Node:
    """A row's numbers in another order, by the rows of the dense layer before where there is one.

    Past functions and shapes; otherwise a node that a dense layer after it takes in.
    """
    return _permuted(node, index) or Node(Permute(), node.shape, (node,), {"index": index})


def _permuted(node: Node, index: np.ndarray) -> Node | None:
    shape = (len(index),)
    if isinstance(node.kind, Linear):
        weights = {name: array[index] for name, array in node.weights.items()}
        return Node(node.kind, shape, node.before, weights)
    if isinstance(node.kind, Reshape):
        return _permuted(node.before[0], index)
    if isinstance(node.kind, ELEMENTWISE) and (inner := _permuted(node.before[0], index)):
        return Node(node.kind, shape, (inner,))
    return None


def affine(x: Value, scale: np.ndarray | float, shift: np.ndarray | float) -> Value:
    """scale·x + shift, each one number, or one a channel of the node."""
    n = x.node.shape[0]
    by, to = (np.broadcast_to(np.asarray(v, np.float64), (n,)) for v in (scale, shift))
    return Value(_affine(x.node, by, to), x.axes)


def _affine(node: Node, by: np.ndarray, to: np.ndarray) -> Node:
    if (by == 1).all() and (to == 0).all():
        return node
    half = bool((by == 0.5).all() and (to == 0.5).all())
    if half and node.kind == Activation("tanh"):  # (tanh(x) + 1) / 2 = σ(2x)
        inner = _affine(node.before[0], np.full_like(by, 2), np.zeros_like(to))
        return Node(Activation("sigmoid"), node.shape, (inner,))
    if isinstance(node.kind, Affine):
        own = node.weights
        return _affine(node.before[0], by * own["scale"], by * own["shift"] + to)
    if isinstance(node.kind, Weighted):
        out = 1 if isinstance(node.kind, ConvTranspose | RowConvTranspose) else 0
        weight = node.weights["weight"]
        along = by.reshape([-1 if axis == out else 1 for axis in range(weight.ndim)])
        weights = {"weight": weight * along, "bias": node.weights["bias"] * by + to}
        return Node(node.kind, node.shape, node.before, weights)
    return Node(Affine(), node.shape, (node,), {"scale": by, "shift": to})


def linear(x: Value, weight: np.ndarray, bias: np.ndarray) -> Value:
    """W x + b of a row; an order or a scaling before it goes into W."""
    if len(x.shape) != 1 or weight.ndim != 2 or weight.shape[1] != x.shape[0]:
        raise ForeignModelError(f"a dense layer {weight.shape} can't take {x.shape}")
    node, weight, bias = x.node, weight.astype(np.float64), bias.astype(np.float64)
    while True:
        inner = node.before[0] if isinstance(node.kind, Reshape) else node
        if isinstance(inner.kind, Permute):
            back = np.empty_like(weight)
            back[:, inner.weights["index"]] = weight
            node, weight = inner.before[0], back
        elif isinstance(inner.kind, Affine):
            each = math.prod(inner.shape[1:])
            by, to = (np.repeat(inner.weights[name], each) for name in ("scale", "shift"))
            node, weight, bias = _flat(inner.before[0]), weight * by, bias + weight @ to
        elif isinstance(inner.kind, Linear) and len(weight) < weight.shape[1]:
            own = inner.weights  # two dense layers without a function between them
            node, bias = inner.before[0], bias + weight @ own["bias"]
            weight = weight @ own["weight"]
        else:
            break
    n_out, n_in = weight.shape
    return value(Node(Linear(n_in, n_out), (n_out,), (node,), {"weight": weight, "bias": bias}))


def add(a: Value, b: Value) -> Value:
    """The sum of two tensors of one shape."""
    if a.shape != b.shape:
        raise ForeignModelError(f"{a.shape} and {b.shape} can't be added")
    if a.axes != b.axes or a.node.shape != b.node.shape:
        a, b = reshape(a, a.shape), reshape(b, b.shape)
    return Value(Node(Sum(), a.node.shape, (a.node, b.node)), a.axes)


def part(x: Value, start: int, stop: int) -> Value | None:
    """Some of the numbers or maps that a layer with weights gives; None of another."""
    node = x.node
    if isinstance(node.kind, Reshape) and len(node.shape) == 1:
        inner, each = node.before[0], math.prod(node.before[0].shape[1:])
        if start % each or stop % each or not isinstance(inner.kind, Conv | RowConv):
            return None
        made = part(value(inner), start // each, stop // each)
        return made and value(_flat(made.node))
    if not isinstance(node.kind, Linear | Conv | RowConv) or x.axes[0] != 0:
        return None
    weights = {name: array[start:stop] for name, array in node.weights.items()}
    kind = _of_size(node.kind, node.kind.n_in, stop - start)
    return Value(Node(kind, (stop - start, *node.shape[1:]), node.before, weights), x.axes)


def _of_size(kind: Weighted, n_in: int, n_out: int) -> Weighted:
    return replace(kind, n_in=n_in, n_out=n_out)


def joined(a: Node, b: Node) -> Node | None:
    """One node that gives what two give, a's first; None where they are not alike.

    Two heads become one layer with the rows of both; layers further out become blocks.
    """
    if type(a.kind) is not type(b.kind) or not a.before or a.shape[1:] != b.shape[1:]:
        return None
    shape = (a.shape[0] + b.shape[0], *a.shape[1:])
    if isinstance(a.kind, Linear | Conv | RowConv) and isinstance(b.kind, type(a.kind)):
        return _joined_weights(a, b, shape)
    inner = joined(a.before[0], b.before[0])
    if inner is None or not isinstance(a.kind, Reshape | Affine | Activation | LeakyReLU):
        return None
    if isinstance(a.kind, Reshape):
        return Node(Reshape(shape), shape, (inner,)) if len(shape) == 1 else None
    if a.kind != b.kind:
        return None
    weights = {k: np.concatenate([v, b.weights[k]]) for k, v in a.weights.items()}
    return Node(a.kind, shape, (inner,), weights)


def _alike(a: Node, b: Node) -> bool:
    """Whether two nodes are one, or one node's numbers in the same shape."""
    both = isinstance(a.kind, Reshape) and a.kind == b.kind
    return a is b or (both and a.before[0] is b.before[0])


def _joined_weights(a: Node, b: Node, shape: Shape) -> Node | None:
    assert isinstance(a.kind, Linear | Conv | RowConv)
    assert isinstance(b.kind, Linear | Conv | RowConv)
    if _of_size(a.kind, 1, 1) != _of_size(b.kind, 1, 1):
        return None
    bias = np.concatenate([a.weights["bias"], b.weights["bias"]])
    top, low = a.weights["weight"], b.weights["weight"]
    if _alike(a.before[0], b.before[0]):
        kind = _of_size(a.kind, a.kind.n_in, shape[0])
        weights = {"weight": np.concatenate([top, low]), "bias": bias}
        return Node(kind, shape, a.before, weights)
    inner = joined(a.before[0], b.before[0])
    if inner is None:
        return None
    block = np.zeros((len(top) + len(low), top.shape[1] + low.shape[1], *top.shape[2:]))
    block[: len(top), : top.shape[1]], block[len(top) :, top.shape[1] :] = top, low
    kind = _of_size(a.kind, block.shape[1], shape[0])
    return Node(kind, shape, (inner,), {"weight": block, "bias": bias})
