"""A small classifier for each built-in data set: its features measure sample quality.

It also says which class a decoded image is taken for (`latents.counterfactual`).

Its file holds float16 weights, its accuracy, and mean and covariance of the features of real
images, so that nobody needs the images themselves to compare with. It is no autoencoder and is not
listed among the models.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from aecore import classifier_files, frechet
from aecore.arrays import CodeArray
from aecore.checkpoints import round_to_stored
from aecore.configs import Config, require
from aecore.data.imageset import ImageSet, random_sample
from aecore.devices import choose
from aecore.errors import CheckpointError
from aecore.frechet import Moments
from aecore.models.layers import Activation, Conv, Layer, Linear, Reshape, from_json, to_json
from aecore.models.networks import build, initialise
from aecore.optimiser import AdamW
from aecore.seeding import stream
from aecore.training.jitter import jitter
from aecore.types import Images

N_FEATURES = 32
N_REAL = 2000  # images in the other real set, and samples that are compared with it
BATCH = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassifierConfig(Config):
    """How a classifier is trained.

    Attributes:
        epochs: passes over the training split.
        batch_size: images for each step.
        learning_rate: highest rate of the one-cycle schedule.
        weight_decay: decoupled weight decay.
        jitter: strength of small random affine changes (`training.jitter`).
        flip: whether half of the images are mirrored from left to right.
        seed: of weights, batches and jitter.
    """

    epochs: int = 12
    batch_size: int = 128
    learning_rate: float = 4e-3
    weight_decay: float = 0.02
    jitter: float = 0.6
    flip: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        """Check what can be given on the command line."""
        require(1 <= self.epochs <= 10_000, "epochs", self.epochs, "1 to 10,000")


CLASSIFIERS: dict[str, ClassifierConfig] = {
    "digits": ClassifierConfig(epochs=80, batch_size=64, jitter=1.0),
    "mnist": ClassifierConfig(),
    "fashion_mnist": ClassifierConfig(jitter=0.2, flip=True),
    "sprites": ClassifierConfig(),
}


class Accuracy(NamedTuple):
    """Share of images whose class is found, 0 to 1."""

    val: float
    test: float


class Classifier(NamedTuple):
    """A trained classifier and what it saw.

    Attributes:
        network: from images to one number for each class.
        data: name of its data set.
        layers: what the network is made of.
        accuracy: on the validation and on the test split.
        train, real: features of all training images, and of test images (2,000 or all).
    """

    network: nn.Sequential
    data: str
    layers: tuple[Layer, ...]
    accuracy: Accuracy
    train: Moments
    real: Moments

    @property
    def floor(self) -> float:
        """Fréchet distance between test and training images: what real images themselves have.

        No bound: samples that repeat training images come below it.
        """
        return frechet.distance(self.real, self.train)


def architecture(shape: tuple[int, int, int], n_classes: int) -> tuple[Layer, ...]:
    """Three convolutions, 32 features, one number for each class.

    Raises:
        ValueError: for pictures that can't be halved twice.
    """
    channels, height, width = shape
    require(height % 4 == 0 == width % 4, "shape", shape, "a multiple of 4 high and wide")
    act = Activation("silu")
    n_flat = 32 * (height // 4) * (width // 4)
    convolutions = (
        Conv(channels, 16, 3, 2, 1),
        act,
        Conv(16, 32, 3, 1, 1),
        act,
        Conv(32, 32, 3, 2, 1),
        act,
    )
    return (
        *convolutions,
        Reshape((n_flat,)),
        Linear(n_flat, N_FEATURES),
        act,
        Linear(N_FEATURES, n_classes),
    )


@torch.no_grad()
def features(network: nn.Sequential, images: Images) -> CodeArray:
    """The 32 numbers before the last activation."""
    return np.concatenate([network[:-2](part).numpy() for part in torch.split(images, BATCH)])


@torch.no_grad()
def accuracy(network: nn.Sequential, data: ImageSet) -> float:
    """Share of a split's images whose class is found."""
    images = torch.from_numpy(data.images)
    found = np.concatenate(
        [network(part).argmax(1).numpy() for part in torch.split(images, BATCH)]
    )
    return float((found == data.labels).mean())


