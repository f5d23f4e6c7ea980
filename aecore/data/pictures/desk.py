"""Where the sheet ends: the desk around it is covered with the sheet's own brightness."""

import numpy as np

from aecore.data.pictures.ink import Mask
from aecore.data.pictures.records import Grey
from aecore.data.pictures.trail import resize

COARSE = 160
WINDOW = 0.17
SMALLEST_SHARE = 0.3
SOLID = 0.88
OTHER_LIGHT = 0.55  # a shadow is seldom that dark
SURROUNDED = 0.45
MARGIN = 0.02


def sheet_of(grey: Grey) -> Mask | None:
    """Find the sheet on a desk that is much darker or brighter; None where there is no desk.

    A shadow is not a desk: it is not that dark, unless it goes round the whole sheet.
    """
    from scipy.ndimage import binary_erosion, median_filter
    from skimage.filters import threshold_otsu

    scale = min(1.0, COARSE / max(grey.shape))
    size = tuple(max(1, round(side * scale)) for side in grey.shape)
    coarse = resize(grey, (size[0], size[1]))
    calm = median_filter(coarse, size=max(3, round(WINDOW * COARSE)), mode="nearest")
    if np.ptp(calm) < 0.1:
        return None
    bright = calm > threshold_otsu(calm)
    for side in (bright, ~bright):
        if (sheet := _central(side)) is not None and _is_sheet(sheet, calm):
            margin = max(1, round(MARGIN * max(size)))
            sheet = binary_erosion(sheet, iterations=margin, border_value=1)
            return resize(sheet, (grey.shape[0], grey.shape[1])) > 0.5
    return None


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
    apart = ratio < OTHER_LIGHT or (edge.mean() < SURROUNDED and ratio < 0.8)
    return apart and regionprops(sheet.astype(np.uint8))[0].solidity >= SOLID


def cover_desk(grey: Grey, sheet: Mask) -> Grey:
    """Return the picture with the desk replaced by the nearest brightness of the sheet."""
    from scipy.ndimage import distance_transform_edt, median_filter

    factor = max(1, max(grey.shape) // COARSE)
    calm = median_filter(grey[::factor, ::factor], size=9, mode="nearest")
    nearest = distance_transform_edt(
        ~sheet[::factor, ::factor], return_distances=False, return_indices=True
    )
    filled = resize(calm[tuple(nearest)], (grey.shape[0], grey.shape[1]))
    return np.where(sheet, grey, filled)
