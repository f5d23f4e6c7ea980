"""From two ONNX files to a checkpoint of ours, so that every page works with them unchanged."""

import math
import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from aecore.arrays import CodeArray, ImageArray
from aecore.configs import require
from aecore.data.catalogue import full_name
from aecore.data.own import SIDES
from aecore.errors import ForeignModelError
from aecore.foreign import nodes, packages
from aecore.foreign.flattening import Listed, flatten
from aecore.foreign.matching import LOGITS, NEARLY, SCALED, Match, Way, matches
from aecore.foreign.nodes import Node, Value
from aecore.foreign.operators import Unknown
from aecore.foreign.reading import PICKLES, Graph, read, refuse_code
from aecore.foreign.tracing import BATCH, Traced, trace
from aecore.models.base import Autoencoder
from aecore.models.bodies import GIVEN
from aecore.models.config import ModelConfig
from aecore.models.family import model_class
from aecore.models.layers import Activation
from aecore.models.networks import build
from aecore.production import Splits, finish, load_splits
from aecore.recipes import Recipe
from aecore.shelf import SUFFIX, register
from aecore.training.config import TrainingConfig

N_CHECKED = 64
MOST_READINGS = 4  # that one is asked to choose among
ALIKE = 1e-6  # of an error: two readings that differ by less rebuild alike
SUFFIXES = (".onnx",)
LONGEST = 60  # characters of an output's name in a sentence
MEAN = re.compile(r"mu|mean|loc|embedding|latent|code", re.IGNORECASE)
LOG_VAR = re.compile(r"log.?(var|sigma2|s2)|lv", re.IGNORECASE)
SPREAD = re.compile(r"std|sigma|scale|var", re.IGNORECASE)
STANDARD = ("channels first",)
Shape3 = tuple[int, int, int]


class Reading(NamedTuple):
    """One way to understand two files.

    Attributes:
        layout: of what the encoder is given.
        match: how images enter and leave, and how well that rebuilds up to 64 of them.
        outputs: names of the encoder's outputs that are taken for mean and log σ², where nothing
            but the pictures says which is which.
    """

    layout: str
    match: Match
    outputs: tuple[str, ...] = ()

    def words(self) -> str:
        """Say it."""
        said = self.match.way.words(self.layout)
        if not self.outputs:
            return said
        mean, log_var = (name[:LONGEST] for name in self.outputs)
        return f"{said}; mean is {mean}, log σ² {log_var}"


class Converted(NamedTuple):
    """A model from elsewhere as one of ours.

    Attributes:
        model: in evaluation mode.
        way: how its images enter and leave, which is now part of its layers.
        layout: of what its encoder was given.
        mse, variance: of the reconstructions of up to 64 images, and of answering their mean.
        code_shape: of its code, before it was laid in a row.
        files: that it was read from.
        readings: all that rebuild about as well, best first.
        chosen: which of them it is, from 0.
    """

    model: Autoencoder
    way: Way
    layout: str
    mse: float
    variance: float
    code_shape: tuple[int, ...]
    files: tuple[Graph, Graph]
    readings: tuple[Reading, ...] = ()
    chosen: int = 0

    def words(self) -> Iterator[str]:
        """Say what was found, in sentences."""
        model = self.model.config
        spread = "mean and log σ² of a posterior" if model.kind == "vae" else "a code, no spread"
        laid = ""
        if len(self.code_shape) > 1:
            laid = f", {'×'.join(map(str, self.code_shape))} laid in a row"
        yield f"The encoder gives {spread}: {model.code_dim} units{laid}."
        how = "Chosen" if self.chosen else "Found by what rebuilds best"
        yield f"{how}: {self.readings[self.chosen].words()}."
        yield f"MSE per pixel {self.mse:.5f}; answering the mean image always {self.variance:.5f}."


class _Heads(NamedTuple):
    """What an encoder gives; the outputs' names where these don't say which is which."""

    mean: Value
    log_var: Value | None
    outputs: tuple[str, ...] = ()


class _Ends(NamedTuple):
    encoder: Node
    decoder: Node
    posterior: bool
    code_shape: tuple[int, ...]
    outputs: tuple[str, ...]


def halves(files: Sequence[Path]) -> tuple[Path, Path]:
    """Encoder and decoder among files, by their names, else by how many numbers each takes.

    Other files are left where they are: one of the two may keep its numbers in them.

    Raises:
        ForeignModelError: for another number of models, and for files that may hold code.
    """
    models = [each for each in files if each.suffix.lower() in (*SUFFIXES, *PICKLES)]
    if len(models) != 2:
        for each in files:
            refuse_code(each)
        said = ", ".join(each.name for each in models) or "none"
        raise ForeignModelError(
            f"a model is two {' or '.join(SUFFIXES)} files, an encoder and a decoder; given: "
            f"{said}"
        )
    first, second = sorted(models, key=lambda each: _says(each, "dec") - _says(each, "enc"))
    if _says(first, "enc") or _says(second, "dec"):
        return first, second
    sizes = [_n_taken(read(each)) for each in (first, second)]
    return (second, first) if sizes[0] < sizes[1] else (first, second)


