"""What was found in a set of pictures and done to it, to be said where it is loaded."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from aecore.data.pictures import places
from aecore.data.pictures.decode import Decoded, decoded
from aecore.data.pictures.frame import PADDED
from aecore.errors import DataError

NAMED = 3  # pictures that are left out; the others are counted
NAMED_CLASSES = 12


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

    @property
    def uneven(self) -> bool:
        """Whether any is not square."""
        return any(width != height for width, height in self.sizes)

    def said(self, side: int, fit: str = PADDED) -> str:
        """Say it in one line: "60 pictures in grey, 68×56 padded to 28×28"."""
        colour = "colour" if self.coloured else "grey"
        counted = (
            (self.papers["white"], "with transparency laid over white"),
            (self.papers["black"], "with white on transparency laid over black"),
            (self.turned, "turned upright as their EXIF says"),
            (self.deep, "scaled from more than 8 bits"),
        )
        parts = [f"{self.n:,} pictures in {colour}", self._sizes(side, fit)]
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

    def _sizes(self, side: int, fit: str) -> str:
        verb = fit if self.uneven else "resized"
        if len(self.sizes) > 1:
            least, most = (f"{w}×{h}" for w, h in _ends(self.sizes))
            return f"{least} to {most} px {verb} to {side}×{side}"
        ((width, height),) = self.sizes
        if width == height == side:
            return f"{side}×{side}"
        return f"{width}×{height} {verb} to {side}×{side}"


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


def _opened(content: bytes | DataError, name: str) -> Decoded:
    if isinstance(content, DataError):
        raise content
    return decoded(content, name)


def classes_said(classes: tuple[str, ...]) -> str:
    """Name the classes: "3 classes: circle, cross, square."."""
    named = ", ".join(classes[:NAMED_CLASSES]) + (", …" if len(classes) > NAMED_CLASSES else "")
    return f"{len(classes):,} {'class' if len(classes) == 1 else 'classes'}: {named}."
