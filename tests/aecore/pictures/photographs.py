"""Digits as a phone would see them: written on paper or a blackboard, lit, tilted, blurred.

Strokes are drawn anew from a digit's shape, by a marker or a thin pen; nothing here knows how
pictures are prepared.
"""

import io
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import distance_transform_edt, gaussian_filter, zoom
from skimage.morphology import skeletonize

__all__ = ["encoded", "letters", "photograph", "replace", "scene"]

PENS = {
    "black": (25, 25, 30), "blue": (30, 50, 150), "red": (190, 30, 40), "green": (20, 110, 60),
    "purple": (90, 40, 130), "pencil": (95, 95, 100),
}  # fmt: skip
CHALKS = {"white": (235, 235, 230), "yellow": (240, 225, 120), "pink": (240, 170, 190)}
LINES = ((120, 150, 200), (150, 150, 155), (140, 180, 190), (80, 90, 130))
RULINGS = ("plain", "ruled", "squared")
LARGEST_CANVAS = 800


@dataclass(frozen=True)
class Scene:
    """How a digit is photographed; lengths are shares of the digit's height or the picture."""

    side: int
    aspect: float
    height: float
    dark: bool
    ink: tuple[int, int, int]
    pen: float
    ruling: str
    tilt: float
    corners: np.ndarray
    desk: bool
    light: tuple[float, float]
    shadow: float
    blur: float
    grain: float
    quality: int


def scene(draw: np.random.Generator, dark_ink: bool = True) -> Scene:
    """Draw a scene at random."""
    pens = list((PENS if dark_ink else CHALKS).values())
    return Scene(
        side=round(float(np.exp(draw.uniform(np.log(300), np.log(4000))))),
        aspect=float(draw.choice([3 / 4, 1, 4 / 3])),
        height=float(draw.uniform(0.22, 0.72)),
        dark=not dark_ink,
        ink=tuple(pens[draw.integers(len(pens))]),
        pen=float(draw.choice([0, draw.uniform(0.025, 0.06), draw.uniform(0.05, 0.12)])),
        ruling=str(draw.choice(RULINGS)) if dark_ink else "plain",
        tilt=float(draw.uniform(-10, 10)),
        corners=draw.uniform(-0.05, 0.05, (4, 2)),
        desk=bool(draw.random() < 0.15),
        light=(float(draw.uniform(0.5, 1)), float(draw.uniform(0, 2 * np.pi))),
        shadow=float(draw.uniform(0.6, 0.85)) if draw.random() < 0.25 else 1.0,
        blur=float(draw.uniform(0.0003, 0.0025)),
        grain=float(draw.uniform(0.003, 0.02)),
        quality=int(draw.integers(60, 96)),
    )


def photograph(digits: list[np.ndarray], how: Scene, draw: np.random.Generator) -> bytes:
    """Return the JPEG of digits (28×28 in [0, 1], ink bright) side by side; none: blank."""
    canvas = min(how.side, LARGEST_CANVAS)
    width, height = (canvas, round(canvas * how.aspect))
    if how.aspect > 1:
        width, height = round(canvas / how.aspect), canvas
    sheet = _sheet(digits, how, (height, width), draw)
    seen = _tilt(sheet, how, (height, width))
    lit = seen * _light(how, (height, width), draw)[..., None]
    final = _camera(lit, how, draw)
    return encoded(Image.fromarray(final), "JPEG", quality=how.quality)


def encoded(picture: Image.Image | np.ndarray, kind: str, **options: int) -> bytes:
    """Return a picture as a file's content."""
    buffer = io.BytesIO()
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def letters(text: str) -> Image.Image:
    """Print letters small into a corner of a sheet."""
    sheet = Image.new("RGB", (900, 1200), (240, 238, 230))
    ImageDraw.Draw(sheet).text((60, 80), text, (30, 30, 40), ImageFont.load_default(60))
    return sheet


def stroke(digit: np.ndarray, height: int, pen: float) -> np.ndarray:
    """Return a digit's ink in [0, 1], `height` px high; pen 0 keeps the digit's own width."""
    large = np.clip(zoom(np.pad(digit, 2), height / 20, order=3), 0, 1)
    mask = large > 0.5
    inside = distance_transform_edt(mask) - distance_transform_edt(~mask)
    if pen:
        spine = distance_transform_edt(~skeletonize(mask))
        inside = np.minimum(pen * height / 2 - gaussian_filter(spine, 0.004 * height), inside + 1)
    return np.clip(0.5 + inside, 0, 1)


