"""How long a training will take: a few of its steps, timed."""

import time
from dataclasses import replace

import numpy as np

from aecore.data.imageset import ImageSet
from aecore.models.config import ModelConfig
from aecore.models.family import create
from aecore.seeding import stream
from aecore.training.config import TrainingConfig
from aecore.training.loop import Training

N_STEPS = 3


def seconds_per_epoch(model: ModelConfig, config: TrainingConfig, n_images: int) -> float:
    """Time three steps on noise after one to warm up, and scale them to an epoch.

    Args:
        model: what would be trained; not a closed form.
        config: how.
        n_images: training images there will be.

    Returns:
        Seconds, as this process would take with the threads it has now; validation not counted.
    """
    n = (N_STEPS + 2) * config.batch_size
    pixels = np.random.default_rng(0).integers(0, 256, (n, *model.shape), dtype=np.uint8)
    noise = ImageSet("noise", "train", pixels, np.zeros(n, np.int64), ("noise",))
    plain = replace(config, layout_epochs=0)
    training = Training(create(model, stream(0, "weights")), noise, noise, plain, "cpu")
    training.advance(1)
    start = time.perf_counter()
    training.advance(N_STEPS)
    return (time.perf_counter() - start) / N_STEPS * max(1, n_images // config.batch_size)
