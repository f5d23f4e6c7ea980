"""How far decoded random codes are from real images, in the features of our own classifier."""

from dataclasses import dataclass

import numpy as np
import torch

from aecore import frechet, noise
from aecore.arrays import CodeArray
from aecore.classifier import N_REAL, Classifier, features
from aecore.latents.sampling import Mixture, draw
from aecore.models.base import Autoencoder

AROUND = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0)
N_AROUND = 400


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


@torch.no_grad()
def around(
    model: Autoencoder, codes: CodeArray, classifier: Classifier, seed: int = 0
) -> tuple[tuple[float, float], ...]:
    """Levels of noise on codes, and the Fréchet distance of what is decoded from them.

    z + σ·s ⊙ ε, with s the standard deviations of the codes and the same ε at every level.

    Args:
        model: decodes.
        codes: of images, (n, d); at most 400 of them, evenly spaced, are taken.
        classifier: gives the features and the training images' moments.
        seed: of ε.
    """
    some = codes[np.linspace(0, len(codes) - 1, min(N_AROUND, len(codes))).astype(int)]
    step = codes.std(axis=0) * noise.normal(seed, "neighbourhood", *some.shape)

    def at(level: float) -> float:
        codes_there = torch.from_numpy((some + level * step).astype(np.float32))
        found = features(classifier.network, model.decode(codes_there))
        return frechet.distance(frechet.moments(found), classifier.train)

    return tuple((level, at(level)) for level in AROUND)
