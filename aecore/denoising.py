"""Noise taken off an image: by classical filters, and how well anything does it.

A filter is a function (images, strength) → images. Noise that is clipped to [0, 1] brightens black
and darkens white, which a network trained on pairs learns to undo. So that filters undo it, too,
each is fitted for a kind and level of noise (`fit_filter`): the strength with the highest PSNR on
validation images, and a `ToneCurve` behind it. `Wiener` is the best linear filter, fitted on
training images. Networks need nothing of this: they restore by `reconstruct`.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from aecore.arrays import ImageArray, ValueArray
from aecore.configs import require
from aecore.metrics import psnr, ssim
from aecore.styles import DASHED, LineStyle

N_BINS = 32  # of intensities, in each of which a tone curve has a knot
MOST_LINEAR = 4096  # numbers of an image for the Wiener filter, which takes cost by their square
MOST_WHOLE = 1024  # up to so many it weights each; of more, the image's place along N_AXES axes
N_AXES = 384
N_SEEN = 1000  # clean images that the axes are of
RIDGE = 1e-4  # added to the variance of each pixel, so that pixels that never vary can be inverted

Matrix = Float[np.ndarray, "p k"]
Rows = Float[np.ndarray, "*n p"]
Vector = Float[np.ndarray, " p"]
Knots = Float[np.ndarray, " k"]
Batch = Float[np.ndarray, "_ _ _ _"]  # images, in each batch as many as there are


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


def _blur(image: Plane, parameter: float) -> Plane:
    from skimage.filters import gaussian

    return gaussian(image, (0 if len(image) == 1 else parameter, parameter), mode="reflect")


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
        parameters: the values it is chosen from, for each kind and level, from the weakest to the
            strongest; 0 leaves images as they are.
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
        if parameter == 0:
            return "off"
        if isinstance(self.short, str):
            return self.short.format(f"{parameter:g}")
        return self.short(parameter, shape[1] == 1)

    def __call__(self, images: ImageArray, parameter: float) -> ImageArray:
        """Restore each channel of each image by itself; results are clipped to [0, 1]."""
        if parameter == 0:
            return images
        restored = [[self.restore(plane, parameter) for plane in image] for image in images]
        return np.clip(np.asarray(restored, dtype=np.float32), 0, 1).reshape(images.shape)


def _neighbourhood(parameter: float, signals: bool) -> str:
    if signals:
        return f"{max(3, parameter):g} samples"
    return "cross of 5 pixels" if parameter == 2 else f"{parameter:g}×{parameter:g} pixels"


class Method(NamedTuple):
    """What stands beside filters and networks: its title and its line."""

    title: str
    style: LineStyle


NOISY = Method("Noisy", LineStyle("slate", (2, 3)))
WIENER = Method("Wiener (linear)", LineStyle("violet"))
# BM3D is measured, but not live: its library is for non-commercial use.
BM3D = Method("BM3D", LineStyle("teal", (6, 3, 2, 3)))
FILTERS: dict[str, Filter] = {
    "blur": Filter(
        title="Gaussian blur",
        means="standard deviation of the kernel, pixels",
        parameters=(0.0, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0),
        restore=_blur,
        short="kernel σ = {}",
        style=LineStyle("green", (4, 2)),
    ),
    "median": Filter(
        title="Median",
        means="width of the neighbourhood, pixels; 2 is a cross of five",
        parameters=(0.0, 2.0, 3.0, 5.0, 7.0, 9.0, 11.0, 15.0, 19.0),
        restore=_median,
        short=_neighbourhood,
        style=LineStyle("pink", (4, 2)),
    ),
    "nlm": Filter(
        title="Non-local means",
        means="cut-off distance h, intensity",
        parameters=(0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.6, 0.8, 1.2, 1.8),
        restore=_non_local_means,
        short="h = {}",
        of="pictures",
        style=LineStyle("olive", (4, 2)),
    ),
    "savgol": Filter(
        title="Savitzky–Golay",
        means="samples of the window to which cubics are fitted",
        parameters=(0.0, 5.0, 7.0, 9.0, 13.0, 17.0, 25.0, 35.0, 51.0, 71.0),
        restore=_savitzky_golay,
        short="window {}",
        of="signals",
        style=LineStyle("olive", (4, 2)),
    ),
    "tv": Filter(
        title="Total variation",
        means="weight",
        parameters=(0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.2, 1.8, 2.7, 4.0),
        restore=_total_variation,
        short="weight {}",
        style=LineStyle("taupe", (4, 2)),
    ),
    "wavelet": Filter(
        title="Wavelet",
        means="noise level σ assumed, intensity",
        parameters=(
            0.0,
            0.02,
            0.04,
            0.06,
            0.08,
            0.1,
            0.14,
            0.18,
            0.24,
            0.32,
            0.45,
            0.65,
            0.9,
            1.3,
        ),
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


# ---- fitted to a kind and level of noise --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ToneCurve:
    """A monotone map of intensities: from a filtered pixel to the mean of the clean ones.

    Attributes:
        before: (k,) intensities after the filter, ascending.
        after: (k,) mean clean intensities there, never falling; between two knots the curve is
            straight, outside them level.
    """

    before: Knots
    after: Knots

    def __call__(self, images: ImageArray) -> ImageArray:
        """Map each pixel by itself."""
        return np.interp(images, self.before, self.after).astype(np.float32)


def fit_tone(filtered: ImageArray, clean: ImageArray) -> ToneCurve:
    """Fit clean on filtered intensities: isotonic regression of the means in 32 equal bins.

    Example:
        >>> import numpy as np
        >>> clean = np.random.default_rng(0).random((9, 1, 20, 20)).astype(np.float32)
        >>> curve = fit_tone(clean / 2 + 0.25, clean)  # a filter that halves the contrast
        >>> bool(np.abs(curve(clean / 2 + 0.25) - clean).max() < 0.05)
        True
    """
    from sklearn.isotonic import IsotonicRegression

    x, y = (part.ravel().astype(np.float64) for part in (filtered, clean))
    bins = np.clip((x * N_BINS).astype(int), 0, N_BINS - 1)
    count = np.bincount(bins, minlength=N_BINS)
    met = count > 0
    before, means = (np.bincount(bins, part, N_BINS)[met] / count[met] for part in (x, y))
    after = IsotonicRegression().fit_transform(before, means, sample_weight=count[met])
    return ToneCurve(before, after)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A filter for one kind and level of noise.

    Attributes:
        restore: the filter with its strength.
        tone: what each pixel goes through behind it.
        parameter: the strength; None for the linear filter, which has none.
    """

    restore: Callable[[ImageArray], ImageArray]
    tone: ToneCurve
    parameter: float | None = None

    def __call__(self, images: ImageArray) -> ImageArray:
        """Restore spoilt images; results lie in [0, 1]."""
        return self.tone(self.restore(images))


