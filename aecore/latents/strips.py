"""A way between two codes as a strip of pictures, and two numbers that say how good it is."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from aecore.arrays import CodeArray, ImageArray, ValueArray
from aecore.latents.paths import PATHS, Code, DataGraph, Look, cross_fade, linear, places
from aecore.latents.support import Support
from aecore.styles import LineStyle

if TYPE_CHECKING:
    from aecore.models.base import Autoencoder

FADE = "fade"
CROSS_FADE = Look(
    title="Pixel cross-fade",
    words="The control: the two end pictures mixed pixel by pixel. Its support and its place on "
    "the map are those of the code that the encoder gives to the mixture.",
    style=LineStyle("grey", (2, 4)),
)
MOST_CLASSES = 12


class Strip(NamedTuple):
    """One way, frame by frame.

    Attributes:
        images: (n, channels, height, width), intensity in [0, 1].
        codes: (n, d); of the cross-fade, what the encoder makes of its pictures.
        support: for each code, 0 to 1.
    """

    images: ImageArray
    codes: CodeArray
    support: ValueArray

    @property
    def stray(self) -> float:
        """How far it strays from the data, 0 to 1."""
        return stray(self.support)

    @property
    def step(self) -> float:
        """The largest step between neighbouring frames, in intensity."""
        return largest_step(self.images)

    def _repr_html_(self) -> str:
        """A look at it in a notebook."""
        from aecore.sheet import inline, sheet

        words = f"strays {self.stray:.0%}, largest step {self.step:.3f}"
        return inline(sheet(self.images, columns=len(self.images)), words)


def looks(*, encodes: bool = True) -> dict[str, Look]:
    """Return what `strips` makes, in its order, and how it is shown.

    No cross-fade without an encoder, which says where the mixed pictures lie.
    """
    return {**PATHS, FADE: CROSS_FADE} if encodes else {**PATHS}


def live(*, encodes: bool = True) -> dict[str, Look]:
    """Return those that the browser makes too."""
    return {n: w for n, w in looks(encodes=encodes).items() if n == FADE or PATHS[n].in_browser}


def stray(support: ValueArray) -> float:
    """1 − mean support of a way's codes: 0 in the thick of the data, 1 far from it."""
    return float(1 - support.mean())


def largest_step(images: ImageArray) -> float:
    """Largest root mean square difference of neighbouring frames, intensity in [0, 1]."""
    squared = np.square(np.diff(images.astype(np.float64), axis=0))
    return float(np.sqrt(squared.reshape(len(squared), -1).mean(axis=1)).max())


class Bench(NamedTuple):
    """What strips are made with."""

    model: "Autoencoder"
    graph: DataGraph
    support: Support


def strips(bench: Bench, a: Code, b: Code, n: int) -> dict[str, Strip]:
    """Return each way from a to b as n frames, and the cross-fade of the decoded ends."""
    import torch

    t = places(n)
    made = {}
    with torch.no_grad():
        for name, way in PATHS.items():
            codes = way(a, b, t, bench.graph)
            images = bench.model.decode(torch.from_numpy(codes)).numpy()
            made[name] = Strip(images, codes, bench.support.share(codes))
        if not bench.model.encodes:
            return made
        ends = made["linear"].images
        images = cross_fade(ends[0], ends[-1], t)
        codes = bench.model.encode(torch.from_numpy(images)).mean.numpy()
    made[FADE] = Strip(images, codes, bench.support.share(codes))
    return made


def telling_pair(
    codes: CodeArray, labels: Int[np.ndarray, " n"], support: Support
) -> tuple[int, int]:
    """Two rows that show what a path is about: of two classes, far from the data between them.

    Each class stands by the row nearest to its mean; of all pairs it takes the one whose straight
    line has the least support. Where the classes lie on one another, or with one class: its
    middle, and the row farthest from it.
    """
    present = np.unique(labels)[:MOST_CLASSES]
    middles = [_middle(codes, np.flatnonzero(labels == label)) for label in present]
    spread = np.sqrt(np.square(codes - codes.mean(axis=0)).sum(axis=1).mean())
    pairs = [
        (a, b)
        for i, a in enumerate(middles)
        for b in middles[i + 1 :]
        if np.linalg.norm(codes[a] - codes[b]) > spread / 2
    ]
    if not pairs:
        away = np.square(codes - codes[middles[0]]).sum(axis=1)
        return middles[0], int(away.argmax())
    inner = places(9)[1:-1]
    lines = np.concatenate([linear(codes[a], codes[b], inner) for a, b in pairs])
    shares = support.share(lines).reshape(len(pairs), -1).mean(axis=1)
    return pairs[int(shares.argmin())]


def _middle(codes: Float[np.ndarray, "n d"], rows: Int[np.ndarray, " m"]) -> int:
    away = np.square(codes[rows] - codes[rows].mean(axis=0)).sum(axis=1)
    return int(rows[away.argmin()])
