"""Precision and recall of generated images, in the features of our own classifier.

Kynkäänniemi, Karras, Laine, Lehtinen & Aila (2019), "Improved precision and recall metric for
assessing generative models": a set's images are taken for all that lies within a ball around one
of them, whose radius is the distance to its k-th nearest neighbour in the set.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from aecore.arrays import CodeArray
from aecore.configs import require

K = 3


class Coverage(NamedTuple):
    """Shares from 0 to 1.

    Attributes:
        precision: of the generated images, those that real images cover: is it realistic?
        recall: of the real images, those that generated images cover: is nothing left out?
    """

    precision: float
    recall: float


def coverage(real: CodeArray, made: Float[np.ndarray, "m code"], k: int = K) -> Coverage:
    """Compare the features of real and of generated images; as many of either, or nearly so.

    Args:
        real: features of real images, (n, d).
        made: features of generated images, (m, d).
        k: which neighbour gives the radius.

    Raises:
        ValueError: for fewer than k + 1 of either.

    Example:
        >>> grid = np.arange(8.0, dtype=np.float32)[:, None]
        >>> coverage(grid, grid[:4] + 0.1, k=1)
        Coverage(precision=1.0, recall=0.625)
    """
    for name, some in (("real", real), ("made", made)):
        require(len(some) > k, name, f"{len(some)} rows", f"{k + 1} rows or more")
    from scipy.spatial.distance import cdist

    apart = cdist(real, made)
    return Coverage(
        float((apart <= _radii(real, k)[:, None]).any(axis=0).mean()),
        float((apart <= _radii(made, k)[None]).any(axis=1).mean()),
    )


def _radii(features: CodeArray, k: int) -> np.ndarray:
    """The distance of each to its k-th nearest neighbour among the others."""
    from scipy.spatial.distance import cdist

    return np.partition(cdist(features, features), k, axis=1)[:, k]