def _says(path: Path, word: str) -> bool:
    return word in path.name.lower()


def _n_taken(graph: Graph) -> int:
    """Numbers that a graph takes for each image or code; 0 where it leaves them open."""
    return math.prod(size or 0 for size in _first(graph)[1:])


def side_of(encoder: Path) -> int | None:
    """The side of the images that an encoder takes, where it says so."""
    shape = _first(read(encoder))
    if len(shape) == 2:
        squares = {n * side**2: side for n in (1, 3) for side in SIDES}
        return squares.get(shape[1] or 0)
    sizes = [size for size in shape[1:] if size is not None and size > 4]
    return sizes[-1] if sizes else None


def convert(encoder: Path, decoder: Path, images: ImageArray, chosen: int = 0) -> Converted:
    """Read both files, and find how images enter and leave on up to 64 of them.

    Args:
        encoder: from images to codes.
        decoder: from codes to images.
        images: (n, channels, height, width), intensity in [0, 1].
        chosen: which of `Converted.readings`, which are the same for the same files and images.

    Raises:
        ForeignModelError: in one sentence, for a file that can't be read, an operator that is not
            known, or a model that can't be fed these images.
        ValueError: for a reading that there is not.
    """
    files = read(encoder), read(decoder)
    readings = _readings(files, images)
    require(0 <= chosen < len(readings), "the reading", chosen + 1, f"1 to {len(readings)}")
    return _converted(files, images, readings, chosen)


def conversions(encoder: Path, decoder: Path, images: ImageArray) -> Iterator[Converted]:
    """`convert`, by one reading after the other, best first.

    Raises:
        ForeignModelError: as `convert`.
    """
    files = read(encoder), read(decoder)
    readings = _readings(files, images)
    for chosen in range(len(readings)):
        yield _converted(files, images, readings, chosen)


def _converted(
    files: tuple[Graph, Graph], images: ImageArray, readings: tuple[Reading, ...], chosen: int
) -> Converted:
    shape = (images.shape[1], images.shape[2], images.shape[3])
    one = readings[chosen]
    way, mse, variance = one.match
    ends = next(
        each
        for each in _ends(files, shape, dict(_layouts(shape))[one.layout], way)
        if each.outputs == one.outputs
    )
    made = _model(ends, shape)
    return Converted(
        made, way, one.layout, mse, variance, ends.code_shape, files, readings, chosen
    )


def _readings(files: tuple[Graph, Graph], images: ImageArray) -> tuple[Reading, ...]:
    """Every reading that rebuilds about as well as the best, which is the first.

    Where that is no better than the images' mean, pictures tell nothing, and the best is alone.
    Where the encoder's outputs could be exchanged, the best of either order is among them.
    """
    found = _found(files, images)
    best = min((own[0] for own in found), key=lambda each: each.match.mse)
    exchanged = [own[0] for own in found if len(own[0].outputs) and own[0].layout == best.layout]
    rest = sorted((each for own in found for each in own), key=lambda each: each.match.mse)
    most = NEARLY * best.match.mse if best.match.mse < best.match.variance else 0
    near = [each for each in rest if each.match.mse <= most]
    chosen: list[Reading] = []
    for each in (best, *exchanged, *near):
        if not any(_alike(each, other) for other in chosen):
            chosen.append(each)
    return tuple(chosen[:MOST_READINGS])


def _alike(one: Reading, other: Reading) -> bool:
    return one.outputs == other.outputs and math.isclose(
        one.match.mse, other.match.mse, rel_tol=ALIKE
    )


def _found(files: tuple[Graph, Graph], images: ImageArray) -> list[list[Reading]]:
    """For each layout, and each order of outputs, the ways that can be run, best first."""
    shape = (images.shape[1], images.shape[2], images.shape[3])
    found: list[list[Reading]] = []
    why: list[str] = []
    for layout, axes in _layouts(shape):
        if not _takes(files[0], _entered(Node(None, shape), axes)):
            continue
        try:
            for ends in _ends(files, shape, axes, Way()):
                matched = _matched(ends, images)
                found.append([Reading(layout, each, ends.outputs) for each in matched])
        except RecursionError:
            why.append("the model is nested too deeply")
        except ForeignModelError as error:
            why.append(str(error))
    if not found:
        raise ForeignModelError([*why, _unfit(files[0], shape)][0])
    return found


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


def _ends(
    files: tuple[Graph, Graph], shape: Shape3, axes: tuple[int, ...], way: Way
) -> list[_Ends]:
    """Both networks for each way to take what the encoder gives."""
    encoder, decoder = files
    scaled = nodes.affine(
        nodes.value(Node(None, shape)), 1 / way.scale, -way.shift / way.scale
    ).node
    seen = trace(encoder, _entered(scaled, axes), _first(encoder)[0] or BATCH)
    ends = []
    for mean, log_var, outputs in _heads(encoder, seen):
        d = math.prod(mean.shape)
        flat = nodes.reshape(mean, (d,)).node
        both = None
        if log_var is not None and math.prod(log_var.shape) == d:
            both = nodes.joined(flat, nodes.reshape(log_var, (d,)).node)
        made = _decoder(decoder, d, mean.shape, shape, axes, way)
        ends.append(_Ends(both or flat, made, both is not None, mean.shape, outputs))
    return ends


