"""The pages under AppTest: what is shown without a browser."""

import json
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from aecore.checkpoints import read, shipped_folder
from aeview.shell import model_card
from aeview.work import cache, jobs
from tests.told import told

ROOT = Path(__file__).parent.parent.parent
TIMEOUT = 120


@pytest.fixture
def app(monkeypatch):
    monkeypatch.chdir(ROOT)
    return AppTest.from_file(str(ROOT / "pages/main.py"), default_timeout=TIMEOUT)


def map_data(at):
    """What the latent map component was given."""
    return told(at, "start")


def block_header(content):
    """What a block of bytes says of itself; nothing for what is none."""
    size = int.from_bytes(content[:4], "little")
    return json.loads(content[4 : 4 + size]) if size else {}


def test_the_page_runs_alone():
    at = AppTest.from_file(str(ROOT / "pages/latent_map.py"), default_timeout=TIMEOUT)
    at.run()
    assert not at.exception
    assert map_data(at)["start"]["pin"]["code"]


def test_first_run_shows_digits_in_the_plane_of_the_2d_vae(app):
    app.run()
    assert not app.exception
    assert app.selectbox(key="data").value == "digits"
    assert app.selectbox(key="model").value == "digits-vae-2d"
    assert app.selectbox(key="projection").value == "axes"
    assert map_data(app)["start"]["pin"]["row"] >= 0


def test_another_data_set_keeps_the_kind_of_model_and_its_natural_map(app):
    app.run()
    app.selectbox(key="model").set_value("digits-vae-16d").run()
    assert app.selectbox(key="projection").value == "pca"
    app.selectbox(key="data").set_value("mnist").run()
    assert app.selectbox(key="model").value == "mnist-vae-16d"
    app.selectbox(key="model").set_value("mnist-ae-2d").run()
    assert app.selectbox(key="projection").value == "axes"
    assert not app.exception


def test_the_old_map_stays_while_another_is_computed(app, monkeypatch):
    app.query_params["projection"] = "pca"
    app.run()
    before = map_data(app)["keys"]
    done = threading.Event()
    monkeypatch.setattr(cache, "compute_tsne", lambda *given: done.wait(TIMEOUT))
    app.query_params.update({"projection": "tsne", "perplexity": "5"})
    app.session_state["perplexity"] = 5
    app.selectbox(key="projection").set_value("tsne").run()
    assert not app.exception
    assert map_data(app)["keys"] == before
    job = jobs.find(f"tsne {map_data(app)['forms']}")
    job.report(1, 2, np.zeros((1797, 2), np.int16))
    app.run()
    headers = [block_header(each.proto.bytes) for each in app.get("bidi_component")]
    forming = next(each for each in headers if each.get("topic") == "latent_map/forming")
    assert forming["key"] == map_data(app)["forms"]
    atlas = next(each for each in headers if each.get("topic") == "atlas/0")
    assert forming["of"] == atlas["pictures"]  # the same points
    done.set()


@pytest.mark.parametrize(
    ("link", "sent"),
    [
        ({}, False),
        ({"layers": "classifier"}, True),
        ({"towards": "9"}, True),
        ({"towards": "10"}, False),  # no digit
        ({"model": "heartbeats-vae-2d", "layers": "classifier", "towards": "1"}, False),
    ],
)
def test_the_classifier_is_sent_where_it_is_asked_for_and_there_is_one(app, link, sent):
    app.query_params.update(link)
    app.run()
    assert not app.exception
    headers = [block_header(each.proto.bytes) for each in app.get("bidi_component")]
    keys = [each["key"] for each in headers if each.get("topic") == "classifier"]
    assert bool(keys) == sent
    assert not sent or keys == [map_data(app)["classifier"]]


def test_the_image_that_is_pinned_stays_pinned_when_the_model_changes(app):
    app.query_params["model"] = "digits-size-2d"
    app.run()
    row = map_data(app)["start"]["pin"]["row"]
    codes = [map_data(app)["start"]["pin"]["code"]]
    for name in ("digits-size-8d", "digits-vae-16d", "digits-size-2d"):
        app.selectbox(key="model").set_value(name).run()
        pin = map_data(app)["start"]["pin"]
        own = read(shipped_folder() / f"{name}.safetensors").latents.codes[row]
        assert pin["row"] == row
        assert np.allclose(pin["code"], own, rtol=1e-5)
        codes.append(pin["code"])
    assert codes[0] == codes[-1]
    app.selectbox(key="projection").set_value("pca").run()
    assert map_data(app)["start"]["pin"]["row"] == row
    app.selectbox(key="data").set_value("mnist").run()  # where no such image is
    assert map_data(app)["start"]["pin"]["row"] >= 0
    assert not app.exception


