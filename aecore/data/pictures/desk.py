"""Where the sheet ends: the desk around it is covered with the sheet's own brightness."""

import numpy as np

from aecore.arrays import ValueArray
from aecore.data.pictures.ink import Mask
from aecore.data.pictures.rasters import rank_filter, resize
from aecore.data.pictures.records import Grey

COARSE = 160
WINDOW = 0.17
SMALLEST_SHARE = 0.3
SOLID = 0.88
OTHER_LIGHT = 0.4  # a shadow is seldom that dark
SURROUNDED = 0.45  # share of the picture's edge
SURROUNDING_LIGHT = 0.8
SHARP = 0.4  # of the step from sheet to desk happens within RING cells of the edge
RING = 3
RING_SHARE = 0.15
CALM = 9
FINE = 3
MARGIN = 0.02
RIM = 0.08


def sheet_of(grey: Grey) -> Mask | None:
    """Find the sheet on a desk that is much darker or brighter; None where there is no desk.

    A shadow is not a desk: it is not that dark, unless it goes round the whole sheet.
    """
    from skimage.filters import threshold_otsu

    scale = min(1.0, COARSE / max(grey.shape))
    size = tuple(max(1, round(side * scale)) for side in grey.shape)
    coarse = resize(grey, size)
    calm = rank_filter(coarse, 50, max(3, round(WINDOW * COARSE)))
    if np.ptp(calm) < 0.1:
        return None
    level = float(threshold_otsu(calm))
    fine = rank_filter(coarse, 50, FINE)
    for bright in (True, False):
        sheet = _central((calm > level) == bright)
        if sheet is not None and _is_sheet(sheet, calm):
            return resize(_trim((fine > level) == bright, sheet), grey.shape) > 0.5
    return None


def _trim(sheet: Mask, calm: Mask) -> Mask:
    """Leave out what is connected to the picture's edge through the desk, and a margin.

    Lines that run off the sheet are connected to it too: they stay, RIM away from the edge of the
    sheet without its marks.
    """
    from scipy.ndimage import binary_dilation, binary_erosion
    from skimage.segmentation import clear_border

    desk = ~sheet & ~clear_border(~sheet)
    desk &= ~binary_erosion(calm, iterations=round(RIM * COARSE))
    return ~binary_dilation(desk, iterations=max(1, round(MARGIN * COARSE)))


def _central(mask: Mask) -> Mask | None:
    """The part of a mask that covers the most of the picture's central ninth, filled."""
    from scipy.ndimage import binary_fill_holes, label

    labelled, _ = label(mask)
    third = [slice(side // 3, side - side // 3) for side in mask.shape]
    counts = np.bincount(labelled[third[0], third[1]].ravel(), minlength=2)
    counts[0] = 0
    return binary_fill_holes(labelled == counts.argmax()) if counts.any() else None


def _is_sheet(sheet: Mask, calm: Grey) -> bool:
    from skimage.measure import regionprops

    if not SMALLEST_SHARE <= sheet.mean() <= 0.99:
        return False
    edge = np.concatenate([sheet[0], sheet[-1], sheet[:, 0], sheet[:, -1]])
    inside, outside = float(np.median(calm[sheet])), float(np.median(calm[~sheet]))
    ratio = min(inside, outside) / max(inside, outside, 1e-6)
    surrounded = edge.mean() < SURROUNDED and ratio < SURROUNDING_LIGHT
    if not (surrounded or ratio < OTHER_LIGHT):
        return False
    strays = _like(calm[~sheet], inside, outside), _like(calm[sheet], outside, inside)
    if max(strays) > RING_SHARE:  # what is as bright within as without: a ring of ink
        return False
    sharp = _step(sheet, calm) >= SHARP * abs(inside - outside)
    return bool(sharp and regionprops(sheet.astype(np.uint8))[0].solidity >= SOLID)


def _like(values: ValueArray, this: float, that: float) -> float:
    """The share of values that are nearer to this than to that."""
    return float((np.abs(values - this) < np.abs(values - that)).mean())


def _step(sheet: Mask, calm: Grey) -> float:
    """Difference in brightness right inside and right outside the sheet's edge."""
    from scipy.ndimage import distance_transform_edt

    within, beyond = distance_transform_edt(sheet), distance_transform_edt(~sheet)
    near = [calm[(depth > 0) & (depth <= RING)] for depth in (within, beyond)]
    return abs(float(np.median(near[0]) - np.median(near[1])))


def cover_desk(grey: Grey, sheet: Mask) -> Grey:
    """Return the picture with the desk replaced by the nearest brightness inside the sheet."""
    from scipy.ndimage import binary_erosion, distance_transform_edt

    factor = max(1, max(grey.shape) // COARSE)
    small = sheet[::factor, ::factor]
    calm = rank_filter(grey[::factor, ::factor], 50, CALM)
    source = binary_erosion(small, iterations=CALM, border_value=1)
    nearest = distance_transform_edt(~source, return_distances=False, return_indices=True)
    filled = resize(calm[tuple(nearest)], grey.shape)
    return np.where(sheet, grey, filled)
