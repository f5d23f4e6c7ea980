"""What was found in a set of pictures and done to it, to be said where it is loaded."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from aecore.data.pictures import places
from aecore.data.pictures.decode import Decoded, decoded, size_of
from aecore.data.pictures.frame import PADDED
from aecore.data.pictures.sizes import Side, Size, suited
from aecore.errors import DataError

NAMED = 3  # pictures that are left out; the others are counted
NAMED_CLASSES = 12
N_SAMPLED = 100  # pictures whose size says what suits a set


@dataclass(slots=True)
class Facts:
    """Counts over the pictures of a set.

    Attributes:
        n: pictures that were read.
        coloured: how many of them have colours.
        sizes: of each width and height, how many.
        papers: of each paper that transparent ones were laid on, how many.
        deep, turned: how many had more than 8 bits, how many EXIF turned.
        left_out: the sentence of each that could not be read, by its name.
    """

    n: int = 0
    coloured: int = 0
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    papers: Counter[str] = field(default_factory=Counter)
    deep: int = 0
    turned: int = 0
    left_out: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_array(cls, shape: tuple[int, ...]) -> "Facts":
        """What the shape of an array of images says."""
        n, height, width = shape[:3]
        return cls(n=n, coloured=n * (shape[3:] == (3,)), sizes=Counter({(width, height): n}))

    def add(self, found: Decoded) -> None:
        """Count a picture."""
        self.n += 1
        self.coloured += found.coloured
        self.sizes[found.size] += 1
        self.papers[found.paper] += 1
        self.deep += found.deep
        self.turned += found.turned

    def uneven(self, size: Size) -> bool:
        """Whether any has other proportions than a size that all are brought to."""
        return any(width * size.height != height * size.width for width, height in self.sizes)

    def said(self, side: Side, fit: str = PADDED) -> str:
        """Say it in one line: "60 pictures in grey, 68×56 padded to 28×28"."""
        colour = "colour" if self.coloured else "grey"
        counted = (
            (self.papers["white"], "with transparency laid over white"),
            (self.papers["black"], "with white on transparency laid over black"),
            (self.turned, "turned upright as their EXIF says"),
            (self.deep, "scaled from more than 8 bits"),
        )
        parts = [f"{self.n:,} pictures in {colour}", self._sizes(Size.of(side), fit)]
        parts += [f"{n:,} {words}" for n, words in counted if n]
        parts += [self.left_out_said] if self.left_out else []
        return f"{', '.join(parts)}."

    @property
    def left_out_said(self) -> str:
        """How many could not be read, and the first ones' names; "" where all could."""
        if not self.left_out:
            return ""
        names = [*list(self.left_out)[:NAMED], *(["…"] if len(self.left_out) > NAMED else [])]
        return f"{len(self.left_out):,} left out ({', '.join(names)})"

    def _sizes(self, size: Size, fit: str) -> str:
        verb = fit if self.uneven(size) else "resized"
        if len(self.sizes) > 1:
            least, most = (f"{w}×{h}" for w, h in _ends(self.sizes))
            return f"{least} to {most} px {verb} to {size}"
        ((width, height),) = self.sizes
        if (height, width) == size:
            return str(size)
        return f"{width}×{height} {verb} to {size}"


def _ends(sizes: Counter[tuple[int, int]]) -> tuple[tuple[int, int], tuple[int, int]]:
    """The smallest and the largest size by area."""
    ordered = sorted(sizes, key=lambda size: (size[0] * size[1], size))
    return ordered[0], ordered[-1]


def read(path: Path, facts: Facts) -> Iterator[tuple[str, Decoded]]:
    """Yield the pictures that can be read, with their places, and note what is found.

    Raises:
        DataError: for what is neither a folder nor a .zip, or holds no picture that can be read.
    """
    for name, content in places.contents(path, places.names(path)):
        try:
            found = _opened(content, name)
        except DataError as error:
            facts.left_out[name] = str(error)
            continue
        facts.add(found)
        yield name, found
    if not facts.n:
        raise DataError(next(iter(facts.left_out.values()), places.none_in(path)))


def usual_size(path: Path, n: int, name_of: Callable[[int], str]) -> Size:
    """Choose what suits n pictures with these names, by the heads of up to 100 of them."""
    chosen = np.linspace(0, max(0, n - 1), min(n, N_SAMPLED)).round()
    heads = places.heads(path, (name_of(int(i)) for i in chosen))
    return suited(Counter(size for size in map(size_of, heads) if size is not None))


def _opened(content: bytes | DataError, name: str) -> Decoded:
    if isinstance(content, DataError):
        raise content
    return decoded(content, name)


def classes_said(classes: tuple[str, ...]) -> str:
    """Name the classes: "3 classes: circle, cross, square."."""
    named = ", ".join(classes[:NAMED_CLASSES]) + (", …" if len(classes) > NAMED_CLASSES else "")
    return f"{len(classes):,} {'class' if len(classes) == 1 else 'classes'}: {named}."
