"""The page Codes at work under AppTest: measured once, said in words, links, missing things."""

import json
import threading
from itertools import chain, pairwise
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from aecore.checkpoints import find, read
from aecore.cli import main
from aecore.probe import Score
from aeview.codes_at_work import figures as work_figures
from aeview.codes_at_work import view as codes_at_work
from aeview.own_pictures import carried
from aeview.own_pictures.files import Given
from aeview.own_pictures.samples import png
from aeview.shell import links
from aeview.work.jobs import Job
from tests.told import told

ROOT = Path(__file__).parent.parent.parent
PAGE = "pages/codes_at_work.py"


@pytest.fixture
def app(monkeypatch):
    monkeypatch.chdir(ROOT)
    return AppTest.from_file(str(ROOT / PAGE), default_timeout=120)


def html(at):
    return " ".join(element.proto.body for element in at.get("html"))


def wait(at):
    """Let the job that measures end, and run the page again."""
    for thread in threading.enumerate():
        if thread.name.startswith("codes at work"):
            thread.join(120)
    at.run()
    assert not at.exception
    return at


def test_a_small_set_is_measured_at_once_and_every_use_of_codes_shows_its_figures(app):
    app.run()
    assert "Test images, and the first numbers of their codes" in html(app)  # while it measures
    assert any("How well classes are told" in m.value for m in app.markdown)
    wait(app)
    assert "the first numbers of their codes" not in html(app)
    (chart,) = app.get("plotly_chart")
    assert "this model's code" in chart.proto.spec
    assert "355 held-out images" in chart.proto.spec
    legend = json.loads(chart.proto.spec)["layout"]["legend"]
    assert legend["yanchor"] == "bottom"  # grows upwards: in two lines, too, it covers nothing
    assert legend["y"] >= 1
    assert "1,264 labels" in html(app)
    assert any("ahead of a PCA code" in m.value for m in app.markdown)  # 2 units against 2
    app.session_state["work"] = "search"
    app.run()
    assert app.query_params["work"] == "search"
    assert "355 test images as queries, searched among 1,264 training images" in html(app)
    assert told(app, '"own"')["originals"]
    app.session_state["work"] = "compression"
    app.run()
    assert not app.exception
    assert "2 bytes" in app.markdown[0].value
    assert "each image a file" in html(app)
    sizes = pairwise([784, 512, 256, 128, 4]), pairwise([2, 128, 256, 512, 784])
    stored = sum(2 * (n + 1) * m for n, m in chain(*sizes))  # float16
    assert any(f"{stored / 1e6:.1f} MB of weights" in c.value for c in app.caption)
    app.session_state["files"] = "together"
    app.run()
    assert "all images in one file" in html(app)
    work = work_figures.known(read(find("digits-vae-2d")))
    own, other = work.own[0], work.photographs[0]
    assert own.psnr > other.psnr + 5  # data-specific
    assert own.n_bytes == (2, 2)


def test_what_is_not_here_is_said(app, tmp_path, monkeypatch):
    monkeypatch.setenv("AECORE_DATA_DIR", str(tmp_path))
    app.session_state["data"] = "mnist"
    app.query_params["work"] = "cellar"
    app.run()
    assert not app.exception
    assert any("machine; download them all below." in i.value for i in app.info)
    assert "Download MNIST (11 MB)" in [b.label for b in app.button]
    assert any("“work”" in i.value and "ignored" in i.value for i in app.info)
    app.session_state["work"] = "search"
    app.run()
    assert told(app, '"own"')["originals"]  # among the stored ones


def test_images_without_classes_and_in_colours_are_packed_but_not_probed(
    app, tmp_path, monkeypatch, capsys
):
    pixels = np.random.default_rng(0).integers(0, 255, (60, 32, 32, 3), dtype=np.uint8)
    np.savez(tmp_path / "set.npz", images=pixels)
    out = tmp_path / "plain.safetensors"
    words = ["--data", str(tmp_path / "set.npz"), "--side", "32", "--model", "ae",
             "--epochs", "1", "--widths", "8", "--out", str(out)]  # fmt: skip
    assert main(["train", *words]) == 0
    checkpoint = read(out)
    work_figures.measure(checkpoint, Job())
    work = work_figures.known(checkpoint)
    assert work.classes == 1
    assert work.scores == []
    assert work.own[0].pictures.shape == (6, 3, 32, 32)
    app.session_state["data"] = checkpoint.card.data
    app.run()
    assert not app.exception
    assert any("have no classes" in i.value for i in app.info)


def test_words_say_level_where_the_difference_is_within_the_spread():
    from aeview.codes_at_work.charts import Accuracy

    points = [Accuracy("code", 50, 80.0, 1.0), Accuracy("pca", 50, 79.5, 1.0),
              Accuracy("pixels", 50, 90.0, 0.5)]  # fmt: skip
    said = codes_at_work._probe_words(points)
    assert said == (
        "- **50 labels**: the code is level with a PCA code, is 10.0 points behind the raw pixels"
    )
    assert Score("code", 50, (0.5, 0.7)).std == pytest.approx(0.1414, abs=1e-3)


def test_words_of_compression_follow_the_figures():
    def line(name, n_bytes, decibels):
        return work_figures.Line(name, (n_bytes, n_bytes), decibels, np.zeros((1, 1, 2, 2)))

    jpeg = line("jpeg50", 400, 32)
    work = work_figures.Work(own=[line("code", 2, 20), line("png", 300, 100), jpeg])
    work.photographs = [line("code", 2, 8), line("png", 500, 100), jpeg]
    said = codes_at_work._compression_words(work, 0)
    assert "2 bytes** where PNG takes 300, but it is **lossy**: 20.0 dB" in said
    assert "**data-specific**: on photographs it comes to 8.0 dB" in said
    assert "(JPEG, quality 50: 32.0 and 32.0 dB)" in said
    work.photographs[2] = line("jpeg50", 500, 21)  # they are harder for any codec
    assert "data-specific" not in codes_at_work._compression_words(work, 0)
    work.own[0], work.photographs[0] = line("code", 784, 31), line("code", 784, 30)
    said = codes_at_work._compression_words(work, 0)
    assert "784 bytes** where PNG takes 300, and it is **lossy**" in said
    assert "hardly bound" in said


def test_the_users_own_picture_is_carried_and_a_sample_is_not(monkeypatch):
    checkpoint = read(find("digits-vae-2d"))
    kept: dict = {}
    monkeypatch.setattr(carried.st, "session_state", kept)
    picture = np.zeros((60, 40), np.uint8)
    picture[10:50, 15:22] = 255
    assert carried.picture(checkpoint) is None
    kept[links.GIVEN] = Given("sample 1", "a sample", png(picture))
    assert carried.picture(checkpoint) is None
    kept[links.GIVEN] = Given("mine", "mine.png", png(picture))
    found = carried.picture(checkpoint)
    assert found.title == "mine.png"
    assert found.image.shape == (1, 28, 28)
    assert found.image.max() > 0.5
    kept[links.GIVEN] = None
    kept[carried.DRAWN] = np.ones((28, 28), np.float32)
    assert carried.picture(checkpoint).title == "your drawing"
    kept[carried.DRAWN] = np.ones((32, 32), np.float32)  # of another model
    assert carried.picture(checkpoint) is None
