"""A user's own images: a folder or .zip with a sub-folder for each class, or .npz.

Here they are read into memory; `streamed` reads what would not fit, by the same functions.

Text files are read by `rows` if their first row names columns, else by `signals`, as is an .npz of
signals.

Nothing is unpacked to disk and nothing is unpickled.
"""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image, UnidentifiedImageError

from aecore.arrays import Pixels
from aecore.configs import require
from aecore.data import rows, signals
from aecore.data.imageset import ImageSet, stratified_split
from aecore.errors import DataError
from aecore.limits import MEGABYTE, limits

SIDES = (28, 32, 64)
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF")
MIN_IMAGES = 20
GREY = ("1", "L", "LA", "I", "I;16", "F")


def load(path: Path, split: str, side: int = 28) -> ImageSet:
    """Read a split of the images at `path`, resized to `side`×`side`.

    Images are RGB if any of them is in colour, else greyscale. Classes are the sub-folders' names
    in alphabetical order (one class if there are none); 70 % of each class train, 10 % validate,
    20 % test. Signals keep their length, whatever `side` is.

    Raises:
        DataError: in one sentence, for a file that is not an image, too few images, a wrong array.
        ValueError: for a side that is not 28, 32 or 64.
    """
    if rows.is_table(path):
        return rows.load(path, split)
    if signals.is_signals(path):
        return signals.load(path, split)
    require(side in SIDES, "side", side, f"one of {', '.join(map(str, SIDES))}")
    if path.suffix == ".npz":
        pixels, names = _from_npz(path, side)
    else:
        named = list(_files(path))
        if not named:
            raise DataError(no_images(path))
        pixels = _stack([open_picture(content, name, side) for name, content in named])
        names = [PurePosixPath(name).parent.name for name, _ in named]
    if len(pixels) < MIN_IMAGES:
        raise DataError(too_few(path, len(pixels)))
    classes, labels = np.unique(names, return_inverse=True)
    index = stratified_split(labels, split)
    return ImageSet(
        str(path), split, pixels[index], labels[index].astype(np.int64), tuple(map(str, classes))
    )


def words(path: Path) -> tuple[str, ...]:
    """What was assumed of a text file, in sentences; nothing of pictures.

    Raises:
        DataError: as `load`.
    """
    if rows.is_table(path):
        return rows.words(path)
    if path.suffix.lower() in signals.SUFFIXES:
        return (
            "There is no row of column names, so each row is read as a signal: its class first, "
            "then its samples.",
        )
    return ()


def no_images(path: Path) -> str:
    """The sentence for a folder without images."""
    return f"{path} holds no images ({', '.join(SUFFIXES)}); make a sub-folder for each class"


def too_few(path: Path, n: int) -> str:
    """The sentence for a set that is too small."""
    return f"{path} holds {n} images; at least {MIN_IMAGES} are needed"


def is_picture(name: str) -> bool:
    """Whether a file's name ends like a picture's."""
    return PurePosixPath(name).suffix.lower() in SUFFIXES


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield (class folder/name, content) in a fixed order."""
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if is_picture(file.name):
                yield file.relative_to(path).as_posix(), file.read_bytes()
        return
    try:
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                if is_picture(name):
                    yield name, member(archive, name)
    except (zipfile.BadZipFile, OSError) as error:
        raise DataError(f"{path} is neither a folder, a .zip nor an .npz ({error})") from None


def member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Read one file of an archive, no further than a file may go, whatever its header promises.

    Raises:
        DataError: for one that is larger, damaged or locked.
    """
    most = limits().file_mb
    try:
        with archive.open(name) as file:
            content = file.read(most * MEGABYTE + 1)
    except Exception:  # noqa: BLE001  # zlib, bz2 and lzma raise whatever the damage leads to
        raise DataError(f"{name} is damaged or locked in the .zip; pack it again") from None
    if len(content) > most * MEGABYTE:
        raise DataError(f"{name} has over {most} MB; make it smaller")
    return content


def open_picture(content: bytes, name: str, side: int) -> np.ndarray:
    """Decode and resize one picture: uint8 (1 or 3, side, side).

    Raises:
        DataError: in one sentence, naming the file.
    """
    with _picture(content, name) as picture:
        plain = picture.convert("L" if picture.mode in GREY else "RGB")
        resized = plain.resize((side, side), Image.Resampling.LANCZOS)
    return np.asarray(resized).reshape(side, side, -1).transpose(2, 0, 1)


def in_colour(content: bytes, name: str) -> bool:
    """Whether a picture has colours, by its head."""
    with _picture(content, name) as picture:
        return picture.mode not in GREY


@contextmanager
def _picture(content: bytes, name: str) -> Iterator[Image.Image]:
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > limits().megapixels * MEGABYTE:
                raise DataError(
                    f"{name} has over {limits().megapixels} megapixels; make it smaller"
                )
            yield picture
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError):
        raise DataError(f"{name} is not a picture that can be read; remove it") from None


def _stack(pictures: list[np.ndarray]) -> Pixels:
    n_channels = max(len(picture) for picture in pictures)
    return np.stack([broadcast(p[None], n_channels)[0] for p in pictures])


def broadcast(pixels: np.ndarray, n_channels: int) -> np.ndarray:
    """Repeat a grey channel where others are in colour."""
    return np.broadcast_to(pixels, (len(pixels), n_channels, *pixels.shape[2:]))


def _from_npz(path: Path, side: int) -> tuple[Pixels, list[str]]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            images = archive["images"]
            labels = archive["labels"] if "labels" in archive else np.zeros(len(images), int)
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise DataError(
            f"{path} can't be read ({error}); save it by numpy.savez(path, images=…, labels=…)"
        ) from None
    check_shape(path, images.shape)
    if len(labels) != len(images):
        raise DataError(f"{path} holds {len(images)} images but {len(labels)} labels")
    return resized(as_bytes(images), side), [str(v) for v in labels]


def check_shape(path: Path, shape: tuple[int, ...]) -> None:
    """See that an array can be images.

    Raises:
        DataError: with the shape it has and those it may have.
    """
    if len(shape) not in (3, 4) or (len(shape) == 4 and shape[-1] not in (1, 3)):
        raise DataError(
            f"images in {path} has shape {shape}; it must be (n, height, width) or "
            "(n, height, width, 1 or 3)"
        )


def as_bytes(images: np.ndarray) -> np.ndarray:
    """Intensities from 0 to 255, from such or from floats in [0, 1].

    Raises:
        DataError: for numbers of another type or range.
    """
    if images.dtype == np.uint8:
        return images
    if np.issubdtype(images.dtype, np.floating) and images.min() >= 0 and images.max() <= 1:
        return np.rint(images * 255).astype(np.uint8)
    raise DataError(f"images has type {images.dtype}; it must be uint8, or floats in [0, 1]")


def resized(images: np.ndarray, side: int) -> Pixels:
    """(n, height, width) or (n, height, width, channels) to (n, channels, side, side)."""
    if images.shape[1:3] != (side, side):
        images = np.stack([_resize(image, side) for image in images])
    return images.reshape(len(images), side, side, -1).transpose(0, 3, 1, 2)


def _resize(image: np.ndarray, side: int) -> np.ndarray:
    picture = Image.fromarray(image.squeeze()).resize((side, side), Image.Resampling.LANCZOS)
    return np.asarray(picture)
