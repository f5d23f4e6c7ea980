"""What the facade is given: lists and arrays, checked and brought to the engine's shapes."""

import base64
import math
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from aecore.arrays import CodeArray, ImageArray
from aecore.configs import require

Values = np.ndarray | Sequence[Any]
"""Numbers, as an array or as lists."""

Code = Float[np.ndarray, " code"]


def images(values: Values, shape: Sequence[int]) -> ImageArray:
    """Return images as float32 (n, channels, height, width) with intensity in [0, 1].

    One image may come without its first axis, grey ones without their channel, signals and rows of
    a table without their height; bytes are divided by 255.

    Raises:
        ValueError: for another shape, or intensities outside [0, 1].

    Example:
        >>> images(np.zeros((28, 28)), (1, 28, 28)).shape
        (1, 1, 28, 28)
        >>> images(np.zeros((5, 140)), (1, 1, 140)).shape
        (5, 1, 1, 140)
    """
    given = np.asarray(values)
    tails = [tuple(shape[k:]) for k in range(3) if math.prod(shape[:k]) == 1]
    fits = any(given.shape == tail or given.shape[1:] == tail for tail in tails)
    require(fits, "the images' shape", given.shape, f"(n, {', '.join(map(str, shape))})")
    if given.dtype == np.uint8:
        given = given.astype(np.float32) / 255
    made = given.astype(np.float32).reshape(-1, *shape)
    low, high = (float(made.min()), float(made.max())) if made.size else (0.0, 0.0)
    require(low >= 0 and high <= 1, "the images' range", (low, high), "within 0 and 1")
    return made


def label(said: int | str, classes: Sequence[str]) -> int:
    """Return the number of a class that is given by number or by name.

    Raises:
        ValueError: for one that there is not.

    Example:
        >>> label("b", ["a", "b"]), label(0, ["a", "b"])
        (1, 0)
    """
    known = said in classes if isinstance(said, str) else 0 <= said < len(classes)
    require(known, "label", said, f"one of {', '.join(classes)}, or its number")
    return classes.index(said) if isinstance(said, str) else said


def codes(values: Values, d: int) -> CodeArray:
    """Return codes as float32 (n, d); one code may come as d numbers.

    Raises:
        ValueError: for another number of units, or what is no finite number.

    Example:
        >>> codes([0.5, -1], 2)
        array([[ 0.5, -1. ]], dtype=float32)
    """
    given = np.asarray(values, dtype=np.float32)
    made = given[None] if given.ndim == 1 else given
    require(made.ndim == 2 and made.shape[1] == d, "the codes' shape", given.shape, f"(n, {d})")
    require(bool(np.isfinite(made).all()), "a code", "not finite", "numbers")
    return made


def code(values: Values, d: int) -> Code:
    """Return one code as float32 (d,).

    Raises:
        ValueError: for none or more than one, or as `codes`.
    """
    made = codes(values, d)
    require(len(made) == 1, "the number of codes", len(made), "1")
    return made[0]


def pack(images: ImageArray) -> str:
    """Return images as text, a byte a pixel, deflated; `unpack` reads it."""
    pixels = np.rint(np.clip(images, 0, 1) * 255).astype(np.uint8)
    return base64.b64encode(zlib.compress(pixels.tobytes(), 9)).decode()


def unpack(text: str, shape: Sequence[int]) -> ImageArray:
    """Return the images of a text that `pack` wrote.

    Raises:
        ValueError: for another text, or images of another shape.

    Example:
        >>> grey = np.full((2, 1, 4, 4), 0.2, np.float32)
        >>> bool(np.array_equal(unpack(pack(grey), (1, 4, 4)), grey))
        True
    """
    try:
        pixels = np.frombuffer(zlib.decompress(base64.b64decode(text)), np.uint8)
        return images(pixels.reshape(-1, *shape), shape)
    except (zlib.error, ValueError):
        raise ValueError(f"the text holds no images of the shape {tuple(shape)}") from None
