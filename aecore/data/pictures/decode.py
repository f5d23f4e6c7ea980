"""Bytes of any kind to RGB pixels, within limits of size, memory and time; never to disk.

A picture is reduced strip by strip while it is opened, so that no full-size copy exists beside
the decoder's own. What it is and how to prepare it for a model is not this module's matter.
"""

import io
from typing import NamedTuple

import numpy as np
from PIL import Image, UnidentifiedImageError

from aecore.data.pictures.records import Picture
from aecore.errors import DataError
from aecore.limits import MEGABYTE, limits

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
MAX_WEBP_PIXELS = 16_000_000  # its decoder holds four copies
LONGEST = 1200
STRIP_PIXELS = 2_000_000
FAINT = 25  # levels between the darkest and the brightest pixel: the eye would miss it
GREY_MODES = ("1", "L", "LA", "La")
DEEP_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}  # fmt: skip
ACROSS = (
    Image.Transpose.TRANSPOSE, Image.Transpose.ROTATE_270, Image.Transpose.TRANSVERSE,
    Image.Transpose.ROTATE_90,
)  # fmt: skip
LOOKALIKES = (
    (b"MZ", "a program"), (b"\x7fELF", "a program"), (b"\xcf\xfa\xed\xfe", "a program"),
    (b"#!", "a script"), (b"%PDF", "a PDF"), (b"PK\x03\x04", "a .zip or an office document"),
    (b"\x1f\x8b", "a .gz archive"),
)  # fmt: skip


Ends = tuple[float, float]  # what black and white are in the file


class Decoded(NamedTuple):
    """A picture and what was done to it.

    Attributes:
        picture: RGB, no side over 1,200 px.
        size: width and height of the file's picture, upright.
        paper: what its transparent parts were laid over, "white" or "black"; "" if it has none.
        deep: whether it had more than 8 bits, which were scaled.
        turned: whether EXIF turned or mirrored it.
    """

    picture: Picture
    size: tuple[int, int]
    paper: str = ""
    deep: bool = False
    turned: bool = False

    @property
    def coloured(self) -> bool:
        """Whether any pixel is not grey."""
        red, green, blue = (self.picture[..., i] for i in range(3))
        return bool((red != green).any() or (green != blue).any())


def open_picture(content: bytes, name: str = "The picture") -> Picture:
    """Decode a picture into RGB (see `decoded`).

    Raises:
        DataError: as `decoded`.
    """
    return decoded(content, name).picture


def decoded(content: bytes, name: str = "The picture") -> Decoded:
    """Decode PNG, JPEG, WebP, BMP, GIF (first frame) or TIFF into RGB.

    EXIF rotation is applied and EXIF dropped; transparency is laid over white, or over black where
    nothing can be seen on white; intensities of 16 bits and floats are scaled to 8 bits by the
    range of their type; a side of more than 1,200 px is reduced to that.

    Raises:
        DataError: in one sentence that begins with `name`: over 20 MB, over 40 megapixels by its
            header, empty, damaged, truncated, or not a picture of these formats.
    """
    if len(content) > most_bytes():
        raise too_large(name)
    if not content:
        raise DataError(f"{name} is empty; choose another")
    try:
        return _decode(content, name)
    except DataError:
        raise
    except UnidentifiedImageError:
        raise DataError(f"{name} is {_lookalike(content)}") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(name) from None
    except Exception as error:  # noqa: BLE001  # decoders raise whatever the damage leads to
        raise DataError(_damage(error, name)) from None


def most_bytes() -> int:
    """What a picture's file may have."""
    return limits().file_mb * MEGABYTE


def too_large(name: str) -> DataError:
    """The sentence for a file that is."""
    return DataError(f"{name} has over {limits().file_mb} MB; make it smaller")


def maybe_coloured(content: bytes) -> bool:
    """Whether a picture may have colours, by its head; False where that can't be read."""
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            return picture.mode not in GREY_MODES + DEEP_MODES
    except Exception:  # noqa: BLE001  # its sentence comes when it is decoded
        return False


def size_of(head: bytes) -> tuple[int, int] | None:
    """Width and height of a picture, upright, by the beginning of its file; None if unreadable."""
    try:
        with Image.open(io.BytesIO(head), formats=FORMATS) as picture:
            width, height = picture.size
            across = TURNS.get(_orientation(picture)) in ACROSS
    except Exception:  # noqa: BLE001  # its sentence comes when it is decoded
        return None
    return (height, width) if across else (width, height)


def _decode(content: bytes, name: str) -> Decoded:
    with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
        size = picture.size
        _check_size(size, name)
        if picture.format == "WEBP" and picture.width * picture.height > MAX_WEBP_PIXELS:
            raise DataError(
                f"{name} has over {MAX_WEBP_PIXELS // 10**6} megapixels, the most for WebP; "
                "save it as JPEG"
            )
        picture.draft(None, (LONGEST, LONGEST))
        picture.load()
        _check_size(picture.size, name)
        small, paper = _on_paper(picture, _range(picture, name))
        deep, turn = _deep(picture), TURNS.get(_orientation(picture))
        across = turn in ACROSS
        upright = small if turn is None else small.transpose(turn)
    size = (size[1], size[0]) if across else size
    return Decoded(np.array(upright), size, paper, deep, turn is not None)


