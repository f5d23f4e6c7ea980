"""Figures of merit as pure functions of arrays."""

import numpy as np
from jaxtyping import Float

from aecore.arrays import CodeArray, ImageArray, PlanePoints, ValueArray

ACTIVE_VARIANCE = 0.01


def mse_per_pixel(reconstruction: ImageArray, images: ImageArray) -> ValueArray:
    """Mean squared error of each image over its pixels, intensity² in [0, 1]."""
    return np.square(reconstruction - images).mean(axis=(1, 2, 3))


def active_units(means: CodeArray) -> int:
    """Count the units whose posterior mean varies over the data: Var(μ_j) > 0.01.

    Burda, Grosse & Salakhutdinov, "Importance Weighted Autoencoders" (2016), section 5.2.
    """
    return int((means.var(axis=0) > ACTIVE_VARIANCE).sum())


def trustworthiness(codes: CodeArray, points: PlanePoints, n_neighbours: int = 10) -> float:
    """Share of neighbours on the map that are neighbours in latent space, in [0, 1].

    Venna & Kaski (2001), as scikit-learn computes it; 1 is perfect. Quadratic in n.
    """
    from sklearn.manifold import trustworthiness as sklearn_trustworthiness

    return float(sklearn_trustworthiness(codes, points, n_neighbors=n_neighbours))


def auroc(normal: ValueArray, strange: Float[np.ndarray, " m"]) -> float:
    """Probability that a strange image scores above a normal one, ties counting half.

    The area under the ROC curve (Hanley & McNeil 1982); nan where a side is empty.
    """
    if not len(normal) or not len(strange):
        return float("nan")
    ordered = np.sort(normal)
    below = np.searchsorted(ordered, strange, side="left")
    not_above = np.searchsorted(ordered, strange, side="right")
    return float((below + not_above).mean() / (2 * len(normal)))


def average_precision(normal: ValueArray, strange: Float[np.ndarray, " m"]) -> float:
    """Σ (R_k − R_{k−1})·P_k over falling thresholds, as scikit-learn does; nan for no strange."""
    if not len(strange):
        return float("nan")
    ordered, targets = np.sort(normal), np.sort(strange)
    levels = np.unique(targets)[::-1]
    hits = len(targets) - np.searchsorted(targets, levels, side="left")
    alarms = len(ordered) - np.searchsorted(ordered, levels, side="left")
    steps = np.diff(hits, prepend=0) / len(targets)
    return float((steps * hits / (hits + alarms)).sum())
