"""Nearest neighbours by brute force, in blocks: thousands of points, milliseconds."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

BLOCK = 1_000_000


class Neighbours(NamedTuple):
    """For each query its nearest points, nearest first."""

    rows: Int[np.ndarray, "n k"]
    distance: Float[np.ndarray, "n k"]


def nearest(
    points: Float[np.ndarray, "m d"],
    queries: Float[np.ndarray, "n d"],
    k: int,
    leave_one_out: bool = False,
) -> Neighbours:
    """Return the k nearest points of each query by Euclidean distance.

    With `leave_one_out` the queries are the points themselves, and none is its own neighbour.
    """
    k = min(k, len(points) - leave_one_out)
    rows = max(1, BLOCK // max(1, len(points)))
    parts = [
        _block(points, queries[start : start + rows], k, start if leave_one_out else None)
        for start in range(0, len(queries), rows)
    ]
    return Neighbours(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _block(points: np.ndarray, queries: np.ndarray, k: int, diagonal: int | None) -> Neighbours:
    # |a − b|² = |a|² − 2ab + |b|² in float64: float32 would lose close neighbours.
    a, b = queries.astype(np.float64), points.astype(np.float64)
    squared = (a**2).sum(1)[:, None] - 2 * a @ b.T + (b**2).sum(1)
    if diagonal is not None:
        squared[np.arange(len(a)), np.arange(len(a)) + diagonal] = np.inf
    part = np.argpartition(squared, k - 1, axis=1)[:, :k] if k < len(points) else None
    if part is None:
        part = np.broadcast_to(np.arange(len(points)), squared.shape)
    near = np.take_along_axis(squared, part, axis=1)
    order = np.argsort(near, axis=1, kind="stable")[:, :k]
    index = np.take_along_axis(part, order, axis=1)
    distance = np.sqrt(np.maximum(np.take_along_axis(near, order, axis=1), 0))
    return Neighbours(index, distance)
