"""Whether what stands out of a picture is handwriting, or a photograph of a thing."""

import numpy as np

from aecore.data.pictures.ink import Mask, parts_of
from aecore.data.pictures.paper import Sheet, Threshold
from aecore.data.pictures.records import Picture

OPPOSITE = 0.25
BLOB = 0.5
MOTLEY = 45.0  # of 255
MOST_DRAWINGS = 30
MOST_PARTS = 60


def is_thing(picture: Picture, sheet: Sheet, limit: Threshold, kept: Mask) -> bool:
    """Say whether this is no handwriting.

    A pen leaves marks of one polarity; a photograph has parts darker and brighter than their
    surroundings. A stroke is narrow beside the drawing's size; a thing is a blob. And the ink of
    one pen has one hue.
    """
    from scipy.ndimage import distance_transform_edt
    from skimage.segmentation import clear_border

    opposite = clear_border(sheet.strength < -limit.level)
    if opposite.sum() > OPPOSITE * kept.sum():
        return True
    _, parts = parts_of(kept)
    if len(parts) > MOST_PARTS:
        return True
    depth = distance_transform_edt(kept)
    wide = 2 * float(np.percentile(depth[kept], 97)) > BLOB * parts[0].box.side
    core = picture[depth >= 0.5 * np.percentile(depth[kept], 90)]
    return wide or _motley(core) > MOTLEY


def _motley(colours: np.ndarray) -> float:
    """How much more one channel varies than another, 0 to 255: light alone varies all alike."""
    spread = np.percentile(colours, 90, axis=0) - np.percentile(colours, 10, axis=0)
    return float(np.ptp(spread))
