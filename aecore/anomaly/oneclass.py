"""A small model of what is normal, trained in seconds where it is needed."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from aecore.data.imageset import ImageSet, is_signal
from aecore.models.base import Autoencoder
from aecore.models.config import SIGNAL_STD, ModelConfig
from aecore.models.family import create
from aecore.seeding import stream
from aecore.training.config import TrainingConfig
from aecore.training.loop import train

N_TRAIN = 12_000
LEAST = 20  # training images
STEPS = 700  # of Adam, whatever the size of the set
BATCH = 128
WATCHED = 50
AE = ModelConfig(
    kind="ae", code_dim=32, body="dense", widths=(256, 128), likelihood="gaussian", noise_std=0.25
)
VAE = ModelConfig(kind="vae", code_dim=16, body="dense", widths=(256, 128))
TRAINING = TrainingConfig(batch_size=BATCH, learning_rate=3e-3, weight_decay=0.01)


def train_normal(
    data: ImageSet,
    model: ModelConfig = VAE,
    seed: int = 0,
    report: Callable[[int, int], None] | None = None,
) -> Autoencoder:
    """Train a model of the images given, of many the first 12,000; a few seconds.

    Args:
        data: normal training images.
        model: its shape is replaced by the images'; of signals the likelihood is Gaussian.
        seed: of weights, batches and codes.
        report: told (epochs done, epochs); what it raises ends the training.

    Raises:
        ValueError: for fewer than 20 images.
        TrainingError: if the loss diverges.
    """
    if len(data) < LEAST:
        raise ValueError(
            f"there are {len(data)} normal training images, but at least {LEAST} are needed; "
            "choose another class"
        )
    data = data.take(np.arange(min(len(data), N_TRAIN)))
    batch = min(BATCH, max(8, len(data) // 8))
    epochs = max(1, round(STEPS / (len(data) // batch)))
    config = replace(TRAINING, epochs=epochs, batch_size=batch, seed=seed)
    model = model.fitted(data.shape, len(data.classes))
    if is_signal(data.shape):
        model = replace(model, likelihood="gaussian", noise_std=SIGNAL_STD)
    made = create(model, stream(seed, "weights"))
    for done in train(made, data, data.take(np.arange(WATCHED) % len(data)), config, "cpu"):
        if report is not None:
            report(done.epoch, done.n_epochs)
    return made.eval().requires_grad_(False)
