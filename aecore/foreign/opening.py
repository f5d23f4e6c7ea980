"""From files of elsewhere to a checkpoint of ours, so that every page works with it unchanged."""

import contextlib
import itertools
import math
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from aecore.arrays import CodeArray, ImageArray
from aecore.configs import require
from aecore.data.catalogue import full_name
from aecore.data.pictures.sizes import Side, Size
from aecore.errors import ForeignModelError, UnknownOperatorError
from aecore.export import served
from aecore.foreign import formats, serving
from aecore.foreign.ends import Ends, Shape3, entered, first, follow, layouts, takes, unfit
from aecore.foreign.flattening import Listed, flatten
from aecore.foreign.formats import NOTHING_ASKED, Asked
from aecore.foreign.graph import Graph
from aecore.foreign.matching import N_TRIED, NEARLY, Match, Way, matches
from aecore.foreign.nodes import Node
from aecore.foreign.posteriors import Choice, choices
from aecore.foreign.tracing import BATCH, trace
from aecore.foreign.whole import cut
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
LONGEST = 60  # characters of an output's name in a sentence
STANDARD = ("channels first",)


class Reading(NamedTuple):
    """One way to understand a model's files.

    Attributes:
        layout: of what the encoder is given.
        match: how images enter and leave, and how well that rebuilds up to 64 of them.
        halves: encoder and decoder as they were read, or cut.
        choice: the encoder's outputs that are mean and log σ².
        outputs: their names, where nothing but the pictures says which is which.
        served: of a model that onnxruntime runs, because of an operator that no layer stands for.
    """

    layout: str
    match: Match
    halves: tuple[Graph, Graph]
    choice: Choice
    outputs: tuple[str | None, ...] = ()
    served: serving.Found | None = None

    def words(self) -> str:
        """Say it."""
        said = self.match.way.words(self.layout)
        if not self.outputs:
            return said
        mean, log_var = (name[:LONGEST] if name else "none" for name in self.outputs)
        return f"{said}; mean is {mean}, log σ² {log_var}"