def _sheet(
    digits: list[np.ndarray], how: Scene, size: tuple[int, int], draw: np.random.Generator
) -> np.ndarray:
    """A sheet of paper in [0, 1] that is larger than what the camera sees."""
    big = (round(size[0] * 1.6), round(size[1] * 1.6))
    paper = np.array((38, 46, 42) if how.dark else (238, 236, 228), np.float32) / 255
    paper = paper * draw.uniform(0.93, 1.05, 3)
    fibre = sum(gaussian_filter(draw.normal(size=big), s) * s for s in (1, 3))
    sheet = paper + (0.012 * fibre)[..., None]
    digit_height = round(how.height * min(size))
    sheet = _rule(sheet, how, digit_height, draw)
    for i, digit in enumerate(digits):
        ink = stroke(digit, digit_height, how.pen)
        shift = (i - (len(digits) - 1) / 2) * 1.15 * digit_height
        room = 0.5 * (min(size) - digit_height) * 0.6
        y, x = draw.uniform(-room, room, 2) if len(digits) == 1 else (0, 0)
        top = round(big[0] / 2 + y - ink.shape[0] / 2)
        left = round(big[1] / 2 + x + shift - ink.shape[1] / 2)
        uneven = gaussian_filter(draw.normal(size=ink.shape), 0.03 * digit_height)
        strength = np.clip(0.88 + 0.06 * uneven / (uneven.std() + 1e-9), 0, 1)
        alpha = (ink * strength)[..., None]
        part = sheet[top : top + ink.shape[0], left : left + ink.shape[1]]
        part[:] = part * (1 - alpha) + alpha * np.array(how.ink) / 255
    return sheet


def _rule(
    sheet: np.ndarray, how: Scene, digit_height: int, draw: np.random.Generator
) -> np.ndarray:
    if how.ruling == "plain":
        return sheet
    step = digit_height / draw.uniform(1, 4)
    thick = max(1.0, 0.035 * step)
    colour = np.array(LINES[draw.integers(len(LINES))]) / 255
    alpha = draw.uniform(0.35, 0.8)
    axes = (0, 1) if how.ruling == "squared" else (0,)
    for axis in axes:
        position = (np.arange(sheet.shape[axis]) + draw.uniform(0, step)) % step
        on = np.clip(1 - np.abs(position - step / 2) + thick / 2, 0, 1) * alpha
        on = on[:, None, None] if axis == 0 else on[None, :, None]
        sheet = sheet * (1 - on) + on * colour
    return sheet


def _tilt(sheet: np.ndarray, how: Scene, size: tuple[int, int]) -> np.ndarray:
    """Rotation and perspective; a desk shows where the sheet ends."""
    big_h, big_w = sheet.shape[:2]
    height, width = size
    turn = np.deg2rad(how.tilt)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    reach = 0.98 if how.desk else 1.0
    unit = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) / 2
    target = (unit + 0.5) * (width, height)
    spread = unit * (big_w, big_h) * reach if how.desk else unit * (width, height)
    corners = how.corners * (width, height)
    source = spread @ rotation.T + corners + (big_w / 2, big_h / 2)
    if how.desk:
        inset = unit * (width, height) * 0.9
        target = inset @ rotation.T + corners + (width / 2, height / 2)
        source = unit * (width, height) + (big_w / 2, big_h / 2)
    image = Image.fromarray(np.rint(255 * np.clip(sheet, 0, 1)).astype(np.uint8))
    if how.desk:
        image = image.crop(_around(big_w, big_h, width, height))
        source = (unit + 0.5) * (width, height)
    desk = (70, 52, 40) if not how.dark else (150, 130, 110)
    seen = image.transform(
        (width, height),
        Image.Transform.PERSPECTIVE,
        _coefficients(target, source),
        Image.Resampling.BICUBIC,
        fillcolor=desk,
    )
    return np.asarray(seen, dtype=np.float32) / 255


def _around(big_w: int, big_h: int, width: int, height: int) -> tuple[int, int, int, int]:
    left, top = (big_w - width) // 2, (big_h - height) // 2
    return left, top, left + width, top + height


def _coefficients(target: np.ndarray, source: np.ndarray) -> list[float]:
    rows, values = [], []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return np.linalg.solve(np.array(rows), np.array(values)).tolist()


def _light(how: Scene, size: tuple[int, int], draw: np.random.Generator) -> np.ndarray:
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    y, x = y / size[0] - 0.5, x / size[1] - 0.5
    low, angle = how.light
    along = x * np.cos(angle) + y * np.sin(angle)
    light = low + (1 - low) * (along + 0.71) / 1.42
    edge = x * np.sin(angle) - y * np.cos(angle) + draw.uniform(-0.25, 0.25)
    return light * (how.shadow + (1 - how.shadow) / (1 + np.exp(-edge * draw.uniform(15, 60))))


def _camera(lit: np.ndarray, how: Scene, draw: np.random.Generator) -> np.ndarray:
    height, width = lit.shape[:2]
    soft = gaussian_filter(lit, (how.blur * max(height, width),) * 2 + (0,))
    soft = soft + draw.normal(size=(height, width, 1)) * how.grain
    small = Image.fromarray(np.rint(255 * np.clip(soft, 0, 1)).astype(np.uint8))
    scale = how.side / max(height, width)
    size = (round(width * scale), round(height * scale))
    return np.asarray(small if scale == 1 else small.resize(size, Image.Resampling.BILINEAR))
