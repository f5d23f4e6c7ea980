"""Images side by side as one picture."""

import numpy as np
import pytest

from aecore.sheet import sheet


def test_images_lie_in_rows_and_keep_their_pixels():
    images = np.linspace(0, 1, 5, dtype=np.float32).reshape(5, 1, 1, 1) * np.ones((1, 1, 3, 4))
    picture = np.asarray(sheet(images.astype(np.float32), columns=2, enlarge=2))
    assert picture.shape == (2 * 3 * 4, 2 * 2 * 5)  # three rows of two, a gap of one pixel
    assert [picture[8 * row, 10 * column] for row in range(3) for column in range(2)] == [
        0,
        64,
        128,
        191,
        255,
        128,
    ]


def test_colours_and_signals_have_pictures_too():
    colours = np.zeros((2, 3, 4, 4), np.float32)
    colours[:, 1] = 1
    assert sheet(colours, enlarge=1).getpixel((0, 0)) == (0, 255, 0)
    signal = np.zeros((1, 1, 1, 90), np.float32)
    assert sheet(signal, enlarge=1).size == (113, 113)


def test_nothing_makes_no_picture():
    with pytest.raises(ValueError, match="make no picture"):
        sheet(np.zeros((0, 1, 4, 4), np.float32))
