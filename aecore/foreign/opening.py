"""From two ONNX files to a checkpoint of ours, so that every page works with them unchanged."""

import math
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from aecore.arrays import CodeArray, ImageArray
from aecore.configs import require
from aecore.errors import ForeignModelError
from aecore.foreign import nodes, packages
from aecore.foreign.flattening import Listed, flatten
from aecore.foreign.matching import LOGITS, SCALED, Match, Way, match
from aecore.foreign.nodes import Node, Value
from aecore.foreign.operators import Unknown
from aecore.foreign.reading import Graph, read
from aecore.foreign.tracing import BATCH, Traced, trace
from aecore.models.base import Autoencoder
from aecore.models.bodies import GIVEN
from aecore.models.config import ModelConfig
from aecore.models.family import model_class
from aecore.models.layers import Activation
from aecore.models.networks import build
from aecore.training.config import TrainingConfig

N_CHECKED = 64
MEAN = re.compile(r"mu|mean|loc|embedding|latent|code", re.IGNORECASE)
LOG_VAR = re.compile(r"log.?(var|sigma2|s2)|lv", re.IGNORECASE)
SPREAD = re.compile(r"std|sigma|scale|var", re.IGNORECASE)
STANDARD = ("channels first",)
Shape3 = tuple[int, int, int]


class Converted(NamedTuple):
    """A model from elsewhere as one of ours.

    Attributes:
        model: in evaluation mode.
        way: how its images enter and leave, which is now part of its layers.
        layout: of what its encoder was given.
        mse, variance: of the reconstructions of up to 64 images, and of answering their mean.
        code_shape: of its code, before it was laid in a row.
        files: that it was read from.
    """

    model: Autoencoder
    way: Way
    layout: str
    mse: float
    variance: float
    code_shape: tuple[int, ...]
    files: tuple[Graph, Graph]

    def words(self) -> Iterator[str]:
        """Say what was found, in sentences."""
        model = self.model.config
        spread = "mean and log σ² of a posterior" if model.kind == "vae" else "a code, no spread"
        laid = ""
        if len(self.code_shape) > 1:
            laid = f", {'×'.join(map(str, self.code_shape))} laid in a row"
        yield f"The encoder gives {spread}: {model.code_dim} units{laid}."
        yield f"Found by what rebuilds best: {self.way.words(self.layout)}."
        yield f"MSE per pixel {self.mse:.5f}; answering the mean image always {self.variance:.5f}."


class _Ends(NamedTuple):
    encoder: Node
    decoder: Node
    posterior: bool
    code_shape: tuple[int, ...]


def side_of(encoder: Path) -> int | None:
    """The side of the images that an encoder takes, where it says so."""
    shape = _first(read(encoder))
    sizes = [size for size in shape[1:] if size is not None and size > 4]
    return sizes[-1] if len(shape) > 2 and sizes else None


def convert(encoder: Path, decoder: Path, images: ImageArray) -> Converted:
    """Read both files, and find how images enter and leave on up to 64 of them.

    Raises:
        ForeignModelError: in one sentence, for a file that can't be read, an operator that is not
            known, or a model that can't be fed these images.
    """
    files = read(encoder), read(decoder)
    shape = (images.shape[1], images.shape[2], images.shape[3])
    found: list[tuple[Match, str]] = []
    why: list[str] = []
    for layout, axes in _layouts(shape):
        if not _takes(files[0], _entered(Node(None, shape), axes)):
            continue
        try:
            ends = _ends(files, shape, axes, Way())
            found.append((_matched(ends, images), layout))
        except RecursionError:
            why.append("the model is nested too deeply")
        except ForeignModelError as error:
            why.append(str(error))
    if not found:
        raise ForeignModelError([*why, _unfit(files[0], shape)][0])
    best, layout = min(found, key=lambda each: each[0].mse)
    ends = _ends(files, shape, dict(_layouts(shape))[layout], best.way)
    made = _model(ends, shape)
    return Converted(made, best.way, layout, best.mse, best.variance, ends.code_shape, files)