def train(
    network: nn.Sequential, data: ImageSet, config: ClassifierConfig, device: str = "auto"
) -> Iterator[float]:
    """Train in place by cross-entropy with AdamW on a one-cycle schedule; a mean loss an epoch."""
    place = choose(device)
    network.to(place.torch).train()
    pixels = torch.from_numpy(data.pixels).to(place.torch)
    labels = torch.from_numpy(data.labels).to(place.torch)
    draws = {name: stream(config.seed, name, place.torch) for name in ("batches", "jitter")}
    size = min(config.batch_size, len(data))
    n_steps = len(data) // size
    optimiser = AdamW(
        network.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, config.learning_rate, total_steps=max(8, n_steps * config.epochs)
    )
    for _ in range(config.epochs):
        order = torch.randperm(len(data), generator=draws["batches"], device=place.torch)
        total = 0.0
        for batch in torch.split(order, size)[:n_steps]:
            images = _changed(pixels[batch].float() / 255, config, draws["jitter"])
            with place.autocast():
                answer = network(images)
            loss = functional.cross_entropy(answer.float(), labels[batch], label_smoothing=0.05)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]  # missing in torch's stubs
            optimiser.step()
            schedule.step()
            total += loss.item()
        yield total / n_steps


def _changed(images: Tensor, config: ClassifierConfig, generator: torch.Generator) -> Tensor:
    if config.flip:
        mirrored = torch.rand(len(images), generator=generator, device=images.device) < 0.5
        images = torch.where(mirrored[:, None, None, None], images.flip(3), images)
    return jitter(images, config.jitter, generator)


def fresh(data: ImageSet, config: ClassifierConfig) -> tuple[nn.Sequential, tuple[Layer, ...]]:
    """Build a network for a data set, with weights drawn from the config's seed."""
    layers = architecture(data.shape, len(data.classes))
    network = build(layers)
    initialise(network, stream(config.seed, "weights"))
    return network, layers


def finish(
    network: nn.Sequential, layers: tuple[Layer, ...], splits: tuple[ImageSet, ImageSet, ImageSet]
) -> Classifier:
    """Round the weights to what is stored, and measure what is stored beside them."""
    data, val, test = splits
    network.to("cpu").eval().requires_grad_(False)
    round_to_stored(network)
    other = test.take(random_sample(len(test), N_REAL))
    return Classifier(
        network,
        data.name,
        layers,
        Accuracy(accuracy(network, val), accuracy(network, test)),
        *(
            frechet.moments(features(network, torch.from_numpy(part.images)))
            for part in (data, other)
        ),
    )


# ---- files -----------------------------------------------------------------------------------


def save(file: Path, classifier: Classifier, config: ClassifierConfig, command: str) -> None:
    """Write a classifier: float16 weights, float32 moments, the rest as JSON in the metadata."""
    from safetensors.numpy import save_file

    weights = {k: v.half().numpy() for k, v in classifier.network.state_dict().items()}
    tensors = {f"network.{k}": np.ascontiguousarray(v) for k, v in weights.items()}
    counts = {}
    for name in ("train", "real"):
        known: Moments = getattr(classifier, name)
        tensors[f"{name}.mean"] = known.mean.astype(np.float32)
        tensors[f"{name}.covariance"] = known.covariance.astype(np.float32)
        counts[name] = known.n
    card = {
        "classifier_of": classifier.data,
        "layers": to_json(classifier.layers),
        "accuracy": classifier.accuracy._asdict(),
        "n": counts,
        "training": config.to_json(),
        "command": command,
    }
    try:
        save_file(tensors, file, metadata={classifier_files.KEY: json.dumps(card)})
    except OSError as error:
        raise CheckpointError(f"{file} can't be written: {error.strerror or error}") from None


def load(file: Path) -> Classifier:
    """Read what `save` wrote.

    Raises:
        CheckpointError: in one sentence, if it is not there or not a classifier of ours.
    """
    found = classifier_files.read(file)
    try:
        return _rebuilt(*found)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise classifier_files.unfit(file, error) from None


def _rebuilt(card: dict[str, Any], tensors: dict[str, np.ndarray]) -> Classifier:
    layers = from_json(card["layers"])
    network = build(layers)
    weights = {k: v for k, v in tensors.items() if k.startswith("network.")}
    network.load_state_dict(
        {
            k.removeprefix("network."): torch.from_numpy(v.astype(np.float32))
            for k, v in weights.items()
        }
    )
    known = [
        Moments(
            card["n"][name],
            *(tensors[f"{name}.{part}"].astype(np.float64) for part in ("mean", "covariance")),
        )
        for name in ("train", "real")
    ]
    return Classifier(
        network.eval().requires_grad_(False),
        card["classifier_of"],
        layers,
        Accuracy(**card["accuracy"]),
        *known,
    )
