"""A split of a data set, in memory."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from aecore.arrays import FactorArray, ImageArray, IndexArray, LabelArray, Pixels
from aecore.configs import require
from aecore.data.columns import Columns

SPLITS = ("train", "val", "test")
TENTH = 10
LEARNT = re.compile(r"\btraining (image|code)(s?)\b", re.IGNORECASE)
SAID = re.compile(
    r"(?<![\w-])(?:(an )?(image|picture|pixel)(s?)|too (dark|bright))(?![\w-])", re.IGNORECASE
)


class Factors(NamedTuple):
    """What images were drawn from, where that is known.

    Attributes:
        values: (n, k) position of each image among a factor's values.
        names: of the k factors.
        categorical: names of those whose values have no order.
    """

    values: FactorArray
    names: tuple[str, ...]
    categorical: tuple[str, ...]


class Axis(NamedTuple):
    """What the samples of a signal and its intensities are, where that is known.

    Attributes:
        start: of the first sample.
        step: between two samples.
        across: the unit of both, in words.
        low, high: the value at intensity 0 and at 1.
        unit: of these.
        columns: of the rows of a table, how they became numbers.
    """

    start: float
    step: float
    across: str
    low: float
    high: float
    unit: str
    columns: Columns | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Of the columns of a table; empty for signals."""
        return self.columns.names if self.columns else ()

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return self._asdict() | {"columns": self.columns and self.columns.to_json()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Axis":
        """Read what `to_json` wrote."""
        columns = values["columns"] and Columns.from_json(values["columns"])
        return cls(**(values | {"columns": columns}))


def is_signal(shape: Sequence[int]) -> bool:
    """Whether (channels, height, width) is a signal: one row of samples, drawn as a line."""
    return shape[1] == 1 and shape[2] > 1


class Things(NamedTuple):
    """What is looked at, in words: one and many of it, and one number of it.

    `drawn` says that no images were encoded: draws stand where elsewhere training images do.
    """

    one: str
    many: str
    part: str
    drawn: bool = False

    def say(self, text: str) -> str:
        """Say a text about images as one about these: "an image", "pictures", "Pixels".

        `aeview/browser/controls/wording.js` is the same in the browser.
        """
        text = LEARNT.sub(self._draws, text) if self.drawn else text
        return text if self.part == "pixel" else SAID.sub(self._say, text)

    def _draws(self, match: re.Match[str]) -> str:
        what, plural = match.groups()
        said = f"draw{plural}" if what.lower() == "image" else f"drawn code{plural}"
        return said.capitalize() if match[0][0].isupper() else said

    def _say(self, match: re.Match[str]) -> str:
        an, word, plural, tone = match.groups()
        if tone:
            return f"{match[0][:4]}{'low' if tone.lower() == 'dark' else 'high'}"
        thing = self.many if plural else self.one
        said = f"{self.part}{plural}" if word.lower() == "pixel" else thing
        article = f"{an[0]} " if an else ""
        return article + (said.capitalize() if word[0].isupper() else said)


def things(shape: Sequence[int], *, table: bool = False) -> Things:
    """Call images, signals and rows of a table by their names."""
    if table:
        return Things("row", "rows", "column")
    if is_signal(shape):
        return Things("signal", "signals", "sample")
    return Things("image", "images", "pixel")


@dataclass(frozen=True, slots=True)
class ImageSet:
    """Images of one split, or signals: images with one row.

    Attributes:
        name: the data set's name.
        split: "train", "val" or "test".
        pixels: uint8 (n, channels, height, width), ink bright on dark.
        labels: class number of each image; all 0 where the set has no labels.
        classes: what the class numbers mean.
        factors: what the images were drawn from; None for photographs and handwriting.
        axis: of signals, where it is known.
        notes: what was found and done while a user's own pictures were read, in sentences.
    """

    name: str
    split: str
    pixels: Pixels
    labels: LabelArray
    classes: tuple[str, ...]
    factors: Factors | None = None
    axis: Axis | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.pixels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(channels, height, width) of one image."""
        channels, height, width = self.pixels.shape[1:]
        return channels, height, width

    @property
    def images(self) -> ImageArray:
        """All images as float32 in [0, 1]."""
        return self.pixels.astype(np.float32) / 255

    def places_of(self, names: Sequence[str]) -> IndexArray:
        """Positions of the images of these classes; of all where none is named.

        Raises:
            ValueError: for a class that there is not.
        """
        for name in names:
            require(name in self.classes, "only", name, f"one of {', '.join(self.classes)}")
        wanted = [i for i, name in enumerate(self.classes) if name in names or not names]
        return np.flatnonzero(np.isin(self.labels, wanted))

    def take(self, index: IndexArray) -> "ImageSet":
        """Return the images at these positions."""
        known = self.factors and self.factors._replace(values=self.factors.values[index])
        return replace(self, pixels=self.pixels[index], labels=self.labels[index], factors=known)


def class_order(names: Sequence[str]) -> tuple[tuple[str, ...], LabelArray]:
    """Return class names in alphabetical order, numbers in theirs, and the place of each name."""
    numbers = all(name.isdecimal() for name in names)
    order = sorted(range(len(names)), key=lambda i: (int(names[i]) if numbers else 0, names[i]))
    place = np.empty(len(names), np.int64)
    place[order] = np.arange(len(names))
    return tuple(names[i] for i in order), place


def stratified_split(labels: LabelArray, split: str) -> IndexArray:
    """Positions of a split: of ten images of a class the 5th and 10th test, the 8th validates.

    Fixed by the order of the images alone, so that train, validation and test never mix between
    machines or versions: 70 %, 10 % and 20 % of every class. Where the classes are so small that a
    split would stay empty, they are counted through together, an image of each in turn.
    """
    place = _places(labels)
    if len(labels) >= TENTH and not all(map(np.any, _parts(place).values())):
        place = np.empty_like(place)
        place[np.lexsort((labels, _places(labels)))] = np.arange(len(labels))
    return np.flatnonzero(_parts(place)[split])


def _places(labels: LabelArray) -> IndexArray:
    """Which image of its class each is."""
    place = np.empty(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        members = labels == label
        place[members] = np.arange(members.sum())
    return place


def _parts(place: IndexArray) -> dict[str, np.ndarray]:
    tenth = place % TENTH
    parts = {"test": np.isin(tenth, (4, 9)), "val": tenth == 7}
    return {"train": ~(parts["test"] | parts["val"]), **parts}


def random_sample(n_images: int, n_wanted: int, seed: int = 0) -> IndexArray:
    """Positions of a random sample without repeats, in ascending order; all if there are fewer."""
    if n_wanted >= n_images:
        return np.arange(n_images)
    chosen = np.random.default_rng(seed).choice(n_images, n_wanted, replace=False)
    return np.sort(chosen)
