"""Arrays in .npz files: `images` or `signals` with optional `labels`. Nothing is unpickled."""

import zipfile
from pathlib import Path

import numpy as np

from aecore.errors import DataError

SUFFIX = ".npz"
HINT = "save it by numpy.savez(path, images=…, labels=…)"


def is_npz(path: Path) -> bool:
    """Whether a file's name ends like an .npz, in whatever case."""
    return path.suffix.lower() == SUFFIX


def shards(folder: Path) -> list[Path]:
    """The .npz files of a folder in order; none of what is no folder."""
    if not folder.is_dir():
        return []
    return sorted(f for f in folder.iterdir() if is_npz(f) and not f.name.startswith("."))


def names(path: Path) -> tuple[str, ...]:
    """The names of the arrays in a file; none of one that can't be opened."""
    try:
        with zipfile.ZipFile(path) as archive:
            return tuple(name.removesuffix(".npy") for name in archive.namelist())
    except Exception:  # noqa: BLE001  # zip and numpy raise whatever the damage leads to
        return ()


def array(path: Path, name: str, hint: str = HINT) -> np.ndarray:
    """Read an array.

    Raises:
        DataError: in one sentence, for one that is missing, damaged, or holds objects.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            found: np.ndarray = archive[name]
    except Exception as error:  # noqa: BLE001  # they raise whatever the damage leads to
        raise DataError(f"{path} can't be read ({_why(error)}); {hint}") from None
    return found


def _why(error: Exception) -> str:
    """What was raised, on one line; some raise without a word."""
    return " ".join(str(error).split()) or type(error).__name__


def labels(path: Path, n: int, many: str = "images") -> np.ndarray:
    """Read the class of each of n: (n,), as text or numbers; zeros where none is given.

    A column (n, 1) and one-hot rows (n, classes) are read too.

    Raises:
        DataError: in one sentence, for labels of another shape, or that are not numbers.
    """
    if "labels" not in names(path):
        return np.zeros(n, np.int64)
    found = _flat(array(path, "labels"), path)
    if len(found) != n:
        raise DataError(f"{path} holds {n} {many} but {len(found)} labels")
    if found.dtype.kind == "S":
        return np.char.decode(found, "utf-8", "replace")
    if found.dtype.kind == "f":
        return _whole(found, path)
    return found


def _flat(found: np.ndarray, path: Path) -> np.ndarray:
    if found.ndim == 1:
        return found
    if found.ndim == 2 and found.shape[1] == 1:
        return found[:, 0]
    if found.ndim == 2 and found.dtype.kind in "biuf" and _one_hot(found):
        return found.argmax(1)
    raise DataError(
        f"labels in {path} has shape {found.shape}; it must have one label for each, (n,) or "
        "(n, 1), or be one-hot (n, classes)"
    )


def _one_hot(found: np.ndarray) -> bool:
    return bool(np.isin(found, (0, 1)).all() and (found.sum(1) == 1).all())


def _whole(found: np.ndarray, path: Path) -> np.ndarray:
    """Class 1.0 is class 1."""
    if not np.isfinite(found).all():
        place = int(np.flatnonzero(~np.isfinite(found))[0])
        raise DataError(f"labels[{place}] in {path} is not a number; give each its class")
    return found.astype(np.int64) if (found == np.rint(found)).all() else found


def as_bytes(images: np.ndarray, path: Path, first: int = 0) -> np.ndarray:
    """Intensities from 0 to 255, from such, from 16 bits, from booleans or floats in [0, 1].

    `first` is the number of the first of these images in the file, for the sentence.

    Raises:
        DataError: for numbers of another type or range, or that are none.
    """
    if images.dtype == np.uint8:
        return images
    if images.dtype == np.bool_:
        return images.astype(np.uint8) * np.uint8(255)
    if images.dtype == np.uint16:
        return np.rint(images / np.float32(257)).astype(np.uint8)
    if not np.issubdtype(images.dtype, np.floating):
        raise DataError(
            f"images has type {images.dtype}; it must be uint8, uint16, bool, or floats in [0, 1]"
        )
    _check_floats(images, path, first)
    return np.rint(images * np.float32(255)).astype(np.uint8)


def _check_floats(images: np.ndarray, path: Path, first: int) -> None:
    if not np.isfinite(images).all():
        image, *place = map(int, np.argwhere(~np.isfinite(images))[0])
        value = "NaN" if np.isnan(images[image, *place]) else "infinity"
        raise DataError(
            f"images[{', '.join(map(str, (image + first, *place)))}] in {path} is {value}; "
            "replace it by a number from 0 to 1, or leave the image out"
        )
    if images.size and (images.min() < 0 or images.max() > 1):
        raise DataError(
            f"images has floats from {images.min():g} to {images.max():g}; it must be floats in "
            "[0, 1], or uint8 from 0 to 255"
        )


def check_shape(path: Path, shape: tuple[int, ...]) -> None:
    """See that an array can be images.

    Raises:
        DataError: with the shape it has and those it may have.
    """
    if len(shape) not in (3, 4) or (len(shape) == 4 and shape[-1] not in (1, 3)) or 0 in shape[1:]:
        raise DataError(
            f"images in {path} has shape {shape}; it must be (n, height, width) or "
            "(n, height, width, 1 or 3)"
        )