@pytest.mark.parametrize("row", [-1, 12])
def test_what_is_pinned_in_the_run_that_chooses_another_map_stays_pinned(app, row):
    """The server is slow, or the user is fast: one run brings the pin and the choice."""
    app.query_params["model"] = "mnist-vae-16d"
    app.run()
    key, code = map_data(app)["keys"][0], np.linspace(-1, 1, 16).tolist()
    if row >= 0:
        own = read(shipped_folder() / "mnist-vae-16d.safetensors").latents.codes[row]
        code = [float(f"{value:.6g}") for value in own]
    pin = {"key": key, "code": code, "row": row, "place": [0.5, 0.5]}
    app.session_state["latent_map"] = {"pin": pin}
    app.selectbox(key="projection").set_value("axes").run()
    assert not app.exception
    start = map_data(app)["start"]["pin"]
    assert np.allclose(start["code"], code, rtol=1e-5)
    assert (start["row"], start["place"]) == (row, None)
    app.session_state["latent_map"] = {"pin": pin}  # Streamlit keeps what is of the map before
    app.run()
    assert np.allclose(map_data(app)["start"]["pin"]["code"], code, rtol=1e-5)


def test_a_link_opens_what_it_names(app):
    app.query_params.update({"model": "mnist-ae-16d", "projection": "axes", "x": "4", "y": "7"})
    app.run()
    assert app.selectbox(key="data").value == "mnist"
    assert app.selectbox(key="model").value == "mnist-ae-16d"
    assert (app.selectbox(key="x").value, app.selectbox(key="y").value) == (4, 7)
    assert not app.info


def test_a_link_carries_pin_view_and_layers(app):
    app.query_params.update(
        {
            "z": "0.5,-1.25",
            "at": "0.5,-1.25",
            "view": "0,0,4",
            "layers": "fog,prior",
            "colour": "kl",
        }
    )
    app.run()
    start = map_data(app)["start"]
    assert start["pin"]["code"] == [0.5, -1.25]
    assert start["view"] == [0, 0, 4]
    assert start["layers"] == ["fog", "prior"]
    assert start["colour"] == "kl"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("data", "imagenet"), ("model", "EVIL"), ("projection", "umap"), ("z", "1,2,3"),
        ("z", "nan,1"), ("z", "1e99,1"), ("view", "a"), ("layers", "clouds"), ("colour", "<b>"),
    ],
)  # fmt: skip
def test_what_is_impossible_in_a_link_is_ignored_with_a_notice(app, name, value):
    app.query_params[name] = value
    app.run()
    assert not app.exception
    assert len(app.info) == 1
    assert "ignored" in app.info[0].value
    assert map_data(app)["start"]["pin"]["row"] >= 0
    app.run()
    assert not app.info


def test_a_corrupt_and_a_foreign_checkpoint_are_said_and_the_rest_works(
    app, tmp_path, monkeypatch
):
    shutil.copy(shipped_folder() / "digits-vae-2d.safetensors", tmp_path)
    (tmp_path / "broken.safetensors").write_bytes(b"nonsense")
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
    app.run()
    assert not app.exception
    assert any("broken.safetensors is not a safetensors file" in c.value for c in app.caption)
    assert app.selectbox(key="model").options[0].startswith("digits-vae-2d")


def test_a_data_set_without_models_says_how_to_get_one(app, tmp_path, monkeypatch):
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
    app.run()
    assert not app.exception
    assert any("python -m aecore train --data digits" in i.value for i in app.info)


def test_a_set_that_is_not_there_offers_its_download_and_all_else_works(
    app, tmp_path, monkeypatch
):
    monkeypatch.setenv("AECORE_DATA_DIR", str(tmp_path))
    app.run()
    app.selectbox(key="data").set_value("mnist").run()
    assert not app.exception
    assert [b.label for b in app.button] == ["Download MNIST (11 MB)", "Bring a model"]
    assert map_data(app)["start"]["pin"]["code"]
    assert map_data(app)["originals"]
    said = "2,000 of the 70,000 MNIST images come with the models: those of their stored codes."
    assert any(said in caption.value for caption in app.caption)


def test_without_its_originals_a_set_is_offered_for_them(app, tmp_path, monkeypatch):
    shutil.copy(shipped_folder() / "mnist-vae-2d.safetensors", tmp_path)
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("AECORE_DATA_DIR", str(tmp_path))
    app.query_params["model"] = "mnist-vae-2d"
    app.run()
    assert not app.exception
    assert not map_data(app)["originals"]
    assert any("you see the originals beside" in caption.value for caption in app.caption)


def test_the_card_says_whose_the_images_are(app, tmp_path, monkeypatch):
    monkeypatch.setenv("AECORE_DATA_DIR", str(tmp_path))
    app.query_params["model"] = "mnist-vae-2d"
    app.session_state[model_card.CARD] = True
    app.run()
    said = [c.value for c in app.caption if c.value.startswith("Data: MNIST, CC BY-SA 3.0, ")]
    assert said
    assert "2,000 of its training images come with the models" in said[0]


def test_a_models_names_are_never_markup(app, tmp_path, monkeypatch):
    bad = "x<img src=a onerror=alert(1)>"
    shutil.copy(shipped_folder() / "digits-vae-2d.safetensors", tmp_path / f"{bad}.safetensors")
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
    app.run()
    assert not app.exception
    assert not any(bad in html.proto.body for html in app.get("html"))
