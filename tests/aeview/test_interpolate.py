"""The interpolation page under AppTest: what it begins with, its links, its downloads."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from aecore.checkpoints import read, shipped_folder
from aeview.interpolate import view as interpolation
from aeview.interpolate.shown import Shown
from aeview.shell import ends
from tests.cards import gone
from tests.told import all_told

ROOT = Path(__file__).parent.parent.parent
PAGE = "pages/interpolate.py"
TIMEOUT = 120


@pytest.fixture
def app(monkeypatch):
    monkeypatch.chdir(ROOT)
    at = AppTest.from_file(str(ROOT / "pages/main.py"), default_timeout=TIMEOUT)
    return at.switch_page(Path(PAGE).name)


def stored(name="digits-vae-2d"):
    return read(shipped_folder() / f"{name}.safetensors")


def given(at, having):
    """What the component that begins with `having` was given."""
    return next(data for data in all_told(at, '"start"') if having in data["start"])


def test_the_page_runs_alone_and_begins_with_two_classes(monkeypatch):
    monkeypatch.chdir(ROOT)
    at = AppTest.from_file(str(ROOT / PAGE), default_timeout=TIMEOUT).run()
    assert not at.exception
    start = given(at, "frames")["start"]
    labels = stored().latents.labels
    assert labels[start["a"]["row"]] != labels[start["b"]["row"]]
    assert (start["frames"], start["path"]) == (11, "linear")
    assert [way["name"] for way in given(at, "frames")["ways"]] == [
        "linear",
        "slerp",
        "data",
        "fade",
    ]
    assert given(at, "sum")["start"]["attribute"]["strength"] == 1


def test_the_usual_pair_leaves_the_data_on_the_straight_line_for_every_model(shipped):
    """Of rows of a table too few are held out for two telling ends."""
    from aecore.latents.paths import linear, places
    from aecore.latents.strips import stray, telling_pair
    from aecore.latents.support import Support

    for path in shipped:
        checkpoint = read(path)
        if checkpoint.card.is_table:
            continue
        latents = checkpoint.latents
        support = Support.of(latents)
        a, b = telling_pair(latents.codes, latents.labels, support)
        line = support.share(linear(latents.codes[a], latents.codes[b], places(11)))
        shares = support.share(latents.codes)
        assert stray(line[1:-1]) > stray(shares[[a, b]]) - 0.05, path.stem


def test_a_link_opens_what_it_names(app):
    app.query_params.update(
        {"from": "train-5", "to": "0.5,-1.25", "frames": "7", "path": "slerp", "t": "0.25",
         "sum": "train-1,train-2,test-3", "attribute": "train-5,3,8,-1.5"}
    )  # fmt: skip
    app.run()
    assert not app.exception
    assert not app.info
    start = given(app, "frames")["start"]
    points = stored().latents
    row = start["a"]["row"]
    assert (points.split[row], points.index[row]) == (0, 5)
    assert start["b"] == {"row": -1, "code": [0.5, -1.25]}
    assert (start["frames"], start["path"], start["t"]) == (7, "slerp", 0.25)
    sums = given(app, "sum")["start"]
    assert [ends.name(points, row) for row in sums["sum"]] == ["train-1", "train-2", "test-3"]
    assert {k: sums["attribute"][k] for k in ("has", "lacks", "strength")} == {
        "has": 3, "lacks": 8, "strength": -1.5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("from", "train-999999"), ("from", "1,2,3"), ("to", "nan,1"), ("to", "1e9,1"),
        ("to", "<b>"), ("frames", "99"), ("frames", "-3"), ("frames", "4"), ("frames", "x"),
        ("path", "teleport"), ("t", "2"), ("t", "x"), ("sum", "train-1,train-2"),
        ("sum", "a,b,c"), ("attribute", "train-1,3,8"), ("attribute", "train-1,3,88,1"),
        ("attribute", "train-1,3,8,9"), ("attribute", "train-1,3,8,nan"),
    ],
)  # fmt: skip
def test_what_is_impossible_in_a_link_is_ignored_with_a_notice(app, name, value):
    app.query_params[name] = value
    app.run()
    assert not app.exception
    assert len(app.info) == 1
    assert "ignored" in app.info[0].value
    start = given(app, "frames")["start"]
    assert min(start["a"]["row"], start["b"]["row"]) >= 0
    assert (start["frames"], start["path"], start["t"]) == (11, "linear", 0.5)


def test_a_code_far_outside_and_equal_ends_are_accepted(app):
    app.query_params.update({"from": "900,900", "to": "900,900"})
    app.run()
    assert not app.exception
    assert not app.info
    assert given(app, "frames")["start"]["a"]["code"] == [900, 900]


def test_another_model_keeps_the_images_and_drops_the_codes(app):
    app.query_params.update({"from": "train-5", "to": "0.5,-1.25"})
    app.run()
    app.selectbox(key="model").set_value("digits-ae-16d").run()
    assert not app.exception
    assert not app.info
    start = given(app, "frames")["start"]
    assert start["b"]["row"] >= 0
    points = stored("digits-ae-16d").latents
    assert ends.name(points, start["a"]["row"]) == "train-5"


def test_an_image_is_no_draw_of_the_same_name(app):
    """Rows of a GAN are draws: its "train-5" is another thing."""
    names = {"from": "train-5", "to": "train-7", "sum": "train-1,train-2,train-3"}
    app.query_params.update(names)
    app.run()

    def switched(model):
        app.selectbox(key="model").set_value(model).run()
        assert not app.exception
        assert not app.info
        start = given(app, "frames")["start"]
        points = stored(model).latents
        return [ends.name(points, start[end]["row"]) for end in "ab"]

    assert switched("digits-ae-16d") == ["train-5", "train-7"]
    assert given(app, "sum")["start"]["sum"] is not None
    assert not {"train-5", "train-7"} & set(switched("digits-gan-16d"))
    assert given(app, "sum")["start"]["sum"] is None


@pytest.mark.parametrize(("name", "here"), [("mnist-ae-16d", True), ("gone", False)])
def test_whether_the_ends_own_images_are_here_is_said_to_the_browser(
    app, tmp_path, monkeypatch, name, here
):
    monkeypatch.setenv("AECORE_DATA_DIR", str(tmp_path))
    if not here:
        gone("mnist-ae-16d", tmp_path)
        monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
    app.query_params["model"] = name
    app.run()
    assert not app.exception
    assert given(app, "frames")["originals"] is here
    assert given(app, "sum")["originals"] is here


def test_the_downloads_are_named_and_said(app):
    app.query_params["frames"] = "7"
    app.run()
    assert [b.proto.label for b in app.get("download_button")] == [
        "Strips (PNG)",
        "Animation (GIF)",
    ]
    assert any("there and back, 12 frames" in c.value for c in app.caption)


@pytest.mark.parametrize("name", ["digits-vae-2d", "mnist-ae-16d"])
def test_the_downloads_hold_the_strips(name):
    checkpoint = stored(name)
    points = checkpoint.latents
    a, b = (ends.name(points, row) for row in (3, 8))
    shown = Shown(a=a, b=b, frames=9, path="data")
    png, gif = interpolation.files(name, checkpoint, shown)
    assert png.name.endswith("-9-frames.png")
    assert gif.name.endswith("-data.gif")
    assert png.name.startswith(name)
    page = Image.open(io.BytesIO(png.make()))
    assert page.format == "PNG"
    moving = Image.open(io.BytesIO(gif.make()))
    assert moving.n_frames == 16
    assert np.asarray(moving.convert("L")).max() > 100


def hold(monkeypatch, checkpoint):
    monkeypatch.setattr("aeview.work.cache.stored", lambda path, label=0: checkpoint)


def test_a_data_set_of_one_class_begins_with_two_of_its_images(app, monkeypatch):
    checkpoint = stored()
    one = replace(checkpoint.latents, labels=np.zeros_like(checkpoint.latents.labels))
    hold(monkeypatch, checkpoint._replace(latents=one, digest="one-class"))
    app.run()
    assert not app.exception
    start = given(app, "frames")["start"]
    assert start["a"]["row"] != start["b"]["row"]
    attribute = given(app, "sum")["start"]["attribute"]
    assert attribute["has"] == attribute["lacks"] == 0
