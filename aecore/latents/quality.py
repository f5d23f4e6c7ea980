"""How far decoded random codes are from real images, in the features of our own classifier."""

from dataclasses import dataclass

import numpy as np
import torch

from aecore import frechet
from aecore.classifier import N_REAL, Classifier, features
from aecore.latents.sampling import Mixture, draw
from aecore.models.base import Autoencoder


@dataclass(frozen=True, slots=True)
class SampleQuality:
    """Fréchet distance of generated images to all training images, lower is better.

    Attributes:
        distance: mean over the repeats, in squared units of the features.
        spread: standard deviation over the repeats; 0 for a single one.
        n: images in each repeat; as many as in the real set that gives the floor.
        repeats: how often.
    """

    distance: float
    spread: float
    n: int
    repeats: int


@torch.no_grad()
def sample_quality(
    model: Autoencoder, source: Mixture, classifier: Classifier, seed: int = 0
) -> SampleQuality:
    """Decode codes from a source and compare them with real images.

    A distance estimated from n images is too large by an amount that depends on n. Therefore each
    repeat takes exactly as many images as the floor does (real against real), and where these are
    few the mean over several repeats is given: 2,000 images in all.
    """
    n = min(classifier.real.n, N_REAL)
    repeats = max(1, N_REAL // n)
    codes = torch.from_numpy(draw(source, n * repeats, seed))
    found = features(classifier.network, model.decode(codes))
    values = np.array(
        [
            frechet.distance(frechet.moments(part), classifier.train)
            for part in np.split(found, repeats)
        ]
    )
    return SampleQuality(float(values.mean()), float(values.std()), n, repeats)
