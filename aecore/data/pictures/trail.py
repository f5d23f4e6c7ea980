"""The record of a preparation as it goes: each step's words and thumbnail."""

import numpy as np

from aecore.data.pictures.rasters import thumbnail
from aecore.data.pictures.records import Step


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
