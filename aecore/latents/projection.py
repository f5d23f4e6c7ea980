"""Maps of latent space: from codes to the plane, and from any place on the plane back to a code.

`axes` and `pca` are linear: a place on the plane fixes 2 of d coordinates, and the others have to
be filled in. `tsne` keeps neighbourhoods instead; both of its directions go by neighbours.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

import numpy as np
from jaxtyping import Float

from aecore.arrays import CodeArray, PlanePoints
from aecore.configs import require
from aecore.latents.neighbours import Neighbours, nearest
from aecore.latents.units import unit_name

N_NEIGHBOURS = 8
FILLS = ("mean", "image", "neighbours")
EPSILON = 1e-12
FEWEST_CODES = 7  # that t-SNE takes: three neighbours for each of a perplexity of 2
# Exact neighbours are found sooner; shipped models began with approximate ones of 30 components.
EXACT_UNITS = 20


class Description(NamedTuple):
    """A projection in words and numbers for the screen.

    Attributes:
        axes: titles of the horizontal and vertical axis; empty where they mean nothing.
        exact: what is exact about it.
        approximate: what is not; empty if nothing.
    """

    axes: tuple[str, str]
    exact: str
    approximate: str


class Projection(ABC):
    """What every map can do. Arrays in, arrays out; `fit` comes first.

    The browser has `Linear` (`plane.js`). On every other map it goes between points as `TSNE`
    does, by the 8 nearest, whatever the map's own `transform` and `inverse` say.
    """

    title: ClassVar[str]
    """For the screen."""
    words: ClassVar[str] = ""
    """What it shows, its title in it; no full stop."""
    settings: ClassVar[tuple[str, ...]] = ()
    """Which of its arguments are chosen on screen: of "units" and "perplexity"."""

    points: PlanePoints
    """Where the codes it was fitted on lie, (n, 2)."""

    @abstractmethod
    def fit(self, codes: CodeArray) -> "Projection":
        """Lay out the codes, and return the projection itself."""

    @abstractmethod
    def transform(self, codes: CodeArray) -> PlanePoints:
        """Place codes, also such as were never seen."""

    @abstractmethod
    def inverse(self, points: PlanePoints) -> CodeArray:
        """Give each place a code."""

    @abstractmethod
    def describe(self) -> Description:
        """Say what is exact and what is approximate."""


@dataclass
class Linear(Projection):
    """points = (codes − origin)·basis, with orthonormal columns in `basis` (d, 2).

    The inverse adds what the plane leaves open, (codes − origin) minus its projection, from
    `fill`: "mean" (nothing), "image" (that of `anchor`, one code), or "neighbours" (that of the 8
    nearest points on the plane, weighted by inverse squared distance).
    """

    fill: str = "mean"
    anchor: Float[np.ndarray, " code"] | None = None
    codes: CodeArray = field(init=False, repr=False)
    points: PlanePoints = field(init=False, repr=False)
    origin: Float[np.ndarray, " code"] = field(init=False, repr=False)
    basis: Float[np.ndarray, "code 2"] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Check the fill."""
        require(self.fill in FILLS, "fill", self.fill, f"one of {', '.join(FILLS)}")

    def _lay_out(self, codes: CodeArray, origin: np.ndarray, basis: np.ndarray) -> None:
        self.codes = codes
        self.origin, self.basis = origin.astype(np.float32), basis.astype(np.float32)
        self.points = self.transform(codes)

    def transform(self, codes: CodeArray) -> PlanePoints:
        """Project: exact for any code."""
        return (codes - self.origin) @ self.basis

    def inverse(self, points: PlanePoints) -> CodeArray:
        """Return a code on each place; projecting it again gives the place back."""
        return self.origin + points @ self.basis.T + self._rest(points)

    def _rest(self, points: PlanePoints) -> CodeArray:
        d = len(self.origin)
        if self.fill == "image" and self.anchor is not None:
            return np.broadcast_to(self._off_plane(self.anchor.reshape(1, d)), (len(points), d))
        if self.fill == "neighbours":
            return _blend(self._off_plane(self.codes), nearest(self.points, points, N_NEIGHBOURS))
        return np.zeros((len(points), d), dtype=np.float32)

    def _off_plane(self, codes: CodeArray) -> CodeArray:
        centred = codes - self.origin
        return centred - (centred @ self.basis) @ self.basis.T


