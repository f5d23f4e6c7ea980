"""Pictures to try on the page Your image: drawn by this program, the same on every machine.

For handwriting they are sheets, boards and things as a camera sees them; for other data sets
images of the set itself, or their reconstructions where none are on this machine.
"""

import contextlib
import io
import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import streamlit as st
from jaxtyping import Float, UInt8
from PIL import Image, ImageDraw, ImageFont

from aecore.arrays import LabelArray, Pixels
from aecore.checkpoints import Stored
from aecore.data.catalogue import DATASETS
from aecore.errors import DataError
from aeview.work import cache
from aeview.work.pixels import as_bytes

Ink = Float[np.ndarray, "h w"]
Colours = UInt8[np.ndarray, "h w 3"]

SIDE = 320
N_THINGS = 6
PAPER = (244, 241, 232)
BOARD = (34, 58, 48)
BLUE = (28, 52, 140)
DARK = (38, 38, 42)
CHALK = (238, 240, 232)


class Sample(NamedTuple):
    """A picture to try: its name in a link, what it is, the bytes of a PNG file."""

    id: str
    title: str
    content: bytes


def samples(checkpoint: Stored) -> tuple[Sample, ...]:
    """Return the samples that suit a model's data set."""
    here = cache.has_set(checkpoint.card.data), cache.has_originals(checkpoint)
    return _samples(checkpoint.digest, here, checkpoint)


@st.cache_resource(show_spinner=False, max_entries=40)
def _samples(digest: str, here: tuple[bool, bool], _checkpoint: Stored) -> tuple[Sample, ...]:
    del digest, here
    known = DATASETS.get(_checkpoint.card.data)
    if known is not None and known.handwriting:
        return _handwriting()
    return (*_things(_checkpoint), *(_made(name) for name in ("smiley", "letter")))


@st.cache_resource(show_spinner=False)
def _handwriting() -> tuple[Sample, ...]:
    return tuple(_made(name) for name in MADE)


def _made(name: str) -> Sample:
    title, make = MADE[name]
    return Sample(name, title, png(make()))


def png(picture: np.ndarray) -> bytes:
    """Return uint8 (h, w) or (h, w, 3) as the bytes of a PNG file."""
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(file, "PNG")
    return file.getvalue()


# ---- images of the set itself -------------------------------------------------------------------


def _things(checkpoint: Stored) -> list[Sample]:
    """The first test image of each of six classes; else stored ones, or what is made of these."""
    shape, data = tuple(checkpoint.card.model.shape), checkpoint.card.data
    if cache.has_set(data):
        with contextlib.suppress(DataError, OSError):
            test = cache.split_of(checkpoint.card, "test")
            if test.shape == shape and len(test):
                rows = _first_of_classes(test.labels)
                return _named(test.pixels[rows], test.labels[rows], test.classes)
    rows = _first_of_classes(checkpoint.latents.labels)
    table = checkpoint.latents.rows(rows)
    stored = cache.originals(checkpoint, table)
    images = _decoded(checkpoint, rows) if stored is None else stored
    found = _named(images, table.labels, checkpoint.card.classes)
    if stored is None or table.split.any():
        return found
    return [sample._replace(title=f"{sample.title}, a training image") for sample in found]


def _first_of_classes(labels: LabelArray) -> list[int]:
    return [int(np.flatnonzero(labels == label)[0]) for label in np.unique(labels)][:N_THINGS]


def _named(images: Pixels, labels: LabelArray, classes: tuple[str, ...]) -> list[Sample]:
    return [
        Sample(f"class-{label}", classes[label], png(_plain(image)))
        for image, label in zip(images, labels, strict=True)
    ]


def _decoded(checkpoint: Stored, rows: list[int]) -> np.ndarray:
    import torch

    codes = torch.from_numpy(checkpoint.latents.codes[rows].astype(np.float32))
    return as_bytes(cache.model(checkpoint.digest, checkpoint).decode(codes).numpy())


def _plain(image: np.ndarray) -> np.ndarray:
    return image[0] if len(image) == 1 else image[:3].transpose(1, 2, 0)


# ---- sheets, boards and things ------------------------------------------------------------------


# Strokes through places of the unit square, from the top left; a place twice is a corner.
STROKES: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "2": (((0.22, 0.3), (0.36, 0.1), (0.64, 0.12), (0.68, 0.36), (0.44, 0.64), (0.2, 0.88),
           (0.2, 0.88), (0.46, 0.85), (0.8, 0.88)),),
    "3": (((0.24, 0.2), (0.42, 0.07), (0.66, 0.13), (0.66, 0.34), (0.42, 0.46), (0.42, 0.46),
           (0.68, 0.54), (0.72, 0.78), (0.5, 0.93), (0.22, 0.83)),),
    "4": (((0.52, 0.06), (0.22, 0.58), (0.22, 0.58), (0.8, 0.56)), ((0.62, 0.34), (0.56, 0.95))),
    "5": (((0.76, 0.1), (0.36, 0.1), (0.36, 0.1), (0.3, 0.44), (0.3, 0.44), (0.56, 0.4),
           (0.74, 0.6), (0.64, 0.86), (0.4, 0.92), (0.2, 0.82)),),
    "7": (((0.2, 0.14), (0.48, 0.11), (0.78, 0.12), (0.78, 0.12), (0.58, 0.48), (0.44, 0.93)),
          ((0.32, 0.55), (0.74, 0.5))),
}  # fmt: skip
FINE = 4  # times larger strokes are drawn, for smooth edges
PER_PART = 12


