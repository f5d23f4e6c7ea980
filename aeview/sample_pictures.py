"""Pictures to try on the page Your image: drawn by this program, the same on every machine.

For handwriting they are sheets, boards and things as a camera sees them; for other data sets
images of the set itself, or their reconstructions where it is not on this machine.
"""

import io
import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import streamlit as st
from jaxtyping import Float, UInt8
from PIL import Image, ImageDraw, ImageFont

from aecore.checkpoints import Stored
from aecore.data.catalogue import DATASETS
from aeview import cache
from aeview.pixels import as_bytes

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


def samples(held: Stored) -> tuple[Sample, ...]:
    """Return the samples that suit a model's data set."""
    return _samples(held.digest, cache.has_originals(held.card.data), held)


@st.cache_resource(show_spinner=False, max_entries=40)
def _samples(digest: str, here: bool, _held: Stored) -> tuple[Sample, ...]:
    del digest, here
    known = DATASETS.get(_held.card.data)
    if known is not None and known.handwriting:
        return _handwriting()
    return (*_things(_held), *(_made(name) for name in ("smiley", "letter")))


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


def _things(held: Stored) -> list[Sample]:
    """The first image of each of the first classes that the checkpoint carries."""
    latents, classes = held.latents, held.card.classes
    rows = [int(np.flatnonzero(latents.labels == k)[0]) for k in np.unique(latents.labels)]
    rows = rows[:N_THINGS]
    pixels = cache.originals(held, latents) if cache.has_originals(held.card.data) else None
    images = pixels[rows] if pixels is not None else _decoded(held, rows)
    return [
        Sample(f"class-{latents.labels[row]}", classes[latents.labels[row]], png(_plain(image)))
        for row, image in zip(rows, images, strict=True)
    ]


def _decoded(held: Stored, rows: list[int]) -> np.ndarray:
    import torch

    codes = torch.from_numpy(held.latents.codes[rows].astype(np.float32))
    return as_bytes(cache.model(held.digest, held).decode(codes).numpy())


def _plain(image: np.ndarray) -> np.ndarray:
    return image[0] if len(image) == 1 else image[:3].transpose(1, 2, 0)


# ---- sheets, boards and things ------------------------------------------------------------------


def _digit(label: int, which: int) -> Ink:
    """Handwriting of the bundled test digits, enlarged to lie on a sheet."""
    part = cache.split("digits", "test", 28)
    image = part.pixels[np.flatnonzero(part.labels == label)[which], 0]
    large = Image.fromarray(image).resize((SIDE * 2 // 3,) * 2, Image.Resampling.BICUBIC)
    ink = np.asarray(large, dtype=np.float32) / 255
    return np.clip((ink - 0.35) / 0.3, 0, 1)


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
    _on(page, _digit(7, 3), DARK, (54, 50))
    return _bytes(page)


def _squared() -> Colours:
    page = _sheet(PAPER)
    page[::32, :] = page[:, ::32] = (176, 196, 222)
    _on(page, _digit(3, 2), BLUE, (70, 40))
    return _turned(_light(page, 0.62), 7)


def _chalk() -> Colours:
    board = _sheet(BOARD, 5)
    _on(board, _digit(5, 1), CHALK, (40, 66))
    return _bytes(_light(board, 0.8))


def _two() -> Colours:
    page = _sheet(PAPER)
    for label, left in ((4, 4), (2, 156)):
        small = Image.fromarray(_digit(label, 2)).resize((160, 160))
        _on(page, np.asarray(small), DARK, (left, 80))
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
    "pen": ("a 7 in pen on paper", _pen),
    "squared": ("a 3 in blue on squared paper, tilted, in uneven light", _squared),
    "chalk": ("a 5 in chalk on a board", _chalk),
    "two": ("two digits on one sheet", _two),
    "letter": ("a letter", _letter),
    "smiley": ("a smiley", _smiley),
    "thing": ("a photograph of a thing", _thing),
    "blank": ("an empty sheet", _blank),
}