class Converted(NamedTuple):
    """A model from elsewhere as one of ours.

    Attributes:
        model: in evaluation mode.
        way: how its images enter and leave, which is now part of its layers.
        layout: of what its encoder was given.
        mse, variance: of the reconstructions of up to 64 images, and of answering their mean.
        code_shape: of its code, before it was laid in a row.
        files: encoder and decoder as they were read, or cut; the decoder gives an image alone.
        readings: all that rebuild about as well, best first.
        chosen: which of them it is, from 0.
        served: why a server runs it as it is; empty for a model of layers.
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
    served: str = ""

    def words(self) -> Iterator[str]:
        """Say what was found, in sentences."""
        model = self.model.config
        spread = "mean and log σ² of a posterior" if model.kind == "vae" else "a code, no spread"
        laid = ""
        if len(self.code_shape) > 1:
            laid = f", {'×'.join(map(str, self.code_shape))} laid in a row"
        if (place := self.files[0].code) is not None:
            yield f"{self.files[0].name} has both halves; it is cut at {place}."
        yield f"The encoder gives {spread}: {model.code_dim} units{laid}."
        how = "Chosen" if self.chosen else "Found by what rebuilds best"
        yield f"{how}: {self.readings[self.chosen].words()}."
        yield (
            f"MSE per pixel {self.mse:.5f}, of up to {N_TRIED} images; answering the mean image "
            f"always {self.variance:.5f}."
        )
        if self.served:
            yield f"{served()}: {self.served}."


def size_of(encoder: Path, decoder: Path | None = None, layers: Path | None = None) -> Size | None:
    """The size of the images that an encoder takes, where it says so."""
    shape = first(formats.read(encoder, decoder, layers)[0])
    sizes = [size for size in shape[1:] if size is not None and size > 4]
    if len(shape) > 2 and sizes:
        return Size(sizes[0], sizes[-1])
    for n, channels in itertools.product(sizes, (1, 3)):  # pixels laid in a row
        side = math.isqrt(n // channels)
        if channels * side**2 == n:
            return Size(side, side)
    return None


def _taken(encoder: Path, decoder: Path | None, layers: Path | None) -> Size | None:
    """What an encoder takes, if pictures can be brought to it."""
    with contextlib.suppress(ValueError):
        size = size_of(encoder, decoder, layers)
        return size and size.checked()
    return None


def convert(
    encoder: Path, decoder: Path | None, images: ImageArray, asked: Asked = NOTHING_ASKED
) -> Converted:
    """Read a model's files, and find how images enter and leave on up to 64 of them.

    Args:
        encoder: its file, or one file with both halves.
        decoder: its file, where it has one.
        images: (n, channels, height, width), intensity in [0, 1].
        asked: what the files don't say, and which of `Converted.readings` is meant; these are the
            same for the same files and images.

    Raises:
        ForeignModelError: in one sentence, for a file that can't be read, an operator that is not
            known, or a model that can't be fed these images.
        AmbiguousModelError: where the code may be several tensors.
        ValueError: for a reading that there is not.
    """
    readings = _readings(encoder, decoder, images, asked)
    known = 0 <= asked.reading < len(readings)
    require(known, "the reading", asked.reading + 1, f"1 to {len(readings)}")
    return _converted(readings, asked.reading, images)


def conversions(
    encoder: Path, decoder: Path | None, images: ImageArray, asked: Asked = NOTHING_ASKED
) -> Iterator[Converted]:
    """`convert`, by one reading after the other, best first.

    Raises:
        ForeignModelError: as `convert`.
    """
    readings = _readings(encoder, decoder, images, asked)
    for chosen in range(len(readings)):
        yield _converted(readings, chosen, images)


def _converted(readings: tuple[Reading, ...], chosen: int, images: ImageArray) -> Converted:
    shape = (images.shape[1], images.shape[2], images.shape[3])
    one = readings[chosen]
    way, mse, variance = one.match
    if one.served is not None:
        return Converted(
            serving.model(one.served, way, shape), way, one.layout, mse, variance,
            one.served.code_shape, one.halves, readings, chosen, one.served.why,
        )  # fmt: skip
    ends = follow(one.halves, dict(layouts(shape))[one.layout], shape, way, one.choice)
    encodes, decodes = one.halves
    return Converted(
        _model(ends, shape), way, one.layout, mse, variance, ends.code_shape,
        (encodes, decodes._replace(outputs=(ends.image,))), readings, chosen,
    )  # fmt: skip


def _readings(
    encoder: Path, decoder: Path | None, images: ImageArray, asked: Asked
) -> tuple[Reading, ...]:
    """Every reading that rebuilds about as well as the best, which is the first.

    Where that is no better than the images' mean, pictures tell nothing, and the best is alone.
    Where the encoder's outputs could be exchanged, the other order is among them.
    """
    files = formats.read(encoder, decoder, asked.layers)
    if len(files) > 1 and asked.code is not None:
        raise ForeignModelError("the halves are apart already; --code is for one file with both")
    try:
        found = _found(files, images, asked)
    except UnknownOperatorError as error:
        found = _run_whole(files, images, asked, str(error))
    best = min((own[0] for own in found), key=lambda each: each.match.mse)
    turned = (best.layout, best.outputs[::-1])
    exchanged = [own[0] for own in found if (own[0].layout, own[0].outputs) == turned]
    rest = sorted((each for own in found for each in own), key=lambda each: each.match.mse)
    most = NEARLY * best.match.mse if best.match.mse < best.match.variance else 0
    near = [each for each in rest if each.match.mse <= most]
    chosen: list[Reading] = []
    for each in (best, *exchanged, *near):
        if not any(_alike(each, other) for other in chosen):
            chosen.append(each)
    return tuple(chosen[:MOST_READINGS])


def _run_whole(
    files: tuple[Graph, ...], images: ImageArray, asked: Asked, why: str
) -> list[list[Reading]]:
    """What onnxruntime makes of files with an operator that is not known.

    Raises:
        ForeignModelError: why it can't, after what is not known.
    """
    try:
        several = serving.find(files, images, asked.posterior, why)
    except ForeignModelError as error:
        raise UnknownOperatorError(f"{why}; nor can a server run it: {error}") from None
    return [
        [
            Reading(
                match.way.layout, match, each.halves, each.choice,
                tuple(each.choice) if len(several) > 1 else (), each,
            )
            for match in each.matches
        ]
        for each in several
    ]  # fmt: skip


def _alike(one: Reading, other: Reading) -> bool:
    return one.outputs == other.outputs and math.isclose(
        one.match.mse, other.match.mse, rel_tol=ALIKE
    )


def _found(files: tuple[Graph, ...], images: ImageArray, asked: Asked) -> list[list[Reading]]:
    """For each order of an image's axes and choice of outputs, what can be run, best first."""
    shape = (images.shape[1], images.shape[2], images.shape[3])
    found: list[list[Reading]] = []
    why: list[ForeignModelError] = []
    for layout, axes in layouts(shape):
        given = entered(Node(None, shape), axes)
        if not takes(files[0], given):
            continue
        batch = first(files[0])[0] or BATCH
        try:
            both = (
                (files[0], files[1]) if len(files) > 1
                else cut(files[0], given, batch, asked.code)
            )  # fmt: skip
            several = [*choices(both[0], trace(both[0], given, batch), asked.posterior)]
            for choice in several:
                matched = _matched(follow(both, axes, shape, Way(), choice), images)
                outputs = tuple(choice) if len(several) > 1 else ()
                found.append([Reading(layout, m, both, choice, outputs) for m in matched])
        except RecursionError:
            why.append(ForeignModelError("the model is nested too deeply"))
        except ForeignModelError as error:
            why.append(error)
    if not found:
        unknown = [each for each in why if isinstance(each, UnknownOperatorError)]
        raise [*unknown, *why, ForeignModelError(unfit(files[0], shape))][0]
    return found


