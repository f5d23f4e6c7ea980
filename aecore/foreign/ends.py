"""Both networks of a model from elsewhere as nodes, for one order of an image's axes."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from aecore.errors import ForeignModelError
from aecore.foreign import nodes
from aecore.foreign.graph import Graph, Sizes
from aecore.foreign.matching import LOGITS, SCALED, Way
from aecore.foreign.nodes import Node, Value
from aecore.foreign.posteriors import Choice, blocked, posterior
from aecore.foreign.tracing import BATCH, Traced, trace
from aecore.models.layers import Activation

Shape3 = tuple[int, int, int]


class Ends(NamedTuple):
    """Where both networks end.

    Attributes:
        encoder: mean and log σ² as one row, or a code.
        decoder: an image (channels, height, width), as intensity.
        posterior: whether there is a log σ².
        code_shape: of the code, before it was laid in a row.
        image: the decoder's output that is the image.
    """

    encoder: Node
    decoder: Node
    posterior: bool
    code_shape: tuple[int, ...]
    image: str


# ---- what enters ----------------------------------------------------------------------------


def layouts(shape: Shape3) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Orders in which an encoder may be given an image; none is "flat" in its name's order."""
    yield "channels first", (0, 1, 2)
    yield "channels last", (1, 2, 0)
    if shape[1] == 1:
        yield "signal, channels first", (0, 2)
        yield "signal, channels last", (2, 0)
    yield "flat", (0, 1, 2, -1)
    if shape[0] == 1:
        yield "without channels", (1, 2)
    else:
        yield "flat, channels last", (1, 2, 0, -1)


def entered(start: Node, axes: tuple[int, ...]) -> Value:
    """What an encoder is given of an image's node."""
    x = Value(start, tuple(axis for axis in axes if axis >= 0))
    return nodes.reshape(x, (math.prod(start.shape),)) if -1 in axes else x


def takes(graph: Graph, x: Value) -> bool:
    """Whether it has the shape that a graph asks for."""
    declared = first(graph)[1:]
    fits = len(declared) == len(x.shape)
    return fits and all(d in (None, s) for d, s in zip(declared, x.shape, strict=True))


def first(graph: Graph) -> Sizes:
    """The shape of its only input.

    Raises:
        ForeignModelError: where there are others.
    """
    if len(graph.inputs) != 1:
        raise ForeignModelError(
            f"{graph.name} takes {len(graph.inputs)} inputs ({', '.join(graph.inputs)}); one is "
            "known what to do with: images for the encoder, codes for the decoder"
        )
    return next(iter(graph.inputs.values()))


def unfit(graph: Graph, shape: Shape3) -> str:
    """The sentence for images that can't enter."""
    return f"{graph.name} takes {_said(graph)}, but the images are {shape}"


def _said(graph: Graph) -> str:
    return "×".join("any" if size is None else str(size) for size in first(graph))


# ---- both ends ------------------------------------------------------------------------------


def follow(
    files: tuple[Graph, Graph], axes: tuple[int, ...], shape: Shape3, way: Way, choice: Choice
) -> Ends:
    """Follow both halves.

    Args:
        files: encoder and decoder.
        axes: how an image enters (`layouts`).
        shape: of an image.
        way: what its intensities enter and leave as.
        choice: of mean and log σ².

    Raises:
        ForeignModelError: in one sentence, for what is not known.
    """
    encoder, decoder = files
    scaled = nodes.affine(
        nodes.value(Node(None, shape)), 1 / way.scale, -way.shift / way.scale
    ).node
    seen = trace(encoder, entered(scaled, axes), first(encoder)[0] or BATCH)
    mean, log_var = posterior(encoder, seen, choice)
    d = math.prod(mean.shape)
    flat = nodes.reshape(mean, (d,)).node
    both = log_var and nodes.joined(flat, nodes.reshape(log_var, (d,)).node)
    made, name = _decoder(decoder, mean.shape, axes, shape, way)
    return Ends(both or flat, made, bool(both), mean.shape, name)


def _decoder(
    graph: Graph, code_shape: tuple[int, ...], axes: tuple[int, ...], shape: Shape3, way: Way
) -> tuple[Node, str]:
    """The decoder's end, and the name of its image."""
    seen = _decoded(graph, code_shape)
    values = {name: v for name, v in seen.outputs.items() if isinstance(v, Value)}
    images = [n for n, v in values.items() if math.prod(v.shape) == math.prod(shape)]
    if not images:
        if not values:
            raise blocked(graph, seen)
        given = ", ".join(str(v.shape) for v in values.values())
        raise ForeignModelError(f"{graph.name} gives {given}, but the images are {shape}")
    made = nodes.value(_image(values[images[0]], shape, axes))
    if way.output == LOGITS:
        made = nodes.elementwise(Activation("sigmoid"), made)
    if way.output == SCALED:
        made = nodes.affine(made, way.scale, way.shift)
    return made.node, images[0]


def _decoded(graph: Graph, code_shape: tuple[int, ...]) -> Traced:
    """Follow the decoder from a row of numbers."""
    declared, d = first(graph), math.prod(code_shape)
    sizes = tuple(code_shape if len(declared) == len(code_shape) + 1 else (d,))
    if len(declared) != len(sizes) + 1 or any(
        a not in (None, b) for a, b in zip(declared[1:], sizes, strict=True)
    ):
        raise ForeignModelError(
            f"{graph.name} takes codes {_said(graph)}, but the encoder gives {code_shape}"
        )
    start = nodes.reshape(nodes.value(Node(None, (d,))), sizes)
    return trace(graph, start, declared[0] or BATCH)


def _image(x: Value, shape: Shape3, axes: tuple[int, ...]) -> Node:
    """An image's node, channels first, whichever order it leaves in."""
    channels, height, width = shape
    last = x.shape == (height, width, channels) or (height == 1 and x.shape == (width, channels))
    if x.shape != shape and (last or (axes[0] != 0 and len(x.shape) == 1)):
        x = x if len(x.shape) == 3 else nodes.reshape(x, (height, width, channels))
        x = Value(x.node, (x.axes[2], x.axes[0], x.axes[1]))
    return nodes.function_last(nodes.reshape(x, shape).node)
