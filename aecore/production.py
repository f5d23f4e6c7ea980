"""From a recipe to a finished checkpoint: train, round, evaluate, encode, save."""

from dataclasses import dataclass
from pathlib import Path

import torch

import aecore
from aecore.anomaly.calibration import calibrate
from aecore.checkpoints import Card, round_to_stored, save
from aecore.data.catalogue import load
from aecore.data.imageset import SPLITS, ImageSet
from aecore.evaluation import Evaluation, evaluate
from aecore.latents.encoding import encode_sample
from aecore.latents.layout import tsne_layout
from aecore.models.base import Autoencoder
from aecore.models.family import create
from aecore.recipes import Recipe
from aecore.seeding import stream
from aecore.training.loop import Training, train, validate
from aecore.training.rbm import pretrain
from aecore.types import Images


@dataclass(frozen=True, slots=True)
class Splits:
    """The three splits of a data set."""

    train: ImageSet
    val: ImageSet
    test: ImageSet


def load_splits(name: str, data_dir: Path | None = None, side: int = 28) -> Splits:
    """Load all three splits.

    Raises:
        DataError: if the set is unknown, not there or damaged.
    """
    return Splits(*(load(name, split, data_dir, side) for split in SPLITS))


def fresh_model(recipe: Recipe) -> Autoencoder:
    """Build the recipe's model with weights drawn from its seed."""
    return create(recipe.model, stream(recipe.training.seed, "weights"))


def run(model: Autoencoder, splits: Splits, recipe: Recipe, device: str = "auto") -> Training:
    """Train on the training split and report each epoch.

    Where the recipe begins with Boltzmann machines or a layout, that comes first and may take
    minutes.
    """
    if recipe.training.rbm_epochs:
        pretrain(model, torch.from_numpy(splits.train.pixels), recipe.training)
    layout = None
    if recipe.training.layout_epochs:
        layout = tsne_layout(splits.train, recipe.training.seed)
    return train(model, splits.train, splits.val, recipe.training, device, layout)


def finish(
    path: Path, model: Autoencoder, splits: Splits, recipe: Recipe, command: str
) -> Evaluation:
    """Round the weights to what is stored, measure them on the test split and save."""
    model.to("cpu").to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]  # missing in torch's stubs
    round_to_stored(model)
    figures = evaluate(model, splits.test)
    held_out: Images = torch.from_numpy(splits.val.images)
    card = Card(
        data=recipe.data,
        classes=splits.train.classes,
        model=model.config,
        encoder=model.layers["encoder"],
        decoder=model.layers["decoder"],
        training=recipe.training,
        command=command,
        version=aecore.__version__,
        metrics=figures.to_json(),
        validation=validate(model, held_out, recipe.training)._asdict(),
    )
    latents = encode_sample(model, (splits.train, splits.val, splits.test))
    save(path, model, card, latents, calibrate(model, splits.val))
    return figures