def _heads(graph: Graph, seen: Traced) -> list[_Heads]:
    """Mean and log σ², by the draw that was cut or by their names and shapes.

    Where two outputs are alike and their names say nothing, either may be the mean.
    """
    log_var: Value | None
    values = {name: each for name, each in seen.outputs.items() if isinstance(each, Value)}
    spread = [v for name, v in values.items() if LOG_VAR.search(name)]
    if seen.mean is not None:
        log_var = seen.log_var or (spread[0] if spread else None)
        return [_Heads(seen.mean, log_var and seen.free(log_var))]
    others = {name: v for name, v in values.items() if not SPREAD.search(name)}
    named = [v for name, v in others.items() if MEAN.search(name)]
    if not others:
        raise ForeignModelError(_blocked(graph, seen))
    mean = named[0] if named else next(iter(others.values()))
    if spread:
        return [_Heads(mean, seen.free(spread[0]))]
    alike = [v for v in others.values() if v is not mean and v.shape == mean.shape]
    second = alike[0] if alike and len(others) == 2 else None
    if second is None or second.node is mean.node:
        return [_Heads(mean, None)]
    if len(named) == 1:
        return [_Heads(mean, seen.free(second))]
    first, last = others
    return [
        _Heads(mean, seen.free(second), (first, last)),
        _Heads(second, seen.free(mean), (last, first)),
    ]


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


def _matched(ends: _Ends, images: ImageArray) -> tuple[Match, ...]:
    d = math.prod(ends.code_shape)
    encoder, decoder = (_runnable(flatten(end)) for end in (ends.encoder, ends.decoder))

    def encode(entered: np.ndarray) -> CodeArray:
        return encoder(torch.from_numpy(entered))[:, :d].numpy()

    def decode(codes: CodeArray) -> np.ndarray:
        return decoder(torch.from_numpy(codes)).numpy()

    return matches(encode, decode, images, STANDARD)


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


def compared(largest: float | None) -> str:
    """Say how far pixels are from onnxruntime's, as `difference` measured it."""
    if largest is None:
        return 'Not compared with onnxruntime, which is not here (pip install -e ".[models]").'
    return f"Largest |Δ pixel| from onnxruntime: {largest:.1e}."


def shown_with(encoder: Path, data: str, side: int | None = None) -> tuple[Splits, ImageArray]:
    """Load what a model is shown with: all splits, and up to 64 test images to find its way by.

    Args:
        encoder: its file.
        data: a data set's name, or the path of your own.
        side: to which your own images are brought; what the encoder takes unless said.

    Raises:
        DataError: for data that are not there.
        ForeignModelError: for a file that can't be read.
    """
    wanted = side or side_of(encoder)
    splits = load_splits(data, side=wanted if wanted in SIDES else SIDES[0])
    step = max(1, len(splits.test) // N_CHECKED)
    return splits, splits.test.images[::step][:N_CHECKED]


def open_onnx(
    encoder: Path,
    decoder: Path,
    data: str,
    out: Path,
    side: int | None = None,
    chosen: int = 0,
) -> Opened:
    """Convert two files to a checkpoint that the app lists.

    Args:
        encoder: from images to the posterior's mean and log σ², to a code or to a draw.
        decoder: from codes to images.
        data: a data set's name, or the path of your own: what is shown and measured.
        out: the checkpoint.
        side: to which your own images are brought; what the encoder takes unless said.
        chosen: which reading of the files (`convert`), from 0.

    Raises:
        ForeignModelError: in one sentence, where a file can't be read or shown.
        DataError: for data that are not there.
    """
    made, images = save(encoder, decoder, data, out, side, chosen)
    register(out)
    return Opened(out, made, difference(made, images))


def save(
    encoder: Path, decoder: Path, data: str, out: Path, side: int | None, chosen: int
) -> tuple[Converted, ImageArray]:
    """Write the checkpoint of `open_onnx`, and list it nowhere; returns what images it found.

    Raises:
        ForeignModelError, DataError: as `open_onnx`.
    """
    there = out.suffix == SUFFIX and out.parent.is_dir()
    require(there, "out", str(out), f"in a folder that is there, and end in {SUFFIX}")
    splits, images = shown_with(encoder, data, side)
    made = convert(encoder, decoder, images, chosen)
    words = ["python", "-m", "aecore", "open", encoder.name, decoder.name, "--data", data]
    words += ["--reading", str(chosen + 1)] if chosen else []
    recipe = Recipe(full_name(data), made.model.config, TrainingConfig())
    finish(out, made.model, splits, recipe, shlex.join(words))
    return made, images
