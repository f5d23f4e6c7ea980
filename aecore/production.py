"""From a recipe to a finished checkpoint: train, round, evaluate, encode, save."""

from dataclasses import dataclass
from pathlib import Path

import torch

import aecore
from aecore.anomaly.calibration import calibrate
from aecore.checkpoints import Card, round_to_stored, save
from aecore.configs import require
from aecore.data import own, streamed
from aecore.data.catalogue import DATASETS, load
from aecore.data.imageset import SPLITS, ImageSet
from aecore.data.pictures.frame import PADDED
from aecore.data.pictures.sizes import Side
from aecore.data.streamed import StreamedSet
from aecore.errors import DataError
from aecore.evaluation import evaluate
from aecore.latents.drawn import drawn
from aecore.latents.encoding import encode_sample
from aecore.latents.layout import tsne_layout
from aecore.models.base import Autoencoder
from aecore.models.bodies import GIVEN
from aecore.models.family import create
from aecore.processes import team
from aecore.recipes import Recipe
from aecore.seeding import stream
from aecore.training.config import TrainingConfig
from aecore.training.loop import Training, train, validate
from aecore.training.rbm import pretrain
from aecore.training.steps import Snapshot
from aecore.types import Images


@dataclass(frozen=True, slots=True)
class Splits:
    """The three splits of a data set, of which the first may be streamed."""

    train: ImageSet | StreamedSet
    val: ImageSet
    test: ImageSet


def load_splits(
    name: str,
    data_dir: Path | None = None,
    side: Side | None = None,
    stream: bool = False,
    fit: str = PADDED,
) -> Splits:
    """Load all three splits; the training split is streamed if asked for, or if it has to be.

    A user's own images are brought to a side, to the size that suits them unless it is said. Of a
    set that is streamed, up to 10,000 images validate and as many test.

    Raises:
        DataError: if the set is unknown, not there or damaged, or can't be streamed.
    """
    own_path = Path(name) if name not in DATASETS and Path(name).exists() else None
    if stream and own_path is None:
        raise DataError(f"only a folder, .zip or .npz of your own can be streamed, not {name!r}")
    if own_path is not None and (stream or streamed.too_large(own_path, side)):
        val, test = (streamed.held_out(own_path, split, side, fit) for split in SPLITS[1:])
        return Splits(streamed.stream(own_path, "train", side, fit), val, test)
    if own_path is not None and own.is_images(own_path):
        whole = own.load_whole(own_path, side, fit)
        return Splits(*map(whole.split, SPLITS))
    return Splits(*(load(name, split, data_dir, side, fit) for split in SPLITS))


def learnt(splits: Splits, config: TrainingConfig) -> Splits:
    """The images of the classes that are to be learnt; all of them unless the config says.

    Raises:
        ValueError: for a class that there is not, one without images, or a set that is streamed.
    """
    if not config.only:
        return splits
    if isinstance(splits.train, StreamedSet):
        raise ValueError(f"only is {config.only}, but classes of a streamed set can't be left out")
    parts = [
        part.take(part.places_of(config.only)) for part in (splits.train, splits.val, splits.test)
    ]
    if not all(map(len, parts)):
        raise ValueError(
            f"only is {config.only}, but these classes have no images in a split; name others"
        )
    return Splits(*parts)


def fresh_model(recipe: Recipe) -> Autoencoder:
    """Build the recipe's model with weights drawn from its seed."""
    return create(recipe.model, stream(recipe.training.seed, "weights"))


def run(
    model: Autoencoder,
    splits: Splits,
    recipe: Recipe,
    device: str = "auto",
    snapshot: Snapshot | None = None,
) -> Training:
    """Train on the training split and report each epoch, from the beginning or from a snapshot.

    Where the recipe begins with Boltzmann machines or a layout, that comes first and may take
    minutes; of several processes the first does it.

    Raises:
        ValueError: for settings or a snapshot that do not fit, naming them.
    """
    config = recipe.training
    splits = learnt(splits, config)
    data = splits.train
    _check_table(data, config)
    if (config.rbm_epochs or config.layout_epochs) and isinstance(data, StreamedSet):
        raise ValueError(
            "rbm_epochs and layout_epochs need all images in memory; set them to 0 for a set "
            "that is streamed"
        )
    layout = None
    if isinstance(data, ImageSet):
        if config.rbm_epochs and snapshot is None and team().leads:
            pretrain(model, torch.from_numpy(data.pixels), config)
        if config.layout_epochs:
            layout = team().alone(lambda: tsne_layout(data, config.seed))
    training = train(model, data, splits.val, config, device, layout)
    if snapshot is not None:
        training.resume(snapshot)
    return training


def _check_table(data: ImageSet | StreamedSet, config: TrainingConfig) -> None:
    table = isinstance(data, ImageSet) and data.axis is not None and data.axis.columns is not None
    if table:
        require(
            config.jitter == 0, "jitter", config.jitter, "0 for a table, whose columns can't shift"
        )


def finish(
    path: Path,
    model: Autoencoder,
    splits: Splits,
    recipe: Recipe,
    command: str,
    steps: int = 0,
) -> Card:
    """Round the weights to what is stored, measure them on the test split and save.

    Those of a model from elsewhere are stored as they are.

    Where only some classes are learnt, they alone are measured; codes of the others' held-out
    images are stored all the same, so that a map shows where they fall. Of a set that is
    downloaded codes of training images alone are stored: those come with the shipped models. A
    model without an encoder is measured on what it draws, and its draws are stored. The card says
    how many steps were taken.
    """
    known = learnt(splits, recipe.training)
    model.to("cpu").to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]  # missing in torch's stubs
    if model.config.body != GIVEN:
        round_to_stored(model)
    data = splits.train
    draws = None if model.encodes else drawn(model, recipe.data, data.classes)
    held_out: Images = torch.from_numpy(known.val.images)
    card = Card(
        data=recipe.data,
        classes=draws.classes if draws else data.classes,
        model=model.config,
        encoder=model.layers["encoder"],
        decoder=model.layers["decoder"],
        training=recipe.training,
        command=command,
        version=aecore.__version__,
        metrics=draws.metrics if draws else evaluate(model, known.test).to_json(),
        validation=validate(
            model, held_out, recipe.training, labels=torch.from_numpy(known.val.labels)
        )._asdict(),
        axis=None if isinstance(data, StreamedSet) else data.axis,
        steps=steps,
    )
    if draws:
        save(path, model, card, draws.latents)
        return card
    rows = None
    if isinstance(data, ImageSet) and recipe.training.only:
        rows = data.places_of(recipe.training.only)
    downloaded = recipe.data in DATASETS and bool(DATASETS[recipe.data].files)
    latents = encode_sample(model, (data, splits.val, splits.test), rows, held_out=not downloaded)
    save(path, model, card, latents, calibrate(model, known.val))
    return card
