"""The Fréchet distance between two sets of feature vectors, each seen as a normal distribution.

It is not "FID": that name belongs to the features of one Inception network (Heusel et al. 2017).
Here the features are those of a small classifier of our own, and figures compare only with figures
in the same features and of the same number of images.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from aecore.arrays import CodeArray


class Moments(NamedTuple):
    """What the distance knows of a set of feature vectors.

    Attributes:
        n: how many there were.
        mean: their mean.
        covariance: their covariance.
    """

    n: int
    mean: Float[np.ndarray, " d"]
    covariance: Float[np.ndarray, "d d"]


def moments(features: CodeArray) -> Moments:
    """Mean and covariance of feature vectors, at least 2.

    Raises:
        ValueError: for fewer than two.
    """
    if len(features) < 2:
        raise ValueError(f"features has {len(features)} rows, but a covariance needs at least 2")
    wide = features.astype(np.float64)
    return Moments(len(wide), wide.mean(axis=0), np.atleast_2d(np.cov(wide, rowvar=False)))


def distance(a: Moments, b: Moments) -> float:
    """d² = ‖μ_a − μ_b‖² + tr(C_a + C_b − 2·(C_a C_b)^½), in squared units of the features.

    Dowson & Landau (1982), eq. 4. The root's trace is the sum of the square roots of the
    eigenvalues of C_a^½ C_b C_a^½, which is symmetric: no complex numbers arise. Estimated from n
    images it is too large by an amount that falls with n, for like sets too.
    """
    root = _root(a.covariance)
    crossed = np.linalg.eigvalsh(root @ b.covariance @ root)
    shared = np.sqrt(np.maximum(crossed, 0)).sum()
    apart = np.square(a.mean - b.mean).sum()
    return float(max(0.0, apart + np.trace(a.covariance) + np.trace(b.covariance) - 2 * shared))


def _root(covariance: Float[np.ndarray, "d d"]) -> Float[np.ndarray, "d d"]:
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