def fit_filter(chosen: Filter, spoilt: ImageArray, clean: ImageArray) -> Fitted:
    """Take the strength with the highest mean PSNR behind its tone curve.

    The best of all strengths on a quarter of the images, and the two beside it, are compared on
    all of them.

    Args:
        chosen: of `FILTERS`, or one like them.
        spoilt: images that are not test images, with noise.
        clean: the same without.
    """
    quarter = slice(None, None, 4)
    rough = [_tuned(chosen, p, spoilt[quarter], clean[quarter])[0] for p in chosen.parameters]
    at = int(np.argmax(rough))
    near = chosen.parameters[max(at - 1, 0) : at + 2]
    return max((_tuned(chosen, p, spoilt, clean) for p in near), key=lambda each: each[0])[1]


def _tuned(
    chosen: Filter, parameter: float, spoilt: ImageArray, clean: ImageArray
) -> tuple[float, Fitted]:
    """Mean PSNR of a filter behind its tone curve, and the two."""
    filtered = chosen(spoilt, parameter)
    tone = fit_tone(filtered, clean)
    made = Fitted(partial(chosen, parameter=parameter), tone, parameter)
    return float(psnr(tone(filtered), clean).mean()), made


# ---- the best linear filter ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wiener:
    """x̂ = x̄ + C_xy C_yy⁻¹ (y − ȳ): no linear estimate has a smaller mean squared error.

    Wiener (1949), without the assumption that all places of an image are alike: means and
    covariances of pixels come from pairs of clean and spoilt training images.

    Of images with more than 1,024 numbers it sees, and gives, what lies along the 384 axes in
    which clean ones vary most: white noise across them says nothing of the image, and fewer
    weights are found well by fewer pairs.

    Attributes:
        axes: (p, k) orthonormal; None where all pixels are weighted.
        matrix: (p, k), from spoilt places along the axes, or pixels, to clean pixels.
        offset: (p,).
    """

    axes: Matrix | None
    matrix: Matrix
    offset: Vector

    def __call__(self, images: ImageArray) -> ImageArray:
        """Restore spoilt images; results are clipped to [0, 1]."""
        restored = _along(self.axes, images.reshape(len(images), -1)) @ self.matrix.T + self.offset
        return np.clip(restored, 0, 1).reshape(images.shape).astype(np.float32)


