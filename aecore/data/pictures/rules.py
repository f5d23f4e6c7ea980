"""Ruled and squared lines: found by the Hough transform, removed where nothing crosses them.

R. O. Duda and P. E. Hart, "Use of the Hough transformation to detect lines and curves in
pictures", 1972; runs of ink across a line, as in the removal of music staves, tell a line from
the strokes that cross it.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from aecore.data.pictures.ink import Mask, on_edge, parts_of

COARSE = 400
TILT = np.deg2rad(13)
TILT_STEP = np.deg2rad(0.5)
LONG = {"auto": 0.5, "on": 0.3}
FEWEST = {"auto": 2, "on": 1}
MOST = 80
THICKEST = 0.025
REACH = 3
SLACK = 2
SLENDER = 3
DOT = 5
REMNANT = 1.6
AT_EDGE = 0.02  # of the longer side
AT_END = 0.04  # of the length of the picture along lines


class Line(NamedTuple):
    """x cos(angle) + y sin(angle) = distance, in pixels of the mask."""

    angle: float
    distance: float


def without_lines(mask: Mask, choice: str, page: Mask | None = None) -> tuple[Mask, int]:
    """Return the mask without ruled lines, and how many were removed.

    Lines run from one edge of the sheet to the other, which a digit's stem does not. `page` says
    where the sheet is; None: everywhere.
    """
    if choice == "off":
        return mask, 0
    page = np.ones_like(mask) if page is None else page
    across, n_across = _remove(mask, np.pi / 2, choice, page)
    down, n_down = _remove(mask, 0.0, choice, page)
    return across & down, n_across + n_down


def _remove(mask: Mask, angle: float, choice: str, page: Mask) -> tuple[Mask, int]:
    """Remove lines near one direction: 0 for those that run down, π/2 for those across."""
    lines = _find(mask, angle, choice)
    if choice == "auto":
        reached = [_edges_reached(line, mask, angle, page) for line in lines]
        ruled = reached.count(2) >= FEWEST[choice]
        lines = [line for line, n in zip(lines, reached, strict=True) if ruled and n]
    if len(lines) < FEWEST[choice]:
        return mask, 0
    runs = _runs(mask, axis=0 if angle else 1)
    rows, columns = _along(lines, mask.shape, angle, 0)
    thickness = float(np.median(runs[rows, columns][mask[rows, columns]]))
    if thickness > max(4.0, THICKEST * max(mask.shape)):
        return mask, 0
    rows, columns = _along(lines, mask.shape, angle, REACH + round(thickness / 2))
    band = np.zeros_like(mask)
    band[rows, columns] = True
    rest = mask & ~(band & (runs <= 2 * thickness + SLACK))
    return _without_remnants(rest, thickness, angle), len(lines)


def _edges_reached(line: Line, mask: Mask, angle: float, page: Mask) -> int:
    """How many of a line's two ends on the sheet its ink comes close to."""
    axis = 1 if angle else 0
    rows, columns = _along([line], mask.shape, angle, 0)
    steps = (columns if angle else rows)[page[rows, columns]]
    rows, columns = _along([line], mask.shape, angle, REACH)
    inked = (columns if angle else rows)[mask[rows, columns]]
    if not len(steps) or not len(inked):
        return 0
    near = AT_END * mask.shape[axis]
    return int(inked.min() - steps.min() <= near) + int(steps.max() - inked.max() <= near)


def _without_remnants(mask: Mask, thickness: float, angle: float) -> Mask:
    """Drop what is as thin as the lines: along them, at the edge, or dots where they crossed."""
    from scipy.ndimage import distance_transform_edt, maximum

    labelled, parts = parts_of(mask)
    if not parts:
        return mask
    numbers = [part.number for part in parts]
    depths = distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]  # the edge bounds lines too
    deepest = maximum(depths, labelled, numbers)
    dropped = []
    for part, depth in zip(parts, deepest, strict=True):
        long, short = part.box.width, part.box.height
        long, short = (long, short) if angle else (short, long)
        along = long >= SLENDER * short or part.box.side <= DOT * thickness
        if (
            along or on_edge(part.box, mask.shape, AT_EDGE)
        ) and 2 * depth <= REMNANT * thickness + SLACK:
            dropped.append(part.number)
    return mask & ~np.isin(labelled, dropped)


def _find(mask: Mask, angle: float, choice: str) -> list[Line]:
    from skimage.transform import hough_line, hough_line_peaks

    factor = max(1, -(-max(mask.shape) // COARSE))
    coarse = _any_in_blocks(mask, factor)
    angles = np.arange(angle - TILT, angle + TILT, TILT_STEP)
    votes, angles, distances = hough_line(coarse, angles)
    chord = coarse.shape[1] if angle else coarse.shape[0]
    found = hough_line_peaks(
        votes,
        angles,
        distances,
        min_distance=4,
        min_angle=8,
        threshold=LONG[choice] * chord,
        num_peaks=MOST,
    )
    middle = (factor - 1) / 2
    return [
        Line(float(a), float(factor * d + middle * (np.cos(a) + np.sin(a))))
        for _, a, d in zip(*found, strict=True)
    ]


def _any_in_blocks(mask: Mask, factor: int) -> Mask:
    height, width = (-(-side // factor) * factor for side in mask.shape)
    padded = np.pad(mask, ((0, height - mask.shape[0]), (0, width - mask.shape[1])))
    blocks = padded.reshape(height // factor, factor, width // factor, factor)
    return np.asarray(blocks.any((1, 3)))


def _runs(mask: Mask, axis: int) -> Int[np.ndarray, "_ _"]:
    """Length of the run of ink that each pixel is part of, along an axis."""
    flat = np.moveaxis(mask, axis, 0)
    place = np.arange(len(flat))[:, None]
    before = np.maximum.accumulate(np.where(flat, -1, place), axis=0)
    after = np.minimum.accumulate(np.where(flat, len(flat), place)[::-1], axis=0)[::-1]
    return np.moveaxis(np.where(flat, after - before - 1, 0), 0, axis)


def _along(
    lines: list[Line], shape: tuple[int, ...], angle: float, reach: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the pixels within `reach` of lines, across their direction."""
    steps = np.arange(shape[1] if angle else shape[0])
    offsets = np.arange(-reach, reach + 1)[:, None]
    firsts, seconds = [], []
    for line in lines:
        a, b = np.cos(line.angle), np.sin(line.angle)
        cross = (line.distance - steps * a) / b if angle else (line.distance - steps * b) / a
        near = np.rint(cross)[None].astype(int) + offsets
        ok = (near >= 0) & (near < (shape[0] if angle else shape[1]))
        firsts.append(near[ok])
        seconds.append(np.broadcast_to(steps, near.shape)[ok])
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    return (first, second) if angle else (second, first)
