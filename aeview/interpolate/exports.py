"""Files to take along: strips as PNG, an animation as GIF (numpy and Pillow only)."""

import io
import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from aecore import lines
from aecore.data.imageset import is_signal, things
from aecore.latents.strips import looks
from aeview import theme
from aeview.work.pixels import as_bytes

if TYPE_CHECKING:
    from aecore.latents.strips import Strip

FRAME = 84  # pixels of a frame in the PNG, at least
GIF = 280  # pixels of the GIF, at least
LABEL, CAPTION, MARGIN, HEAD = 176, 20, 12, 30
KEY = 60  # pixels of a way's line in the PNG
BAR = 8  # pixels of the mark under a GIF's picture that says where on the way it is
FRAME_MS, REST_MS = 120, 700
INK, QUIET, PAPER = "#1b2226", "#5c666b", "#ffffff"


class Order(NamedTuple):
    """What a file is made of: a model by its name, two codes (d,), frames of a strip."""

    name: str
    a: np.ndarray
    b: np.ndarray
    frames: int


def strips_png(strips: Mapping[str, "Strip"], order: Order, shape: tuple[int, ...]) -> bytes:
    """Draw all strips below each other, each with its name and numbers, support under frames."""
    wide, high = _size(shape, FRAME)
    row = high + CAPTION
    width = 2 * MARGIN + LABEL + order.frames * (wide + 2)
    page = Image.new("RGB", (width, HEAD + len(strips) * (row + 8) + 2 * MARGIN), PAPER)
    pen = ImageDraw.Draw(page)
    pen.text((MARGIN, MARGIN), f"{order.name}: support in % under each frame", INK, _font(15))
    for number, (name, strip) in enumerate(strips.items()):
        top = HEAD + MARGIN + number * (row + 8)
        _label(pen, top, name, strip)
        for i, (image, share) in enumerate(zip(strip.images, strip.support, strict=True)):
            left = MARGIN + LABEL + i * (wide + 2)
            page.paste(_picture(image, FRAME), (left, top))
            middle = (left + wide / 2, top + high + 3)
            pen.text(middle, f"{100 * share:.0f}", QUIET, _font(13), anchor="ma")
    return _saved(page, "PNG")


def _label(pen: ImageDraw.ImageDraw, top: int, name: str, strip: "Strip") -> None:
    look = looks()[name]
    _key(pen, (MARGIN, top + 4), theme.COLOURS[look.style.colour], look.style.dash or (KEY, 0))
    pen.text((MARGIN, top + 12), things(strip.images.shape[1:]).say(look.title), INK, _font(15))
    pen.text((MARGIN, top + 34), f"strays {100 * strip.stray:.0f} %", QUIET, _font(13))
    pen.text((MARGIN, top + 52), f"largest step {strip.step:.3f}", QUIET, _font(13))


def _key(
    pen: ImageDraw.ImageDraw, start: tuple[int, int], colour: str, dashes: tuple[int, ...]
) -> None:
    """Draw a piece of a way's line, dashed as on the map."""
    left, top = start
    for dash, gap in itertools.cycle(zip(dashes[::2], dashes[1::2], strict=True)):
        right = min(left + dash, start[0] + KEY)
        pen.line([(left, top), (right, top)], fill=colour, width=4)
        left = right + gap
        if left >= start[0] + KEY:
            return


def n_gif_frames(n: int) -> int:
    """How many frames a GIF of a strip of n has: there and back, neither end twice."""
    return 2 * n - 2


def animation_gif(images: np.ndarray) -> bytes:
    """Make (n, channels, height, width) in [0, 1] into a GIF that plays there and back, for ever.

    A mark below the picture says where on the way it is. It also keeps Pillow from merging
    frames that look alike.
    """
    n = len(images)
    order = [*range(n), *range(n - 2, 0, -1)]
    frames = [_with_bar(images[i], i / (n - 1)) for i in order]
    rests = [REST_MS if i in (0, n - 1) else FRAME_MS for i in order]
    file = io.BytesIO()
    frames[0].save(
        file, "GIF", save_all=True, append_images=frames[1:], duration=rests, loop=0, disposal=1
    )
    return file.getvalue()


def _with_bar(image: np.ndarray, t: float) -> Image.Image:
    picture = _picture(image, GIF)
    wide, high = picture.size
    page = Image.new("RGB", (wide, high + BAR), "#303030")
    page.paste(picture, (0, 0))
    left = round(t * (wide - 2 * BAR))
    ImageDraw.Draw(page).rectangle([left, high, left + 2 * BAR, high + BAR], fill="#ffffff")
    return page


def _picture(image: np.ndarray, least: int) -> Image.Image:
    if is_signal(image.shape):
        return Image.fromarray(lines.pictures(as_bytes(image)[None], max(lines.SIDE, least))[0, 0])
    pixels = as_bytes(image)
    pixels = np.repeat(pixels, 3, axis=0) if len(pixels) == 1 else pixels[:3]
    scale = _scale(image.shape, least)
    large = pixels.transpose(1, 2, 0).repeat(scale, axis=0).repeat(scale, axis=1)
    return Image.fromarray(np.ascontiguousarray(large))


def _size(shape: tuple[int, ...], least: int) -> tuple[int, int]:
    """Width and height of a picture whose longer side has so many pixels at least."""
    if is_signal(shape):
        return max(lines.SIDE, least), max(lines.SIDE, least)
    scale = _scale(shape, least)
    return scale * shape[-1], scale * shape[-2]


def _scale(shape: tuple[int, ...], least: int) -> int:
    return max(1, -(-least // max(shape[-2:])))


def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)


def _saved(page: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    page.save(file, kind)
    return file.getvalue()
