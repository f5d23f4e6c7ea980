"""A model as ONNX, written from its layers and compared with torch by onnxruntime.

Weights keep their names of the checkpoint ("encoder.0.weight"); any number of images is a batch.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from aecore.checkpoints import Stored, build
from aecore.errors import DataError, ForeignModelError
from aecore.files import whole
from aecore.foreign import packages
from aecore.models.family import family_of
from aecore.models.layers import (
    Activation,
    Add,
    Called,
    Conv,
    ConvTranspose,
    Layer,
    LeakyReLU,
    Linear,
    Pad,
    Recall,
    Reshape,
    Residual,
    RowConv,
    RowConvTranspose,
    TopK,
    Upsample,
    first_linear,
)
from aecore.models.vae import LOG_VAR_RANGE

OPSET = 20  # the first with Gelu
IR_VERSION = 9
TOLERANCE = 1e-5
N_CHECKED = 16
BATCH = "n"
OPERATORS = {"identity": "Identity", "relu": "Relu", "tanh": "Tanh", "sigmoid": "Sigmoid"}
PARTS = ("encoder", "decoder", "both")
SUFFIX = ".onnx"
Shapes = dict[str, list[str | int]]  # of inputs or outputs, by name


class Written(NamedTuple):
    """One file.

    Attributes:
        path: where it is.
        part: "encoder", "decoder" or "both", which rebuilds an image.
        n_bytes: its size.
        difference: the largest from what torch computes, on random images, or on
            stored codes; as a share of
            the largest number where that is above 1.
    """

    path: Path
    part: str
    n_bytes: int
    difference: float


def export(stored: Stored, folder: Path, name: str) -> tuple[Written, ...]:
    """Write encoder, decoder and both as NAME-encoder.onnx, NAME-decoder.onnx and NAME.onnx.

    The encoder takes `image` (n, channels, height, width) with intensity in [0, 1] and gives
    `mean` and `log_var` (log σ²) of the posterior, or `code`; the decoder takes `code` (n, d) and
    gives `image`. A conditional model also takes `label`, class numbers (n,) as int64. Of a model
    without an encoder there is the decoder alone.

    Raises:
        ForeignModelError: where a package is missing, or onnxruntime computes something else than
            torch by more than 1e-5; the files are then not written.
        DataError: if the folder can't be written to.
    """
    if Called() in stored.card.decoder:
        raise ForeignModelError("a wrapped model is run by its own functions; export it by these")
    if stored.card.served:
        raise ForeignModelError(
            "this model is kept as the ONNX files that were brought: use those"
        )
    parts = PARTS if stored.card.encodes else ("decoder",)
    files = {part: _model(stored, part).SerializeToString() for part in parts}
    differences = {part: _difference(stored, part, content) for part, content in files.items()}
    for part, difference in differences.items():
        if not difference <= TOLERANCE:
            raise ForeignModelError(
                f"the {part} of {name} computes something else as ONNX (by {difference:.2g}); "
                "nothing was written"
            )
    made = []
    for part, content in files.items():
        path = folder / (f"{name}{SUFFIX}" if part == "both" else f"{name}-{part}{SUFFIX}")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with whole(path) as unfinished:
                unfinished.write_bytes(content)
        except OSError as error:
            raise DataError(f"{path} can't be written: {error.strerror or error}") from None
        made.append(Written(path, part, len(content), differences[part]))
    return tuple(made)


# ---- the graph ------------------------------------------------------------------------------


class Graph:
    """Nodes and constants, one after the other; tensors are known by their names."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self.weights = weights
        self.nodes: list[Any] = []
        self.constants: dict[str, np.ndarray] = {}

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add a node with one output, and return the output's name."""
        (name,) = self.several(operator, 1, *inputs, **attributes)
        return name

    def several(self, operator: str, n: int, *inputs: str, **attributes: Any) -> list[str]:
        """Add a node with n outputs."""
        names = [f"{operator.lower()}{len(self.nodes)}.{i}" for i in range(n)]
        node = packages.onnx().helper.make_node(operator, list(inputs), names, **attributes)
        self.nodes.append(node)
        return names

    def name_last(self, name: str, made: str) -> str:
        """Give what was made the name of an output of the whole."""
        self.nodes.append(packages.onnx().helper.make_node("Identity", [made], [name]))
        return name

    def constant(self, values: Any, dtype: Any = np.int64) -> str:
        """Keep numbers that are not learnt."""
        name = f"constant.{len(self.constants)}"
        self.constants[name] = np.asarray(values, dtype)
        return name

    def learnt(self, name: str) -> str:
        """Keep weights of the checkpoint, under their name there."""
        self.constants[name] = self.weights[name].astype(np.float32)
        return name


