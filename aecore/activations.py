"""What the units of a code do over many images: how often, how strongly, for which ones.

Works on codes alone (numpy); whoever has the images looks up the rows named here.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from aecore.arrays import CodeArray, ValueArray

N_IMAGES = 2000  # that units are described over
N_BINS = 24
N_TOP = 9
ACTIVE_SHARE = 0.05  # of the largest |z| of all: from there on a unit counts as active


class Activity(NamedTuple):
    """The units of a code over n images.

    Attributes:
        mean, std: of each unit.
        active: share of the images in which each unit is active.
        low, high: smallest and largest value of each unit: the ends of its histogram.
        counts: images in each of 24 equal bins from `low` to `high`, for each unit.
        most, least: rows of the nine images with the largest and the smallest value, for each
            unit, the most extreme first.
        n_active: active units of each image.
        threshold: |z| above which a unit counts as active.
    """

    mean: Float[np.ndarray, " d"]
    std: Float[np.ndarray, " d"]
    active: Float[np.ndarray, " d"]
    low: Float[np.ndarray, " d"]
    high: Float[np.ndarray, " d"]
    counts: Int[np.ndarray, "d bins"]
    most: Int[np.ndarray, "d top"]
    least: Int[np.ndarray, "d top"]
    n_active: Int[np.ndarray, " n"]
    threshold: float

    @property
    def n_dead(self) -> int:
        """Units that are active in no image."""
        return int((self.active == 0).sum())


def activity(codes: CodeArray) -> Activity:
    """Describe what each unit does.

    A unit is active in an image when |z| is above a twentieth of the largest |z| that any unit
    reaches in any image, so that a ReLU's exact zeros and a sigmoid's small resting values count
    as silent.

    Raises:
        ValueError: for no images.
    """
    if not len(codes):
        raise ValueError("there are no codes; at least one image is needed")
    size = np.abs(codes)
    threshold = ACTIVE_SHARE * float(size.max())
    speaks = size > threshold
    order = np.argsort(-codes, axis=0, kind="stable")
    n = min(N_TOP, len(codes))
    return Activity(
        mean=codes.mean(axis=0),
        std=codes.std(axis=0),
        active=speaks.mean(axis=0),
        low=codes.min(axis=0),
        high=codes.max(axis=0),
        counts=_histograms(codes),
        most=order[:n].T,
        least=order[::-1][:n].T,
        n_active=speaks.sum(axis=1),
        threshold=threshold,
    )


def _histograms(codes: CodeArray) -> Int[np.ndarray, "d bins"]:
    """Equal bins from each unit's smallest value to its largest; a constant fills the first."""
    d = codes.shape[1]
    low, high = codes.min(axis=0), codes.max(axis=0)
    width = np.where(high > low, high - low, 1)
    place = ((codes - low) / width * N_BINS).astype(np.int64).clip(0, N_BINS - 1)
    flat = np.bincount((place + N_BINS * np.arange(d)).ravel(), minlength=d * N_BINS)
    return flat.reshape(d, N_BINS)


def population_sparseness(codes: CodeArray) -> ValueArray:
    """How few units carry each code: 0 for all alike, 1 for a single one, nan for one unit.

    (1 − (Σ|z|/d)² / (Σz²/d)) / (1 − 1/d): Vinje & Gallant (2000), after Rolls & Tovee (1995). A
    code of zeros is counted as 0.
    """
    d = codes.shape[1]
    if d == 1:
        return np.full(len(codes), np.nan)
    size = np.abs(codes).astype(np.float64)
    power = np.square(size).mean(axis=1)
    ratio = np.square(size.mean(axis=1)) / np.where(power > 0, power, 1)
    return np.where(power > 0, (1 - ratio) / (1 - 1 / d), 0.0)
