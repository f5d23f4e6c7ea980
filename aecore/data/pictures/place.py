"""Ink into a model's frame as MNIST was made: 20×20 with its aspect kept, centred by mass.

Y. LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten digits", 1998.
"""

import numpy as np

from aecore.data.hand import Hand
from aecore.data.pictures.ink import Mask, box_of
from aecore.data.pictures.rasters import resize
from aecore.data.pictures.records import Grey

FINE = 8
BOX_SHARE = 20 / 28
PAD = 24
THIN, THICK = 0.8, 1.6


def enlarge(ink: Grey, drawing: Mask, side: int) -> Grey:
    """Cut a drawing out and bring its longer side to FINE times its size in the frame."""
    from PIL import Image

    box = box_of(drawing)
    scale = FINE * round(side * BOX_SHARE) / box.side
    cut = ink[box.top : box.bottom, box.left : box.right]
    size = max(1, round(box.height * scale)), max(1, round(box.width * scale))
    kind = Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.BOX
    return np.pad(np.clip(resize(cut, size, kind), 0, 1), PAD)


def stroke_width(fine: Grey) -> float:
    """Return the median width of the strokes, in pixels of the frame."""
    from scipy.ndimage import distance_transform_edt
    from skimage.morphology import skeletonize

    mask = fine > 0.5
    if not mask.any():
        return 0.0
    return 2 * float(np.median(distance_transform_edt(mask)[skeletonize(mask)])) / FINE


def even_stroke(fine: Grey, width: float, forced: bool, hand: Hand) -> tuple[Grey, float]:
    """Thicken thin strokes to the data set's width and thin very thick ones; return the new width.

    The width of a stroke within the set's own range is left alone, unless it is `forced`. Edges
    become as soft as the set's in any case.
    """
    from scipy.ndimage import distance_transform_edt

    wanted = hand.stroke
    if not forced and width >= THIN * hand.stroke:
        wanted = min(width, THICK * hand.stroke)
    mask = fine > 0.5
    signed = distance_transform_edt(mask) - distance_transform_edt(~mask)
    grow = FINE * (wanted - width) / 2
    soft = 0.5 + (signed + grow) / (FINE * hand.edge)
    return np.clip(soft, 0, 1).astype(np.float32), wanted


def fit(fine: Grey, side: int) -> Grey:
    """Bring the drawing's longer side to 20 of 28 pixels by area averages."""
    box = box_of(fine > 0.5) if (fine > 0.5).any() else box_of(fine > 0)
    longest = round(side * BOX_SHARE)
    size = [max(1, round(length * longest / box.side)) for length in (box.height, box.width)]
    small = resize(fine[box.top : box.bottom, box.left : box.right], (size[0], size[1]))
    return small / max(float(small.max()), 0.5)


def middle(hand: Hand, side: int) -> float:
    """Return the row and column that the centre of mass of a data set's images lies on."""
    return (hand.centre + 0.5) * side / 28 - 0.5


def centre(small: Grey, size: tuple[int, int], by: str, hand: Hand) -> Grey:
    """Lay a drawing into a (height, width) frame, its centre of mass, or box, in the middle."""
    rows, columns = np.indices(small.shape)
    own = [(length - 1) / 2 for length in small.shape]
    if by != "box":
        total = float(small.sum())
        own = [float((grid * small).sum()) / total for grid in (rows, columns)]
    (height, width), side = size, min(size)
    goals = [middle(hand, side) + (length - side) / 2 for length in size]
    top, left = (
        round(goal - m) + length for goal, m, length in zip(goals, own, size, strict=True)
    )
    frame = np.zeros((3 * height, 3 * width), np.float32)
    frame[top : top + small.shape[0], left : left + small.shape[1]] = small
    return frame[height : 2 * height, width : 2 * width]