def _model(stored: Stored, part: str) -> Any:
    helper, graph = packages.onnx().helper, Graph(stored.weights)
    card = stored.card
    outputs: Shapes = {}
    start = "code" if part == "decoder" else "image"
    inputs = {start: [BATCH, *(card.model.shape if start == "image" else [card.model.code_dim])]}
    code = start
    if part != "decoder":
        outputs, code = _encoded(graph, stored)
    if part != "encoder":
        image = graph.name_last(
            "reconstruction" if part == "both" else "image",
            _network(graph, stored, "decoder", code),
        )
        outputs = {image: [BATCH, *card.model.shape], **outputs}
    types = packages.onnx().TensorProto
    given = [helper.make_tensor_value_info(k, types.FLOAT, v) for k, v in inputs.items()]
    if card.model.n_classes:
        given.append(helper.make_tensor_value_info("label", types.INT64, [BATCH]))
    made = helper.make_graph(
        graph.nodes,
        part,
        given,
        [helper.make_tensor_value_info(k, types.FLOAT, v) for k, v in outputs.items()],
        [packages.onnx().numpy_helper.from_array(v, k) for k, v in graph.constants.items()],
    )
    model = helper.make_model(
        made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION,
        producer_name="autoencoder-explorer", producer_version=card.version,
    )  # fmt: skip
    helper.set_model_props(model, {"data": Path(card.data).name, "classes": _classes(stored)})
    packages.onnx().checker.check_model(model)
    return model


def _classes(stored: Stored) -> str:
    return json.dumps(stored.card.classes, ensure_ascii=False)


def _encoded(graph: Graph, stored: Stored) -> tuple[Shapes, str]:
    """The encoder's outputs with their shapes, and the name of the code."""
    card = stored.card
    numbers = _network(graph, stored, "encoder", "image")
    shape: list[str | int] = [BATCH, card.model.code_dim]
    if not family_of(card.model.kind).posterior:
        return {graph.name_last("code", numbers): shape}, "code"
    mean, log_var = graph.several("Split", 2, numbers, axis=1, num_outputs=2)
    bounds = [graph.constant(bound, np.float32) for bound in LOG_VAR_RANGE]
    clipped = graph.add("Clip", log_var, *bounds)
    names = graph.name_last("mean", mean), graph.name_last("log_var", clipped)
    return dict.fromkeys(names, shape), "mean"


def _network(graph: Graph, stored: Stored, network: str, start: str) -> str:
    layers: tuple[Layer, ...] = getattr(stored.card, network)
    told = first_linear(layers)[0] if stored.card.model.n_classes else -1
    seen = [start]
    for place, layer in enumerate(layers):
        if isinstance(layer, Recall):
            seen.append(seen[-layer.back])
        elif isinstance(layer, Add):
            seen.append(graph.add("Add", seen[-1], seen[-layer.back]))
        else:
            seen.append(_layer(graph, layer, f"{network}.{place}", seen[-1]))
        if place == told:
            row = graph.add("Gather", graph.learnt(f"tables.{network}"), "label")
            seen[-1] = graph.add("Add", seen[-1], row)
    return seen[-1]


