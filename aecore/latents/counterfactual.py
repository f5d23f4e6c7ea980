"""The least change of a code that makes a classifier see another class in its image.

A counterfactual (Wachter, Mittelstadt & Russell 2018) is looked for among codes, so that it
changes only what the decoder can draw (REVISE: Joshi et al. 2019), and where training codes are
near (`latents.support`). The search begins at the nearest training image of the class that was
asked for, and only comes nearer: on the line to it by bisection; then again and again to the place
nearest to the start where the classifier's log-odds, taken as linear around the last place, are as
wanted (Hasofer & Lind 1974; Moosavi-Dezfooli et al. 2016). A step that would lose the class or the
support is shortened, or not made. So what is found is seen as the class, and is supported; that
nothing nearer is, is not proved: `benchmarks/counterfactuals.py` compares with all places of a
fine grid.

`aeview/browser/net/counterfactual.js` searches alike; `constants` is sent to it.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from jaxtyping import Float

from aecore.arrays import CodeArray, ImageArray, ValueArray
from aecore.checkpoints import LatentTable
from aecore.latents.neighbours import nearest
from aecore.latents.support import Support
from aecore.sheet import inline, sheet

if TYPE_CHECKING:
    from torch import Tensor, nn

    from aecore.models.base import Autoencoder

Code = Float[np.ndarray, " code"]

PROBABILITY = 0.5  # of the class asked for, at the end: likelier than all others together
FLOOR = 0.1  # support of the end, at least: below it are the most isolated tenth of training codes
TRIES = 20  # training images of the class that a search may begin at
HALVINGS = 3  # of the line to the first of them that will do
STEPS = 4  # to a nearer place, at most
SHORTER = 3  # how often a step is halved that leads too far
GAIN = 0.02  # of the distance: a step that brings less is not made
BEYOND = 0.05  # of the log-odds: how far beyond what is wanted a step aims


def constants() -> dict[str, float]:
    """What the browser needs to search alike."""
    return {
        "probability": PROBABILITY, "floor": FLOOR, "tries": TRIES, "halvings": HALVINGS,
        "steps": STEPS, "shorter": SHORTER, "gain": GAIN, "beyond": BEYOND,
    }  # fmt: skip


class Counterfactual(NamedTuple):
    """The way to an image that is seen as another class, from the start to its end.

    Attributes:
        label: the number of the class that was asked for.
        codes: on the straight way, both ends among them, (n, d).
        images: decoded, (n, channels, height, width).
        probability: of the class asked for, by the classifier, of each image, 0 to 1.
        support: of each code, 0 to 1; of the last one at least 0.1.
        distance: from the start to the end, Euclidean; 0 where the start is seen as the class.
        landing_distance: ‖E(D(z)) − z‖ of the end; None without an encoder.
    """

    label: int
    codes: CodeArray
    images: ImageArray
    probability: ValueArray
    support: ValueArray
    distance: float
    landing_distance: float | None

    def _repr_html_(self) -> str:
        words = f"probability {self.probability[-1]:.0%}, support {self.support[-1]:.0%}"
        return inline(sheet(self.images), f"distance {self.distance:.2f}; at the end {words}")


class Terrain(NamedTuple):
    """What a search moves over.

    Attributes:
        odds: log p − log(1 − p) of the class asked for, at a code.
        slope: the same, and its gradient.
        support: of a code, 0 to 1.
    """

    odds: Callable[[Code], float]
    slope: Callable[[Code], tuple[float, Code]]
    support: Callable[[Code], float]


class Bench(NamedTuple):
    """What counterfactuals are looked for with: the classifier goes from images to log-odds."""

    model: "Autoencoder"
    classifier: "nn.Sequential"
    table: LatentTable
    support: Support


def find(start: Code, label: int, bench: Bench, n: int) -> Counterfactual | None:
    """Find the least change of a code after which its image is seen as a class, in n frames.

    None where none of the nearest training images of the class is seen as it and supported.
    """
    land = terrain(bench, label)
    if land.odds(start) >= wanted():
        end: Code | None = start
    else:
        end = search(start, candidates(start, label, bench.table), land)
    return None if end is None else _way(start, end, label, bench, n)


def candidates(start: Code, label: int, table: LatentTable) -> CodeArray:
    """Codes of the training images of a class that are nearest to a code, nearest first."""
    own = table.codes[(table.split == 0) & (table.labels == label)]
    if not len(own):
        return own
    rows = nearest(own, start[None].astype(np.float32), min(TRIES, len(own))).rows[0]
    return own[rows]


def terrain(bench: Bench, label: int) -> Terrain:
    """What the classifier and the support say of codes, for one class."""
    import torch

    def read(code: Code) -> "Tensor":
        return torch.from_numpy(code[None].astype(np.float32))

    def seen(codes: "Tensor") -> "Tensor":
        return _log_odds(bench.classifier(bench.model.decode(codes)), label)[0]

    def odds(code: Code) -> float:
        with torch.no_grad():
            return float(seen(read(code)))

    def slope(code: Code) -> tuple[float, Code]:
        at = read(code).requires_grad_()
        with torch.enable_grad():
            value = seen(at)
            (gradient,) = torch.autograd.grad(value, at)
        return float(value.detach()), gradient[0].numpy().astype(np.float64)

    def support(code: Code) -> float:
        return float(bench.support.share(code[None].astype(np.float32))[0])

    return Terrain(odds, slope, support)


def _log_odds(answer: "Tensor", label: int) -> "Tensor":
    """Log-odds of a class, log p − log(1 − p), by what the classifier answers to each image."""
    import torch

    others = torch.arange(answer.shape[1]) != label
    return answer[:, label] - torch.logsumexp(answer[:, others], 1)


def wanted() -> float:
    """The log-odds that the end has at least."""
    return float(np.log(PROBABILITY / (1 - PROBABILITY)))


def search(start: Code, towards: Iterable[Code], land: Terrain) -> Code | None:
    """Find the place nearest to the start that is seen as the class and supported.

    None where none of the places that it may begin at is.
    """

    def will_do(code: Code) -> bool:
        return land.support(code) >= FLOOR and land.odds(code) >= wanted()

    begin = start.astype(np.float64)
    end = next((each for each in towards if will_do(each)), None)
    if end is None:
        return None
    end = _halved(begin, end.astype(np.float64), will_do)
    for _ in range(STEPS):
        foot = _foot(begin, end, *land.slope(end))
        nearer = _nearer(begin, end, foot, will_do)
        if nearer is None:
            break
        end = nearer
    return end.astype(np.float32)


def _halved(start: Code, end: Code, will_do: Callable[[Code], bool]) -> Code:
    """A place on the line to an end that will do, about where it begins to."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if will_do(start + middle * (end - start)):
            high = middle
        else:
            low = middle
    return start + high * (end - start)


