"""What the preparation of a picture hands over: the picture, its steps, its verdict."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float, UInt8

Picture = UInt8[np.ndarray, "_ _ 3"]
"""A decoded picture: RGB, 0 to 255, as the user sees it."""

Grey = Float[np.ndarray, "_ _"]
"""Intensity or ink in [0, 1]."""

Thumbnail = UInt8[np.ndarray, "_ _"] | UInt8[np.ndarray, "_ _ 3"]
"""What a step left behind, no side over 320 px."""

SCORED = "scored"
BLANK = "blank"
LOW_CONTRAST = "low contrast"
SEVERAL = "several drawings"
NOT_HANDWRITING = "not handwriting"
VERDICTS = (SCORED, BLANK, LOW_CONTRAST, SEVERAL, NOT_HANDWRITING)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the preparation.

    Attributes:
        name: of the step, and of its field in `Switches`.
        words: what it did to this picture, or why it left it alone.
        applied: whether it changed anything.
        picture: what it left behind, as a thumbnail.
    """

    name: str
    words: str
    applied: bool
    picture: Thumbnail


@dataclass(frozen=True, slots=True)
class Preparation:
    """A picture made ready for a model.

    Attributes:
        verdict: one of `VERDICTS`.
        words: the verdict and what was done, for the screen.
        steps: in the order they were taken.
        image: (channels, height, width) in [0, 1], ink bright on dark; all 0 where it is blank.
        crops: of several drawings, in reading order; else empty.
    """

    verdict: str
    words: str
    steps: tuple[Step, ...]
    image: Float[np.ndarray, "channels height width"]
    crops: tuple[Picture, ...] = field(default=())

    @property
    def to_score(self) -> bool:
        """Whether a score of `image` says anything."""
        return self.verdict in (SCORED, NOT_HANDWRITING)