@dataclass
class Axes(Linear):
    """Two latent units as they are: a 2-D model's own plane, or any two of more."""

    title: ClassVar[str] = "Latent plane"
    words: ClassVar[str] = "The latent plane shows two units as they are"
    settings: ClassVar[tuple[str, ...]] = ("units",)
    units: tuple[int, int] = (0, 1)

    def fit(self, codes: CodeArray) -> "Axes":
        """Choose the units; the others' mean is the origin.

        Raises:
            ValueError: for units that the codes do not have.
        """
        d = codes.shape[1]
        require(d >= 2, "the number of latent units", d, "2 or more to draw a map")
        ok = all(0 <= unit < d for unit in self.units) and self.units[0] != self.units[1]
        require(ok, "units", self.units, f"two different ones of 0 to {d - 1}")
        origin = codes.mean(axis=0)
        origin[list(self.units)] = 0
        self._lay_out(codes, origin, np.eye(d)[:, list(self.units)])
        return self

    def describe(self) -> Description:
        """Name the units."""
        titles = (unit_name(self.units[0]), unit_name(self.units[1]))
        d = len(self.origin)
        if d == 2:
            return Description(titles, "The map is the latent space itself: nothing is lost.", "")
        return Description(
            titles,
            f"Horizontal and vertical are two of the {d} latent units as they are.",
            f"The other {d - 2} are not shown; a click fills them in as chosen.",
        )


@dataclass
class Line(Linear):
    """The one unit of a 1-D model, on a horizontal line; there is no other map of it."""

    title: ClassVar[str] = "Latent line"
    words: ClassVar[str] = "The latent line shows the one unit as it is"

    def fit(self, codes: CodeArray) -> "Line":
        """Take the unit as it is.

        Raises:
            ValueError: for codes of more units.
        """
        d = codes.shape[1]
        require(d == 1, "the number of latent units", d, "1 to draw a line")
        self._lay_out(codes, np.zeros(1), np.array([[1.0, 0.0]]))
        return self

    def describe(self) -> Description:
        """Name the unit."""
        return Description((unit_name(0), ""), "There is one latent unit: the map is a line.", "")


@dataclass
class PCA(Linear):
    """The two directions in which the codes vary most (Pearson 1901; Hotelling 1933)."""

    title: ClassVar[str] = "PCA"
    words: ClassVar[str] = "PCA the two directions of largest variance"
    variance: Float[np.ndarray, " 2"] = field(init=False, repr=False)

    def fit(self, codes: CodeArray) -> "PCA":
        """Find the directions; the sign is fixed so that the largest entry is positive."""
        require(codes.shape[1] >= 2, "the number of latent units", codes.shape[1], "2 or more")
        centred = codes.astype(np.float64) - codes.mean(axis=0, dtype=np.float64)
        variances, vectors = np.linalg.eigh(centred.T @ centred / len(codes))
        basis = vectors[:, ::-1][:, :2]
        largest = basis[np.abs(basis).argmax(axis=0), range(2)]
        self.variance = (variances[::-1] / max(variances.sum(), EPSILON))[:2]
        self._lay_out(codes, codes.mean(axis=0), basis * np.sign(largest))
        return self

    def describe(self) -> Description:
        """Give each axis its share of the variance."""
        d, total = len(self.origin), 100 * float(self.variance.sum())
        titles = tuple(f"PC{i + 1} ({100 * share:.0f} %)" for i, share in enumerate(self.variance))
        exact = f"Straight lines stay straight; the two axes hold {total:.0f} % of the variance."
        rest = f"A click fixes 2 of {d} coordinates; the others are filled in as chosen."
        return Description((titles[0], titles[1]), exact, rest if d > 2 else "")


Progress = Callable[[int, int, PlanePoints], bool]
"""Called with (steps done, steps in all, points so far); returning True cancels."""


class Cancelled(Exception):  # noqa: N818  # not an error: the user asked for it
    """A map was given up on request."""