def _digit(name: str, size: int, width: float) -> Ink:
    """Write a digit of so many pixels with a pen of that width (Catmull & Rom's spline, 1974)."""
    side = round(size + 4 * width)
    sheet = Image.new("L", (side * FINE, side * FINE))
    pen = ImageDraw.Draw(sheet)
    radius = width * FINE / 2
    for places in STROKES[name]:
        for x, y in _curve(np.array(places)) * size * FINE + 2 * width * FINE:
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(sheet.resize((side, side), Image.Resampling.BOX), dtype=np.float32) / 255


def _curve(places: np.ndarray) -> np.ndarray:
    """Places along a curve through all of these, close enough for discs to make a line."""
    ends = np.concatenate([places[:1], places, places[-1:]])
    t = np.linspace(0, 1, PER_PART * 8, endpoint=False)[:, None]
    parts = [
        b + t / 2 * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
        for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False)
    ]
    return np.concatenate([*parts, places[-1:]])


def _on(ground: np.ndarray, ink: Ink, colour: tuple[int, int, int], at: tuple[int, int]) -> None:
    left, top = at
    part = ground[top : top + len(ink), left : left + ink.shape[1]]
    part += ink[..., None] * (np.array(colour, dtype=np.float32) - part)


def _sheet(colour: tuple[int, int, int], grain: float = 2.0) -> np.ndarray:
    draw = np.random.default_rng(0)
    flat = np.full((SIDE, SIDE, 3), colour, dtype=np.float32)
    return flat + grain * draw.standard_normal((SIDE, SIDE, 1)).astype(np.float32)


def _light(picture: np.ndarray, darkest: float) -> np.ndarray:
    """Let light fall from the top left; the opposite corner keeps this share of it."""
    rows, columns = np.indices(picture.shape[:2]) / (SIDE - 1)
    return picture * (1 - (1 - darkest) * (rows + columns) / 2)[..., None]


def _bytes(picture: np.ndarray) -> Colours:
    return np.rint(np.clip(picture, 0, 255)).astype(np.uint8)


def _turned(picture: np.ndarray, degrees: float) -> Colours:
    fill = tuple(int(v) for v in np.median(picture.reshape(-1, 3), axis=0))
    image = Image.fromarray(_bytes(picture))
    return np.asarray(image.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=fill))


def _pen() -> Colours:
    page = _sheet(PAPER)
    _on(page, _digit("3", 190, 13), DARK, (36, 40))
    return _bytes(page)


def _squared() -> Colours:
    page = _sheet(PAPER)
    page[::32, :] = page[:, ::32] = (176, 196, 222)
    _on(page, _digit("7", 170, 9), BLUE, (70, 50))
    return _turned(_light(page, 0.62), 7)


def _chalk() -> Colours:
    board = _sheet(BOARD, 5)
    _on(board, _digit("5", 190, 15), CHALK, (34, 40))
    return _bytes(_light(board, 0.8))


def _two() -> Colours:
    page = _sheet(PAPER)
    for name, left in (("4", 10), ("2", 152)):
        _on(page, _digit(name, 110, 10), DARK, (left, 80))
    return _bytes(page)


def _letter() -> Colours:
    image = Image.fromarray(_bytes(_sheet(PAPER)))
    font = ImageFont.load_default(230)
    ImageDraw.Draw(image).text((SIDE / 2, SIDE / 2), "R", DARK, font, anchor="mm", stroke_width=3)
    return np.asarray(image)


def _smiley() -> Colours:
    image = Image.fromarray(_bytes(_sheet(PAPER)))
    pen = ImageDraw.Draw(image)
    pen.ellipse((60, 60, 260, 260), outline=DARK, width=18)
    pen.arc((105, 105, 215, 215), 20, 160, fill=DARK, width=16)
    for x in (122, 198):
        pen.ellipse((x - 13, 115, x + 13, 141), fill=DARK)
    return np.asarray(image)


def _blank() -> Colours:
    return _bytes(_light(_sheet(PAPER), 0.85))


def _thing() -> Colours:
    """Show a ball on a table by a window: shading, a shadow, no ink anywhere."""
    rows, columns = np.indices((SIDE, SIDE)).astype(np.float32)
    wall = np.array([150, 120, 90]) + columns[..., None] / SIDE * np.array([70, 60, 30])
    grain = 12 * np.sin(rows / 3 + 9 * np.sin(columns / 60))
    table = np.array([96, 62, 38]) + grain[..., None]
    scene = np.where((rows > 205)[..., None], table, wall)
    shadow = ((columns - 195) / 120) ** 2 + ((rows - 252) / 24) ** 2 < 1
    scene[shadow] *= 0.45
    x, y = (columns - 160) / 92, (rows - 165) / 92
    inside = x * x + y * y < 1
    depth = np.sqrt(np.clip(1 - x * x - y * y, 0, 1))
    light = np.clip((-0.5 * x - 0.6 * y + 0.7 * depth) / math.sqrt(1.1), 0.12, 1)
    scene[inside] = (light[..., None] * np.array([226, 84, 48], dtype=np.float32))[inside]
    return _bytes(scene)


MADE: dict[str, tuple[str, Callable[[], Colours]]] = {
    "pen": ("a 3 in pen on paper", _pen),
    "squared": ("a 7 in blue on squared paper, tilted, in uneven light", _squared),
    "chalk": ("a 5 in chalk on a board", _chalk),
    "two": ("two digits on one sheet", _two),
    "letter": ("a letter", _letter),
    "smiley": ("a smiley", _smiley),
    "thing": ("a photograph of a thing", _thing),
    "blank": ("an empty sheet", _blank),
}
