"""From a photographed sheet to ink: greyscale, even light, polarity, threshold.

Ink strength is 0 on paper and the share of light that the ink takes away (or adds, for chalk)
elsewhere. Which marks are a drawing is `ink`'s matter.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool
from PIL import Image

from aecore.data.pictures.rasters import rank_filter, resize
from aecore.data.pictures.records import Grey, Picture

CHANNELS = {
    "brightness": (0.299, 0.587, 0.114),
    "red": (1.0, 0.0, 0.0),
    "green": (0.0, 1.0, 0.0),
    "blue": (0.0, 0.0, 1.0),
}
CLEARER = 1.35
WINDOW = 0.45
WINDOW_CELLS = 21
POLARITY_SIDE = 400
PAPER_WEIGHT = 6.0
MIDDLE = 0.35
FINEST_WINDOW = 0.08
STROKES_IN_WINDOW = 4
NOISE_SCALE = 4
NOISE_MULTIPLE = 5
FAINTEST = 0.03
MIXED_EDGE = 0.3
EVEN = 0.06  # of the step from paper to ink
FEWEST = 3e-5  # share of the picture that ink covers
HALF = 0.5  # of the ink's strength: where the edge of an evenly dark stroke lies
INSIDE = 0.6  # of half a stroke's width
CUT_THROUGH = (0.05, 1.0)  # weak ink inside strokes, as a share of the strong one
THINNEST = 2.0
DARKEST = 0.15  # so that the noise of a dark picture is not enlarged without end
FACTOR = {"auto": 1.0, "off": 1.0, "lower": 0.6, "higher": 1.4}


class Sheet(NamedTuple):
    """A sheet and what is on it.

    Attributes:
        strength: ink strength, signed: below 0 where paper is cleaner than its surroundings.
        noise: standard deviation of the paper, in units of strength.
        page: where the sheet is, on a desk; None where it is everywhere.
    """

    strength: Grey
    noise: float
    page: Bool[np.ndarray, "_ _"] | None = None


class Threshold(NamedTuple):
    """Where ink begins.

    Attributes:
        level: strength at which a pixel is as much ink as paper; infinite if nothing stands out.
        contrast: median strength of what lies above.
    """

    level: float
    contrast: float


def greyscale(picture: Picture, channel: str) -> tuple[Grey, str]:
    """Return intensity in [0, 1] and the channel's name.

    "auto" takes brightness, unless a colour channel shows the marks much more clearly, as red
    does those of a blue pen.
    """
    if channel == "auto":
        spread = {name: _spread(_mix(picture[::4, ::4], name)) for name in CHANNELS}
        best = max(spread, key=lambda name: spread[name])
        channel = best if spread[best] > CLEARER * spread["brightness"] else "brightness"
    return _mix(picture, channel), channel


def _mix(picture: Picture, name: str) -> Grey:
    return (picture.astype(np.float32) @ np.array(CHANNELS[name], np.float32)) / 255


def _spread(grey: Grey) -> float:
    return float(np.percentile(np.abs(grey - background(grey, 50)), 99))


def background(grey: Grey, percentile: int, window: float = WINDOW) -> Grey:
    """Return the paper's brightness at every pixel: a rank filter of a coarse copy.

    `window` is a share of the longer side; it has to be wide beside a stroke.
    """
    from scipy.ndimage import gaussian_filter

    scale = min(1.0, WINDOW_CELLS / window / max(grey.shape))
    shape = tuple(max(1, round(side * scale)) for side in grey.shape)
    coarse = resize(grey, (shape[0], shape[1]))
    cells = max(3, round(window * max(shape)))
    ranked = rank_filter(coarse, percentile, cells)
    smooth = gaussian_filter(ranked, cells / 8, mode="nearest")
    return resize(smooth, (grey.shape[0], grey.shape[1]), Image.Resampling.BILINEAR)


def light_of(grey: Grey, dark: bool) -> Grey:
    """Return the paper's brightness under uneven light, shadows with an edge included.

    The first estimate looks past anything as wide as a drawing; the second one leaves out the
    strokes that the first one found, and is as fine as their width allows.
    """
    from scipy.ndimage import distance_transform_edt

    rough = background(grey, 75 if dark else 25)
    sheet = strength(grey, rough, dark)
    limit = threshold(sheet, "auto")
    mask = _inside(sheet.strength > limit.level)
    if not mask.any():
        return rough
    half = float(np.percentile(distance_transform_edt(mask)[mask], 97))
    window = STROKES_IN_WINDOW * 2 * half / max(grey.shape)
    if window >= WINDOW:
        return rough
    bare = np.where(distance_transform_edt(~mask) <= half / 2, rough, grey)
    return background(bare, 50, max(window, FINEST_WINDOW))


def even_light(grey: Grey, dark: bool) -> float | None:
    """Return the paper's brightness where it is one all over, as a program draws it; else None.

    However much of it the ink covers, which hides the paper from a window.
    """
    from skimage.filters import threshold_otsu

    if np.ptp(grey) == 0:
        return None
    bright = grey > threshold_otsu(grey)
    bare, ink = grey[bright == dark], grey[bright != dark]
    low, middle, high = np.percentile(bare, (20, 50, 80))
    even = high - low <= EVEN * abs(middle - float(np.median(ink)))
    return float(middle) if even else None


def _inside(mask: Bool[np.ndarray, "_ _"]) -> Bool[np.ndarray, "_ _"]:
    """Leave out what runs off the edge, such as shadows and the desk, if anything else is left."""
    from skimage.segmentation import clear_border

    inside = clear_border(mask)
    return inside if inside.any() else mask


def is_dark_ink(grey: Grey) -> bool:
    """Say whether ink is darker than paper: which of the two leaves clearer marks on the sheet.

    Shadows and gradients run off the edge and do not count, unless nothing else is left. Bright
    paper counts for dark ink, as few pens write bright on bright.
    """
    scale = min(1.0, POLARITY_SIDE / max(grey.shape))
    small = resize(grey, tuple(max(1, round(side * scale)) for side in grey.shape))
    if (drawn := _drawn_dark(small)) is not None:
        return drawn
    dark, bright = _evidence(small, True), _evidence(small, False)
    return dark * float(np.exp(PAPER_WEIGHT * (np.median(small) - MIDDLE))) >= bright


def _drawn_dark(grey: Grey) -> bool | None:
    """Whether a program drew dark on bright, which its edge shows; None for another picture."""
    if even_light(grey, True) is None or even_light(grey, False) is None:
        return None
    middle = (grey.min() + grey.max()) / 2
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]]) > middle
    return bool(edge.mean() > 0.5) if abs(edge.mean() - 0.5) > MIXED_EDGE else None


def _evidence(grey: Grey, dark: bool) -> float:
    """Sum of the cubed contrast of the marks that a polarity finds, over their width.

    So a long stroke counts for more than a broad patch of light.
    """
    from scipy.ndimage import distance_transform_edt

    light = light_of(grey, dark)
    sheet = strength(grey, light, dark)
    mask = _inside(sheet.strength > threshold(sheet, "auto").level)
    if not mask.any():
        return 0.0
    width = max(THINNEST, float(np.percentile(distance_transform_edt(mask)[mask], 90)))
    return float((np.abs(grey - light)[mask].astype(np.float64) ** 3).sum()) / width


def strength(grey: Grey, paper: Grey | float, dark: bool) -> Sheet:
    """Measure ink strength against the paper's brightness, and the paper's noise.

    One brightness for all is exact; one that varies is estimated, and most of the sheet is paper.
    """
    from scipy.ndimage import gaussian_filter

    smooth = gaussian_filter(grey, max(0.5, max(grey.shape) / 1000))
    light = np.maximum(paper if dark else 1 - np.asarray(paper), DARKEST)
    marks = np.asarray((paper - smooth if dark else smooth - paper) / light, dtype=np.float32)
    if isinstance(paper, np.ndarray):
        marks -= np.float32(np.median(marks))
    ripple = marks - gaussian_filter(marks, NOISE_SCALE * max(0.5, max(grey.shape) / 1000))
    return Sheet(marks, 1.4826 * float(np.median(np.abs(ripple))))


def threshold(sheet: Sheet, choice: str) -> Threshold:
    """Find where ink begins: Otsu (1979) among what stands out of the paper's noise.

    The faint lines of ruled paper stand out too, and fall below the threshold beside a pen.
    """
    from skimage.filters import threshold_otsu

    floor = max(NOISE_MULTIPLE * sheet.noise, FAINTEST)
    marks = sheet.strength[sheet.strength > floor]
    if len(marks) < max(4, FEWEST * sheet.strength.size):
        return Threshold(np.inf, 0.0)
    level = floor if np.ptp(marks) < 1e-3 else max(floor, float(threshold_otsu(marks)))
    level = float(level) * FACTOR[choice]
    above = marks[marks > level]
    return Threshold(level, float(np.median(above)) if len(above) else 0.0)


def made_whole(sheet: Sheet, limit: Threshold) -> Threshold:
    """Lower a threshold that cuts through strokes, as it does where chalk lies unevenly.

    Then there is weak ink deep inside what are strokes at half the ink's strength. The lines of
    ruled paper are thinner than strokes, and the edges of strokes are not deep inside.
    """
    from scipy.ndimage import distance_transform_edt

    low = max(HALF * limit.contrast, NOISE_MULTIPLE * sheet.noise, FAINTEST)
    strong = sheet.strength > limit.level
    if low >= limit.level or not strong.any():
        return limit
    half = float(np.percentile(distance_transform_edt(strong)[strong], 90))
    core = distance_transform_edt(sheet.strength > low) > INSIDE * half
    weak = (core & ~strong).sum() / max(1, (core & strong).sum())
    return limit._replace(level=low) if CUT_THROUGH[0] < weak < CUT_THROUGH[1] else limit


def soft_mask(sheet: Sheet, limit: Threshold) -> Grey:
    """Return 0 for paper, 1 for ink and 0.5 at the threshold, so that edges stay grey."""
    return np.clip(0.5 + (sheet.strength - limit.level) / limit.level, 0, 1).astype(np.float32)


def solid(ink: Grey) -> Bool[np.ndarray, "_ _"]:
    """Where there is more ink than paper."""
    return ink > 0.5