def difference(made: Converted, images: ImageArray) -> float | None:
    """The largest |Δ pixel| from what else computes the decoder, over up to 64 codes.

    None where nothing does, its package is not here, or nothing else computes it.
    """
    if made.served:
        return None
    with torch.no_grad():
        codes = made.model.encode(torch.from_numpy(images[:N_CHECKED])).mean
        ours = made.model.decode(codes).numpy()
    try:
        theirs = decoded_elsewhere(made, codes.numpy())
    except Exception:  # noqa: BLE001  # it raises whatever the model does
        return None
    return float(np.abs(theirs - ours[: len(theirs)]).max()) if len(theirs) else None


def decoded_elsewhere(made: Converted, codes: CodeArray) -> np.ndarray:
    """Images that the decoder's file gives where something else computes it (`Runtime`).

    Of as many codes as make whole batches, where the file has a fixed number of them.
    """
    graph, shape = made.files[1], made.model.config.shape
    if graph.runtime is None:
        return np.zeros((0, *shape), np.float32)
    declared = first(graph)
    laid = made.code_shape if len(declared) == len(made.code_shape) + 1 else (-1,)
    given, step = codes.reshape(len(codes), *laid), declared[0] or len(codes)
    parts = [
        graph.runtime.run(graph, given[start : start + step])[0]
        for start in range(0, len(given) - step + 1, step)
    ]
    if not parts:
        return np.zeros((0, *shape), np.float32)
    values = np.concatenate(parts)
    last = values.shape[1:] != shape and "last" in made.layout
    layout = "channels last" if last else "channels first"
    return made.way._replace(layout=layout).leave(values, shape)


# ---- as torch -------------------------------------------------------------------------------


def _matched(ends: Ends, images: ImageArray) -> tuple[Match, ...]:
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


