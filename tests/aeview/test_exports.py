"""Files to take along open with Pillow and hold what they say."""

import io

import numpy as np
import pytest
from PIL import Image

from aecore.latents.strips import Strip
from aeview.interpolate import exports
from aeview.interpolate.exports import Order, animation_gif, n_gif_frames, strips_png

NAMES = ("linear", "slerp", "data", "fade")


def images(n, shape, seed=0):
    return np.random.default_rng(seed).random((n, *shape), dtype=np.float32)


def opened(content):
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32), (1, 200, 120)])
@pytest.mark.parametrize("n", [5, 21])
def test_a_gif_plays_there_and_back(n, shape):
    made = images(n, shape)
    gif = opened(animation_gif(made))
    assert gif.format == "GIF"
    assert gif.n_frames == n_gif_frames(n) == 2 * n - 2
    assert gif.info["loop"] == 0
    height, width = shape[1:]
    scale = (gif.size[0]) // width
    seen = []
    for frame in range(gif.n_frames):
        gif.seek(frame)
        seen.append(np.asarray(gif.convert("RGB"))[: scale * height : scale, ::scale])
    assert np.abs(seen[0] - 255 * made[0].transpose(1, 2, 0)).mean() < 12  # 256 colours a frame
    for i in range(1, n - 1):
        assert np.array_equal(seen[i], seen[-i])


def test_a_gif_of_equal_pictures_keeps_its_frames():
    gif = opened(animation_gif(np.zeros((7, 1, 8, 8), np.float32)))
    assert gif.n_frames == 12


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32), (1, 8, 8)])
def test_the_png_holds_every_frame_of_every_strip_and_a_label_for_each(shape):
    n = 6
    strips = {
        name: Strip(images(n, shape, seed), np.zeros((n, 2), np.float32), np.linspace(0, 1, n))
        for seed, name in enumerate(NAMES)
    }
    order = Order("a-model", np.zeros(2), np.ones(2), n)
    page = np.asarray(opened(strips_png(strips, order, shape)).convert("RGB")).astype(int)
    scale = exports._scale(shape, exports.FRAME)
    side = scale * shape[1]
    for number, strip in enumerate(strips.values()):
        top = exports.HEAD + exports.MARGIN + number * (side + exports.CAPTION + 8)
        label = page[top : top + side, : exports.MARGIN + exports.LABEL]
        assert (label < 128).any(), "a row without words"
        for i in range(n):
            left = exports.MARGIN + exports.LABEL + i * (side + 2)
            drawn = page[top : top + side : scale, left : left + side : scale]
            want = np.rint(255 * strip.images[i].transpose(1, 2, 0))
            assert np.abs(drawn - want).max() <= 1
            assert (
                page[top + side : top + side + exports.CAPTION, left : left + side] < 200
            ).any()
