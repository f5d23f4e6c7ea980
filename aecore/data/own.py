"""A user's own images: a folder or .zip with a sub-folder for each class, or .npz.

Here they are read into memory; `streamed` reads what would not fit, by the same functions.

Text files are read by `series` if they hold one long series, by `pixel_table` if their rows are
pictures, by `rows` if their first row names columns, else by `signals`, as is an .npz of signals.

Nothing is unpacked to disk and nothing is unpickled.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from aecore.arrays import LabelArray, Pixels
from aecore.configs import require
from aecore.data import npz, pixel_table, rows, series, signals
from aecore.data.imageset import ImageSet, class_order, stratified_split
from aecore.data.pictures import facts, places
from aecore.data.pictures.facts import Facts
from aecore.data.pictures.frame import FITS, PADDED, framed
from aecore.data.pictures.sizes import Side, Size, suited
from aecore.errors import DataError

MIN_IMAGES = 20


class Whole(NamedTuple):
    """All images of a set, before it is split.

    Attributes:
        name: the path.
        pixels: uint8 (n, channels, height, width).
        labels: class number of each.
        classes: what the numbers mean.
        notes: what was found and done, in sentences.
    """

    name: str
    pixels: Pixels
    labels: LabelArray
    classes: tuple[str, ...]
    notes: tuple[str, ...]

    def split(self, name: str) -> ImageSet:
        """Return one of the splits."""
        index = stratified_split(self.labels, name)
        return ImageSet(
            self.name, name, self.pixels[index], self.labels[index], self.classes, notes=self.notes
        )


def load(path: Path, split: str, side: Side | None = None, fit: str = PADDED) -> ImageSet:
    """Read a split of the images at `path`, all brought to one size.

    Images are RGB if any of them is in colour, else greyscale. Classes are the sub-folders' names
    in alphabetical order, numbers in theirs (one class if there are none); 70 % of each class
    train, 10 % validate, 20 % test. Signals keep their length, whatever `side` is;
    one long series is cut into windows of `side` samples, 64 unless said.

    Args:
        path: a folder, .zip, .npz or text file.
        split: "train", "val" or "test".
        side: of a square, or height and width, from 8 to 128 in steps of 4; what suits the images
            unless said (`sizes.suited`).
        fit: whether images of other proportions are "padded" or "stretched".

    Raises:
        DataError: in one sentence, for no or too few images, or a wrong array.
        ValueError: for a side or fit that there is not.
    """
    if series.is_series(path):
        return series.load(path, split, series.window_of(side))
    if rows.is_table(path):
        return rows.load(path, split)
    if signals.is_signals(path) and not pixel_table.is_pixel_table(path):
        return signals.load(path, split)
    return load_whole(path, side, fit).split(split)


def load_whole(path: Path, side: Side | None = None, fit: str = PADDED) -> Whole:
    """Read all images at `path`, which are no signals and no table; otherwise as `load`."""
    size = asked_size(side, fit)
    drawn = pixel_table.is_pixel_table(path)
    read = _from_rows if drawn else _from_npz if npz.is_npz(path) else _from_pictures
    pixels, names, found = read(path, size, fit)
    if len(pixels) < MIN_IMAGES:
        raise DataError(too_few(path, len(pixels), found.left_out_said))
    values, inverse = np.unique(names, return_inverse=True)
    classes, place = class_order([str(value) for value in values])
    labels = place[inverse].astype(np.int64)
    said = found.said(pixels.shape[2:], fit), facts.classes_said(classes)
    return Whole(str(path), pixels, labels, classes, said)


def asked_size(side: Side | None, fit: str) -> Size | None:
    """Return the size that is asked for, None where it shall suit the images; see to the fit.

    Raises:
        ValueError: with what may be chosen.
    """
    require(fit in FITS, "fit", fit, f"one of {', '.join(FITS)}")
    return None if side is None else Size.of(side).checked()


def words(path: Path, side: Side | None = None) -> tuple[str, ...]:
    """What was assumed of a text file, in sentences; nothing of pictures.

    Raises:
        DataError: as `load`.
    """
    if series.is_series(path):
        return series.words(path, series.window_of(side))
    if pixel_table.is_pixel_table(path):
        return pixel_table.load(path).words
    if rows.is_table(path):
        return rows.words(path)
    return signals.words(path) if path.suffix.lower() in signals.SUFFIXES else ()


def is_images(path: Path) -> bool:
    """Whether a path holds images that can be read as a whole: no text, signals or shards."""
    return not (signals.is_signals(path) or npz.shards(path))


def too_few(path: Path, n: int, left_out: str = "") -> str:
    """The sentence for a set that is too small."""
    said = f"{path} holds {n} images; at least {MIN_IMAGES} are needed"
    return f"{said} ({left_out})" if left_out else said


def _from_pictures(path: Path, size: Size | None, fit: str) -> tuple[Pixels, np.ndarray, Facts]:
    found, whole = Facts(), places.set_name(path)
    if size is None:
        every = list(places.names(path))
        size = facts.usual_size(path, len(every), every.__getitem__)
    images, names = [], []
    for name, picture in facts.read(path, found):
        images.append(framed(picture.picture, size, fit))
        names.append(places.class_of(name, whole))
    pixels = np.stack(images).transpose(0, 3, 1, 2)
    kept = pixels if found.coloured else pixels[:, :1]
    return np.ascontiguousarray(kept), np.array(names), found


def _from_rows(path: Path, size: Size | None, fit: str) -> tuple[Pixels, np.ndarray, Facts]:
    drawn = pixel_table.load(path)
    found = Facts.of_array(drawn.pixels.shape)
    pixels = resized(drawn.pixels, size or suited(found.sizes), fit)
    return pixels, np.array(drawn.labels), found


def _from_npz(path: Path, size: Size | None, fit: str) -> tuple[Pixels, np.ndarray, Facts]:
    images = npz.array(path, "images")
    npz.check_shape(path, images.shape)
    names = npz.labels(path, len(images))
    if images.dtype == np.uint16 and images.size and images.max() <= np.iinfo(np.uint8).max:
        raise DataError(
            f"images in {path} has type uint16, but no value over 255: they would be black; save "
            "them as uint8"
        )
    found = Facts.of_array(images.shape)
    size = size or suited(found.sizes)
    return resized(npz.as_bytes(images, path), size, fit), names, found


def resized(images: np.ndarray, size: Size, fit: str) -> Pixels:
    """(n, height, width) or (n, height, width, channels) to (n, channels, *size)."""
    if images.shape[1:3] != size:
        plain = images[..., 0] if images.shape[3:] == (1,) else images
        images = np.stack([framed(image, size, fit) for image in plain])
    channels = images.shape[3] if images.ndim > 3 else 1
    return images.reshape(len(images), *size, channels).transpose(0, 3, 1, 2)


def broadcast(pixels: np.ndarray, n_channels: int) -> np.ndarray:
    """Repeat a grey channel where others are in colour."""
    return np.broadcast_to(pixels, (len(pixels), n_channels, *pixels.shape[2:]))
