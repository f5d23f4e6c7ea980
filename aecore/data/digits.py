"""The offline default: scikit-learn's bundled handwriting, brought back to 28×28.

The 1,797 images (Alpaydin & Kaynak, "Optical Recognition of Handwritten Digits", UCI, 1998) count
ink in 4×4 blocks of a 32×32 scan, 0 to 16. The count of a block is an area average, so a bicubic
enlargement followed by a soft threshold gives the strokes back their edges.
"""

import functools
import gzip
import importlib.util
from pathlib import Path

import numpy as np
from jaxtyping import Float
from PIL import Image

from aecore.arrays import ImageArray, LabelArray, Pixels
from aecore.data.imageset import ImageSet, stratified_split
from aecore.errors import DataError

NAME = "digits"
CLASSES = tuple("0123456789")
EDGE_CENTRE = 0.48
EDGE_SLOPE = 9.0
SIDE = 28
DIGIT_SIDE = 20  # as MNIST: a 20×20 digit in a 28×28 frame
PADDING = 2


def load(split: str) -> ImageSet:
    """Return a split: 70 % train, 10 % validation, 20 % test, the same on every machine."""
    pixels, labels = _enlarged()
    index = stratified_split(labels, split)
    return ImageSet(NAME, split, pixels[index], labels[index], CLASSES)


@functools.cache
def _enlarged() -> tuple[Pixels, LabelArray]:
    counts, labels = _bundled()
    return enlarge(counts), labels


def _bundled() -> tuple[ImageArray, LabelArray]:
    # scikit-learn itself takes a second to import; its file does not.
    spec = importlib.util.find_spec("sklearn")
    if spec is None or not spec.submodule_search_locations:
        raise DataError(
            "digits comes with scikit-learn, which is missing: pip install scikit-learn"
        )
    path = Path(spec.submodule_search_locations[0]) / "datasets" / "data" / "digits.csv.gz"
    with gzip.open(path) as file:
        table = np.loadtxt(file, delimiter=",", dtype=np.float32)
    counts = table[:, :-1].reshape(-1, 1, 8, 8) / 16
    return counts, table[:, -1].astype(np.int64)


def enlarge(counts: Float[np.ndarray, "n 1 8 8"]) -> Pixels:
    """Turn 8×8 ink counts in [0, 1] into 28×28 strokes, centred by mass as MNIST is."""
    padded = np.pad(counts[:, 0], ((0, 0), (PADDING, PADDING), (PADDING, PADDING)))
    ink = _soft_threshold(np.stack([_larger(image) for image in padded]))
    return _centred(np.rint(255 * ink).astype(np.uint8), *_centre_of_mass(ink))[:, None]


def _larger(counts: np.ndarray) -> np.ndarray:
    side = (8 + 2 * PADDING) * DIGIT_SIDE // 8
    return np.asarray(Image.fromarray(counts).resize((side, side), Image.Resampling.BICUBIC))


def _soft_threshold(ink: np.ndarray) -> np.ndarray:
    floor, ceiling = _logistic(np.array([0.0, 1.0]))
    return np.clip((_logistic(ink) - floor) / (ceiling - floor), 0, 1)


def _logistic(ink: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-EDGE_SLOPE * (ink - EDGE_CENTRE))))


def _centre_of_mass(ink: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Row and column of each image's centre of mass."""
    total = np.maximum(ink.sum((1, 2)), 1e-6)
    rows, columns = np.indices(ink.shape[1:])
    return (rows * ink).sum((1, 2)) / total, (columns * ink).sum((1, 2)) / total


def _centred(images: np.ndarray, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Cut SIDE×SIDE windows whose middle is there, to the nearest pixel."""
    padded = np.pad(images, ((0, 0), (SIDE, SIDE), (SIDE, SIDE)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (SIDE, SIDE), (1, 2))
    top, left = (np.rint(at - (SIDE - 1) / 2).astype(int) + SIDE for at in (row, column))
    return windows[np.arange(len(images)), top, left]
