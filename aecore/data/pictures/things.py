"""Pictures of things, for data sets that are not handwriting: cut, greyscale, polarity, size."""

import numpy as np
from PIL import Image

from aecore.data.pictures.frame import PADDED, STRETCHED, framed, padded
from aecore.data.pictures.records import Grey, Picture
from aecore.data.pictures.sizes import Size
from aecore.data.pictures.switches import Switches
from aecore.data.pictures.trail import Trail

Shape = tuple[int, int, int]

PLAIN = 12.0
MARGIN = 0.03
THING_LEVEL = 30


def prepare_thing(picture: Picture, shape: Shape, switches: Switches, trail: Trail) -> np.ndarray:
    """Return a picture at a model's size, bright on dark unless `polarity` says as it is."""
    same = picture.shape[:2] == shape[1:]
    cut, words = (picture, "") if same else _cut(picture, switches.crop, shape)
    trail.add("crop", words or "not cropped", bool(words), cut)
    fit = STRETCHED if switches.crop == STRETCHED else PADDED
    image = _resize(cut, shape, fit)
    trail.add("size", _size_words(cut, shape, fit), not same, _shown(image))
    inverted = _inverted(cut, switches.polarity)
    image = 1 - image if inverted else image
    trail.add("polarity", "inverted" if inverted else "not inverted", inverted, _shown(image))
    return image


def _size_words(cut: Picture, shape: Shape, fit: str) -> str:
    height, width = cut.shape[:2]
    if (height, width) == shape[1:]:
        return "already of the model's size"
    same = height * shape[2] == width * shape[1]
    return f"{'resized' if same else fit} to {Size.of(shape[1:])}"


def _shown(image: np.ndarray) -> np.ndarray:
    return image[0] if len(image) == 1 else np.moveaxis(image, 0, 2)


def _corners(picture: Picture) -> np.ndarray:
    k = max(1, min(picture.shape[:2]) // 20)
    corners = (picture[:k, :k], picture[:k, -k:], picture[-k:, :k], picture[-k:, -k:])
    return np.concatenate([c.reshape(-1, 3) for c in corners]).astype(np.float32)


def _inverted(picture: Picture, polarity: str) -> bool:
    """Whether the ground, which the corners show, is bright."""
    if polarity != "auto":
        return polarity == "dark ink"
    return float(np.median(_corners(picture))) > 127.5


def _cut(picture: Picture, choice: str, shape: Shape) -> tuple[Picture, str]:
    if choice in ("whole", STRETCHED):
        return picture, ""
    if choice != "square":
        if (cut := _thing(picture, shape)) is not None:
            return cut, "cropped to the thing"
        if choice == "thing":
            return picture, ""
    height, width = picture.shape[:2]
    high = min(height, width * shape[1] // shape[2])
    wide = min(width, height * shape[2] // shape[1])
    top, left = (height - high) // 2, (width - wide) // 2
    middle = picture[top : top + high, left : left + wide]
    words = "cropped to the central square" if shape[1] == shape[2] else "cropped to its middle"
    return middle, words if middle.shape != picture.shape else ""


def _thing(picture: Picture, shape: Shape) -> Picture | None:
    """Cut to what differs from a plain ground, padded to a shape; None if there is no ground."""
    corners = _corners(picture)
    ground = np.median(corners, axis=0)
    if float(np.abs(corners - ground).mean()) > PLAIN:
        return None
    differs = np.abs(picture.astype(np.float32) - ground).max(2) > THING_LEVEL
    rows, columns = np.flatnonzero(differs.any(1)), np.flatnonzero(differs.any(0))
    if not len(rows):
        return None
    cut = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return padded(cut, shape[1:], ground.astype(np.uint8))


def _resize(picture: Picture, shape: Shape, fit: str) -> np.ndarray:
    channels, height, width = shape
    plain = np.asarray(Image.fromarray(picture).convert("L")) if channels == 1 else picture
    values = framed(plain, (height, width), fit).reshape(height, width, channels)
    return np.moveaxis(values.astype(np.float32) / 255, 2, 0)


def grey_of(picture: Picture) -> Grey:
    """Return the picture's brightness in [0, 1], rounded as an 8-bit greyscale picture is."""
    return np.asarray(Image.fromarray(picture).convert("L"), dtype=np.float32) / 255
