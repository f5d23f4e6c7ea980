"""Normal images of one choice: to train on, to calibrate on, to test on."""

from dataclasses import dataclass

import numpy as np

from aecore.anomaly import n_shown
from aecore.anomaly.strangers import EVERY, normal_classes, rows_of
from aecore.data.imageset import ImageSet, random_sample
from aecore.errors import DataError

N_HELD_OUT = 2000
FEWEST_HELD_OUT = 100  # where the validation split has fewer, training images are held out too
N_TRAIN = 12_000  # as many as a small model is trained on


@dataclass(frozen=True, slots=True)
class Parts:
    """Normal images: for training, to calibrate on, and to test on."""

    train: ImageSet
    held_out: ImageSet
    test: ImageSet


def normal_parts(
    splits: tuple[ImageSet, ImageSet, ImageSet], normal: str, *, whole: bool = False
) -> Parts:
    """Return the normal images; where few can be held out, a third of the training images are.

    Args:
        splits: train, validation and test split of a data set.
        normal: "all", "only-K" or "without-K".
        whole: leave all training images where they are: a model that is there has seen them.

    Raises:
        DataError: if there are too few images.
        ValueError: for another choice.
    """
    kept = normal_classes(normal, len(splits[0].classes))
    train, val, test = (
        part if normal == EVERY else part.take(rows_of(part.labels, kept)) for part in splits
    )
    missing = FEWEST_HELD_OUT - len(val)
    if normal != EVERY and missing > 0 and not whole:
        n = min(missing, len(train) // 3)
        val = _joined(val, train.take(np.arange(len(train) - n, len(train))))
        train = train.take(np.arange(len(train) - n))
    if not len(val) or not len(test):
        raise DataError(
            "this choice leaves no validation or test images; choose another normal class"
        )
    return Parts(
        train.take(random_sample(len(train), N_TRAIN)),
        val.take(random_sample(len(val), N_HELD_OUT)),
        test.take(random_sample(len(test), n_shown(test.shape))),
    )


def _joined(first: ImageSet, second: ImageSet) -> ImageSet:
    pixels, labels = (
        np.concatenate((getattr(first, name), getattr(second, name)))
        for name in ("pixels", "labels")
    )
    return ImageSet(first.name, first.split, pixels, labels, first.classes)
