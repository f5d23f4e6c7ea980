"""Any two functions as one of our models: they run where they are, nothing of them is written."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

import aecore
from aecore.anomaly.calibration import calibrate
from aecore.arrays import CodeArray
from aecore.checkpoints import Card, Stored
from aecore.configs import require
from aecore.data.imageset import SPLITS, ImageSet, class_order, stratified_split
from aecore.data.own import MIN_IMAGES
from aecore.errors import ForeignModelError
from aecore.evaluation import evaluate
from aecore.foreign.matching import Way, match
from aecore.latents.encoding import encode_sample
from aecore.models.base import Autoencoder
from aecore.models.bodies import GIVEN
from aecore.models.config import ModelConfig
from aecore.models.family import model_class
from aecore.models.layers import Called
from aecore.training.config import TrainingConfig

Function = Callable[[Any], Any]
BATCH = 256


class Wrapped(NamedTuple):
    """Two functions as a model.

    Attributes:
        model: of the family "vae" where the encoder gives a log σ², else "ae".
        stored: what a checkpoint of it would hold, without weights.
        sets: the images by split.
        way: how images enter and leave.
    """

    model: Autoencoder
    stored: Stored
    sets: dict[str, ImageSet]
    way: Way


def wrap(
    encoder: Function, decoder: Function, sets: dict[str, ImageSet], way: Way | None = None
) -> Wrapped:
    """Make one of our models of two functions.

    Args:
        encoder: from a batch of images to codes of any shape, to (mean, log σ², …), or to a normal
            distribution; modules and their methods are given tensors, other functions arrays.
        decoder: from codes to images.
        sets: images by split.
        way: how images enter and leave; found on 64 of them where it is not said.

    Raises:
        ForeignModelError: where they don't take such images, or give what is no code.
    """
    train = sets["train"]
    ends = _Ends(_run(encoder), _run(decoder))
    way = way or match(ends.codes, ends.images, train.images).way
    _, mean, log_var = ends.posterior(way.enter(train.images[:1]))
    kind = "ae" if log_var is None else "vae"
    config = ModelConfig(
        kind=kind, shape=train.shape, code_dim=mean.shape[1], body=GIVEN, output="identity",
        likelihood="gaussian",
    )  # fmt: skip
    model = model_class(kind)(config, (), ())
    model.layers = {"encoder": (Called(),), "decoder": (Called(),)}
    model.encoder = nn.Sequential(_Called(lambda x: ends.numbers(way.enter(x))))
    model.decoder = nn.Sequential(
        _Called(lambda z: way.leave(ends.images(z), train.shape)), nn.Identity()
    )
    model.eval()
    return Wrapped(model, _stored(model, sets), sets, way)


def split(
    images: np.ndarray, labels: Sequence[Any] | np.ndarray | None, name: str
) -> dict[str, ImageSet]:
    """Bring images to bytes (n, channels, height, width), in three splits.

    Args:
        images: bytes or intensity in [0, 1], (n, channels, height, width), (n, height, width),
            (n, height, width, 3) or rows (n, d).
        labels: class names or numbers (n,).
        name: of the set.

    Raises:
        ValueError: for other numbers, or too few of them.
    """
    given = np.asarray(images)
    if given.dtype != np.uint8:
        given = given.astype(np.float32)
        low, high = (float(given.min()), float(given.max())) if given.size else (0.0, 0.0)
        require(0 <= low <= high <= 1, "the images' range", (low, high), "within 0 and 1")
        given = np.rint(given * 255).astype(np.uint8)
    pixels = _four_axes(given)
    n = len(pixels)
    require(n >= MIN_IMAGES, "the number of images", n, f"{MIN_IMAGES} or more")
    said = ["images"] * n if labels is None else [str(each) for each in labels]
    require(len(said) == n, "the number of labels", len(said), f"that of the images, {n}")
    names, inverse = np.unique(said, return_inverse=True)
    classes, place = class_order([str(each) for each in names])
    numbers = place[inverse].astype(np.int64)
    parts = {part: stratified_split(numbers, part) for part in SPLITS}
    return {
        part: ImageSet(name, part, pixels[index], numbers[index], classes)
        for part, index in parts.items()
    }


def _four_axes(given: np.ndarray) -> np.ndarray:
    if given.ndim == 4:
        last = given.shape[3] in (1, 3) and given.shape[1] not in (1, 3)
        return np.ascontiguousarray(given.transpose(0, 3, 1, 2)) if last else given
    require(given.ndim in (2, 3), "the images' shape", given.shape, "2, 3 or 4 axes")
    return given[:, None] if given.ndim == 3 else given[:, None, None]


class _Ends:
    """Encoder and decoder as functions of arrays; codes are flat outside."""

    def __init__(self, encoder: Function, decoder: Function) -> None:
        self.encoder, self.decoder = encoder, decoder
        self.shape: tuple[int, ...] = ()

    def posterior(self, entered: np.ndarray) -> tuple[tuple[int, ...], CodeArray, Any]:
        """Shape of a code; mean (n, d) and log σ² (n, d) or None."""
        mean, log_var = _numbers_of(self.encoder(entered))
        if len(mean) != len(entered) or mean.ndim < 2:
            raise ForeignModelError(
                f"the encoder gives {mean.shape} of {len(entered)} images; one code each is needed"
            )
        self.shape = mean.shape[1:]
        flat = [None if each is None else each.reshape(len(each), -1) for each in (mean, log_var)]
        assert flat[0] is not None
        return self.shape, flat[0], flat[1]

    def numbers(self, entered: np.ndarray) -> np.ndarray:
        """What an encoder of ours gives: means, then log σ² where there is one."""
        _, mean, log_var = self.posterior(entered)
        return mean if log_var is None else np.concatenate([mean, log_var], axis=1)

    def codes(self, entered: np.ndarray) -> CodeArray:
        return self.posterior(entered)[1]

    def images(self, codes: CodeArray) -> np.ndarray:
        return _array(self.decoder(codes.reshape(len(codes), *self.shape)))


class _Called(nn.Module):
    """A function of arrays, in batches, where torch expects a module."""

    def __init__(self, function: Callable[[np.ndarray], np.ndarray]) -> None:
        super().__init__()
        self.function = function

    def forward(self, values: Tensor) -> Tensor:
        """Return what the function makes of them."""
        parts = [self.function(part.numpy()) for part in torch.split(values, BATCH)]
        return torch.from_numpy(np.concatenate(parts).astype(np.float32))


def _run(function: Function) -> Function:
    """A function of arrays; torch's get tensors, are in evaluation mode and without gradients."""
    module = function if isinstance(function, nn.Module) else getattr(function, "__self__", None)
    if not isinstance(module, nn.Module):
        return function
    module.eval()
    weight = next(module.parameters(), torch.zeros(0))

    def run(values: np.ndarray) -> Any:
        with torch.no_grad():
            return function(torch.from_numpy(np.ascontiguousarray(values)).to(weight.device))

    return run


