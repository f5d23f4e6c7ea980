"""Noise taken off an image: by classical filters, and how well anything does it.

A method is a function (images, parameter) → images; `FILTERS` are scikit-image's, whose parameter
has to be chosen for each kind and level of noise (`best_parameter`, on validation images), and
`Wiener` is the best linear one, fitted on training images. Networks need nothing of this: they
restore by `reconstruct`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from aecore.arrays import ImageArray, ValueArray
from aecore.configs import require
from aecore.metrics import psnr, ssim
from aecore.styles import DASHED, LineStyle

N_FIT = 10_000  # training images that the best linear filter is fitted on
RIDGE = 1e-4  # added to the variance of each pixel, so that pixels that never vary can be inverted

Matrix = Float[np.ndarray, "p p"]
Vector = Float[np.ndarray, " p"]


class Quality(NamedTuple):
    """How near restored images are to the originals, for each image.

    Attributes:
        psnr: decibels, higher is better.
        ssim: −1 to 1, higher is better.
    """

    psnr: ValueArray
    ssim: ValueArray


def quality(restored: ImageArray, images: ImageArray) -> Quality:
    """Compare restored images, clipped to [0, 1], with the originals."""
    clipped = np.clip(restored, 0, 1)
    return Quality(psnr(clipped, images), ssim(clipped, images))


# ---- classical filters --------------------------------------------------------------------------

Plane = Float[np.ndarray, "height width"]


def _median(image: Plane, parameter: float) -> Plane:
    if len(image) == 1:
        return _median_row(image, parameter)
    from skimage.filters import median
    from skimage.morphology import disk, footprint_rectangle

    cross = parameter == 2  # five pixels: the smallest neighbourhood there is
    footprint = disk(1) if cross else footprint_rectangle((int(parameter), int(parameter)))
    return median(image, footprint)


def _median_row(image: Plane, parameter: float) -> Plane:
    from scipy.ndimage import median_filter

    width = max(3, int(parameter))
    return median_filter(image, size=(1, width), mode="nearest")


def _total_variation(image: Plane, parameter: float) -> Plane:
    from skimage.restoration import denoise_tv_chambolle

    return denoise_tv_chambolle(image, weight=parameter)


def _non_local_means(image: Plane, parameter: float) -> Plane:
    from skimage.restoration import denoise_nl_means

    return denoise_nl_means(image, patch_size=5, patch_distance=6, h=parameter, fast_mode=True)


def _wavelet(image: Plane, parameter: float) -> Plane:
    from skimage.restoration import denoise_wavelet

    plane = image[0] if len(image) == 1 else image
    restored = denoise_wavelet(
        plane, sigma=parameter, wavelet="db2", mode="soft", method="VisuShrink", wavelet_levels=3
    )
    return restored.reshape(image.shape)


def _savitzky_golay(image: Plane, parameter: float) -> Plane:
    from scipy.signal import savgol_filter

    longest = image.shape[1] - 1 + image.shape[1] % 2  # the window is odd
    return savgol_filter(image, min(int(parameter), longest), 3, axis=1, mode="interp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A classical filter.

    Attributes:
        title: for the screen.
        means: what its parameter is.
        parameters: the values it is chosen from, for each kind and level.
        of: "pictures", "signals" (images with one row) or "both".
        restore: (one channel of one image, parameter) → the same, restored.
        short: the parameter in a word or two, with {} for its value; or a function of it and of
            whether it is of signals.
        style: of its line where methods are compared.
    """

    title: str
    means: str
    parameters: tuple[float, ...]
    restore: Callable[[Plane, float], Plane]
    short: str | Callable[[float, bool], str]
    of: str = "both"
    style: LineStyle = DASHED

    def words(self, parameter: float, shape: Sequence[int]) -> str:
        """Say a parameter for images of (channels, height, width)."""
        if isinstance(self.short, str):
            return self.short.format(f"{parameter:g}")
        return self.short(parameter, shape[1] == 1)

    def __call__(self, images: ImageArray, parameter: float) -> ImageArray:
        """Restore each channel of each image by itself; results are clipped to [0, 1]."""
        restored = [[self.restore(plane, parameter) for plane in image] for image in images]
        return np.clip(np.asarray(restored, dtype=np.float32), 0, 1).reshape(images.shape)


def _neighbourhood(parameter: float, signals: bool) -> str:
    if signals:
        return f"{max(3, parameter):g} samples"
    cross = parameter == 2
    return f"neighbourhood {'cross of 5' if cross else f'{parameter:g}×{parameter:g}'}"


