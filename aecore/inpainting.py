"""Missing pixels filled in without a network: the controls of a masked autoencoder.

`aeview/browser/inside/inpaint.js` is the same in the browser.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from aecore import noise
from aecore.arrays import ImageArray, ValueArray
from aecore.configs import require

PATCH = 4  # pixels: what is hidden together, as in `models.masked`
N_COMPONENTS = 32
LEAST_NOISE = 1e-6  # variance of a pixel: keeps the equations solvable where pixels never vary

Hidden = Bool[np.ndarray, "n channels height width"]


@dataclass(frozen=True, slots=True)
class PcaFill:
    """x = x̄ + W c + ε with c ~ N(0, I), ε ~ N(0, s² I): Tipping & Bishop (1999), PPCA.

    Attributes:
        mean: (p,) mean image.
        loadings: (p, k) W, the principal directions times √(λ − s²).
        noise: s², the mean variance that is left.
    """

    mean: Float[np.ndarray, " p"]
    loadings: Float[np.ndarray, "p k"]
    noise: float

    def __call__(self, images: ImageArray, hidden: Hidden) -> ImageArray:
        """Replace hidden pixels by their mean given the seen ones; results are clipped to [0, 1].

        E[x_h | x_v] = x̄_h + W_h (W_vᵀW_v + s² I)⁻¹ W_vᵀ (x_v − x̄_v).
        """
        filled = images.reshape(len(images), -1).copy()
        for row, gone in zip(filled, hidden.reshape(len(images), -1), strict=True):
            seen = self.loadings[~gone]
            matrix = seen.T @ seen + self.noise * np.eye(seen.shape[1])
            code = np.linalg.solve(matrix, seen.T @ (row[~gone] - self.mean[~gone]))
            row[gone] = np.clip(self.mean[gone] + self.loadings[gone] @ code, 0, 1)
        return filled.reshape(images.shape)


def fit_pca(images: ImageArray, k: int = N_COMPONENTS) -> PcaFill:
    """Fit on whole images; fewer components where there are fewer images or pixels.

    Raises:
        ValueError: for fewer than two images.
    """
    require(len(images) >= 2, "number of images", len(images), "2 or more")
    from sklearn.decomposition import PCA

    rows = images.reshape(len(images), -1).astype(np.float64)
    k = min(k, len(rows) - 1, rows.shape[1])
    fitted = PCA(k, svd_solver="randomized", random_state=0).fit(rows)
    noise = max(float(fitted.noise_variance_), LEAST_NOISE)
    scale = np.sqrt(np.maximum(fitted.explained_variance_ - noise, 0))
    return PcaFill(fitted.mean_, fitted.components_.T * scale, noise)


def pixel_plane(images: ImageArray) -> tuple[Float[np.ndarray, " p"], Float[np.ndarray, "p 2"]]:
    """The mean image and the two directions in which images vary most, of length one.

    A vector between two images, times the directions, is its shadow on the plane: exact, for any
    two images.
    """
    fill = fit_pca(images, 2)
    length = np.linalg.norm(fill.loadings, axis=0)
    directions = np.zeros((len(fill.mean), 2))
    directions[:, : len(length)] = fill.loadings / np.where(length > 0, length, 1)
    return fill.mean, directions


def hide(n: int, shape: tuple[int, int, int], ratio: float, seed: int, first: int = 0) -> Hidden:
    """Hide a share of the 4×4 patches of n images, as the browser does from the same seed.

    Args:
        n: images.
        shape: (channels, height, width).
        ratio: share of the patches, between 0 and 1.
        seed: as `noise.uniform` takes it.
        first: place of the first image in its row; each place has draws of its own.
    """
    channels, height, width = shape
    rows, columns = -(-height // PATCH), -(-width // PATCH)
    draws = noise.uniform(seed, "corruption", first + n, rows * columns)[first:]
    n_hidden = max(1, math.floor(ratio * rows * columns + 0.5))
    chosen = draws.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable") < n_hidden
    gone = chosen.reshape(n, 1, rows, columns).repeat(PATCH, axis=2).repeat(PATCH, axis=3)
    return np.repeat(gone[:, :, :height, :width], channels, axis=1)


def mean_fill(images: ImageArray, hidden: Hidden, mean: Float[np.ndarray, " p"]) -> ImageArray:
    """Replace hidden pixels by those of the mean image."""
    return np.where(hidden, mean.reshape(images.shape[1:]), images)


def hidden_mse(filled: ImageArray, images: ImageArray, hidden: Hidden) -> ValueArray:
    """Mean squared error of each image over its hidden pixels, intensity²; nan where none is."""
    squared = np.where(hidden, np.square(filled - images), 0).sum(axis=(1, 2, 3))
    count = hidden.sum(axis=(1, 2, 3))
    return np.where(count > 0, squared / np.maximum(count, 1), np.nan)
