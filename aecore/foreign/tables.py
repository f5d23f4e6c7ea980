"""Bare weights (.safetensors) with a list of layers in JSON, as graphs.

The list has the words of our own checkpoints' cards (`models.layers.KINDS`), and some for what
PyTorch has besides; weights lie as in PyTorch, by the names that `nn.Sequential` gives them.
"""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from aecore.errors import ForeignModelError
from aecore.foreign.graph import MOST_NODES, Graph, Sizes, Step
from aecore.foreign.reading import check_size
from aecore.models.layers import ACTIVATIONS

MOST_TEXT = 1_000_000
PARTS = ("encoder", "mean", "log_var", "decoder")
HEADS = ("mean", "log_var")
HOW = "see docs/command-line.md, Models from elsewhere"
OPERATORS = {
    "identity": "Identity", "relu": "Relu", "silu": "Swish", "gelu": "Gelu", "tanh": "Tanh",
    "sigmoid": "Sigmoid",
}  # fmt: skip
REPEATED = {
    "mode": b"nearest", "nearest_mode": b"floor",
    "coordinate_transformation_mode": b"asymmetric",
}  # fmt: skip
AXES = {  # of weights
    "linear": (2,), "conv": (4,), "conv_transpose": (4,), "row_conv": (3, 4),
    "row_conv_transpose": (3, 4),
}  # fmt: skip
FIRST = (*AXES, "residual", "reshape", "upsample", "pad")  # what asks for a shape


def read(path: Path, layers: Path | None) -> tuple[Graph, Graph]:
    """Read weights and the list that says what is done with them.

    Raises:
        ForeignModelError: in one sentence, for whatever is wrong with either.
    """
    if layers is None:
        raise ForeignModelError(
            f"{path.name} holds numbers alone; give the list of its layers, too, a .json (with "
            f"--layers on the command line; {HOW})"
        )
    weights, table = _weights(path), _table(layers)
    encoder, decoder = _Writer(path.name, weights), _Writer(path.name, weights)
    end = encoder.write("encoder", table["encoder"], "x")
    out = decoder.write("decoder", table["decoder"], "z")
    code = _taken(table["decoder"], decoder, picture=False)
    outputs = _heads(encoder, table, end, code[1])
    image = _taken(table["encoder"], encoder, picture=True)
    return encoder.graph({"x": image}, outputs), decoder.graph({"z": code}, (out,))


# ---- both files -----------------------------------------------------------------------------


def _weights(path: Path) -> dict[str, np.ndarray]:
    check_size(path)
    from safetensors import SafetensorError, safe_open

    found = {}
    try:
        with safe_open(path, "pt") as file:
            if "card" in (file.metadata() or {}):
                raise ForeignModelError(
                    f"{path.name} is a checkpoint of Autoencoder Explorer, which opens as it is"
                )
            for name in file.keys():  # noqa: SIM118  # no dict
                tensor = file.get_tensor(name)
                found[name] = (tensor.float() if tensor.is_floating_point() else tensor).numpy()
    except (SafetensorError, OSError, ValueError, TypeError, RuntimeError) as error:
        if isinstance(error, ForeignModelError):
            raise
        raise ForeignModelError(
            f"{path.name} is no safetensors file, or was cut; save it again"
        ) from None
    for name, array in found.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise ForeignModelError(f"{name} in {path.name} holds NaN or infinity")
    return found


