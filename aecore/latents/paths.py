"""Ways from one latent code to another, as functions of t in [0, 1]; numpy only.

Each way in `PATHS` turns (a, b, t, graph) into codes: a and b are the ends (d,), t is (n,), and
the codes are (n, d), float32, with the ends exact. The pixel cross-fade, which is no way between
codes but the control beside them, is `cross_fade`. `browser/net/paths.js` computes the same in the
browser.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from aecore.arrays import CodeArray
from aecore.latents.neighbours import nearest
from aecore.styles import LineStyle

N_NEIGHBOURS = 10
TINY = 1e-9

Code = Float[np.ndarray, " code"]
Place = Float[np.ndarray, " n"]
"""Shares of the way, 0 to 1."""


def places(n: int) -> Place:
    """Return n equally spaced places of the way, both ends among them.

    Raises:
        ValueError: for fewer than 2.
    """
    if n < 2:
        raise ValueError(f"n is {n}, but a strip needs at least 2 frames, its two ends")
    return np.linspace(0, 1, n)


def linear(a: Code, b: Code, t: Place) -> CodeArray:
    """The straight line, (1 − t) a + t b."""
    first, second = a.astype(np.float64), b.astype(np.float64)
    return _exact(a, b, t, (1 - t)[:, None] * first + t[:, None] * second)


def slerp(a: Code, b: Code, t: Place) -> CodeArray:
    """The great circle about the origin (Shoemake 1985; White 2016).

    The direction turns evenly from a to b, the norm goes evenly from ‖a‖ to ‖b‖: ends of one norm
    stay on their sphere. Opposite directions have many great circles between them; it takes the
    one through the axis that a leans on least. Where there is no angle (an end at the origin,
    parallel ends, one unit) it is the straight line.
    """
    first, second = a.astype(np.float64), b.astype(np.float64)
    norms = np.linalg.norm(first), np.linalg.norm(second)
    if min(norms) < TINY:
        return linear(a, b, t)
    u, v = first / norms[0], second / norms[1]
    angle = 2 * np.arctan2(np.linalg.norm(u - v), np.linalg.norm(u + v))
    across = _across(u, v)
    if angle < TINY or across is None:
        return linear(a, b, t)
    turned = np.cos(angle * t)[:, None] * u + np.sin(angle * t)[:, None] * across
    return _exact(a, b, t, ((1 - t) * norms[0] + t * norms[1])[:, None] * turned)


def _across(u: np.ndarray, v: np.ndarray) -> np.ndarray | None:
    """The unit vector at right angles to u, towards v; towards an axis if v is −u."""
    for towards in (v, np.eye(len(u))[np.abs(u).argmin()]):
        rest = towards - (towards @ u) * u
        if np.linalg.norm(rest) > TINY:
            return rest / np.linalg.norm(rest)
    return None


def along(corners: Float[np.ndarray, "m code"], t: Place) -> CodeArray:
    """Places on a polyline by the share of its length that lies behind them."""
    lengths = np.linalg.norm(np.diff(corners.astype(np.float64), axis=0), axis=1)
    behind = np.concatenate([[0.0], np.cumsum(lengths)])
    if behind[-1] < TINY:
        return np.repeat(corners[:1], len(t), axis=0).astype(np.float32)
    units = [np.interp(t * behind[-1], behind, unit) for unit in corners.astype(np.float64).T]
    return _exact(corners[0], corners[-1], t, np.stack(units, axis=1))


def _exact(a: Code, b: Code, t: Place, codes: np.ndarray) -> CodeArray:
    codes = codes.astype(np.float32)
    codes[t <= 0], codes[t >= 1] = a, b
    return codes


class DataGraph:
    """The training codes, each joined to its 10 nearest, and the shortest ways over them.

    It is the graph of Isomap (Tenenbaum, de Silva & Langford 2000).
    Where the graph falls into pieces, they are joined at their nearest points, piece by piece.

    Args:
        codes: (n, d) codes of training images, at least 2.
    """

    def __init__(self, codes: CodeArray, k: int = N_NEIGHBOURS) -> None:
        from scipy.sparse.csgraph import connected_components

        if len(codes) < 2:
            raise ValueError(f"codes has {len(codes)} rows, but a graph needs at least 2")
        self.codes, self.k = codes, k
        near = nearest(codes, codes, k, leave_one_out=True).rows
        rows = np.repeat(np.arange(len(codes)), near.shape[1])
        self.edges = np.stack([rows, near.ravel()])
        pieces = connected_components(self._matrix(self.edges, codes), directed=False)[1]
        self.bridges = _bridges(codes, pieces)
        self.edges = np.concatenate([self.edges, self.bridges], axis=1)

    def _matrix(self, edges: np.ndarray, codes: np.ndarray) -> object:
        from scipy.sparse import coo_matrix

        ends = codes.astype(np.float64)
        length = np.linalg.norm(ends[edges[0]] - ends[edges[1]], axis=1)
        # a length of zero would read as no edge
        return coo_matrix((np.maximum(length, TINY), edges), shape=(len(codes), len(codes)))

    def corners(self, a: Code, b: Code) -> CodeArray:
        """Return the shortest way from a to b: a, the training codes it passes, b.

        Both ends are joined to their nearest training codes, wherever they lie. From a code to
        itself the way passes none: it stands still.
        """
        from scipy.sparse.csgraph import dijkstra

        if np.array_equal(a, b):
            return np.stack([a, b]).astype(np.float32)

        n = len(self.codes)
        near = nearest(self.codes, np.stack([a, b]), self.k).rows
        joined = np.stack([np.repeat([n, n + 1], near.shape[1]), near.ravel()])
        codes = np.concatenate([self.codes, [a, b]]).astype(np.float32)
        matrix = self._matrix(np.concatenate([self.edges, joined], axis=1), codes)
        before = dijkstra(matrix, directed=False, indices=n, return_predecessors=True)[1]
        way = [n + 1]
        while way[-1] != n:
            way.append(int(before[way[-1]]))
        return codes[way[::-1]]


def _bridges(codes: CodeArray, pieces: Int[np.ndarray, " n"]) -> Int[np.ndarray, "2 m"]:
    """Edges that join the pieces of a graph, each the shortest to what is joined already."""
    fresh, outside = np.flatnonzero(pieces == pieces[0]), np.flatnonzero(pieces != pieces[0])
    reach, source = np.full(len(codes), np.inf), np.zeros(len(codes), dtype=np.int64)
    bridges = []
    while len(outside):
        near = nearest(codes[fresh], codes[outside], 1)
        closer = near.distance[:, 0] < reach[outside]
        reach[outside[closer]] = near.distance[closer, 0]
        source[outside[closer]] = fresh[near.rows[closer, 0]]
        found = outside[reach[outside].argmin()]
        bridges.append((source[found], found))
        fresh = np.flatnonzero(pieces == pieces[found])
        outside = outside[pieces[outside] != pieces[found]]
    return np.array(bridges, dtype=np.int64).reshape(-1, 2).T


def along_data(a: Code, b: Code, t: Place, graph: DataGraph) -> CodeArray:
    """The shortest way over the graph of the training codes, re-sampled by arc length."""
    return along(graph.corners(a, b), t)


def cross_fade(
    first: Float[np.ndarray, "*image"], second: Float[np.ndarray, "*image"], t: Place
) -> Float[np.ndarray, "n *image"]:
    """Two pictures mixed pixel by pixel: (1 − t) first + t second."""
    share = t.astype(np.float32).reshape(-1, *(1 for _ in first.shape))
    return (1 - share) * first + share * second


def add(a: Code, b: Code, c: Code, strength: float = 1.0) -> Code:
    """Latent arithmetic: c + strength · (a − b) (Mikolov et al. 2013; Radford et al. 2016)."""
    return (c + np.float32(strength) * (a - b)).astype(np.float32)


def attribute(codes: CodeArray, labels: Int[np.ndarray, " n"], has: int, lacks: int) -> Code:
    """Mean code of one class minus the mean code of another.

    Raises:
        ValueError: if a class has no codes.
    """
    for label in (has, lacks):
        if not (labels == label).any():
            raise ValueError(f"class {label} has no codes here, so it has no mean")
    return codes[labels == has].mean(axis=0) - codes[labels == lacks].mean(axis=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a row of frames is shown.

    Attributes:
        title: for the screen.
        words: one sentence.
        style: of its line on the map and in files.
    """

    title: str
    words: str
    style: LineStyle


