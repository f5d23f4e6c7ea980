"""The record of a preparation as it goes: each step's words and thumbnail."""

import numpy as np
from PIL import Image

from aecore.data.pictures.records import Step, Thumbnail

THUMBNAIL_SIDE = 320


class Trail:
    """Collects the steps of one preparation."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def add(self, name: str, words: str, applied: bool, picture: np.ndarray) -> None:
        """Note a step; `picture` is uint8, or intensity in [0, 1]."""
        self.steps.append(Step(name, words, applied, thumbnail(picture)))

    def done(self) -> str:
        """What was done, as one sentence: "Inverted, cropped and centred."."""
        words = [step.words for step in self.steps if step.applied]
        if not words:
            return "Left as it is."
        return sentence(words)


def sentence(words: list[str]) -> str:
    """Join words to a sentence: a, b and c."""
    *first, last = words
    joined = f"{', '.join(first)} and {last}" if first else last
    return f"{joined[0].upper()}{joined[1:]}."


def thumbnail(picture: np.ndarray) -> Thumbnail:
    """Return intensity in [0, 1], or bytes, as bytes with no side over 320 px."""
    if picture.dtype != np.uint8:
        picture = np.rint(255 * np.clip(picture, 0, 1)).astype(np.uint8)
    image = Image.fromarray(picture)
    image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return np.asarray(image)


def resize(
    picture: np.ndarray, size: tuple[int, int], resample: Image.Resampling = Image.Resampling.BOX
) -> np.ndarray:
    """Return float intensity at another (height, width)."""
    image = Image.fromarray(picture.astype(np.float32))
    return np.asarray(image.resize((size[1], size[0]), resample))
