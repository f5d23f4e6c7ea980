"""Digits of the test set, photographed: do they come back as what they are?"""

import sys
from pathlib import Path

import numpy as np
import pytest
import skimage
import torch

from aecore import checkpoints
from aecore.data.catalogue import load
from aecore.data.pictures import prepare
from aecore.data.pictures.sources import Source
from aecore.scoring import Scorer

sys.path.insert(0, str(Path(__file__).parent))
import photographs

ROOT = Path(__file__).parent.parent.parent.parent
THINGS = (
    "astronaut.png", "brick.png", "camera.png", "cell.png", "chelsea.png", "clock_motion.png",
    "coffee.png", "coins.png", "color.png", "grass.png", "gravel.png", "moon.png", "retina.jpg",
    "motorcycle_left.png", "page.png", "text.png", "rocket.jpg", "hubble_deep_field.jpg",
)  # fmt: skip


@pytest.fixture(scope="module")
def scorer():
    torch.set_num_threads(1)
    return Scorer(checkpoints.read(ROOT / "checkpoints" / "mnist-ae-16d.safetensors"))


@pytest.fixture(scope="module")
def digits():
    return load("mnist", "test")


def flagged(scored):
    return scored.verdict != "scored" or scored.anomalous


@pytest.mark.mnist
@pytest.mark.parametrize("n", [10, pytest.param(20, marks=pytest.mark.sweep)])
def test_nine_of_ten_photographed_digits_are_normal_and_among_their_own_class(scorer, digits, n):
    chosen = np.random.default_rng(1).choice(len(digits), n, replace=False)  # a benchmark: more
    normal, own_class = [], []
    for place, index in enumerate(chosen):
        draw = np.random.default_rng((1, int(index)))
        how = photographs.scene(draw, dark_ink=place % 4 != 3)
        scored = scorer.score(photographs.photograph([digits.images[index, 0]], how, draw))
        normal.append(not flagged(scored))
        own_class.append(str(digits.labels[index]) in scored.neighbour_labels[:5])
    assert np.mean(normal) >= 0.9
    assert np.mean(own_class) >= 0.9


@pytest.mark.mnist
def test_an_untouched_test_image_keeps_its_score(scorer, digits):
    from PIL import Image

    from aecore.anomaly.scores import score

    images = torch.from_numpy(digits.images[:50])
    expected = score("mse", scorer.model, images)
    for image, value in zip(digits.pixels[:50, 0], expected, strict=True):
        scored = scorer.score(photographs.encoded(Image.fromarray(image), "PNG"))
        assert scored.score == pytest.approx(value, rel=1e-4)
        assert scored.steps == ()


@pytest.mark.mnist
def test_untouched_images_stay_as_they_are_to_the_byte(digits):
    for pixels in digits.pixels[::40]:
        made = prepare(np.repeat(pixels[0][..., None], 3, axis=2))
        assert np.array_equal(np.rint(255 * made.image), pixels)


@pytest.mark.parametrize("n", [4, pytest.param(8, marks=pytest.mark.sweep)])
def test_blank_sheets_are_blank(scorer, n):
    for seed in range(n):
        draw = np.random.default_rng((2, seed))
        how = photographs.scene(draw, dark_ink=seed % 4 != 3)
        scored = scorer.score(photographs.photograph([], how, draw))
        assert scored.verdict == "blank", (seed, how)
        assert scored.score is None


def test_photographs_of_things_are_flagged(scorer):
    from sklearn.datasets import load_sample_images

    folder = Path(skimage.__file__).parent / "data"
    contents = [(folder / name).read_bytes() for name in THINGS]
    contents += [photographs.encoded(image, "PNG") for image in load_sample_images().images]
    assert len(contents) == 20
    for content in contents:
        assert flagged(scorer.score(content))


@pytest.mark.mnist
def test_several_digits_are_offered_one_by_one(scorer, digits):
    named = {int(label): i for i, label in reversed(list(enumerate(digits.labels[:200])))}
    draw = np.random.default_rng(4)
    how = photographs.scene(draw)
    how = photographs.replace(how, height=0.22, aspect=0.75, side=1200, desk=False, pen=0.08)
    images = [digits.images[named[i], 0] for i in (2, 6, 3)]
    content = photographs.photograph(images, how, draw)
    sheet, *each = scorer.score_source(Source("a.jpg", content))
    assert sheet.verdict == "several drawings"
    assert sheet.score is None
    assert [one.file for one in each] == [f"a.jpg, drawing {i} of 3" for i in (1, 2, 3)]
    assert [one.neighbour_labels[0] for one in each] == ["2", "6", "3"]
    assert not any(flagged(one) for one in each)


@pytest.mark.parametrize("text", ["letters in a line\nand another one", "Hello", "abc"])
def test_letters_in_the_wrong_place_are_flagged(scorer, text):
    assert flagged(scorer.score(photographs.encoded(photographs.letters(text), "JPEG")))