def _on_paper(picture: Image.Image, ends: Ends) -> tuple[Image.Image, str]:
    """Return a picture as RGB, and the paper that it was laid on where it is transparent.

    White strokes on a transparent ground can't be seen on white; they are laid on black.
    """
    white = _reduce(picture, "white", ends)
    if not picture.has_transparency_data:
        return white, ""
    if (contrast := _contrast(white)) < FAINT:
        black = _reduce(picture, "black", ends)
        if _contrast(black) > contrast:
            return black, "black"
    return white, "white"


def _contrast(picture: Image.Image) -> int:
    return int(np.ptp(np.asarray(picture)))


def _check_size(size: tuple[int, int], name: str) -> None:
    width, height = size
    if min(size) < 1:
        raise DataError(f"{name} is {width}×{height} px: there is nothing in it; choose another")
    if width * height > limits().megapixels * MEGABYTE:
        raise _too_many_pixels(name)


def _too_many_pixels(name: str) -> DataError:
    return DataError(f"{name} has over {limits().megapixels} megapixels; make it smaller")


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(ORIENTATION, 1))
    except Exception:  # noqa: BLE001  # damaged EXIF does not make the pixels unreadable
        return 1


def _reduce(picture: Image.Image, paper: str, ends: Ends) -> Image.Image:
    """Return the picture as RGB with no side over LONGEST, converted strip by strip."""
    width, height = picture.size
    factor = max(1, max(width, height) // LONGEST)
    factors = (min(factor, width), min(factor, height))
    rows = factors[1] * max(1, STRIP_PIXELS // (width * factors[1]))
    strips = []
    for top in range(0, height, rows):
        strip = picture.crop((0, top, width, min(height, top + rows)))
        deep = _deep(picture)
        plain = _deep_to_rgb(strip, ends, paper) if deep else _to_rgb(strip, paper)
        strips.append(np.asarray(plain.reduce(factors)))
    small = Image.fromarray(np.concatenate(strips))
    scale = min(1.0, LONGEST / max(small.size))
    target = (max(1, round(small.width * scale)), max(1, round(small.height * scale)))
    return small if scale == 1 else small.resize(target, Image.Resampling.BICUBIC)


def _deep(picture: Image.Image) -> bool:
    return picture.mode in DEEP_MODES


def _range(picture: Image.Image, name: str) -> Ends:
    """What black and white are in a picture of more than 8 bits, by its mode and its extremes."""
    if not _deep(picture):
        return 0.0, 255.0
    low, high = map(float, picture.getextrema())  # type: ignore[arg-type]  # one band
    if not np.isfinite([low, high]).all():
        raise DataError(
            f"{name} has values that are not numbers (NaN or infinity); save it again as PNG"
        )
    if picture.mode.startswith("I;16") or (low >= 0 and 255 < high <= 65535):
        return 0.0, 65535.0
    if low >= 0 and high <= 255:
        return 0.0, 1.0 if picture.mode == "F" and high <= 1 else 255.0
    return low, max(high, low + 1)


def _deep_to_rgb(strip: Image.Image, ends: Ends, paper: str) -> Image.Image:
    floor, ceiling = ends
    values = np.asarray(strip)
    share = (values.astype(np.float32) - floor) / (ceiling - floor)
    grey = np.rint(255 * np.clip(share, 0, 1)).astype(np.uint8)
    clear = strip.info.get("transparency")
    if isinstance(clear, int):  # of a PNG of 16 bits: the one grey level that is transparent
        grey = np.where(values == clear, np.uint8(255 if paper == "white" else 0), grey)
    return Image.fromarray(grey).convert("RGB")


def _to_rgb(strip: Image.Image, paper: str) -> Image.Image:
    if not strip.has_transparency_data:
        return strip.convert("RGB")
    layer = strip.convert("RGBA")
    ground = Image.new("RGBA", layer.size, paper)
    return Image.alpha_composite(ground, layer).convert("RGB")


def _lookalike(content: bytes) -> str:
    """What a file that is no picture of ours seems to be, and what to do."""
    head = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    advice = "save it as PNG or JPEG"
    if b"<svg" in head:
        return f"an SVG drawing, which is a program rather than pixels; {advice}"
    if head.startswith((b"<!doctype", b"<html", b"<?xml", b"<")):
        return "a web page or XML, not a picture; choose a PNG or JPEG"
    if content[4:8] == b"ftyp":
        return f"a HEIC, AVIF or film, which can't be read; {advice}"
    for start, kind in LOOKALIKES:
        if content.startswith(start):
            return f"{kind}, not a picture; choose a PNG or JPEG"
    return f"not a picture that can be read; use {', '.join(FORMATS)}"


def _damage(error: Exception, name: str) -> str:
    said = str(error).lower()
    if "truncated" in said or "not enough image data" in said or isinstance(error, EOFError):
        return f"{name} breaks off before its end; copy it again"
    return f"{name} is damaged and can't be read; save it again as PNG or JPEG"
