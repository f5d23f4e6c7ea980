"""An autoencoder as a lossy codec beside everyday codecs: bytes and PSNR.

The code is cut to 8 bits a unit; PNG, JPEG and WebP are Pillow's, gzip packs the raw bytes. The
decoder's weights are not counted, just as no codec counts its program.
"""

import gzip
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image

from aecore.arrays import CodeArray, Pixels
from aecore.configs import require

if TYPE_CHECKING:
    from aecore.models.base import Autoencoder

N_PACKED = 100
PHOTOGRAPHS = ("camera", "coffee", "chelsea", "astronaut", "rocket")
LEVELS = 255

Codes8 = UInt8[np.ndarray, "n code"]


class Packed(NamedTuple):
    """What a codec made of n images.

    Attributes:
        n_bytes: of each image's file.
        pixels: what comes out again.
    """

    n_bytes: Float[np.ndarray, " n"]
    pixels: Pixels


@dataclass(frozen=True, slots=True)
class Quantiser:
    """Eight bits a unit, evenly over the range that the training codes have.

    Attributes:
        low, high: (d,) ends of the range.
    """

    low: Float[np.ndarray, " d"]
    high: Float[np.ndarray, " d"]

    @classmethod
    def fit(cls, codes: CodeArray) -> "Quantiser":
        """Take the range of training codes."""
        return cls(codes.min(axis=0), codes.max(axis=0))

    def pack(self, codes: CodeArray) -> Codes8:
        """Round to 256 steps; what lies outside the range is cut off at its end."""
        width = np.where(self.high > self.low, self.high - self.low, 1)
        return np.rint(np.clip((codes - self.low) / width, 0, 1) * LEVELS).astype(np.uint8)

    def unpack(self, packed: Codes8) -> CodeArray:
        """Return codes that are off by half a step at most."""
        step = (self.high - self.low) / LEVELS
        return (self.low + step * packed).astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """A file format.

    Attributes:
        title: for the screen.
        kind: the same for all qualities of a format.
        lossless: whether the pixels come out as they went in.
        write: one picture, uint8 (h, w) or (h, w, 3) → the file.
        read: the file, and the picture's shape → the picture.
        colour: of its kind in figures, one of `styles.COLOURS`.
    """

    title: str
    kind: str
    lossless: bool
    write: Callable[[np.ndarray], bytes]
    read: Callable[[bytes, tuple[int, ...]], np.ndarray]
    colour: str = "grey"


def _pillow(kind: str, **options: int | bool) -> Callable[[np.ndarray], bytes]:
    def write(picture: np.ndarray) -> bytes:
        file = io.BytesIO()
        Image.fromarray(picture).save(file, kind, **options)
        return file.getvalue()

    return write


def _open(content: bytes, shape: tuple[int, ...]) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert("RGB" if len(shape) == 3 else "L"))


def _gunzip(content: bytes, shape: tuple[int, ...]) -> np.ndarray:
    return np.frombuffer(gzip.decompress(content), np.uint8).reshape(shape)


def _lossy(kind: str, quality: int, colour: str) -> Codec:
    return Codec(
        title=f"{kind}, quality {quality}",
        kind=kind,
        lossless=False,
        write=_pillow(kind, quality=quality),
        read=_open,
        colour=colour,
    )


CODECS: dict[str, Codec] = {
    "gzip": Codec(
        title="gzip", kind="gzip", lossless=True,
        write=lambda picture: gzip.compress(picture.tobytes(), 9, mtime=0), read=_gunzip,
        colour="slate",
    ),
    "png": Codec(
        title="PNG", kind="PNG", lossless=True, write=_pillow("PNG", optimize=True), read=_open,
        colour="mauve",
    ),
    "webp": Codec(
        title="WebP, lossless", kind="WebP", lossless=True,
        write=_pillow("WebP", lossless=True), read=_open, colour="violet",
    ),
    **{f"jpeg{q}": _lossy("JPEG", q, "pink") for q in (10, 50, 90)},
    **{f"webp{q}": _lossy("WebP", q, "violet") for q in (10, 50, 90)},
}  # fmt: skip


def fits(shape: tuple[int, ...]) -> bool:
    """Whether file formats can hold an image of (channels, height, width): 1 or 3 channels."""
    return shape[0] in (1, 3)


def by_code(model: "Autoencoder", scale: Quantiser, pixels: Pixels) -> Packed:
    """Pack images as codes of one byte a unit."""
    import torch

    with torch.no_grad():
        codes = model.encode(torch.from_numpy(pixels.astype(np.float32) / 255)).mean.numpy()
        packed = scale.pack(codes)
        out = model.decode(torch.from_numpy(scale.unpack(packed))).numpy()
    n_bytes = np.full(len(pixels), float(packed.shape[1]))
    return Packed(n_bytes, np.rint(255 * out.clip(0, 1)).astype(np.uint8))


def alone(codec: Codec, pixels: Pixels) -> Packed:
    """Pack each image as a file of its own."""
    pictures = [_picture(image) for image in pixels]
    files = [codec.write(picture) for picture in pictures]
    out = [codec.read(f, p.shape) for f, p in zip(files, pictures, strict=True)]
    return Packed(np.array([float(len(f)) for f in files]), _images(out, pixels.shape))


def together(codec: Codec, pixels: Pixels) -> Packed:
    """Pack all images as one file, one below the other: a file's head is paid for once."""
    tall = np.concatenate([_picture(image) for image in pixels])
    content = codec.write(tall)
    out = np.split(codec.read(content, tall.shape), len(pixels))
    each = np.full(len(pixels), len(content) / len(pixels))
    return Packed(each, _images(out, pixels.shape))


def _picture(image: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(image[0] if len(image) == 1 else image.transpose(1, 2, 0))


def _images(pictures: list[np.ndarray], shape: tuple[int, ...]) -> Pixels:
    stacked = np.stack(pictures)
    return stacked.reshape(shape) if shape[1] == 1 else stacked.transpose(0, 3, 1, 2)


def photographs(shape: tuple[int, int, int], n: int, seed: int = 0) -> Pixels:
    """Cut pieces of the size (channels, height, width) out of scikit-image's photographs.

    They are cut at random places of the photographs at half their size, the same ones for the
    same seed.

    Raises:
        ValueError: for other than 1 or 3 channels.
    """
    require(fits(shape), "channels", shape[0], "1 or 3")
    from skimage import data

    draw = np.random.default_rng(seed)
    found = [_halved(getattr(data, name)()) for name in PHOTOGRAPHS]
    return np.stack([_cut(found[i % len(found)], shape, draw) for i in range(n)])


def _halved(photograph: np.ndarray) -> Image.Image:
    image = Image.fromarray(photograph).convert("RGB")
    return image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS)


def _cut(
    image: Image.Image, shape: tuple[int, int, int], draw: np.random.Generator
) -> UInt8[np.ndarray, "channels height width"]:
    channels, height, width = shape
    image = image.convert("L") if channels == 1 else image
    if image.width < width or image.height < height:
        image = image.resize((max(image.width, width), max(image.height, height)))
    left = int(draw.integers(image.width - width + 1))
    top = int(draw.integers(image.height - height + 1))
    piece = np.asarray(image.crop((left, top, left + width, top + height)))
    return piece[None] if channels == 1 else piece.transpose(2, 0, 1)
