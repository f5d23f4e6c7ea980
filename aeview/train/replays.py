"""A run as an animation: its map and its reconstructions, epoch by epoch, as a GIF."""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from aecore import lines
from aecore.runs.frames import Frame
from aeview.theme import CLASS_COLOURS

SIDE = 360  # pixels of the map
ROOM = 20  # around it
LINE = 26  # for the words
DOT = 3
FRAME_MS, REST_MS = 120, 1500


def training_gif(shown: list[Frame], fixed: Frame) -> bytes:
    """Draw each frame's map over its reconstructions; the last one rests, then it begins again.

    Args:
        shown: frames in order, at least one.
        fixed: what they have in common: `labels`, `originals`.
    """
    pages = [_page(frame, fixed) for frame in shown]
    rests = [*([FRAME_MS] * (len(pages) - 1)), REST_MS]
    file = io.BytesIO()
    pages[0].save(
        file, "GIF", save_all=True, append_images=pages[1:], duration=rests, loop=0, disposal=1
    )
    return file.getvalue()


def _page(frame: Frame, fixed: Frame) -> Image.Image:
    if "reconstructions" not in frame.arrays:
        return _drawn(frame)
    strips = [_strip(fixed.arrays["originals"]), _strip(frame.arrays["reconstructions"])]
    page = Image.new("RGB", (SIDE, LINE + SIDE + sum(s.height for s in strips)), "#ffffff")
    pen = _headed(page, frame)
    _dots(pen, frame.arrays["points"].astype(np.float64), fixed.arrays["labels"])
    top = LINE + SIDE
    for strip in strips:
        page.paste(strip, (0, top))
        top += strip.height
    return page


def _drawn(frame: Frame) -> Image.Image:
    """Without an encoder: the samples, in rows of ten."""
    samples = frame.arrays["samples"]
    strips = [_strip(samples[i : i + 10]) for i in range(0, len(samples), 10)]
    page = Image.new("RGB", (SIDE, LINE + sum(s.height for s in strips)), "#ffffff")
    _headed(page, frame)
    for row, strip in enumerate(strips):
        page.paste(strip, (0, LINE + row * strips[0].height))
    return page


def _headed(page: Image.Image, frame: Frame) -> ImageDraw.ImageDraw:
    """Say which epoch it is; returns what draws on."""
    pen = ImageDraw.Draw(page)
    epoch, n_epochs = frame.numbers["epoch"], frame.numbers["n_epochs"]
    words = f"epoch {epoch} of {n_epochs}" if epoch else "before training"
    pen.text((8, 5), words, fill="#1b1f24", font=ImageFont.load_default(14))
    return pen


def _dots(pen: ImageDraw.ImageDraw, points: np.ndarray, labels: np.ndarray) -> None:
    low, high = np.percentile(points, [1, 99], axis=0)
    scale = (SIDE - 2 * ROOM) / max(float((high - low).max()), 1e-9)
    places = (points - (low + high) / 2) * scale * (1, -1) + (SIDE / 2, LINE + SIDE / 2)
    for (x, y), label in zip(places, labels, strict=True):
        if LINE + DOT <= y < LINE + SIDE - DOT:
            colour = CLASS_COLOURS[int(label) % len(CLASS_COLOURS)]
            pen.ellipse([x - DOT, y - DOT, x + DOT, y + DOT], fill=colour)


def _strip(images: np.ndarray) -> Image.Image:
    """Pictures, uint8 (n, channels, height, width), in a row as wide as the map."""
    images = lines.pictures(images)
    pixels = np.repeat(images, 3, axis=1) if images.shape[1] == 1 else images[:, :3]
    row = np.concatenate(list(pixels.transpose(0, 2, 3, 1)), axis=1)
    height = round(row.shape[0] * SIDE / row.shape[1])
    return Image.fromarray(np.ascontiguousarray(row)).resize((SIDE, height))
