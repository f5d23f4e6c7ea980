"""Codecs: what goes in comes out, and what a code costs."""

import numpy as np
import pytest

from aecore.compression import CODECS, Quantiser, alone, photographs, together
from aecore.data.catalogue import load
from aecore.metrics import psnr


@pytest.fixture(scope="module")
def digits():
    return load("digits", "test").pixels[:24]


@pytest.mark.parametrize("pack", [alone, together])
@pytest.mark.parametrize("channels", [1, 3])
def test_lossless_codecs_give_back_what_they_got_and_lossy_ones_nearly(pack, channels):
    pixels = photographs((channels, 20, 24), 6)
    for codec in CODECS.values():
        packed = pack(codec, pixels)
        assert packed.pixels.shape == pixels.shape
        assert np.array_equal(packed.pixels, pixels) == codec.lossless, codec.title
        assert (packed.n_bytes > 0).all()


def test_more_quality_costs_more_bytes_and_is_nearer(digits):
    def of(name):
        packed = alone(CODECS[name], digits)
        return packed.n_bytes.mean(), psnr(packed.pixels / 255, digits / 255).mean()

    for kind in ("jpeg", "webp"):
        costs, qualities = zip(*(of(f"{kind}{q}") for q in (10, 50, 90)), strict=True)
        assert sorted(costs) == list(costs)
        assert sorted(qualities) == list(qualities)


def test_one_file_for_all_pays_for_the_head_once(digits):
    for name in ("png", "jpeg50", "gzip"):
        assert (
            together(CODECS[name], digits).n_bytes[0] < alone(CODECS[name], digits).n_bytes.mean()
        )


def test_eight_bits_are_off_by_half_a_step_at_most_and_cut_at_the_ends():
    codes = np.random.default_rng(0).standard_normal((200, 3)).astype(np.float32)
    codes[:, 2] = 1.5
    scale = Quantiser.fit(codes)
    packed = scale.pack(codes)
    assert packed.nbytes == 200 * 3
    half = (codes.max(0) - codes.min(0)) / 510
    assert (np.abs(scale.unpack(packed) - codes) <= half * 1.001 + 1e-6).all()
    assert scale.pack(100 * np.ones((1, 3), np.float32)).tolist()[0][:2] == [255, 255]


def test_photographs_are_the_same_for_the_same_seed():
    first = photographs((1, 28, 28), 10)
    assert np.array_equal(first, photographs((1, 28, 28), 10))
    assert not np.array_equal(first, photographs((1, 28, 28), 10, seed=1))
    assert first.std(axis=(1, 2, 3)).mean() > 10
    assert photographs((3, 400, 300), 2).shape == (2, 3, 400, 300)
    with pytest.raises(ValueError, match="1 or 3"):
        photographs((2, 8, 8), 1)