def _foot(start: Code, end: Code, odds: float, slope: Code) -> Code:
    """The place nearest to the start where the log-odds, linear around the end, are as wanted."""
    ascent = wanted() + BEYOND - odds + float(slope @ (end - start))
    steep = float(slope @ slope)
    return start + max(ascent, 0.0) / steep * slope if steep > 0 else end


def _nearer(start: Code, end: Code, foot: Code, will_do: Callable[[Code], bool]) -> Code | None:
    """How far one can go from an end to a foot: a place that is nearer and will do, or none."""
    near_enough = (1 - GAIN) * np.linalg.norm(end - start)
    for halved in range(SHORTER + 1):
        place = end + 0.5**halved * (foot - end)
        if np.linalg.norm(place - start) <= near_enough and will_do(place):
            return place
    return None


def _way(start: Code, end: Code, label: int, bench: Bench, n: int) -> Counterfactual:
    import torch

    t = np.linspace(0, 1, n, dtype=np.float32)[:, None]
    codes = ((1 - t) * start + t * end).astype(np.float32)
    with torch.no_grad():
        images = bench.model.decode(torch.from_numpy(codes))
        probability = _log_odds(bench.classifier(images), label).sigmoid().numpy()
        back = bench.model.encode(images[-1:]).mean.numpy() if bench.model.encodes else None
    return Counterfactual(
        label, codes, images.numpy(), probability, bench.support.share(codes),
        float(np.linalg.norm(end - start)),
        None if back is None else float(np.linalg.norm(back - codes[-1:])),
    )  # fmt: skip