def linear_fits(shape: Sequence[int]) -> bool:
    """Whether the best linear filter can be fitted to images of (channels, height, width)."""
    return math.prod(shape) <= MOST_LINEAR


def _along(axes: Matrix | None, pixels: Rows) -> Float[np.ndarray, "*n q"]:
    return pixels if axes is None else pixels @ axes


def n_weights(n_images: int, shape: Sequence[int]) -> int:
    """How many numbers the linear filter weights for each that it gives."""
    p = math.prod(shape)
    return p if p <= MOST_WHOLE else min(N_AXES, max(1, n_images - 1))


def _axes(clean: Rows) -> Matrix | None:
    """The axes along which up to 1,000 of these images vary most; None for all pixels."""
    n, p = clean.shape
    if p <= MOST_WHOLE:
        return None
    some = clean[:: -(-n // N_SEEN)]
    centred = some - some.mean(0)
    _, mixed = np.linalg.eigh(centred @ centred.T)  # ascending
    axes = centred.T @ mixed[:, -n_weights(len(some), (p,)) :]
    return axes / np.maximum(np.linalg.norm(axes, axis=0), RIDGE)


def fit_wiener(pairs: Iterable[tuple[Batch, Batch]]) -> Wiener:
    """Fit the best linear filter on spoilt and clean training images, some at a time.

    Args:
        pairs: batches of (spoilt, clean); axes are of the first.

    Raises:
        ValueError: for fewer than two pairs, pairs that do not fit together, or images too large
            for it (`linear_fits`).
    """
    n = 0
    axes: Matrix | None = None
    y_sum, x_sum, yy, xy = (np.zeros((), dtype=np.float64) for _ in range(4))
    for spoilt, clean in pairs:
        require(spoilt.shape == clean.shape, "spoilt images", spoilt.shape, f"{clean.shape}")
        numbers = f"at most {MOST_LINEAR:,} numbers an image for the linear filter"
        require(linear_fits(clean.shape[1:]), "images", clean.shape[1:], numbers)
        y, x = (part.reshape(len(part), -1).astype(np.float32) for part in (spoilt, clean))
        axes = axes if n else _axes(x)
        n += len(y)
        y_sum, x_sum = y_sum + y.sum(0, dtype=np.float64), x_sum + x.sum(0, dtype=np.float64)
        y, x = _along(axes, y), _along(axes, x)
        yy, xy = yy + y.T @ y, xy + x.T @ y
    require(n >= 2, "pairs", n, "two or more")
    y_mean, x_mean = (_along(axes, total / n) for total in (y_sum, x_sum))
    spread = (yy - n * np.outer(y_mean, y_mean)) / (n - 1)
    shared = (xy - n * np.outer(x_mean, y_mean)) / (n - 1)
    spread[np.diag_indices_from(spread)] += RIDGE
    matrix = np.linalg.solve(spread, shared.T).T
    matrix = matrix if axes is None else axes @ matrix
    offset = x_sum / n - matrix @ y_mean
    return Wiener(axes, matrix.astype(np.float32), offset.astype(np.float32))