def _numbers_of(made: Any) -> tuple[np.ndarray, np.ndarray | None]:
    """Mean and log σ² of what an encoder answers."""
    if isinstance(made, torch.distributions.Distribution):
        return _array(made.mean), np.log(_array(made.variance))
    if isinstance(made, dict):
        made = tuple(made.values())
    if not isinstance(made, tuple | list):
        return _array(made), None
    if not made:
        raise ForeignModelError("the encoder gives nothing")
    mean = _array(made[0])
    second = _array(made[1]) if len(made) > 1 else None
    return mean, second if second is not None and second.shape == mean.shape else None


def _array(made: Any) -> np.ndarray:
    if isinstance(made, tuple | list):
        made = made[0]
    plain = made.detach().cpu().numpy() if isinstance(made, Tensor) else np.asarray(made)
    return plain.astype(np.float32)


def _stored(model: Autoencoder, sets: dict[str, ImageSet]) -> Stored:
    train, val, test = (sets[part] for part in SPLITS)
    card = Card(
        data=train.name, classes=train.classes, model=model.config,
        encoder=model.layers["encoder"], decoder=model.layers["decoder"],
        training=TrainingConfig(), command="aecore.wrap(…)", version=aecore.__version__,
        metrics=evaluate(model, test).to_json(), validation={}, axis=train.axis,
    )  # fmt: skip
    table = encode_sample(model, (train, val, test))
    digest = hashlib.sha256(table.codes.tobytes()).hexdigest()[:16]
    return Stored(card, {}, table, digest, np.sort(calibrate(model, val)).astype(np.float32))