@dataclass
class TSNE(Projection):
    """t-SNE (van der Maaten & Hinton 2008), computed by openTSNE (Poličar et al. 2019).

    A new code is placed on the point of the one of its 8 nearest codes that lies in the middle of
    theirs, and a place gets the blend of the codes of its 8 nearest points. Both are guesses. The
    first keeps as many neighbours as openTSNE's own transform, to a hundredth, or more, and takes
    no seconds (`benchmarks/placing.py`); their mean falls between clusters where the 8 are of
    several.

    Of the steps, `early_iterations` come first, under exaggerated attraction: fewer
    than the usual 250, for the points begin at the first two principal components. The map is as
    trustworthy as scikit-learn's of 750 steps (`benchmarks/projection.py`).
    """

    title: ClassVar[str] = "t-SNE"
    words: ClassVar[str] = "t-SNE keeps neighbours together and nothing else"
    settings: ClassVar[tuple[str, ...]] = ("perplexity",)
    perplexity: int = 30
    seed: int = 0
    early_iterations: int = 50
    n_iterations: int = 400
    progress: Progress | None = None
    codes: CodeArray = field(init=False, repr=False)
    points: PlanePoints = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Check the settings."""
        require(2 <= self.perplexity <= 500, "perplexity", self.perplexity, "2 to 500")
        for name in ("early_iterations", "n_iterations"):
            value = getattr(self, name)
            require(50 <= value <= 5000, name, value, "50 to 5,000")

    def parameters(self) -> dict[str, int]:
        """Return what the result depends on, besides the codes."""
        return {
            "perplexity": self.perplexity,
            "seed": self.seed,
            "early_iterations": self.early_iterations,
            "n_iterations": self.n_iterations,
        }

    def fit(self, codes: CodeArray) -> "TSNE":
        """Optimise the layout; 2,000 codes take seconds, 70,000 minutes.

        Raises:
            Cancelled: when `progress` returned True.
            ValueError: for too few codes for the perplexity, or codes that have no map: equal
                ones, or such as are not finite.
        """
        _check_codes(codes)
        most = largest_perplexity(len(codes))
        allowed = f"less than a third of the {len(codes)} codes: 2 to {most}"
        require(self.perplexity <= most, "perplexity", self.perplexity, allowed)
        points = _optimise(self, codes)
        if not np.isfinite(points).all():
            raise ValueError(f"t-SNE found no places for these {len(codes)} codes; choose PCA")
        return self.place(codes, points)

    def place(self, codes: CodeArray, points: PlanePoints) -> "TSNE":
        """Use a layout computed before."""
        self.codes, self.points = codes, points.astype(np.float32)
        return self

    def transform(self, codes: CodeArray) -> PlanePoints:
        """Place codes on the points of near codes: see the class."""
        return _middle(self.points, nearest(self.codes, codes, N_NEIGHBOURS))

    def inverse(self, points: PlanePoints) -> CodeArray:
        """Blend the codes of the nearest points."""
        return _blend(self.codes, nearest(self.points, points, N_NEIGHBOURS))

    def describe(self) -> Description:
        """Warn of what t-SNE does not keep."""
        return Description(
            ("", ""),
            "Neighbours in latent space are mostly neighbours here.",
            "Distances, sizes and gaps say little. What a click decodes is a guess, a blend of "
            "the codes of the 8 nearest points; so is the place of a new image, the point of one "
            "of its 8 nearest codes.",
        )


def largest_perplexity(n: int) -> int:
    """The largest that t-SNE takes for n codes: each has 3 times as many neighbours, not itself.

    Raises:
        ValueError: for too few codes for any.
    """
    require(n >= FEWEST_CODES, "the number of codes", n, f"{FEWEST_CODES} or more for t-SNE")
    return (n - 1) // 3


def n_threads() -> int:
    """How many t-SNE takes: half of the cores, for the other half is for everyone else."""
    return max(1, (os.cpu_count() or 2) // 2)


def _check_codes(codes: CodeArray) -> None:
    if not np.isfinite(codes).all():
        raise ValueError("some codes are not finite numbers, so there is no map of them")
    if (codes == codes[:1]).all():
        raise ValueError(
            f"all {len(codes)} codes are the same, so there is nothing that t-SNE could lay out; "
            "PCA shows them as one point"
        )


def _blend(values: Float[np.ndarray, "m d"], neighbours: Neighbours) -> Float[np.ndarray, "n d"]:
    """Average the neighbours' values, weighted by inverse squared distance (Shepard 1968)."""
    weights = _weights(neighbours)
    return np.einsum("nk,nkd->nd", weights, values[neighbours.rows]).astype(np.float32)


def _middle(points: Float[np.ndarray, "m 2"], neighbours: Neighbours) -> PlanePoints:
    """The neighbour's point with the least weighted sum of distances to those of the others."""
    near = points[neighbours.rows].astype(np.float64)
    apart = np.linalg.norm(near[:, :, None] - near[:, None], axis=-1)
    cost = np.einsum("nij,nj->ni", apart, _weights(neighbours))
    return points[neighbours.rows[np.arange(len(near)), cost.argmin(axis=1)]]


def _weights(neighbours: Neighbours) -> Float[np.ndarray, "n k"]:
    weights = 1 / (neighbours.distance**2 + EPSILON)
    return weights / weights.sum(axis=1, keepdims=True)


def _optimise(tsne: TSNE, codes: CodeArray) -> PlanePoints:
    import openTSNE

    total = tsne.early_iterations + tsne.n_iterations

    class Watch:
        """openTSNE calls it every few steps and stops when it returns True."""

        cancelled = False
        done = 0

        def __call__(self, _step: int, _error: float, points: np.ndarray) -> bool:
            self.done += 25
            if tsne.progress is not None:
                self.cancelled = tsne.progress(min(self.done, total), total, np.array(points))
            return self.cancelled

    watch = Watch()
    result = openTSNE.TSNE(
        perplexity=tsne.perplexity,
        random_state=tsne.seed,
        n_iter=tsne.n_iterations,
        early_exaggeration_iter=tsne.early_iterations,
        callbacks=watch,
        callbacks_every_iters=25,
        n_jobs=n_threads(),
        initialization="pca",
        neighbors="exact" if codes.shape[1] <= EXACT_UNITS else "auto",
    ).fit(codes.astype(np.float64))
    if watch.cancelled:
        raise Cancelled
    return np.asarray(result, dtype=np.float32)


LINE = "line"
PROJECTIONS: dict[str, type[Projection]] = {
    "axes": Axes,
    "pca": PCA,
    "tsne": TSNE,
}


def projection_class(name: str) -> type[Projection]:
    """Look up a name in `PROJECTIONS`, or `LINE`."""
    return Line if name == LINE else PROJECTIONS[name]
