"""Which marks belong to the drawing: specks and edges dropped, strokes gathered into drawings."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int

Mask = Bool[np.ndarray, "_ _"]
Parts = Int[np.ndarray, "_ _"]

SPECK_AREA = 0.02
SPECK_SIDE = 0.12
GAP = 0.18
LOOSE_GAP = 0.35
LOOSE_AREA = 0.6
LOOSE_OVERLAP = 0.4
BAR_HEIGHT, BAR_OVERLAP = 0.3, 0.2
BROKEN_GAP = 0.12  # of what the pieces are together
TALLEST = 2.2  # of its widths
SLENDER = 0.5
ANOTHER = 0.12
SMALLEST = 0.03
SMALLEST_CLEAR = 0.012  # 3.6 mm on A4
SMALLEST_AT_EDGE = 0.15


class Box(NamedTuple):
    """Rows top to bottom and columns left to right, ends excluded."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        """In pixels."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """In pixels."""
        return self.right - self.left

    @property
    def side(self) -> int:
        """The longer side, in pixels."""
        return max(self.height, self.width)


class Part(NamedTuple):
    """Connected marks: their number in the labelled picture, their pixels, their box."""

    number: int
    area: int
    box: Box


def parts_of(mask: Mask) -> tuple[Parts, list[Part]]:
    """Label connected marks and list them, the largest first."""
    from scipy.ndimage import find_objects, label

    labelled, n = label(mask, structure=np.ones((3, 3)))
    areas = np.bincount(labelled.ravel(), minlength=n + 1)
    boxes = [Box(s[0].start, s[1].start, s[0].stop, s[1].stop) for s in find_objects(labelled)]
    parts = [Part(i + 1, int(areas[i + 1]), box) for i, box in enumerate(boxes)]
    return labelled, sorted(parts, key=lambda part: -part.area)


def without_specks(mask: Mask) -> Mask:
    """Drop marks that are tiny beside the largest, and what runs off the edge beside others."""
    labelled, parts = parts_of(mask)
    inside = [part for part in parts if not on_edge(part.box, mask.shape)]
    main = max(parts, key=lambda part: part.box.side) if not inside else inside[0]
    kept = inside if inside and main.box.side > 0.05 * max(mask.shape) else parts
    floor_area, floor_side = SPECK_AREA * kept[0].area, SPECK_SIDE * main.box.side
    kept = [p for p in kept if p.area >= floor_area and p.box.side >= floor_side]
    return np.isin(labelled, [part.number for part in kept])


def is_trace(mask: Mask, clear: bool = False) -> bool:
    """Say whether marks are too small to be a drawing.

    At the edge it takes more to be one, and less where they are clear: dark and not noise.
    """
    _, parts = parts_of(mask)
    longest = max(mask.shape)
    smallest = SMALLEST_CLEAR if clear else SMALLEST
    return all(
        p.box.side < (SMALLEST_AT_EDGE if on_edge(p.box, mask.shape) else smallest) * longest
        for p in parts
    )


def on_edge(box: Box, shape: tuple[int, ...], share: float = 0.0) -> bool:
    """Say whether marks run off the picture, or come within a share of its longer side."""
    nearest = min(box.top, box.left, shape[0] - box.bottom, shape[1] - box.right)
    return nearest <= share * max(shape)


def drawings(mask: Mask) -> list[Mask]:
    """Gather marks into drawings, in reading order; strokes that belong together are one."""
    from scipy.ndimage import distance_transform_edt

    _, parts = parts_of(mask)
    reach = GAP * parts[0].box.side / 2
    near = distance_transform_edt(~mask) <= reach
    labelled, groups = parts_of(near)
    labelled = np.where(mask, labelled, 0)
    boxes = _tight(labelled, groups)
    joined = _join_loose(boxes)
    masks = [np.isin(labelled, list(numbers)) for numbers in joined]
    largest = max(int(m.sum()) for m in masks)
    return _reading_order([m for m in masks if m.sum() >= ANOTHER * largest])


def _tight(labelled: Parts, groups: list[Part]) -> list[Part]:
    from scipy.ndimage import find_objects

    found = find_objects(labelled)
    areas = np.bincount(labelled.ravel(), minlength=len(groups) + 1)
    return [
        Part(g.number, int(areas[g.number]), Box(s[0].start, s[1].start, s[0].stop, s[1].stop))
        for g in groups
        if (s := found[g.number - 1]) is not None
    ]


def _join_loose(parts: list[Part]) -> list[set[int]]:
    """Join a loose stroke above or below to its drawing, as the top bar of a 5."""
    parts = sorted(parts, key=lambda p: -p.area)
    boxes, areas = np.array([p.box for p in parts]), np.array([p.area for p in parts])
    groups: dict[int, set[int]] = {}  # by the place of their largest part
    for i, part in enumerate(parts):
        mains = list(groups)
        home = np.flatnonzero(_loose(part, boxes[mains], areas[mains]))
        groups.setdefault(mains[home[0]] if len(home) else i, set()).add(part.number)
    return list(groups.values())


def _loose(
    part: Part, boxes: Int[np.ndarray, "n 4"], areas: Int[np.ndarray, " n"]
) -> Bool[np.ndarray, " n"]:
    """Say to which of the drawings, given by their main parts, a part belongs."""
    a = part.box
    top, left, bottom, right = boxes.T
    height, width = bottom - top, right - left
    overlap = np.minimum(a.right, right) - np.maximum(a.left, left)
    gap = np.maximum(a.top, top) - np.minimum(a.bottom, bottom)
    share = overlap / np.minimum(a.width, width)
    bar = (a.height <= BAR_HEIGHT * height) & (a.width >= 2 * a.height)
    stroke = (part.area < LOOSE_AREA * areas) & (
        share >= np.where(bar, BAR_OVERLAP, LOOSE_OVERLAP)
    )
    # Two pieces, one above the other, that are no taller together than one digit is.
    # Those of a 1 are as tall as they like.
    tall = np.maximum(a.bottom, bottom) - np.minimum(a.top, top)
    wide = np.maximum(a.right, right) - np.minimum(a.left, left)
    slender = (a.width <= SLENDER * a.height) & (width <= SLENDER * height)
    whole = slender | (tall <= TALLEST * wide)
    broken = (overlap + gap >= 0) & (gap >= 0) & (gap <= BROKEN_GAP * tall) & whole
    return np.where(stroke, gap <= LOOSE_GAP * height, broken)


def box_of(mask: Mask) -> Box:
    """Return the box around a mask that is not empty."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return Box(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)


def _reading_order(masks: list[Mask]) -> list[Mask]:
    boxes = [box_of(m) for m in masks]
    line = float(np.median([box.height for box in boxes])) * 0.8
    order = sorted(
        range(len(masks)),
        key=lambda i: (round((boxes[i].top + boxes[i].height / 2) / line), boxes[i].left),
    )
    return [masks[i] for i in order]
