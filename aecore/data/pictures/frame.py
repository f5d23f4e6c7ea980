"""A picture brought to a model's size: the one way for training, for scoring and for the page."""

import numpy as np
from PIL import Image

PADDED, STRETCHED = "padded", "stretched"
FITS = (PADDED, STRETCHED)


def framed(picture: np.ndarray, size: tuple[int, int], fit: str = PADDED) -> np.ndarray:
    """Bring uint8 (height, width) or (height, width, 3) to another (height, width).

    A picture of other proportions keeps its own: it is padded by the median of its border, which
    is its ground where it has one. `stretched` gives the proportions up. The filter is
    Lanczos'.
    """
    whole = padded(picture, size) if fit == PADDED else picture
    if whole.shape[:2] == size:
        return whole
    resized = Image.fromarray(whole).resize((size[1], size[0]), Image.Resampling.LANCZOS)
    return np.asarray(resized)


def padded(
    picture: np.ndarray, size: tuple[int, int], ground: np.ndarray | None = None
) -> np.ndarray:
    """Give a picture the proportions of `size`, itself in the middle, on a ground.

    Unless it is said, that is the median of the border.
    """
    height, width = picture.shape[:2]
    high = max(height, -(-width * size[0] // size[1]))
    wide = max(width, -(-height * size[1] // size[0]))
    if (high, wide) == (height, width):
        return picture
    page = np.empty((high, wide, *picture.shape[2:]), np.uint8)
    page[...] = ground_of(picture) if ground is None else ground
    top, left = (high - height) // 2, (wide - width) // 2
    page[top : top + height, left : left + width] = picture
    return page


def ground_of(picture: np.ndarray) -> np.ndarray:
    """Return the median of the border, of each channel."""
    border = (picture[0], picture[-1], picture[:, 0], picture[:, -1])
    return np.asarray(np.rint(np.median(np.concatenate(border), axis=0)), np.uint8)
