"""What a link calls an image or a code: "train-12", or numbers separated by commas."""

import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from aecore.checkpoints import LatentTable
from aecore.data.imageset import SPLITS
from aeview.shown import address

_IMAGE = re.compile(r"(train|val|test)-(\d{1,9})")


class End(NamedTuple):
    """One end of a way.

    Attributes:
        row: of the model's stored images; −1 for a code of no image.
        code: d numbers.
    """

    row: int
    code: tuple[float, ...]

    def as_json(self) -> dict[str, Any]:
        """As the browser takes it."""
        return {"row": self.row, "code": list(self.code)}

    @property
    def array(self) -> np.ndarray:
        """The code as float32 (d,)."""
        return np.array(self.code, dtype=np.float32)


def of_row(points: LatentTable, row: int) -> End:
    """The end that is a stored image."""
    return End(int(row), tuple(float(value) for value in points.codes[row]))


def name(points: LatentTable, row: int) -> str:
    """What a link calls a stored image."""
    return f"{SPLITS[points.split[row]]}-{points.index[row]}"


def image_row(text: str, points: LatentTable) -> int:
    """Find a stored image by its name.

    Raises:
        ValueError: what is wrong with the name, as the rest of a sentence.
    """
    image = _IMAGE.fullmatch(text)
    if image is None:
        raise ValueError(f"names {text[:60]!r}, which is no image (like train-12)")
    here = (points.split == SPLITS.index(image[1])) & (points.index == int(image[2]))
    if not here.any():
        raise ValueError(f"names {text}, which is not among this model's stored images")
    return int(here.argmax())


def parse(text: str, points: LatentTable) -> End:
    """Read an end.

    Raises:
        ValueError: what is wrong with it, as the rest of a sentence.
    """
    if _IMAGE.fullmatch(text):
        return of_row(points, image_row(text, points))
    d = points.codes.shape[1]
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        values = ()
    if len(values) != d or not all(
        math.isfinite(v) and abs(v) <= address.MAX_COORDINATE for v in values
    ):
        raise ValueError(f"is neither an image (like train-12) nor {d} numbers")
    return End(-1, values)


def problem(read: Callable[[str, LatentTable], object], text: str, points: LatentTable) -> str:
    """What `read` finds wrong with a text, as the rest of a sentence; empty for nothing."""
    try:
        read(text, points)
    except ValueError as error:
        return str(error)
    return ""
