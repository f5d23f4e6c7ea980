"""A model without an encoder: every page opens with it, or says why not and where to go."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from aecore.models.config import ModelConfig
from aecore.runs.frames import Frame
from aeview.pages import PAGES
from aeview.shell import links
from aeview.train import network, words
from aeview.train.form import n_parameters
from aeview.train.replays import training_gif

ROOT = Path(__file__).parent.parent.parent
GAN, INSTEAD = "digits-gan-16d", "digits-vae-16d"


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.chdir(ROOT)


def opened(page, model=GAN):
    at = AppTest.from_file(str(ROOT / "pages/main.py"), default_timeout=120)
    at.query_params["model"] = model
    at.run()
    at.switch_page(f"{page}.py").run()
    assert not at.exception
    return at


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_with_it_and_says_what_it_can_not_show(page):
    at, about = opened(page), PAGES[page]
    said = [info.value.replace("\\", "") for info in at.info if "has no encoder" in info.value]
    assert len(said) == bool(about.needs_encoder)
    assert not said or about.needs_encoder in said[0]
    if said and not about.partly:
        assert len(at.get("bidi_component")) == 1  # the desk


def test_the_button_opens_a_model_that_can_on_the_same_page():
    at = opened("anomaly")
    (button,) = [each for each in at.button if each.label == f"Open {INSTEAD}"]
    button.click().run()
    assert not at.exception
    assert at.session_state[links.Chosen.link("model")] == INSTEAD
    assert not any("has no encoder" in info.value for info in at.info)
    assert len(at.get("bidi_component")) > 1


# ---- while it trains ---------------------------------------------------------------------------


def test_train_says_how_many_classes_it_draws():
    assert words.classes([]) == words.classes([{"epoch": 1}]) == ""
    said = words.classes([{"drawn": [500, 480, 10, 9, 1, 0, 0, 0, 0, 0]}])
    assert said == " · 1,000 draws show 3 of 10 classes"


def test_the_animation_of_its_training_shows_its_draws():
    def frame(epoch):
        samples = np.full((60, 1, 28, 28), 40 * epoch, np.uint8)
        points = np.zeros((0, 2), np.float16)
        arrays = {"points": points, "samples": samples}
        return Frame(arrays, {"epoch": epoch, "n_epochs": 2})

    fixed = Frame({"labels": np.zeros(0), "originals": np.zeros((10, 1, 28, 28), np.uint8)}, {})
    gif = Image.open(io.BytesIO(training_gif([frame(1), frame(2)], fixed)))
    assert gif.n_frames == 2
    assert abs(gif.convert("L").getpixel((180, 200)) - 40) < 8


def test_the_drawn_network_goes_from_the_code_over_the_image_to_the_verdict():
    from aecore.models.family import create
    from aecore.seeding import stream

    config = ModelConfig(kind="gan", widths=(30, 20), code_dim=5)
    assert "5, 20, 30, 28×28, 30, 20, 1; the code has 5" in network.drawing(config)
    model = create(config, stream(0, "weights"))
    assert n_parameters(config) == sum(weight.numel() for weight in model.parameters())