@dataclass(frozen=True, slots=True, kw_only=True)
class Way(Look):
    """A way between two codes.

    Attributes:
        go: (a, b, t, graph) → codes.
        in_browser: whether `paths.js` and `ways.js` have a copy. Without one the way is in
            `strips`, and so in the file of all strips, but not among the live ones.
    """

    go: Callable[[Code, Code, Place, DataGraph], CodeArray]
    in_browser: bool = False

    def __call__(self, a: Code, b: Code, t: Place, graph: DataGraph) -> CodeArray:
        """Return the codes at the places t."""
        return self.go(a, b, t, graph)


PATHS: dict[str, Way] = {
    "linear": Way(
        title="Linear", words="The straight line between the two codes.",
        style=LineStyle("magenta"), go=lambda a, b, t, _: linear(a, b, t), in_browser=True,
    ),
    "slerp": Way(
        title="Spherical (slerp)",
        words="The great circle about the origin; the norm goes evenly from one end's to the "
        "other's.",
        style=LineStyle("azure", (8, 4)), go=lambda a, b, t, _: slerp(a, b, t), in_browser=True,
    ),
    "data": Way(
        title="Along the data",
        words="The shortest way over training codes, each joined to its 10 nearest.",
        style=LineStyle("green", (10, 3, 2, 3)), go=along_data, in_browser=True,
    ),
}  # fmt: skip
