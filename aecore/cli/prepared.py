"""`score --save-prepared`: the pictures as the model sees them, as PNG files."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from aecore.errors import DataError

if TYPE_CHECKING:
    from aecore.scoring import ScoredImage

LONGEST_NAME = 100


def save(rows: Iterable["ScoredImage"], folder: Path) -> int:
    """Write what was scored as a PNG of the model's size each, and return how many.

    Names are those of the files, with the folders before them where two are alike; what was not
    scored, the model has not seen.

    Raises:
        DataError: in one sentence, where the folder can't be written.
    """
    from PIL import Image

    taken: set[str] = set()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for row in rows:
            if row.score is not None and row.preparation is not None:
                pixels = np.rint(255 * row.preparation.image).astype(np.uint8)
                plain = pixels[0] if len(pixels) == 1 else np.moveaxis(pixels, 0, 2)
                Image.fromarray(plain).save(folder / f"{_name(row.file, taken)}.png")
    except OSError as error:
        raise DataError(f"{folder} can't be written: {error.strerror or error}") from None
    return len(taken)


def _name(file: str, taken: set[str]) -> str:
    """A name that no other has: "7", else "photos-7", else "photos-7-2"."""
    parts = [re.sub(r"[^\w.\-]+", "_", part) for part in re.split(r"[/\\]", file) if part]
    parts[-1] = Path(parts[-1]).stem or "picture"
    ways = ["-".join(parts[-n:])[-LONGEST_NAME:] for n in range(1, len(parts) + 1)]
    numbered = (f"{ways[-1]}-{n}" for n in range(2, len(taken) + 3))
    name = next(way for way in (*ways, *numbered) if way.casefold() not in taken)
    taken.add(name.casefold())
    return name