def _model(ends: Ends, shape: Shape3) -> Autoencoder:
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
    """What became of a model's files.

    Attributes:
        path: of the checkpoint.
        converted: the model.
        difference: the largest |Δ pixel| from what else computes it; None where nothing does.
    """

    path: Path
    converted: Converted
    difference: float | None


def compared(made: Converted, largest: float | None) -> tuple[str, ...]:
    """Say `difference`, where something else computes the decoder."""
    runtime = made.files[1].runtime
    if runtime is None or made.served:
        return ()
    if largest is None:
        return (f"Not compared with {runtime.name}: not here, or not for this file.",)
    return (f"Largest |Δ pixel| from {runtime.name}: {largest:.1e}.",)


def shown_with(
    encoder: Path,
    decoder: Path | None,
    data: str,
    side: Side | None = None,
    asked: Asked = NOTHING_ASKED,
) -> tuple[Splits, ImageArray]:
    """Load what a model is shown with: all splits, and up to 64 test images to find its way by.

    Args:
        encoder: its file, or one file with both halves.
        decoder: its file, where it has one.
        data: a data set's name, or the path of your own.
        side: to which your own images are brought; what the encoder takes unless said.
        asked: what the files don't say.

    Raises:
        DataError: for data that are not there.
        ForeignModelError: for a file that can't be read.
    """
    splits = load_splits(data, side=side or _taken(encoder, decoder, asked.layers))
    step = max(1, len(splits.test) // N_CHECKED)
    return splits, splits.test.images[::step][:N_CHECKED]


def open_onnx(  # the files, and what is said of them
    encoder: Path,
    decoder: Path | None,
    data: str,
    out: Path,
    side: Side | None = None,
    asked: Asked = NOTHING_ASKED,
) -> Opened:
    """Convert a model's files (`formats.SUFFIXES`) to a checkpoint that the app lists.

    Args:
        encoder: from images to the posterior's mean and log σ², to a code or to a draw; or one
            file with both halves.
        decoder: from codes to images.
        data: a data set's name, or the path of your own: what is shown and measured.
        out: the checkpoint.
        side: to which your own images are brought; what the encoder takes unless said.
        asked: what the files don't say.

    Raises:
        ForeignModelError: in one sentence, where a file can't be read or shown.
        AmbiguousModelError: where `asked` is to say which tensor is meant.
        DataError: for data that are not there.
    """
    made, images = save(encoder, decoder, data, out, side, asked)
    register(out)
    return Opened(out, made, difference(made, images))


def save(
    encoder: Path,
    decoder: Path | None,
    data: str,
    out: Path,
    side: Side | None = None,
    asked: Asked = NOTHING_ASKED,
) -> tuple[Converted, ImageArray]:
    """Write the checkpoint of `open_onnx`, and list it nowhere; returns what images it found.

    Raises:
        ForeignModelError, DataError: as `open_onnx`.
    """
    there = out.suffix == SUFFIX and out.parent.is_dir()
    require(there, "out", str(out), f"in a folder that is there, and end in {SUFFIX}")
    splits, images = shown_with(encoder, decoder, data, side, asked)
    made = convert(encoder, decoder, images, asked)
    recipe = Recipe(full_name(data), made.model.config, TrainingConfig())
    finish(out, made.model, splits, recipe, _command(encoder, decoder, data, asked))
    return made, images


def _command(encoder: Path, decoder: Path | None, data: str, asked: Asked) -> str:
    said = {
        "--layers": asked.layers and asked.layers.name, "--code": asked.code,
        "--mean": asked.posterior.mean, "--log-var": asked.posterior.log_var,
        "--reading": str(asked.reading + 1) if asked.reading else None,
    }  # fmt: skip
    words = ["python", "-m", "aecore", "open", encoder.name, *([decoder.name] if decoder else [])]
    words += ["--data", data]
    words += [word for flag, value in said.items() if value for word in (flag, value)]
    return shlex.join(words)
