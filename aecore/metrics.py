"""Figures of merit as pure functions of arrays."""

import numpy as np
from jaxtyping import Float

from aecore.arrays import CodeArray, ImageArray, PlanePoints, ValueArray

ACTIVE_VARIANCE = 0.01
SMALLEST_MSE = 1e-10  # an exact restoration counts as 100 dB, so that means stay finite
SSIM_WINDOW = 7  # pixels
SSIM_C1, SSIM_C2 = 0.01**2, 0.03**2


def mse_per_pixel(reconstruction: ImageArray, images: ImageArray) -> ValueArray:
    """Mean squared error of each image over its pixels, intensity² in [0, 1]."""
    return np.square(reconstruction - images).mean(axis=(1, 2, 3))


def psnr(restored: ImageArray, images: ImageArray) -> ValueArray:
    """Peak signal-to-noise ratio of each image: −10·log10(MSE) decibels, peak 1, at most 100."""
    mse = np.square(restored.astype(np.float64) - images).mean(axis=(1, 2, 3))
    return -10 * np.log10(np.maximum(mse, SMALLEST_MSE))


def ssim(restored: ImageArray, images: ImageArray) -> ValueArray:
    """Structural similarity of each image, −1 to 1: Wang, Bovik, Sheikh & Simoncelli (2004).

    scikit-image's `structural_similarity` with its defaults, for all images at once: windows of
    7×7 pixels (smaller where an image is, 1×7 for signals) of equal weights, covariances of a
    sample, the mean over all windows that lie wholly inside and over channels, dynamic range 1.
    """
    from scipy.ndimage import uniform_filter

    height, width = images.shape[2:]
    side = min(SSIM_WINDOW, width, width if height == 1 else height)
    side -= 1 - side % 2
    high = min(side, height)

    def windows(values: ImageArray) -> ImageArray:
        return uniform_filter(values, size=(1, 1, high, side))

    x, y = restored.astype(np.float64), images.astype(np.float64)
    sample = high * side / (high * side - 1)
    x_mean, y_mean = windows(x), windows(y)
    x_variance = sample * (windows(x * x) - x_mean**2)
    y_variance = sample * (windows(y * y) - y_mean**2)
    shared = sample * (windows(x * y) - x_mean * y_mean)
    likeness = (2 * x_mean * y_mean + SSIM_C1) * (2 * shared + SSIM_C2)
    likeness /= (x_mean**2 + y_mean**2 + SSIM_C1) * (x_variance + y_variance + SSIM_C2)
    top, edge = high // 2, side // 2
    inside = likeness[:, :, top : height - top, edge : width - edge]
    return inside.mean(axis=(1, 2, 3))


def active_units(means: CodeArray) -> int:
    """Count the units whose posterior mean varies over the data: Var(μ_j) > 0.01.

    Burda, Grosse & Salakhutdinov, "Importance Weighted Autoencoders" (2016), section 5.2.
    """
    return int((means.var(axis=0) > ACTIVE_VARIANCE).sum())


def trustworthiness(codes: CodeArray, points: PlanePoints, n_neighbours: int = 10) -> float:
    """1 less a penalty for points that are neighbours on the map only, by their rank, in [0, 1].

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