def difference(made: Converted, images: ImageArray) -> float | None:
    """The largest |Δ pixel| from onnxruntime over up to 64 codes; None where that is not here."""
    try:
        runtime = packages.onnxruntime()
    except ForeignModelError:
        return None
    with torch.no_grad():
        codes = made.model.encode(torch.from_numpy(images[:N_CHECKED])).mean
        ours = made.model.decode(codes).numpy()
    graph = made.files[1]
    name, declared = next(iter(graph.inputs.items()))
    shape = made.code_shape if len(declared) == len(made.code_shape) + 1 else (-1,)
    given, step = codes.numpy().reshape(len(codes), *shape), declared[0] or len(codes)
    session = runtime.InferenceSession(
        graph.model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    parts = []
    for start in range(0, len(given) - step + 1, step):
        outputs = session.run(None, {name: given[start : start + step]})
        parts.append(next(each for each in outputs if each[0].size == ours[0].size))
    if not parts:
        return None
    theirs = _leave(np.concatenate(parts), made, ours.shape[1:])
    return float(np.abs(theirs - ours[: len(theirs)]).max())


def _leave(values: np.ndarray, made: Converted, shape: Shape3) -> ImageArray:
    last = values.shape[1:] != shape and "last" in made.layout
    layout = "channels last" if last else "channels first"
    return made.way._replace(layout=layout).leave(values, shape)


# ---- what enters ----------------------------------------------------------------------------


def _layouts(shape: Shape3) -> Iterator[tuple[str, tuple[int, ...]]]:
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


def _entered(start: Node, axes: tuple[int, ...]) -> Value:
    x = Value(start, tuple(axis for axis in axes if axis >= 0))
    return nodes.reshape(x, (math.prod(start.shape),)) if -1 in axes else x


def _takes(graph: Graph, x: Value) -> bool:
    declared = _first(graph)[1:]
    fits = len(declared) == len(x.shape)
    return fits and all(d in (None, s) for d, s in zip(declared, x.shape, strict=True))


def _first(graph: Graph) -> tuple[int | None, ...]:
    if len(graph.inputs) != 1:
        raise ForeignModelError(
            f"{graph.name} takes {len(graph.inputs)} inputs ({', '.join(graph.inputs)}); one is "
            "known what to do with: images for the encoder, codes for the decoder"
        )
    return next(iter(graph.inputs.values()))


def _unfit(graph: Graph, shape: Shape3) -> str:
    return f"{graph.name} takes {_said(graph)}, but the images are {shape}"


def _said(graph: Graph) -> str:
    return "×".join("any" if size is None else str(size) for size in _first(graph))


# ---- both ends ------------------------------------------------------------------------------


def _ends(files: tuple[Graph, Graph], shape: Shape3, axes: tuple[int, ...], way: Way) -> _Ends:
    encoder, decoder = files
    scaled = nodes.affine(
        nodes.value(Node(None, shape)), 1 / way.scale, -way.shift / way.scale
    ).node
    seen = trace(encoder, _entered(scaled, axes), _first(encoder)[0] or BATCH)
    mean, log_var = _posterior(encoder, seen)
    code_shape = mean.shape
    d = math.prod(code_shape)
    flat = nodes.reshape(mean, (d,)).node
    both = None
    if log_var is not None and math.prod(log_var.shape) == d:
        both = nodes.joined(flat, nodes.reshape(log_var, (d,)).node)
    return _Ends(
        both or flat, _decoder(decoder, d, code_shape, shape, axes, way), both is not None,
        code_shape,
    )  # fmt: skip


def _posterior(graph: Graph, seen: Traced) -> tuple[Value, Value | None]:
    """Mean and log σ², by the draw that was cut or by their names and shapes."""
    log_var: Value | None
    values = {name: each for name, each in seen.outputs.items() if isinstance(each, Value)}
    spread = [v for name, v in values.items() if LOG_VAR.search(name)]
    if seen.mean is not None:
        log_var = seen.log_var or (spread[0] if spread else None)
        return seen.mean, log_var and seen.free(log_var)
    others = {name: v for name, v in values.items() if not SPREAD.search(name)}
    named = [v for name, v in others.items() if MEAN.search(name)]
    if not others:
        raise ForeignModelError(_blocked(graph, seen))
    mean = named[0] if named else next(iter(others.values()))
    if spread:
        return mean, seen.free(spread[0])
    alike = [v for v in others.values() if v is not mean and v.shape == mean.shape]
    second = alike[0] if alike and len(others) == 2 else None
    return mean, second if second is None or second.node is not mean.node else None


def _blocked(graph: Graph, seen: Traced) -> str:
    """Which operator stands in the way, nearest to what the graph is given."""
    at: Any = next(iter(seen.outputs.values()), None)
    while isinstance(at, Unknown):
        inner = next((each for each in at.inputs if isinstance(each, Unknown)), None)
        if inner is None:
            return f"{graph.name} has an operator that is not known here: {at.operator}"
        at = inner
    return f"{graph.name} gives nothing that depends on what it is given"


def _decoder(
    graph: Graph,
    d: int,
    code_shape: tuple[int, ...],
    shape: Shape3,
    axes: tuple[int, ...],
    way: Way,
) -> Node:
    declared = _first(graph)
    sizes = tuple(code_shape if len(declared) == len(code_shape) + 1 else (d,))
    if len(declared) != len(sizes) + 1 or any(
        a not in (None, b) for a, b in zip(declared[1:], sizes, strict=True)
    ):
        raise ForeignModelError(
            f"{graph.name} takes codes {_said(graph)}, but the encoder gives {code_shape}"
        )
    start = nodes.reshape(nodes.value(Node(None, (d,))), sizes)
    seen = trace(graph, start, declared[0] or BATCH)
    values = [v for v in seen.outputs.values() if isinstance(v, Value)]
    images = [v for v in values if math.prod(v.shape) == math.prod(shape)]
    if not images:
        given = ", ".join(str(v.shape) for v in values)
        raise ForeignModelError(
            f"{graph.name} gives {given}, but the images are {shape}"
            if values
            else _blocked(graph, seen)
        )
    made = nodes.value(_image(images[0], shape, axes))
    if way.output == LOGITS:
        made = nodes.elementwise(Activation("sigmoid"), made)
    if way.output == SCALED:
        made = nodes.affine(made, way.scale, way.shift)
    return made.node


def _image(x: Value, shape: Shape3, axes: tuple[int, ...]) -> Node:
    """An image's node, channels first, whichever order it leaves in."""
    channels, height, width = shape
    last = x.shape == (height, width, channels) or (height == 1 and x.shape == (width, channels))
    if x.shape != shape and (last or (axes[0] != 0 and len(x.shape) == 1)):
        x = x if len(x.shape) == 3 else nodes.reshape(x, (height, width, channels))
        x = Value(x.node, (x.axes[2], x.axes[0], x.axes[1]))
    return nodes.function_last(nodes.reshape(x, shape).node)


# ---- as torch -------------------------------------------------------------------------------


def _matched(ends: _Ends, images: ImageArray) -> Match:
    d = math.prod(ends.code_shape)
    encoder, decoder = (_runnable(flatten(end)) for end in (ends.encoder, ends.decoder))

    def encode(entered: np.ndarray) -> CodeArray:
        return encoder(torch.from_numpy(entered))[:, :d].numpy()

    def decode(codes: CodeArray) -> np.ndarray:
        return decoder(torch.from_numpy(codes)).numpy()

    return match(encode, decode, images, STANDARD)


def _runnable(listed: Listed) -> Any:
    network = build(listed.layers)
    named = {k.partition(".")[2]: v for k, v in listed.named("network").items()}
    network.load_state_dict({k: torch.from_numpy(v) for k, v in named.items()})
    network.eval()

    def run(values: Tensor) -> Tensor:
        with torch.no_grad():
            return network(values)

    return run


def _model(ends: _Ends, shape: Shape3) -> Autoencoder:
    encoder, decoder = flatten(ends.encoder), flatten(ends.decoder)
    layers = decoder.layers
    if not layers or not isinstance(layers[-1], Activation):
        layers = (*layers, Activation("identity"))
    sigmoid = layers[-1] == Activation("sigmoid")
    config = ModelConfig(
        kind="vae" if ends.posterior else "ae",
        shape=shape,
        code_dim=math.prod(ends.code_shape),
        body=GIVEN,
        output="sigmoid" if sigmoid else "identity",
        likelihood="bernoulli" if sigmoid else "gaussian",
    )
    model = model_class(config.kind)(config, encoder.layers, layers)
    weights = encoder.named("encoder") | decoder.named("decoder")
    model.load_state_dict({k: torch.from_numpy(v) for k, v in weights.items()})
    return model.eval().requires_grad_(False)


# ---- the checkpoint -------------------------------------------------------------------------


class Opened(NamedTuple):
    """What became of two files.

    Attributes:
        path: of the checkpoint.
        converted: the model.
        difference: the largest |Δ pixel| from onnxruntime; None where that is not here.
    """

    path: Path
    converted: Converted
    difference: float | None


def open_onnx(
    encoder: Path, decoder: Path, data: str, out: Path, side: int | None = None
) -> Opened:
    """Convert two files to a checkpoint that the app lists.

    Args:
        encoder: from images to the posterior's mean and log σ², to a code or to a draw.
        decoder: from codes to images.
        data: a data set's name, or the path of your own: what is shown and measured.
        out: the checkpoint.
        side: to which your own images are brought; what the encoder takes unless said.

    Raises:
        ForeignModelError: in one sentence, where a file can't be read or shown.
        DataError: for data that are not there.
    """
    from aecore import production
    from aecore.data.catalogue import full_name
    from aecore.data.own import SIDES
    from aecore.recipes import Recipe
    from aecore.shelf import SUFFIX, register

    there = out.suffix == SUFFIX and out.parent.is_dir()
    require(there, "out", str(out), f"in a folder that is there, and end in {SUFFIX}")
    wanted = side or side_of(encoder)
    splits = production.load_splits(data, side=wanted if wanted in SIDES else SIDES[0])
    images = splits.test.images[:: max(1, len(splits.test) // N_CHECKED)][:N_CHECKED]
    made = convert(encoder, decoder, images)
    words = ["python", "-m", "aecore", "open", encoder.name, decoder.name, "--data", data]
    recipe = Recipe(full_name(data), made.model.config, TrainingConfig())
    production.finish(out, made.model, splits, recipe, shlex.join(words))
    register(out)
    return Opened(out, made, difference(made, images))
