"""From nodes to one list of layers with their weights, as a checkpoint has them."""

from typing import NamedTuple

import numpy as np

from aecore.errors import ForeignModelError
from aecore.foreign.nodes import LARGEST_DIAGONAL, Affine, Node, Padded, Permute, Sum
from aecore.models.layers import Add, Conv, Layer, Linear, Recall


class Listed(NamedTuple):
    """A network.

    Attributes:
        layers: in order.
        weights: of each, by name ("weight", "bias").
    """

    layers: tuple[Layer, ...]
    weights: tuple[dict[str, np.ndarray], ...]

    def named(self, network: str) -> dict[str, np.ndarray]:
        """The weights under their names in a checkpoint, as float32."""
        return {
            f"{network}.{place}.{name}": np.ascontiguousarray(array, np.float32)
            for place, own in enumerate(self.weights)
            for name, array in own.items()
        }


def flatten(end: Node) -> Listed:
    """List the layers that lead to a node; branches look back (`Recall`, `Add`).

    Raises:
        ForeignModelError: for an order of numbers that no dense layer takes in.
    """
    writer = _Writer()
    writer.reach(end)
    return Listed(tuple(writer.layers), tuple(writer.weights))


class _Writer:
    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self.weights: list[dict[str, np.ndarray]] = []
        self.places: dict[int, int] = {}

    def reach(self, end: Node) -> None:
        """Write what leads to a node, and the node, so that it is the last."""
        stack: list[tuple[Node, bool]] = [(end, False)]
        while stack:
            node, ready = stack.pop()
            if node.kind is None:
                self.places[id(node)] = -1
            if id(node) in self.places:
                continue
            if ready:
                self._write(node)
                continue
            stack.append((node, True))
            stack += [(each, False) for each in node.before]

    def _write(self, node: Node) -> None:
        first = node.before[0]
        if isinstance(node.kind, Sum):
            first, other = sorted(node.before, key=lambda each: -self.places[id(each)])
        here = len(self.layers) - 1
        if self.places[id(first)] != here:
            self._append(Recall(len(self.layers) - self.places[id(first)]), {})
        if isinstance(node.kind, Sum):
            self._append(Add(len(self.layers) - self.places[id(other)]), {})
        else:
            self._append(*_layer(node))
        self.places[id(node)] = len(self.layers) - 1

    def _append(self, layer: Layer, weights: dict[str, np.ndarray]) -> None:
        self.layers.append(layer)
        self.weights.append(weights)


def _layer(node: Node) -> tuple[Layer, dict[str, np.ndarray]]:
    if isinstance(node.kind, Affine):
        return _diagonal(node)
    if isinstance(node.kind, Padded):
        raise ForeignModelError("the model has a padding that no convolution takes in")
    if node.kind is None or isinstance(node.kind, Permute | Sum):
        raise ForeignModelError(
            "the model has a transposition that no dense layer takes in; export it with channels "
            "first"
        )
    return node.kind, node.weights


def _diagonal(node: Node) -> tuple[Layer, dict[str, np.ndarray]]:
    """A scaling that no layer takes in: a convolution of 1×1, or a dense layer."""
    n = node.shape[0]
    if n > LARGEST_DIAGONAL:
        raise ForeignModelError(f"a scaling of {n:,} numbers is not known here")
    weight, bias = np.diag(node.weights["scale"]), node.weights["shift"]
    if len(node.shape) == 1:
        return Linear(n, n), {"weight": weight, "bias": bias}
    return Conv(n, n, 1, 1, 0), {"weight": weight[:, :, None, None], "bias": bias}
