"""The parts of a drawn portrait as masks: how much of each pixel a part covers, in [0, 1].

Shapes are signed distances in pixels, of a frame of 64; an edge is one pixel wide. A part depends
on a few factors only, so that all its masks are drawn once, and a portrait is a choice of them.
Colours are those of `faces`.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product
from typing import Any

import numpy as np
from jaxtyping import Float

from aecore.arrays import LabelArray

SIDE = 64
TURNS = np.radians(np.linspace(-24, 24, 7))  # to the right, as one sees it
LENGTHS = (20.0, 28.0, 36.0, 44.0, 54.0)  # the row at which hair beside the face ends
STYLES = ("straight", "wavy", "curly")
SMILES = np.linspace(-0.4, 1.0, 6)  # how far the corners of the mouth rise
OPEN = np.linspace(0.45, 1.15, 4)  # of the eyes
BEARDS = (0.0, 0.45, 0.9)  # how much a beard covers

MIDDLE, CENTRE = 32.0, 30.0  # of the head: column and row
REACH = 13.2  # from the head's axis to its surface, on which the features lie
EYE, EYE_ROW = 5.7, CENTRE + 0.5  # beside the middle of a face seen straight

Plane = Float[np.ndarray, "64 64"]
Point = tuple[float, float]  # column, row
ZOOM = 1.18  # pixels in a unit of length
ROWS, COLUMNS = (
    (each + 0.5 - SIDE / 2) / ZOOM + middle
    for each, middle in zip(np.indices((SIDE, SIDE)), (31.0, 32.0), strict=True)
)

NOTHING = np.zeros((SIDE, SIDE))


@dataclass(frozen=True, slots=True)
class Part:
    """All masks of a part.

    Attributes:
        depends: the factors that say which mask, in the order of the first axes.
        masks: one axis for each of them, then rows and columns of the box.
        box: the rows and columns outside of which the part covers nothing.
    """

    depends: tuple[str, ...]
    masks: np.ndarray
    box: tuple[slice, slice]

    def at(
        self, chosen: Mapping[str, LabelArray]
    ) -> tuple[Float[np.ndarray, "*n high wide"], tuple[slice, slice]]:
        """The masks of so many portraits (one for all if it depends on nothing), and their box."""
        return self.masks[tuple(chosen[name] for name in self.depends)], self.box


# ---- distances ---------------------------------------------------------------------------------


def _ellipse(x: float, y: float, a: float, b: float) -> Plane:
    """Signed distance to an ellipse around (x, y), to first order: negative inside."""
    u, v = (COLUMNS - x) / a, (ROWS - y) / b
    size = np.hypot(u, v)
    return size * (size - 1) / np.maximum(np.hypot(u / a, v / b), 1e-6)


def _stroke(points: list[Point], thick: float) -> Plane:
    """Distance to a line through these points (x, y), less half its thickness."""
    least = np.full((SIDE, SIDE), np.inf)
    for (x, y), (to_x, to_y) in pairwise(points):
        dx, dy = to_x - x, to_y - y
        along = ((COLUMNS - x) * dx + (ROWS - y) * dy) / max(dx * dx + dy * dy, 1e-9)
        along = np.clip(along, 0, 1)
        least = np.minimum(least, np.hypot(COLUMNS - x - along * dx, ROWS - y - along * dy))
    return least - thick / 2


def _curve(start: Point, bend: Point, end: Point) -> list[Point]:
    """Points of a quadratic Bézier curve."""
    return [
        ((1 - t) ** 2 * start[0] + 2 * t * (1 - t) * bend[0] + t * t * end[0],
         (1 - t) ** 2 * start[1] + 2 * t * (1 - t) * bend[1] + t * t * end[1])
        for t in np.linspace(0, 1, 9).tolist()
    ]  # fmt: skip


def _cover(distance: Plane) -> Plane:
    return np.clip(0.5 - ZOOM * distance, 0, 1)


def _fade(distance: Plane, soft: float) -> Plane:
    return np.clip(0.5 - ZOOM * distance / soft, 0, 1)


# ---- the head ----------------------------------------------------------------------------------


def _place(beside: float, turn: float) -> float:
    """The column of a feature that lies so far beside the middle of a face seen straight."""
    return MIDDLE + REACH * math.sin(math.asin(beside / REACH) + turn)


def _narrow(beside: float, turn: float) -> float:
    """The width of a feature there, as a share of that seen straight."""
    angle = math.asin(beside / REACH)
    return math.cos(angle + turn) / math.cos(angle)


def _both(draw: Callable[[int], Plane]) -> Plane:
    """The same on both sides: −1 is on the left."""
    return np.maximum(draw(-1), draw(1))


def _chin(turn: float) -> float:
    return MIDDLE + 3 * math.sin(turn)


def _outline(turn: float) -> Plane:
    """The distance to the head."""
    skull = _ellipse(MIDDLE - math.sin(turn), CENTRE - 3, 13.6, 14.5)
    jaw = _ellipse(_chin(turn), CENTRE + 5, 11.0, 14.0)
    return np.minimum(skull, jaw)


def _head(turn: float) -> Plane:
    return _cover(_outline(turn))


def _ear(side: int, turn: float) -> float:
    return MIDDLE + side * 13.4 - 3.5 * math.sin(turn)


def _ears(turn: float) -> Plane:
    return _both(lambda side: _cover(_ellipse(_ear(side, turn), CENTRE + 2, 2.6, 4.0)))


def _neck() -> Plane:
    return _cover(np.maximum(abs(COLUMNS - MIDDLE) - 6.5, 36 - ROWS))


def _shoulders() -> Plane:
    return _ellipse(MIDDLE, 70.0, 26.0, 17.5)


def _garment() -> Plane:
    return _cover(np.maximum(_shoulders(), -_ellipse(MIDDLE, 51.0, 7.4, 6.5)))


def _collar() -> Plane:
    return _cover(np.maximum(abs(_ellipse(MIDDLE, 51.0, 8.2, 7.3)) - 0.9, _shoulders()))


def _blush(turn: float) -> Plane:
    def cheek(side: int) -> Plane:
        wide = 3.6 * _narrow(side * 7.5, turn)
        return _fade(_ellipse(_place(side * 7.5, turn), CENTRE + 7, wide, 2.6), 4.0)

    return 0.35 * _both(cheek)


def _nose(turn: float) -> Plane:
    row, tip = CENTRE + 5.6, MIDDLE + 15.5 * math.sin(turn)
    side = 1 if turn >= 0 else -1
    root = (_place(0.0, turn) + 0.8 * side, CENTRE - 1)
    bridge = _cover(_stroke([root, (tip + 1.2 * side, CENTRE + 4.6)], 0.9))
    below = _cover(_stroke(_curve((tip - 2.2, row), (tip, row + 1.6), (tip + 2.2, row)), 1.3))
    return np.maximum(0.45 * bridge, 0.85 * below)


# ---- eyes and mouth ----------------------------------------------------------------------------


def _eye(side: int, turn: float, opened: float) -> Plane:
    """The distance to what lies between the lids."""
    wide = 4.0 * _narrow(side * EYE, turn)
    return _ellipse(_place(side * EYE, turn), EYE_ROW, wide, 2.5 * opened)


def _gaze(side: int, turn: float) -> float:
    return _place(side * EYE, turn) + 0.7 * math.sin(turn)


def _eye_whites(eyes: float, turn: float) -> Plane:
    return _both(lambda side: _cover(_eye(side, turn, eyes)))


def _irises(eyes: float, turn: float) -> Plane:
    def iris(side: int) -> Plane:
        round_ = _ellipse(_gaze(side, turn), EYE_ROW, 2.0, 2.2)
        return _cover(np.maximum(round_, _eye(side, turn, eyes)))

    return _both(iris)


def _glints(turn: float) -> Plane:
    """Light in the eyes."""

    def glint(side: int) -> Plane:
        return _cover(_ellipse(_gaze(side, turn) - 0.5, EYE_ROW - 0.8, 0.7, 0.7))

    return 0.8 * _both(glint)


def _lids(eyes: float, turn: float) -> Plane:
    def lid(side: int) -> Plane:
        x, wide = _place(side * EYE, turn), 4.3 * _narrow(side * EYE, turn)
        ends = (x - wide, EYE_ROW), (x + wide, EYE_ROW)
        return _cover(_stroke(_curve(ends[0], (x, EYE_ROW - 4.8 * eyes), ends[1]), 0.9))

    return 0.85 * _both(lid)


def _brows(turn: float) -> Plane:
    def brow(side: int) -> Plane:
        x, out, row = _place(side * EYE, turn), side * _narrow(side * EYE, turn), EYE_ROW - 5.4
        inner, outer = (x - 2.7 * out, row), (x + 3.7 * out, row + 0.7)
        return _cover(_stroke(_curve(inner, (x + 0.6 * side, row - 1.5), outer), 1.2))

    return 0.9 * _both(brow)


class _Mouth:
    """Two parabolas through the corners: the lower edge of the upper lip and the lower lip's.

    Rising corners widen it, and from a certain smile on it opens.
    """

    def __init__(self, smile: float, turn: float) -> None:
        self.x, self.wide = _place(0.0, turn), (5.4 + 1.8 * max(smile, 0)) * math.cos(turn)
        self.corner, self.depth = CENTRE + 11 - 2.4 * smile, 3 * smile
        self.gap = 7.0 * max(0.0, smile - 0.3)

    def line(self) -> Plane:
        bend = (self.x, self.corner + 2 * self.depth)
        ends = [(self.x + side * self.wide, self.corner) for side in (-1, 1)]
        return _stroke(_curve(ends[0], bend, ends[1]), 0.9)

    def inside(self, share: float, grow: float) -> Plane:
        """The distance to the upper `share` of the opening, grown on all sides."""
        t = (COLUMNS - self.x) / self.wide
        upper = self.corner + self.depth * (1 - t * t)
        lower = self.corner + (self.depth + share * self.gap) * (1 - t * t)
        between = np.maximum(upper - ROWS, ROWS - lower)
        return np.maximum(between, (abs(t) - 1) * self.wide) - grow


def _lips(smile: float, turn: float) -> Plane:
    return 0.9 * _cover(_Mouth(smile, turn).inside(1.0, 1.0))


def _mouth(smile: float, turn: float) -> Plane:
    mouth = _Mouth(smile, turn)
    opened = _cover(mouth.inside(1.0, -0.1)) if mouth.gap else NOTHING
    return np.maximum(0.75 * _cover(mouth.line()), opened)


def _teeth(smile: float, turn: float) -> Plane:
    mouth = _Mouth(smile, turn)
    return _cover(mouth.inside(0.55, -0.4)) if mouth.gap > 0.7 else NOTHING


def _beard(beard: float, turn: float) -> Plane:
    if not beard:
        return NOTHING
    full, x, chin = beard == BEARDS[-1], _place(0.0, turn), _chin(turn)
    outline = _outline(turn)
    if full:
        outline = np.minimum(outline - 1, _ellipse(chin, CENTRE + 14, 8.5, 7.0))
    free = _ellipse((x + chin) / 2, CENTRE + 4.5, 9.4 if full else 10.2, 7.6)
    lower = np.maximum(np.maximum(outline, -free), CENTRE + 1.5 - ROWS)
    corners = (x - 5, CENTRE + 10.2), (x + 5, CENTRE + 10.2)
    moustache = _stroke(_curve(corners[0], (x, CENTRE + 7.4), corners[1]), 2.2)
    return beard * np.maximum(_fade(lower, 2.0), _fade(moustache, 1.5))


# ---- hair --------------------------------------------------------------------------------------


def _wave(style: str) -> Plane:
    """How far hair of a style stands out beyond its outline."""
    angle = np.arctan2(COLUMNS - MIDDLE, CENTRE - 4 - ROWS)
    if style == "wavy":
        return 0.5 + 0.8 * np.cos(np.where(ROWS < CENTRE, 11 * angle, 0.7 * ROWS))
    if style == "curly":
        return 1.4 + 1.6 * abs(np.sin(np.where(ROWS < CENTRE, 9 * angle, 0.55 * ROWS)))
    return NOTHING


def _rounded(across: Plane, down: Plane, radius: float) -> Plane:
    """The distance to where both are negative, its corner rounded."""
    u, v = across + radius, down + radius
    return np.minimum(np.maximum(u, v), 0) + np.hypot(np.maximum(u, 0), np.maximum(v, 0)) - radius


def _mass(length: float, style: str, turn: float) -> Plane:
    """The distance to all hair: a skull a little larger, and what hangs beside it."""
    cropped, x = length == LENGTHS[0], MIDDLE - 2.2 * math.sin(turn)
    volume = 1.0 if cropped else 2.6
    cap = _ellipse(x, CENTRE - 4, 13.4 + volume, 13.6 + volume)
    if length <= LENGTHS[1]:
        mass = np.maximum(cap, ROWS - length - 0.025 * np.square(COLUMNS - x))
    else:
        beside = abs(COLUMNS - x) - (13.2 + volume + 0.06 * (ROWS - CENTRE))
        hanging = np.maximum(_rounded(beside, ROWS - length, 4.0), CENTRE - 4 - ROWS)
        mass = np.minimum(cap, hanging)
    return mass - _wave(style) * (0.45 if cropped else 1)


def _hair_behind(length: float, style: str, turn: float) -> Plane:
    return _cover(_mass(length, style, turn))


def _hair_before(length: float, style: str, turn: float) -> Plane:
    """What of it lies before the head: all but the face below the hairline, and the neck."""
    x = MIDDLE + 7 * math.sin(turn)
    oval = _ellipse(x, CENTRE + 6, 11.6, 18.0) + 0.04 * (COLUMNS - x)
    depth, period = {"straight": (0.0, 1.0), "wavy": (0.5, 7.0), "curly": (0.7, 4.5)}[style]
    face = oval - depth * np.cos(COLUMNS * 2 * np.pi / period)
    neck = np.maximum(abs(COLUMNS - MIDDLE) - 7.5, 40 - ROWS)
    return _cover(np.maximum(_mass(length, style, turn), -np.minimum(face, neck)))


def _strands(length: float, style: str, turn: float) -> Plane:
    """Darker lines in the hair."""
    angle = np.arctan2(COLUMNS - MIDDLE + 3 + 2 * math.sin(turn), CENTRE - 2 - ROWS)
    size, rate = {"straight": (0.0, 1.0), "wavy": (0.9, 0.7), "curly": (2.4, 1.15)}[style]
    lines = 0.5 + 0.5 * np.cos(17 * angle + size * np.sin(ROWS * rate))
    return 0.3 * _hair_before(length, style, turn) * lines**3


def _rims(glasses: int, turn: float) -> Plane:
    if not glasses:
        return NOTHING

    def half(side: int) -> Plane:
        x, wide = _place(side * EYE, turn), 5.3 * _narrow(side * EYE, turn)
        ear = _ear(side, turn)
        round_ = abs(_ellipse(x, EYE_ROW + 0.4, wide, 4.9)) - 0.7
        bridge = _stroke(
            [(x - side * wide, EYE_ROW - 0.6), (_place(0.0, turn), EYE_ROW - 0.6)], 1.0
        )
        outer = x + side * wide
        seen = side * (ear - outer) > 0
        temple = _stroke([(outer, EYE_ROW - 0.8), (ear if seen else outer, EYE_ROW - 1)], 1.0)
        return _cover(np.minimum(np.minimum(round_, bridge), temple))

    return 0.92 * _both(half)


Drawing = Callable[..., Plane]
VALUES: dict[str, Any] = {
    "turn": TURNS, "hair_length": LENGTHS, "hair_style": STYLES, "smile": SMILES, "eyes": OPEN,
    "beard": BEARDS, "glasses": (0, 1),
}  # fmt: skip
DRAWN: dict[str, tuple[Drawing, tuple[str, ...]]] = {
    "hair behind": (_hair_behind, ("hair_length", "hair_style", "turn")),
    "neck": (_neck, ()),
    "garment": (_garment, ()),
    "collar": (_collar, ()),
    "ears": (_ears, ("turn",)),
    "head": (_head, ("turn",)),
    "blush": (_blush, ("turn",)),
    "beard": (_beard, ("beard", "turn")),
    "nose": (_nose, ("turn",)),
    "eye whites": (_eye_whites, ("eyes", "turn")),
    "irises": (_irises, ("eyes", "turn")),
    "lids": (_lids, ("eyes", "turn")),
    "brows": (_brows, ("turn",)),
    "lips": (_lips, ("smile", "turn")),
    "mouth": (_mouth, ("smile", "turn")),
    "teeth": (_teeth, ("smile", "turn")),
    "hair before": (_hair_before, ("hair_length", "hair_style", "turn")),
    "strands": (_strands, ("hair_length", "hair_style", "turn")),
    "rims": (_rims, ("glasses", "turn")),
    "glints": (_glints, ("turn",)),
}


@lru_cache(maxsize=1)
def parts() -> dict[str, Part]:
    """Draw every mask of every part, once in a process."""
    return {name: _part(draw, depends) for name, (draw, depends) in DRAWN.items()}


def _part(draw: Drawing, depends: tuple[str, ...]) -> Part:
    choices = product(*(VALUES[name] for name in depends))
    masks = np.stack([draw(*chosen) for chosen in choices]).astype(np.float32)
    rows, columns = (np.flatnonzero(masks.any(axis=axes)) for axes in ((0, 2), (0, 1)))
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    sizes = tuple(len(VALUES[name]) for name in depends)
    cut = masks[:, *box]
    return Part(depends, cut.reshape(*sizes, *cut.shape[1:]), box)
