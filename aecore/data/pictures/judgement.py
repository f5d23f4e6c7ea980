"""Whether what stands out of a picture is handwriting, or a photograph of a thing."""

import numpy as np

from aecore.data.pictures.ink import Mask, parts_of
from aecore.data.pictures.paper import Sheet, Threshold

OPPOSITE = 0.25
BLOB = 0.5
MOST_DRAWINGS = 30


def is_thing(sheet: Sheet, limit: Threshold, kept: Mask) -> bool:
    """Say whether this is no handwriting.

    A pen leaves marks of one polarity; a photograph has parts darker and brighter than their
    surroundings. And a stroke is narrow beside the drawing's size; a thing is a blob.
    """
    from scipy.ndimage import distance_transform_edt
    from skimage.segmentation import clear_border

    opposite = clear_border(sheet.strength < -limit.level)
    if opposite.sum() > OPPOSITE * kept.sum():
        return True
    _, parts = parts_of(kept)
    width = 2 * float(np.percentile(distance_transform_edt(kept)[kept], 97))
    return width > BLOB * parts[0].box.side