def _layer(graph: Graph, layer: Layer, name: str, x: str) -> str:
    match layer:
        case Linear():
            weights = graph.learnt(f"{name}.weight"), graph.learnt(f"{name}.bias")
            made = graph.add("Gemm", x, *weights, transB=1)
        case Residual(n):
            inner = Conv(n, n, 3, 1, 1)
            hidden = graph.add("Relu", _convolution(graph, inner, f"{name}.first", x))
            made = graph.add("Add", x, _convolution(graph, inner, f"{name}.second", hidden))
        case Upsample(factor):
            scales = graph.constant([1, 1, factor, factor], np.float32)
            made = graph.add(
                "Resize", x, "", scales, mode="nearest", nearest_mode="floor",
                coordinate_transformation_mode="asymmetric",
            )  # fmt: skip
        case Activation() | LeakyReLU():
            made = _function(graph, layer, x)
        case TopK(k):
            made = _largest(graph, k, x)
        case Reshape(shape):
            made = graph.add("Reshape", x, graph.constant([0, *shape]))
        case Conv() | ConvTranspose() | RowConv() | RowConvTranspose():
            made = _convolution(graph, layer, name, x)
        case _:
            made = _padding(graph, layer, x)
    return made


def _padding(graph: Graph, layer: Layer, x: str) -> str:
    if not isinstance(layer, Pad):
        raise ForeignModelError(f"{layer} can't be written as ONNX")
    pads = [0, 0, layer.top, layer.left, 0, 0, layer.bottom, layer.right]
    return graph.add("Pad", x, graph.constant(pads))


def _convolution(
    graph: Graph, layer: Conv | ConvTranspose | RowConv | RowConvTranspose, name: str, x: str
) -> str:
    row = isinstance(layer, RowConv | RowConvTranspose)
    transposed = isinstance(layer, ConvTranspose | RowConvTranspose)
    padding = [0 if row else layer.padding, layer.padding]
    return graph.add(
        "ConvTranspose" if transposed else "Conv",
        x,
        graph.learnt(f"{name}.weight"),
        graph.learnt(f"{name}.bias"),
        kernel_shape=[1 if row else layer.kernel, layer.kernel],
        strides=[1 if row else layer.stride, layer.stride],
        pads=[*padding, *padding],
    )


def _function(graph: Graph, layer: Activation | LeakyReLU, x: str) -> str:
    if isinstance(layer, LeakyReLU):
        return graph.add("LeakyRelu", x, alpha=layer.slope)
    if layer.name == "silu":
        return graph.add("Mul", x, graph.add("Sigmoid", x))
    if layer.name == "gelu":
        return graph.add("Gelu", x, approximate="tanh")
    return graph.add(OPERATORS[layer.name], x)


def _largest(graph: Graph, k: int, x: str) -> str:
    values, places = graph.several("TopK", 2, x, graph.constant([k]), axis=1)
    nothing = graph.add("ConstantOfShape", graph.add("Shape", x))
    return graph.add("ScatterElements", nothing, places, graph.add("Relu", values), axis=1)


# ---- the check ------------------------------------------------------------------------------


def _difference(stored: Stored, part: str, content: bytes) -> float:
    """How far onnxruntime is from torch at most, over random images or stored codes."""
    import torch

    card, numbers = stored.card, np.random.default_rng(0)
    images = numbers.random((N_CHECKED, *card.model.shape), np.float32)
    stored_codes = stored.latents.codes
    codes = stored_codes[numbers.integers(len(stored_codes), size=N_CHECKED)]
    given: dict[str, np.ndarray] = {"code": codes} if part == "decoder" else {"image": images}
    model = build(stored)
    if n := card.model.n_classes:
        given["label"] = np.arange(N_CHECKED) % n
        model = model.told(given["label"])
    with torch.no_grad():
        if part == "decoder":
            wanted = [model.decode(torch.from_numpy(codes))]
        else:
            posterior = model.encode(torch.from_numpy(images))
            wanted = [each for each in posterior if each is not None]
            wanted = [*([model.decode(posterior.mean)] if part == "both" else []), *wanted]
    session = packages.onnxruntime().InferenceSession(content, providers=["CPUExecutionProvider"])
    pairs = zip(session.run(None, given), wanted, strict=True)
    return max(
        float(np.abs(made - true.numpy()).max() / max(1.0, float(true.abs().max())))
        for made, true in pairs
    )
