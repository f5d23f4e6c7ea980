"""What a checkpoint carries to judge an image alone: scores of normal images it never saw."""

import numpy as np
import torch

from aecore.anomaly.scores import DEFAULT, score
from aecore.arrays import ValueArray
from aecore.data.imageset import ImageSet, random_sample
from aecore.models.base import Autoencoder

N_CALIBRATION = 2000


def calibrate(model: Autoencoder, held_out: ImageSet) -> ValueArray:
    """Return the sorted "mse" scores of up to 2,000 images that were not trained on.

    A random sample where there are more.

    Raises:
        ValueError: if the images have another shape than the model's.
    """
    if held_out.shape != tuple(model.config.shape):
        raise ValueError(
            f"the images are {held_out.shape}, but this model was made for {model.config.shape}"
        )
    chosen = random_sample(len(held_out), N_CALIBRATION)
    normal = held_out.take(chosen)
    images = torch.from_numpy(normal.images)
    if not model.config.n_classes:
        return np.sort(score(DEFAULT, model, images))
    of_class = [normal.labels == k for k in range(len(normal.classes))]
    scored = [
        score(DEFAULT, model.told(np.array([k])), images[of]) for k, of in enumerate(of_class)
    ]
    return np.sort(np.concatenate(scored))
