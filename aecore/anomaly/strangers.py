"""Out-of-distribution images: other classes, damaged ones, photographs, in a model's shape."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn import functional

from aecore.anomaly import n_shown
from aecore.arrays import IndexArray, LabelArray, Pixels
from aecore.configs import require
from aecore.data.imageset import ImageSet
from aecore.data.pictures.frame import padded
from aecore.errors import DataError
from aecore.seeding import stream

PHOTOGRAPHS = ("china.jpg", "flower.jpg")
N_PHOTOGRAPHS = 500
SMALLEST_PATCH, LARGEST_PATCH = 28, 240  # pixels of the photograph
EVERY = "all"
ONLY = "only"
WITHOUT = "without"


def normal_classes(choice: str, n_classes: int) -> tuple[int, ...]:
    """Class numbers of a choice: "all", "only-3" or "without-9".

    Raises:
        ValueError: for anything else, or a choice that leaves no class on either side.
    """
    every = tuple(range(n_classes))
    if choice == EVERY:
        return every
    kind, _, number = choice.partition("-")
    known = kind in (ONLY, WITHOUT) and number.isdecimal() and int(number) < n_classes
    allowed = f"{EVERY}, {ONLY}-K or {WITHOUT}-K with K from 0 to {n_classes - 1}"
    require(known and n_classes > 1, "normal", choice, allowed)
    return tuple(c for c in every if (c == int(number)) == (kind == ONLY))


def rows_of(labels: LabelArray, classes: tuple[int, ...]) -> IndexArray:
    """Positions of the images of these classes."""
    return np.flatnonzero(np.isin(labels, classes))


def corrupted(pixels: Pixels, kind: str, level: float, seed: int = 0) -> Pixels:
    """Spoil each image in one way (`aecore.corruption`), with its own draws of the seed."""
    from aecore.corruption import CORRUPTIONS

    require(kind in CORRUPTIONS, "noise", kind, f"one of {', '.join(CORRUPTIONS)}")
    images = torch.from_numpy(pixels.astype(np.float32) / 255)
    spoiled = CORRUPTIONS[kind](images, level, stream(seed, "strangers"))
    return np.rint(spoiled.numpy() * 255).astype(np.uint8)


def photographs(shape: tuple[int, int, int], n: int = 0, seed: int = 0) -> Pixels:
    """Cut random pieces, 28 to 240 pixels along the longer side, of scikit-learn's photographs.

    A temple and a flower (CC BY 2.0, see scikit-learn's `datasets/images/README.txt`).

    Args:
        shape: (channels, height, width) of the squares.
        n: how many; 0 for as many as the page Anomaly shows.
        seed: of their places.

    Raises:
        DataError: where scikit-learn's files are missing.
    """
    pictures = [_photograph(name) for name in PHOTOGRAPHS]
    draw = np.random.default_rng(seed)
    channels, height, width = shape
    patches = []
    for i in range(n or min(N_PHOTOGRAPHS, n_shown(shape))):
        picture = pictures[i % len(pictures)]
        side = int(np.exp(draw.uniform(np.log(SMALLEST_PATCH), np.log(LARGEST_PATCH))))
        wide, high = (round(side * each / max(height, width)) for each in (width, height))
        left = int(draw.integers(picture.width - wide + 1))
        top = int(draw.integers(picture.height - high + 1))
        box = (left, top, left + wide, top + high)
        patch = picture.convert("L" if channels == 1 else "RGB")
        patch = patch.resize((width, height), Image.Resampling.BOX, box=box)
        patches.append(np.asarray(patch).reshape(height, width, channels).transpose(2, 0, 1))
    return np.stack(patches)


def _photograph(name: str) -> Image.Image:
    spec = importlib.util.find_spec("sklearn")  # importing it would take a second
    folder = spec.submodule_search_locations[0] if spec and spec.submodule_search_locations else ""
    path = Path(folder) / "datasets" / "images" / name
    try:
        with Image.open(path) as picture:
            return picture.convert("RGB")
    except OSError:
        raise DataError(
            f"the photograph {name} comes with scikit-learn, but is missing: "
            "pip install --force-reinstall scikit-learn"
        ) from None


def fitted(data: ImageSet, shape: tuple[int, int, int]) -> ImageSet:
    """Return a set's images at a model's shape; grey ones get more channels, or fewer.

    Those of other proportions are padded with the colour of their border.
    """
    if data.shape == shape:
        return data
    if data.shape[1] * shape[2] != data.shape[2] * shape[1]:
        pages = [padded(image, shape[1:]) for image in data.pixels.transpose(0, 2, 3, 1)]
        data = replace(data, pixels=np.stack(pages).transpose(0, 3, 1, 2))
    images = torch.from_numpy(data.images)
    if images.shape[1] != shape[0]:
        images = images.mean(1, keepdim=True).expand(-1, shape[0], -1, -1)
    if tuple(images.shape[2:]) != shape[1:]:
        images = functional.interpolate(images, shape[1:], mode="bilinear", antialias=True)
    pixels = np.rint(images.clamp(0, 1).numpy() * 255).astype(np.uint8)
    return ImageSet(data.name, data.split, pixels, data.labels, data.classes)
