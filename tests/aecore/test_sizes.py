"""To which size a user's own pictures are brought."""

import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import aecore
from aecore.data import own, streamed
from aecore.data.pictures.sizes import KEPT, LEAST, MOST, REDUCED, STEP, Size, suited
from aecore.models.config import ModelConfig
from aecore.recipes import Recipe, sized
from aecore.runs.folder import Plan
from aecore.training.config import TrainingConfig

SIDES = st.integers(LEAST // STEP, MOST // STEP).map(lambda n: STEP * n)
SIZES = st.builds(Size, SIDES, SIDES)


@given(size=SIZES)
def test_a_size_is_read_as_it_is_written(size):
    for form in (size.written, size.plain, str(size), tuple(size)):
        assert Size.of(form).checked() == size
    wide, _, high = size.written.partition("x")
    assert (int(wide), int(high or wide)) == (size.width, size.height)


@given(size=SIZES, n=st.integers(1, 300))
def test_small_pictures_of_one_size_keep_it(size, n):
    found = suited(Counter({(size.width, size.height): n}))
    assert found == (size if size.longer <= KEPT else found)
    assert found.longer == (size.longer if size.longer <= KEPT else REDUCED)


@given(sizes=st.dictionaries(st.tuples(*[st.integers(1, 5000)] * 2), st.integers(1, 9)))
def test_whatever_pictures_there_are_what_suits_is_allowed(sizes):
    suited(Counter(sizes)).checked()


def test_most_pictures_say_the_proportions_and_a_mixture_has_none():
    photographs = {(640, 480): 9, (4000, 3000): 5, (100, 300): 4}
    assert str(suited(Counter(photographs))) == "48×36"
    assert str(suited(Counter({(640, 480): 10, (480, 640): 10}))) == "48×48"
    assert str(suited(Counter({(480, 640): 3, (60, 60): 1}))) == "36×48"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Pictures in colour, 40×24; one of them is turned by EXIF."""
    home = tmp_path_factory.mktemp("set")
    rng = np.random.default_rng(0)
    for i in range(30):
        upright = i != 7
        pixels = rng.integers(0, 256, (24, 40, 3) if upright else (40, 24, 3), dtype=np.uint8)
        exif = Image.Exif()
        exif[0x0112] = 1 if upright else 6
        place = home / "ab"[i % 2] / f"{i}.png"
        place.parent.mkdir(exist_ok=True)
        Image.fromarray(pixels).save(place, exif=exif)
    return home


def test_pictures_keep_their_shape_unless_told(folder):
    train = own.load(folder, "train")
    assert train.shape == streamed.stream(folder, "train").shape == (3, 24, 40)
    assert train.notes[0].startswith("30 pictures in colour, 40×24, 1 turned upright")
    assert own.load(folder, "train", "20x12").shape == (3, 12, 20)


@pytest.mark.parametrize("side", [None, "36x20"])
def test_a_model_of_oblong_pictures_is_trained_scored_and_trained_again(folder, side, tmp_path):
    settings = {"body": "conv", "channels": (4, 8, 8), "widths": (8,), "epochs": 1}
    lab = aecore.train(str(folder), "ae", side=side, device="cpu", **settings)
    width, height = (40, 24) if side is None else (36, 20)
    assert lab.shape == (3, height, width)
    assert f"--side {width}x{height} " in lab.card.command
    assert lab.data("test").shape == lab.shape
    assert lab.train(epochs=2, device="cpu").shape == lab.shape
    judged = lab.score(folder)
    assert judged.images.shape == (30, *lab.shape)
    assert np.isfinite(judged.scores).all()


@pytest.mark.parametrize("side", [None, 28, "48x32"])
def test_a_plan_remembers_its_size(side):
    recipe = Recipe("digits", ModelConfig(kind="vae"), TrainingConfig())
    written = json.loads(json.dumps(Plan(recipe, side).to_json()))
    assert Plan.from_json(written).side == side
    assert sized(recipe) == []