class Method(NamedTuple):
    """What stands beside filters and networks: its title and its line."""

    title: str
    style: LineStyle


NOISY = Method("Noisy", LineStyle("slate", (2, 3)))
WIENER = Method("Wiener (linear)", LineStyle("violet"))
FILTERS: dict[str, Filter] = {
    "median": Filter(
        title="Median",
        means="width of the neighbourhood, pixels; 2 is a cross of five",
        parameters=(2.0, 3.0, 5.0, 7.0),
        restore=_median,
        short=_neighbourhood,
        style=LineStyle("pink", (4, 2)),
    ),
    "nlm": Filter(
        title="Non-local means",
        means="cut-off distance h, intensity",
        parameters=(0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8),
        restore=_non_local_means,
        short="h = {}",
        of="pictures",
        style=LineStyle("olive", (4, 2)),
    ),
    "savgol": Filter(
        title="Savitzky–Golay",
        means="samples of the window to which cubics are fitted",
        parameters=(5.0, 7.0, 9.0, 13.0, 17.0, 25.0, 35.0),
        restore=_savitzky_golay,
        short="window {}",
        of="signals",
        style=LineStyle("olive", (4, 2)),
    ),
    "tv": Filter(
        title="Total variation",
        means="weight",
        parameters=(0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.2, 1.8),
        restore=_total_variation,
        short="weight {}",
        style=LineStyle("taupe", (4, 2)),
    ),
    "wavelet": Filter(
        title="Wavelet",
        means="noise level σ assumed, intensity",
        parameters=(0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.14, 0.18, 0.24, 0.32),
        restore=_wavelet,
        short="σ = {}",
        style=LineStyle("mauve", (4, 2)),
    ),
}


def filters_for(shape: Sequence[int]) -> tuple[str, ...]:
    """Names of the filters for pictures, or for signals, of (channels, height, width)."""
    others = "pictures" if shape[1] == 1 else "signals"
    return tuple(name for name, each in FILTERS.items() if each.of != others)


def classical(name: str) -> Filter:
    """Look a filter up.

    Raises:
        ValueError: for an unknown name, listing the known ones.
    """
    require(name in FILTERS, "filter", name, f"one of {', '.join(FILTERS)}")
    return FILTERS[name]


def best_parameter(name: str, spoilt: ImageArray, images: ImageArray) -> float:
    """Return the parameter with the highest mean PSNR on images that are not test images."""
    chosen = classical(name)

    def gain(parameter: float) -> float:
        return float(psnr(chosen(spoilt, parameter), images).mean())

    return max(chosen.parameters, key=gain)


# ---- the best linear filter ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wiener:
    """x̂ = x̄ + C_xy C_yy⁻¹ (y − ȳ): no linear estimate has a smaller mean squared error.

    Wiener (1949), without the assumption that all places of an image are alike: means and
    covariances of pixels come from pairs of clean and spoilt training images.

    Attributes:
        matrix: (p, p), from spoilt to clean pixels.
        offset: (p,).
    """

    matrix: Matrix
    offset: Vector

    def __call__(self, images: ImageArray) -> ImageArray:
        """Restore spoilt images; results are clipped to [0, 1]."""
        pixels = images.reshape(len(images), -1)
        restored = pixels @ self.matrix.T + self.offset
        return np.clip(restored, 0, 1).reshape(images.shape).astype(np.float32)


def fit_wiener(spoilt: ImageArray, images: ImageArray) -> Wiener:
    """Fit the best linear filter on pairs of spoilt and clean training images.

    Raises:
        ValueError: for fewer than two pairs, or pairs that do not fit together.
    """
    if spoilt.shape != images.shape or len(images) < 2:
        raise ValueError(
            f"the spoilt images are {spoilt.shape} and the clean ones {images.shape}; two or more "
            "pairs of one shape are needed"
        )
    y, x = (part.reshape(len(images), -1).astype(np.float32) for part in (spoilt, images))
    y_mean, x_mean = y.mean(0, dtype=np.float64), x.mean(0, dtype=np.float64)
    y_centred = (y - y_mean).astype(np.float32)
    x_centred = (x - x_mean).astype(np.float32)
    spread = (y_centred.T @ y_centred).astype(np.float64) / (len(y) - 1)
    shared = (x_centred.T @ y_centred).astype(np.float64) / (len(y) - 1)
    spread[np.diag_indices_from(spread)] += RIDGE
    matrix = np.linalg.solve(spread, shared.T).T
    offset = x_mean - matrix @ y_mean
    return Wiener(matrix.astype(np.float32), offset.astype(np.float32))
