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
    ink = _soft_threshold(np.stack([_larger(image[0]) for image in counts]))
    centred = np.stack([_centre_by_mass(image) for image in ink])
    return np.rint(255 * centred).astype(np.uint8)[:, None]


def _larger(counts: np.ndarray) -> np.ndarray:
    side = (8 + 2 * PADDING) * DIGIT_SIDE // 8
    padded = Image.fromarray(np.pad(counts, PADDING))
    return np.asarray(padded.resize((side, side), Image.Resampling.BICUBIC))


def _soft_threshold(ink: np.ndarray) -> np.ndarray:
    floor, ceiling = _logistic(np.array([0.0, 1.0]))
    return np.clip((_logistic(ink) - floor) / (ceiling - floor), 0, 1)


def _logistic(ink: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-EDGE_SLOPE * (ink - EDGE_CENTRE))))


def _centre_by_mass(ink: np.ndarray) -> np.ndarray:
    """Cut a SIDE×SIDE window whose middle is the centre of mass, to the nearest pixel."""
    total = max(float(ink.sum()), 1e-6)
    rows, columns = np.indices(ink.shape)
    padded = np.pad(ink, SIDE)
    top = round(float((rows * ink).sum()) / total - (SIDE - 1) / 2) + SIDE
    left = round(float((columns * ink).sum()) / total - (SIDE - 1) / 2) + SIDE
    return padded[top : top + SIDE, left : left + SIDE]
