"""Pictures as rows of a table: a label and the pixels, as Kaggle's MNIST and its kin have them.

Columns are called pixel0, pixel1 … or 1x1, 1x2 …, and are a square of 16×16 or more; without names
785 columns of whole numbers up to 255 are a label and 28×28 pixels.
"""

import io
import math
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from aecore.data.pictures.sources import Source
from aecore.data.signals import MAX_CLASSES
from aecore.data.texts import cells, decoded
from aecore.errors import DataError
from aecore.limits import MEGABYTE, limits

SUFFIXES = (".csv", ".tsv", ".txt")
NAME = re.compile(r"(pixel|px|p)?[ _.-]?\d+|\d+x\d+", re.IGNORECASE)
SMALLEST, USUAL = 16, 28  # sides
HEAD_BYTES = 200_000
UNLABELLED = "pictures"


class Grid(NamedTuple):
    """How rows are pictures.

    Attributes:
        side: of a picture.
        label: the place of its class in a row; None for none.
        named: whether the first row names the columns.
        names: of the first and the last pixel.
    """

    side: int
    label: int | None
    named: bool
    names: tuple[str, str] = ("", "")


class Drawn(NamedTuple):
    """Pictures of a table.

    Attributes:
        pixels: uint8 (n, side, side).
        labels: the class of each.
        words: what was assumed.
    """

    pixels: np.ndarray
    labels: list[str]
    words: tuple[str, ...]


def grid_of(content: bytes) -> Grid | None:
    """Say how the rows of a text, or of its beginning, are pictures; None if they are not."""
    try:
        rows = cells("\n".join(decoded(content, "").splitlines()[:20]), "").rows
    except DataError:
        return None
    return _named(rows[0]) or _nameless([row for row in rows if len(row) == len(rows[0])])


def _named(first: list[str]) -> Grid | None:
    pixels = [i for i, name in enumerate(first) if NAME.fullmatch(name.strip())]
    others = [i for i in range(len(first)) if i not in set(pixels)]
    side = math.isqrt(len(pixels))
    worded = any("p" in first[i].lower() or "x" in first[i].lower() for i in pixels)
    in_one = pixels == list(range(pixels[0], pixels[-1] + 1)) if pixels else False
    if not (in_one and worded and side >= SMALLEST and side**2 == len(pixels)):
        return None
    if len(others) > 1 or (others and others[0] not in (0, len(first) - 1)):
        return None
    ends = first[pixels[0]].strip(), first[pixels[-1]].strip()
    return Grid(side, others[0] if others else None, True, ends)


def _nameless(rows: list[list[str]]) -> Grid | None:
    if len(rows[0]) != USUAL**2 + 1 or not all(c.strip().isdigit() for row in rows for c in row):
        return None
    values = np.array([row[1:] for row in rows], dtype=np.int64)
    return Grid(USUAL, 0, False) if 16 < values.max() <= 255 else None


def is_pixel_table(path: Path) -> bool:
    """Whether a text file's rows are pictures."""
    if path.suffix.lower() not in SUFFIXES or not path.is_file():
        return False
    with path.open("rb") as file:
        return grid_of(file.read(HEAD_BYTES)) is not None


def load(path: Path) -> Drawn:
    """Read the pictures of a file once.

    Raises:
        DataError: as `read`.
    """
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _read(path: Path, changed: int) -> Drawn:
    del changed
    return read(path.read_bytes(), path.name)


def read(content: bytes, name: str) -> Drawn:
    """Read rows as pictures, intensities from 0 to 255.

    Raises:
        DataError: in one sentence: too large, ragged, or numbers that are no intensities.
    """
    if len(content) > limits().signals_mb * MEGABYTE:
        raise DataError(f"{name} has over {limits().signals_mb} MB; use fewer pictures")
    grid = grid_of(content)
    if grid is None:
        raise DataError(f"the rows of {name} are no pictures: name their columns pixel0, pixel1 …")
    rows = cells(decoded(content, name), name, every=True).rows[grid.named :]
    values = _values(rows, grid, name)
    labels = [UNLABELLED if grid.label is None else row[grid.label].strip() for row in rows]
    if len(set(labels)) > MAX_CLASSES:
        raise DataError(f"{name} has {len(set(labels))} different labels; at most {MAX_CLASSES}")
    of = f" (its columns are {grid.names[0]} … {grid.names[1]})" if grid.named else ""
    words = (f"Each row is read as a picture of {grid.side}×{grid.side} pixels{of}.",)
    return Drawn(values.reshape(-1, grid.side, grid.side), labels, words)


def _values(rows: list[list[str]], grid: Grid, name: str) -> np.ndarray:
    width = grid.side**2 + (grid.label is not None)
    for place, row in enumerate(rows, 1 + grid.named):
        if len(row) != width:
            raise DataError(f"row {place} of {name} has {len(row)} cells, but needs {width}")
    first = 1 if grid.label == 0 else 0
    pixels = [row[first : first + grid.side**2] for row in rows]
    try:
        values = np.array(pixels, dtype=np.float64)
    except ValueError:
        raise DataError(f"{name} has a pixel that is no number; correct it") from None
    if not len(values) or not np.isfinite(values).all() or values.min() < 0 or values.max() > 255:
        raise DataError(f"{name} has a pixel that is not from 0 to 255; scale the pixels")
    unit = values.max() <= 1 and (values % 1).any()
    return np.rint(values * 255 if unit else values).astype(np.uint8)


def sources(content: bytes, name: str) -> Iterator[Source]:
    """Yield the pictures as files of their own, named by their rows.

    Raises:
        DataError: as `read`.
    """
    for place, pixels in enumerate(read(content, name).pixels, 1):
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG")
        yield Source(f"{name}, row {place}", file.getvalue())