def _table(path: Path) -> dict[str, list[dict[str, Any]]]:
    try:
        size = path.stat().st_size
        found = json.loads(path.read_bytes() if size <= MOST_TEXT else b"")
    except OSError as error:
        raise ForeignModelError(f"{path} can't be opened: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        raise ForeignModelError(f"{path.name} is no JSON of up to 1 MB; {HOW}") from None
    lists = isinstance(found, dict) and all(
        isinstance(v, list) and all(isinstance(each, dict) for each in v) for v in found.values()
    )
    if not lists or not {"encoder", "decoder"} <= found.keys() <= set(PARTS):
        raise ForeignModelError(
            f"{path.name} needs lists of layers called encoder and decoder, and may have mean and "
            f"log_var; {HOW}"
        )
    if ("mean" in found) != ("log_var" in found):
        raise ForeignModelError(f"{path.name} has one of mean and log_var; it needs both or none")
    if sum(map(len, found.values())) > MOST_NODES:
        raise ForeignModelError(f"{path.name} has more than {MOST_NODES:,} layers")
    return found


# ---- layers ---------------------------------------------------------------------------------


class _Layer(NamedTuple):
    """A layer of the list.

    Attributes:
        said: what the list says of it.
        name: that its weights begin with.
        seen: what its network was given, and what left each layer before it.
    """

    said: dict[str, Any]
    name: str
    seen: list[str]

    @property
    def x(self) -> str:
        """What it is given."""
        return self.seen[-1]


class _Writer:
    """One network after the other, as steps."""

    def __init__(self, file: str, weights: dict[str, np.ndarray]) -> None:
        self.file, self.weights = file, weights
        self.steps: list[Step] = []
        self.constants: dict[str, np.ndarray] = {}
        self.numbers: list[tuple[int, int]] = []  # channels into and out of layers with weights

    def graph(self, inputs: dict[str, Sizes], outputs: tuple[str, ...]) -> Graph:
        """What was written."""
        return Graph(self.file, tuple(self.steps), self.constants, inputs, outputs)

    def add(self, operator: str, *inputs: str, **options: Any) -> str:
        """Add a step with one output."""
        name = f"step {len(self.steps)}"
        self.steps.append(Step(operator, inputs, (name,), options))
        return name

    def name_last(self, name: str, x: str) -> str:
        """Give what was made the name of an output."""
        self.steps.append(Step("Identity", (x,), (name,), {}))
        return name

    def halved(self, x: str, n: int) -> list[str]:
        """Cut what was made in two."""
        names = [f"step {len(self.steps)}.{half}" for half in HEADS]
        sizes = self.constant(np.array([n, n]))
        self.steps.append(Step("Split", (x, sizes), tuple(names), {"axis": 1}))
        return names

    def constant(self, values: Any) -> str:
        """Keep numbers that are not learnt."""
        name = f"constant {len(self.constants)}"
        self.constants[name] = np.asarray(values)
        return name

    def learnt(self, layer: _Layer, name: str, axes: tuple[int, ...] = (1,)) -> str:
        """Keep weights of the file.

        Raises:
            ForeignModelError: where it has none, or of other axes.
        """
        full = f"{layer.name}.{name}"
        if full not in self.weights:
            near = [n for n in self.weights if n.partition(".")[0] == full.partition(".")[0]]
            there = ", ".join((near or [*self.weights])[:8])
            raise ForeignModelError(f"{self.file} has no {full}; it has {there or 'nothing'}")
        if self.weights[full].ndim not in axes:
            raise ForeignModelError(
                f"{full} in {self.file} has the shape {self.weights[full].shape}, which no layer "
                f"{layer.said['kind']} has"
            )
        self.constants[full] = self.weights[full]
        return full

    def bias(self, layer: _Layer) -> str:
        """The same; empty where the layer has none."""
        return self.learnt(layer, "bias") if f"{layer.name}.bias" in self.weights else ""

    def write(self, part: str, layers: list[dict[str, Any]], start: str) -> str:
        """Write a network, and return the name of what it gives."""
        seen = [start]
        for place, said in enumerate(layers):
            name = said.get("weights", f"{part}.{place}")
            try:
                seen.append(self._layer(_Layer(said, str(name), seen)))
            except (KeyError, TypeError, ValueError, IndexError) as error:
                if isinstance(error, ForeignModelError):
                    raise
                why = f"lacks {error}" if isinstance(error, KeyError) else f"({error})"
                raise ForeignModelError(
                    f"layer {place} of the {part}, {str(said)[:80]}, {why}; {HOW}"
                ) from None
        return seen[-1]

    def _layer(self, layer: _Layer) -> str:
        kind = layer.said.get("kind")
        if not isinstance(kind, str) or kind not in LAYERS:
            raise ForeignModelError(
                f"the layer {str(kind)[:40]!r} is not known; known are {', '.join(LAYERS)}"
            )
        return LAYERS[kind](self, layer)

    def fits(self, layer: _Layer, n_in: int, n_out: int, **sizes: int) -> None:
        """See that sizes that are said are those of the weights; they need not be said."""
        for name, size in {"n_in": n_in, "n_out": n_out, **sizes}.items():
            if layer.said.get(name, size) != size:
                raise ForeignModelError(
                    f"{layer.name} in {self.file} has {name} {size}, and the list says "
                    f"{str(layer.said[name])[:20]}"
                )
        self.numbers.append((n_in, n_out))


def _linear(w: _Writer, layer: _Layer) -> str:
    weight = w.learnt(layer, "weight", AXES["linear"])
    n_out, n_in = w.weights[weight].shape
    w.fits(layer, n_in, n_out)
    return w.add("Gemm", layer.x, weight, w.bias(layer), transB=1)


def _convolution(w: _Writer, layer: _Layer) -> str:
    said, kind = layer.said, layer.said["kind"]
    transposed, row = "transpose" in kind, kind.startswith("row")
    weight = w.learnt(layer, "weight", AXES[kind])
    shape = w.weights[weight].shape
    n = len(shape) - 2
    groups = int(said.get("groups", 1))
    n_in, n_out = (shape[0], shape[1] * groups) if transposed else (shape[1] * groups, shape[0])
    w.fits(layer, n_in, n_out, kernel=shape[-1])

    def each(size: Any, one: int) -> list[int]:
        return [one, int(size)] if row and n == 2 else [int(size)] * n

    options: dict[str, Any] = {
        "strides": each(said["stride"], 1), "pads": each(said["padding"], 0) * 2,
        "dilations": each(said.get("dilation", 1), 1), "group": groups,
    }  # fmt: skip
    if transposed:
        options["output_padding"] = each(said.get("output_padding", 0), 0)
    return w.add(
        "ConvTranspose" if transposed else "Conv", layer.x, weight, w.bias(layer), **options
    )


def _residual(w: _Writer, layer: _Layer) -> str:
    x = layer.x
    for part in ("first", "second"):
        own = layer._replace(name=f"{layer.name}.{part}")
        weight = w.learnt(own, "weight", (4,))
        n = len(w.weights[weight])
        w.fits(layer, n, n, n=n)
        x = w.add("Conv", x, weight, w.bias(own), strides=[1, 1], pads=[1] * 4)
        x = w.add("Relu", x) if part == "first" else x
    return w.add("Add", layer.x, x)


def _norm(w: _Writer, layer: _Layer) -> str:
    names = [w.learnt(layer, each) for each in ("running_mean", "running_var")]
    n = w.weights[names[0]].shape
    scale = w.learnt(layer, "weight") if f"{layer.name}.weight" in w.weights else ""
    scale = scale or w.constant(np.ones(n))
    shift = w.bias(layer) or w.constant(np.zeros(n))
    epsilon = float(layer.said.get("eps", 1e-5))
    return w.add("BatchNormalization", layer.x, scale, shift, *names, epsilon=epsilon)


def _function(w: _Writer, layer: _Layer) -> str:
    name = layer.said["name"]
    if name not in ACTIVATIONS:
        raise ForeignModelError(
            f"the activation {str(name)[:40]!r} is not known; known are {', '.join(ACTIVATIONS)}"
        )
    options = {"approximate": b"tanh"} if name == "gelu" else {}
    return w.add(OPERATORS[name], layer.x, **options)


def _leaky(w: _Writer, layer: _Layer) -> str:
    return w.add("LeakyRelu", layer.x, alpha=float(layer.said["slope"]))


def _reshaped(w: _Writer, layer: _Layer) -> str:
    sizes = [int(size) for size in layer.said["shape"]]
    return w.add("Reshape", layer.x, w.constant(np.array([0, *sizes])))


def _repeated(w: _Writer, layer: _Layer) -> str:
    factor = int(layer.said["factor"])
    scales = w.constant(np.array([1, 1, factor, factor], np.float32))
    return w.add("Resize", layer.x, "", scales, **REPEATED)


def _padded(w: _Writer, layer: _Layer) -> str:
    top, left, bottom, right = (int(layer.said[n]) for n in ("top", "left", "bottom", "right"))
    return w.add("Pad", layer.x, w.constant(np.array([0, 0, top, left, 0, 0, bottom, right])))


def _largest(w: _Writer, layer: _Layer) -> str:
    return w.add("KeepLargest", layer.x, k=int(layer.said["k"]))


def _recalled(w: _Writer, layer: _Layer) -> str:
    del w
    return layer.seen[-int(layer.said["back"])]


def _added(w: _Writer, layer: _Layer) -> str:
    return w.add("Add", layer.x, _recalled(w, layer))


LAYERS: dict[str, Callable[[_Writer, _Layer], str]] = {
    "linear": _linear,
    **dict.fromkeys(("conv", "conv_transpose", "row_conv", "row_conv_transpose"), _convolution),
    "residual": _residual,
    "upsample": _repeated,
    "pad": _padded,
    "activation": _function,
    "reshape": _reshaped,
    "leaky_relu": _leaky,
    "top_k": _largest,
    "recall": _recalled,
    "add": _added,
    "batch_norm": _norm,
}


# ---- both ends ------------------------------------------------------------------------------


def _heads(
    encoder: _Writer, table: dict[str, list[dict[str, Any]]], end: str, code: int | None
) -> tuple[str, ...]:
    """What the encoder gives: two heads, twice as many numbers as the decoder takes, or a code."""
    if "mean" in table:
        made = [encoder.write(head, table[head], end) for head in HEADS]
    elif encoder.numbers and code is not None and encoder.numbers[-1][1] == 2 * code:
        made = encoder.halved(end, code)
    else:
        made = [end]
    return tuple(
        encoder.name_last(name, x)
        for name, x in zip(HEADS if len(made) == 2 else ("code",), made, strict=True)
    )


def _taken(layers: list[dict[str, Any]], writer: _Writer, *, picture: bool) -> Sizes:
    """The shape that the first layer takes that asks for one."""
    kind = next((each["kind"] for each in layers if each["kind"] in FIRST), None)
    if kind == "reshape" and not picture:
        sizes = next(each["shape"] for each in layers if each["kind"] == kind)
        return None, math.prod(int(size) for size in sizes)
    if kind in ("reshape", "upsample", "pad"):
        return None, None, None, None
    if kind is None:
        return None, None
    weight = next(array for array in writer.constants.values() if array.ndim > 1)
    return None, writer.numbers[0][0], *[None] * (weight.ndim - 2)
