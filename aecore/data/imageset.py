"""A split of a data set, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from aecore.arrays import FactorArray, ImageArray, IndexArray, LabelArray, Pixels

SPLITS = ("train", "val", "test")


class Factors(NamedTuple):
    """What images were drawn from, where that is known.

    Attributes:
        values: (n, k) position of each image among a factor's values.
        names: of the k factors.
        categorical: names of those whose values have no order.
    """

    values: FactorArray
    names: tuple[str, ...]
    categorical: tuple[str, ...]


class Axis(NamedTuple):
    """What the samples of a signal and its intensities are, where that is known.

    Attributes:
        start: of the first sample.
        step: between two samples.
        across: the unit of both, in words.
        low, high: the value at intensity 0 and at 1.
        unit: of these.
    """

    start: float
    step: float
    across: str
    low: float
    high: float
    unit: str


def is_signal(shape: Sequence[int]) -> bool:
    """Whether (channels, height, width) is a signal: one row of samples, drawn as a line."""
    return shape[1] == 1 and shape[2] > 1


@dataclass(frozen=True, slots=True)
class ImageSet:
    """Images of one split, or signals: images with one row.

    Attributes:
        name: the data set's name.
        split: "train", "val" or "test".
        pixels: uint8 (n, channels, height, width), ink bright on dark.
        labels: class number of each image; all 0 where the set has no labels.
        classes: what the class numbers mean.
        factors: what the images were drawn from; None for photographs and handwriting.
        axis: of signals, where it is known.
    """

    name: str
    split: str
    pixels: Pixels
    labels: LabelArray
    classes: tuple[str, ...]
    factors: Factors | None = None
    axis: Axis | None = None

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.pixels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(channels, height, width) of one image."""
        channels, height, width = self.pixels.shape[1:]
        return channels, height, width

    @property
    def images(self) -> ImageArray:
        """All images as float32 in [0, 1]."""
        return self.pixels.astype(np.float32) / 255

    def take(self, index: IndexArray) -> "ImageSet":
        """Return the images at these positions."""
        known = self.factors and self.factors._replace(values=self.factors.values[index])
        return replace(self, pixels=self.pixels[index], labels=self.labels[index], factors=known)


def stratified_split(labels: LabelArray, split: str) -> IndexArray:
    """Positions of a split: of ten images of a class the 5th and 10th test, the 8th validates.

    Fixed by the order of the images alone, so that train, validation and test never mix between
    machines or versions: 70 %, 10 % and 20 % of every class.
    """
    place = np.empty(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        members = labels == label
        place[members] = np.arange(members.sum())
    tenth = place % 10
    parts = {"test": np.isin(tenth, (4, 9)), "val": tenth == 7}
    parts["train"] = ~(parts["test"] | parts["val"])
    return np.flatnonzero(parts[split])


def random_sample(n_images: int, n_wanted: int, seed: int = 0) -> IndexArray:
    """Positions of a random sample without repeats, in ascending order; all if there are fewer."""
    if n_wanted >= n_images:
        return np.arange(n_images)
    chosen = np.random.default_rng(seed).choice(n_images, n_wanted, replace=False)
    return np.sort(chosen)
