"""The emoji as they are cut out of the sheet that is downloaded."""

import json

import numpy as np
import pytest
from PIL import Image

from aecore.data import emoji
from aecore.data.catalogue import DATASETS, load
from aecore.data.imageset import SPLITS
from aecore.errors import DataError

N = 60


@pytest.fixture
def home(tmp_path):
    """A sheet of eight columns: picture i is of grey 4·i within a gap; every other half clear."""
    sheet = np.zeros((8 * 34, 8 * 34, 4), np.uint8)
    known = []
    for i in range(N):
        row, column = divmod(i, 8)
        cell = sheet[row * 34 + 1 : row * 34 + 33, column * 34 + 1 : column * 34 + 33]
        cell[..., :3], cell[..., 3] = 4 * i, 255
        cell[16:, :, 3] = 0
        known.append({
            "category": [*emoji.GROUPS, "Component"][i % 10], "has_img_google": i != 3,
            "sort_order": N - i, "sheet_x": column, "sheet_y": row,
        })  # fmt: skip
    folder = tmp_path / emoji.NAME
    (folder / emoji.SHEET.name).parent.mkdir(parents=True)
    Image.fromarray(sheet).save(folder / emoji.SHEET.name)
    (folder / emoji.LIST.name).write_text(json.dumps(known))
    return tmp_path


def test_every_emoji_is_cut_out_whole_on_white_with_its_group(home):
    parts = [load(emoji.NAME, split, home) for split in SPLITS]
    pixels = np.concatenate([part.pixels for part in parts])
    labels = np.concatenate([part.labels for part in parts])
    kept = [i for i in range(N) if i != 3 and i % 10 != 9]
    assert pixels.shape == (len(kept), *DATASETS[emoji.NAME].shape)
    assert sorted(pixels[:, 0, 0, 0]) == [4 * i for i in kept]
    assert (pixels[:, :, :16] == pixels[:, :1, :1, :1]).all()
    assert (pixels[:, :, 16:] == 255).all()
    assert np.array_equal(labels, pixels[:, 0, 0, 0] // 4 % 10)
    assert (np.diff(parts[0].pixels[:, 0, 0, 0].astype(int)) < 0).all()  # in Unicode's order


def test_damaged_files_get_one_sentence(home):
    (home / emoji.NAME / emoji.LIST.name).write_text('[{"category": "Flags"}]')
    with pytest.raises(DataError, match=r"the emoji in .* are damaged .*fetch them again"):
        load(emoji.NAME, "train", home)
