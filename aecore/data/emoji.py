"""Emoji: 1,906 pictures in colour that everybody knows, Google's Noto Emoji, 32×32 on white.

They are cut out of the sheet that the package `emoji-datasource-google` makes of Noto Emoji 2.048
(Apache 2.0); skin tones are left out. The order is Unicode's, so that what is alike lies together.
"""

import json
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from aecore.arrays import LabelArray, Pixels
from aecore.data.download import RemoteFile
from aecore.data.imageset import ImageSet, stratified_split
from aecore.errors import DataError

NAME = "emoji"
SIDE, GAP = 32, 1  # pixels; each picture in the sheet has a gap all around
SHAPE = (3, SIDE, SIDE)
GROUPS = {
    "Smileys & Emotion": "Smileys", "People & Body": "People", "Animals & Nature": "Animals",
    "Food & Drink": "Food", "Travel & Places": "Travel", "Activities": "Activities",
    "Objects": "Objects", "Symbols": "Symbols", "Flags": "Flags",
}  # fmt: skip
CLASSES = tuple(GROUPS.values())
N_IMAGES = 1906
LIST = RemoteFile(
    "emoji.json", "1d602e65be88772bf8cc368ce16b855d719eeddbafe128d471b80203f494d29f", 1313457
)  # fmt: skip
SHEET = RemoteFile(
    "img/google/sheets/32.png",
    "b417e9f6cd4bbc10656bbfd5e13b6e9a2545b55e6a4cf7312d75be1faaa34952", 5806664
)  # fmt: skip
MIRRORS = (
    "https://cdn.jsdelivr.net/npm/emoji-datasource-google@16.0.0/",
    "https://unpkg.com/emoji-datasource-google@16.0.0/",
)
LICENCE = "Apache 2.0, Noto Emoji, © Google"


def read(folder: Path, split: str) -> ImageSet:
    """Read a split of what was downloaded: 70 % train, 10 % validation, 20 % test of each class.

    Raises:
        DataError: in one sentence, for damaged files.
    """
    pixels, labels = _cut_out(folder)
    index = stratified_split(labels, split)
    return ImageSet(NAME, split, pixels[index], labels[index], CLASSES)


@lru_cache(maxsize=1)
def _cut_out(folder: Path) -> tuple[Pixels, LabelArray]:
    try:
        known = json.loads((folder / LIST.name).read_text(encoding="utf-8"))
        kept = sorted(
            (one for one in known if one["has_img_google"] and one["category"] in GROUPS),
            key=lambda one: int(one["sort_order"]),
        )
        with Image.open(folder / SHEET.name) as sheet:
            layer = sheet.convert("RGBA")
        page = np.asarray(Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer))
        pictures = [_picture(page, int(one["sheet_x"]), int(one["sheet_y"])) for one in kept]
        pixels = np.stack(pictures).transpose(0, 3, 1, 2)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"the emoji in {folder} are damaged ({error}); fetch them again") from None
    labels = [CLASSES.index(GROUPS[one["category"]]) for one in kept]
    return np.ascontiguousarray(pixels), np.array(labels, np.int64)


def _picture(page: np.ndarray, column: int, row: int) -> np.ndarray:
    top, left = (place * (SIDE + 2 * GAP) + GAP for place in (row, column))
    return page[top : top + SIDE, left : left + SIDE, :3]
