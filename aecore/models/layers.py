"""What a network is made of, as plain data: no torch, no weights.

A card stores these lists, `networks` builds them in torch, and the browser runs them in plain
JavaScript (`aeview/browser/net/net.js`). A network is therefore rebuilt from its own description
and never from today's defaults.
"""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Linear:
    """y = W x + b."""

    n_in: int
    n_out: int


@dataclass(frozen=True, slots=True)
class Conv:
    """Two-dimensional convolution with a square kernel."""

    n_in: int
    n_out: int
    kernel: int
    stride: int
    padding: int


@dataclass(frozen=True, slots=True)
class ConvTranspose:
    """Transposed convolution ("deconvolution") with a square kernel."""

    n_in: int
    n_out: int
    kernel: int
    stride: int
    padding: int


@dataclass(frozen=True, slots=True)
class RowConv:
    """Convolution along a row: a kernel of 1×k, for signals."""

    n_in: int
    n_out: int
    kernel: int
    stride: int
    padding: int


@dataclass(frozen=True, slots=True)
class RowConvTranspose:
    """Transposed convolution along a row."""

    n_in: int
    n_out: int
    kernel: int
    stride: int
    padding: int


@dataclass(frozen=True, slots=True)
class Residual:
    """x + second(relu(first(x))), both 3×3 convolutions of n maps: He, Zhang, Ren & Sun (2016)."""

    n: int


@dataclass(frozen=True, slots=True)
class Upsample:
    """Each pixel repeated `factor` times in both directions."""

    factor: int


@dataclass(frozen=True, slots=True)
class Pad:
    """So many rows and columns of zeros around maps; what is below 0 is cut off."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Activation:
    """An elementwise function: one of `ACTIVATIONS`."""

    name: str


@dataclass(frozen=True, slots=True)
class TopK:
    """The k largest numbers, as far as they are above 0, the others 0: Makhzani & Frey (2014)."""

    k: int


@dataclass(frozen=True, slots=True)
class Reshape:
    """The same numbers in another shape (the batch axis not counted)."""

    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LeakyReLU:
    """x where it is above 0, else slope·x: Maas, Hannun & Ng (2013)."""

    slope: float


@dataclass(frozen=True, slots=True)
class Recall:
    """What left the layer so many places before this one, for a branch that begins there.

    One place more than there are layers before it is what the network was given.
    """

    back: int


@dataclass(frozen=True, slots=True)
class Add:
    """x + what left the layer so many places before this one, counted as by `Recall`."""

    back: int


@dataclass(frozen=True, slots=True)
class Called:
    """A user's own function, which can be run here and not be written (`aecore.wrap`)."""


@dataclass(frozen=True, slots=True)
class OnnxGraph:
    """A whole network as an ONNX file, which onnxruntime runs where the checkpoint lies.

    Attributes:
        n_bytes: of the file, which is the layer's only weight.
        given: the shape of what the graph takes, without the batch.
        shape: of what leaves the layer: an image's of a decoder, (n,) of an encoder.
        layout, shift, scale, output: how images enter and leave (`foreign.matching.Way`).
    """

    n_bytes: int
    given: tuple[int, ...]
    shape: tuple[int, ...]
    layout: str
    shift: float
    scale: float
    output: str


Layer = (
    Linear
    | Conv
    | ConvTranspose
    | RowConv
    | RowConvTranspose
    | Residual
    | Upsample
    | Pad
    | Activation
    | TopK
    | Reshape
    | LeakyReLU
    | Recall
    | Add
    | Called
    | OnnxGraph
)

KINDS: dict[str, type[Layer]] = {
    "linear": Linear,
    "conv": Conv,
    "conv_transpose": ConvTranspose,
    "row_conv": RowConv,
    "row_conv_transpose": RowConvTranspose,
    "residual": Residual,
    "upsample": Upsample,
    "pad": Pad,
    "activation": Activation,
    "top_k": TopK,
    "reshape": Reshape,
    "leaky_relu": LeakyReLU,
    "recall": Recall,
    "add": Add,
    "onnx": OnnxGraph,
}
ACTIVATIONS = ("identity", "relu", "silu", "gelu", "tanh", "sigmoid")
_NAMES = {layer: name for name, layer in KINDS.items()}


def n_weights(layer: Layer) -> int:
    """How many numbers of a layer are learnt, biases included."""
    if isinstance(layer, Linear):
        return (layer.n_in + 1) * layer.n_out
    if isinstance(layer, Conv | ConvTranspose):
        return (layer.n_in * layer.kernel**2 + 1) * layer.n_out
    if isinstance(layer, RowConv | RowConvTranspose):
        return (layer.n_in * layer.kernel + 1) * layer.n_out
    if isinstance(layer, Residual):
        return 2 * (9 * layer.n + 1) * layer.n
    return layer.n_bytes if isinstance(layer, OnnxGraph) else 0


def to_json(layers: tuple[Layer, ...]) -> list[dict[str, Any]]:
    """Describe layers as JSON objects with a `kind`."""
    return [{"kind": _NAMES[type(layer)], **asdict(layer)} for layer in layers]


def from_json(values: list[dict[str, Any]]) -> tuple[Layer, ...]:
    """Read what `to_json` wrote.

    Raises:
        ValueError: for a kind or a field this version does not know.
    """
    return tuple(_layer(dict(value)) for value in values)


def _layer(value: dict[str, Any]) -> Layer:
    kind = value.pop("kind", None)
    if kind not in KINDS:
        raise ValueError(f"unknown layer {kind!r}: this version knows {', '.join(KINDS)}")
    value |= {name: tuple(value[name]) for name in ("shape", "given") if name in value}
    try:
        return KINDS[kind](**value)
    except TypeError as error:
        raise ValueError(f"the layer {kind!r} has wrong fields: {error}") from None


def first_linear(layers: tuple[Layer, ...]) -> tuple[int, int]:
    """Position of the first linear layer, where a class comes in, and how many numbers it gives.

    Raises:
        ValueError: for a body without one.
    """
    for place, layer in enumerate(layers):
        if isinstance(layer, Linear):
            return place, layer.n_out
    raise ValueError("a conditional model needs a linear layer; choose the dense or conv body")
