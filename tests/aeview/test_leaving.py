"""A button that leads to another page takes model, data set, map and code along."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from aecore.checkpoints import find, read
from aeview.shell import links

ROOT = Path(__file__).parent.parent.parent
CHOICES = [
    ("digits-vae-2d", {}),
    ("fashion-vae-16d", {}),
    ("mnist-ae-16d", {"projection": "axes", "x": "4", "y": "7"}),
]
TAKEN = {"latent_map": "z", "interpolate": "from", "traverse": "z"}


def on(page, parameters):
    at = AppTest.from_file(str(ROOT / "pages/main.py"), default_timeout=120)
    at.switch_page(f"{page}.py")
    at.query_params.update(parameters)
    at.run()
    assert not at.exception
    return at


@pytest.fixture(autouse=True)
def at_root(monkeypatch):
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("page", TAKEN)
@pytest.mark.parametrize(("model", "chosen"), CHOICES, ids=[model for model, _ in CHOICES])
def test_the_code_of_ones_own_image_goes_along_with_model_and_map(page, model, chosen):
    at = on("your_image", {"model": model, **chosen})
    checkpoint = read(find(model))
    code = [0.25] * (checkpoint.card.model.code_dim - 1) + [-0.5]
    at.session_state[links.OWN_IMAGE] = {"go": {"page": page, "code": code}}
    at.run()
    assert not at.exception
    assert not at.info
    assert at.session_state["model"] == model
    assert at.session_state["data"] == checkpoint.card.data
    assert at.query_params[TAKEN[page]] == ",".join(f"{value:g}" for value in code)
    if page == "latent_map":
        for name, value in chosen.items():
            assert str(at.session_state[name]) == value


@pytest.mark.parametrize("model", [model for model, _ in CHOICES])
def test_missing_pixels_are_filled_by_the_same_model(model):
    at = on("codes_at_work", {"model": model})
    next(each for each in at.button if each.label == "Missing pixels").click().run()
    assert not at.exception
    assert at.session_state["model"] == model
    assert at.session_state["data"] == read(find(model)).card.data
    assert at.query_params["part"] == "masked"
