"""The Generate page under AppTest: which models, what is in the link, the figures in words."""

import json
import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from aecore.checkpoints import classifier_file, find, read
from aecore.classifier import load
from aecore.cli import main
from aecore.flows import files as flow_files
from aecore.flows.config import FlowConfig
from aecore.latents import quality
from aecore.latents.measures import SampleQuality
from aeview.work import jobs, sample_quality
from aeview.work.live import Opened
from tests.told import told

ROOT = Path(__file__).parent.parent.parent
PAGE = "pages/generate.py"
TIMEOUT = 120
SHIPPED = ROOT / "checkpoints"


@pytest.fixture
def app(monkeypatch):
    monkeypatch.chdir(ROOT)
    return AppTest.from_file(str(ROOT / PAGE), default_timeout=TIMEOUT)


def data(at):
    """What the page's component was given."""
    return told(at, '"sources"')


def ask(at):
    """Do what the browser does after its first picture, until nothing is missing."""
    for _ in range(20):
        if not data(at)["quality"]["pending"]:
            return at
        given = data(at)
        at.session_state["generate"] = {
            "ask": {"key": " ".join(given["keys"]), "done": given["quality"]["done"]}
        }
        at.run()
        assert not at.exception
    raise AssertionError("figures are still missing")


def test_first_run_pairs_the_default_vae_with_its_ae_and_waits_for_no_figure(app):
    app.run()
    assert not app.exception
    given = data(app)
    assert given["titles"] == ["VAE · digits-vae-2d", "Autoencoder · digits-ae-2d"]
    assert given["order"] == [1, 0]
    assert given["start"] == {
        "seed": 0, "n": 36, "temperature": 1.0, "method": "prior", "image": "", "noise": 2.0,
        "label": -1, "guidance": 1.0, "steps": 12, "time": 1.0, "origin": "noise",
        "measure": "distance",
    }  # fmt: skip
    assert given["quality"]["pending"]
    assert [sorted(sources) for sources in given["sources"]] == [["gaussian", "prior"]] * 2
    assert not app.query_params


def test_the_page_says_how_much_worse_the_ae_is_what_repairs_it_and_others_can_be_chosen(app):
    app.run()
    given = data(ask(app))
    figures, floor = given["quality"]["figures"]["distance"], given["quality"]["floor"]
    (vae, ae), (_, repaired) = figures["prior"], figures["mixture"]
    assert ae > 1.5 * vae > vae > floor
    assert repaired < vae
    first, second, third = given["quality"]["words"]
    assert f"({repaired:.0f} against {vae:.0f})" in third
    assert f"{ae / vae:.1f} times as large for digits-ae-2d as for digits-vae-2d" in first
    assert f"{ae:.0f} against {vae:.0f}; real test images {floor:.1f}" in first
    assert f"digits-ae-2d {ae:.0f} → {repaired:.0f}" in second
    note = given["quality"]["note"]
    assert "5 × 355 images" in note
    assert "1,264 training images" in note
    assert all("mixture" in sources for sources in given["sources"])
    shares = given["quality"]["figures"]
    precision, recall = (shares[name]["prior"] for name in ("precision", "recall"))
    assert recall[1] < min(recall[0], *precision)  # the autoencoder's
    assert all(0 <= share <= 1 for share in precision + recall)
    assert shares["agreement"] == {}, "no source here can be asked for a class"
    assert "FID" not in json.dumps(given)
    app.selectbox(key="beside").set_value("").run()
    given = data(app)
    assert given["titles"] == ["VAE · digits-vae-2d"]
    assert len(given["quality"]["words"]) == 1
    app.selectbox(key="beside").set_value("digits-vae-16d").run()
    assert data(app)["titles"][1] == "VAE · digits-vae-16d"
    assert data(app)["order"] == [0, 1]
    assert app.query_params["beside"] == "digits-vae-16d"
    assert not app.exception


@pytest.mark.parametrize(
    ("model", "beside"),
    [
        ("digits-ae-16d", "digits-vae-16d"), ("mnist-vae-2d", "mnist-ae-2d"),
        ("mnist-bvae-10d-b4", "mnist-ae-16d"), ("fashion-ae-2d", "fashion-vae-2d"),
    ],
)  # fmt: skip
def test_the_counterpart_is_the_other_kind_of_the_same_size_where_there_is_one(
    monkeypatch, model, beside
):
    monkeypatch.chdir(ROOT)
    at = AppTest.from_file(str(ROOT / "pages/main.py"), default_timeout=TIMEOUT)
    at.query_params["model"] = model
    at.run()
    at.switch_page(Path(PAGE).name).run()
    assert not at.exception
    assert at.selectbox(key="beside").value == beside


def test_an_unchosen_model_is_the_one_that_the_page_begins_with(monkeypatch):
    monkeypatch.chdir(ROOT)
    at = AppTest.from_file(str(ROOT / "pages/main.py"), default_timeout=TIMEOUT).run()
    assert at.selectbox(key="model").value == "digits-vae-2d"
    at.switch_page("generate.py").run()
    assert data(at)["titles"] == ["VAE · digits-vae-16d", "Autoencoder · digits-ae-16d"]
    at.switch_page("latent_map.py").run()
    assert at.selectbox(key="model").value == "digits-vae-2d"
    assert at.selectbox(key="model").proto.set_value
    at.selectbox(key="model").set_value("digits-ae-2d").run()
    # The browser may get what the run before told it only after the click.
    assert at.selectbox(key="model").proto.set_value
    assert at.selectbox(key="model").value == "digits-ae-2d"
    at.selectbox(key="model").set_value("digits-vae-2d").run()
    at.switch_page("generate.py").run()
    assert at.selectbox(key="model").value == "digits-vae-2d"
    assert at.query_params["model"] == "digits-vae-2d"


def test_a_link_carries_everything_and_what_is_reported_goes_into_it(app):
    link = {
        "seed": "4294967295", "n": "7", "temperature": "0.35", "codes": "mixture",
        "image": "0-17", "noise": "1.5", "beside": "digits-ae-16d", "ask": "4", "guidance": "2.5",
        "steps": "9", "time": "0.25", "origin": "image",
        "measure": "recall",
    }  # fmt: skip
    app.query_params.update(link)
    app.run()
    assert not app.info
    assert data(app)["start"] == {
        "seed": 4294967295, "n": 7, "temperature": 0.35, "method": "mixture", "image": "0-17",
        "noise": 1.5, "label": 4, "guidance": 2.5, "steps": 9, "time": 0.25,
        "origin": "image", "measure": "recall",
    }  # fmt: skip
    assert data(app)["titles"][1] == "Autoencoder · digits-ae-16d"
    shown = data(app)["start"] | {"seed": 12, "method": "gaussian"}
    app.session_state["generate"] = {"shown": shown}
    app.run()
    assert app.query_params["seed"] == "12"
    assert app.query_params["codes"] == "gaussian"
    assert app.query_params["image"] == "0-17"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seed", "-1"), ("seed", "1.5"), ("seed", "dice"), ("n", "0"), ("n", "101"),
        ("n", "nan"), ("temperature", "9"), ("temperature", "-1"), ("noise", "4"),
        ("codes", "gan"), ("image", "0-99999"), ("image", "<b>"), ("beside", "EVIL"),
        ("ask", "10"), ("ask", "-2"), ("guidance", "5"), ("steps", "0"), ("time", "1.1"),
    ],
)  # fmt: skip
def test_what_is_impossible_in_a_link_is_ignored_with_a_notice(app, name, value):
    app.query_params[name] = value
    app.run()
    assert not app.exception
    assert len(app.info) == 1
    assert "ignored" in app.info[0].value
    assert data(app)["start"]["n"] == 36
    assert len(data(app)["keys"]) == 2


def own_images(folder, classes=("dark", "bright")):
    from PIL import Image

    rng = np.random.default_rng(0)
    for level, name in enumerate(classes):
        (folder / name).mkdir(parents=True)
        for i in range(20):
            pixels = rng.integers(60 * level, 60 * level + 120, (32, 32, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{i}.png")


def train(out, *words):
    assert main(["train", *words, "--epochs", "1", "--widths", "8", "--out", str(out)]) == 0


@pytest.mark.parametrize("classes", [("dark", "bright"), ("only",)])
def test_own_images_with_one_model_get_one_column_and_words(
    monkeypatch, tmp_path, classes, capsys
):
    own_images(tmp_path / "set", classes)
    train(tmp_path / "own.safetensors", "--data", str(tmp_path / "set"), "--side", "32",
          "--model", "vae")  # fmt: skip
    monkeypatch.chdir(ROOT)
    at = AppTest.from_file(str(ROOT / "pages/main.py"), default_timeout=TIMEOUT)
    at.query_params["model"] = "own"
    at.run()
    at.switch_page(Path(PAGE).name).run()
    assert not at.exception
    assert any("no second model for this data set" in i.value for i in at.info)
    given = data(ask(at))
    assert given["titles"] == ["VAE · own"]
    assert "a classifier trained on the same data set" in given["quality"]["problem"]
    assert "mixture" in given["sources"][0]


def test_a_damaged_classifier_and_a_missing_one_are_said(app, monkeypatch, tmp_path):
    for name in ("digits-vae-2d", "digits-ae-2d"):
        shutil.copy(ROOT / "checkpoints" / f"{name}.safetensors", tmp_path)
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
    app.run()
    problem = data(app)["quality"]["problem"]
    assert "none has been made for this one" in problem
    assert "python" not in problem
    (tmp_path / "classifiers").mkdir()
    (tmp_path / "classifiers" / "digits.safetensors").write_bytes(b"nonsense")
    app.session_state["generate"] = {"ask": {"key": " ".join(data(app)["keys"]), "done": 0}}
    app.run()
    assert not app.exception
    assert "not a classifier of ours" in data(app)["quality"]["problem"]


def test_figures_of_one_of_two_models_are_shown_while_the_other_is_waited_for():
    models = [Opened(name, read(find(name))) for name in ("digits-ae-16d", "digits-vae-2d")]
    assert sample_quality.quality(models, (0, 1), asked=False)["words"] == []
    figure = SampleQuality(distance=12.5, spread=0.0, n=355, repeats=5)
    sample_quality._figures()[models[1].checkpoint.digest, "prior", 0] = figure
    half = sample_quality.quality(models, (0, 1), asked=False)
    assert half["figures"]["distance"]["prior"] == [None, 12.5]
    assert half["figures"]["precision"]["prior"] == [None, False]
    assert half["pending"]
    assert half["words"] == []
    assert "5 × 355 images" in half["note"]


def test_every_answer_has_something_new_until_there_is_all(monkeypatch):
    monkeypatch.setattr(sample_quality, "PATIENCE_S", -1)
    some = SampleQuality(distance=1.0, spread=0.0, n=2, repeats=1)
    monkeypatch.setattr(quality, "sample_quality", lambda *_: some)
    monkeypatch.setattr(quality, "around", lambda *_: ((0.0, 1.0),))
    models = [Opened(name, read(find(name))) for name in ("digits-ae-16d", "digits-vae-2d")]
    for cached in (sample_quality._figures(), sample_quality._arounds(), sample_quality._slow()):
        cached.clear()
    done, pending = -1, True
    while pending:
        answer = sample_quality.quality(models, (0, 1), asked=True)
        assert answer["done"] > done, "the browser goes on by what is new alone"
        done, pending = answer["done"], answer["pending"]
    sample_quality._slow().clear()  # as when others' took its place
    again = [sample_quality.quality(models, (0, 1), asked=True)["pending"] for _ in range(2)]
    assert again == [True, False]


def test_words_name_the_worse_model_whichever_side_it_is_on():
    figures = {"prior": [30.0, 10.0], "mixture": [None, 4.0]}
    said = sample_quality._sentences(["a", "b"], figures, 1.0, (1, 0))
    assert "is 3.0 times as large for a as for b (30 against 10; real test images 1.0)" in said[0]
    assert said[1] == "With a mixture fitted to its own codes: b 10 → 4.0."
    assert said[2:] == []
    both = {"prior": [30.0, 10.0], "mixture": [8.0, 4.0]}
    said = sample_quality._sentences(["a", "b"], both, 1.0, (1, 0))
    assert said[2] == (
        "So a with a mixture comes nearer to real images than b from the prior (8.0 against 10)."
    )
    flow = both | {"flow": [False, 2.0]}
    said = sample_quality._sentences(["a", "b"], flow, 1.0, (1, 0), "flow")
    assert said[1:] == ["With a latent flow learnt from its own codes: b 10 → 2.0."]
    assert sample_quality._sentences(["a"], {"prior": [None], "mixture": [None]}, 1.0, (0,)) == []


# ---- latent flows --------------------------------------------------------------------------


def test_a_flow_is_sent_when_it_is_chosen_and_said_where_there_is_none(app):
    app.query_params.update({"beside": "digits-ae-16d", "codes": "flow"})
    app.run()
    assert not app.exception
    missing, here = data(app)["flows"]
    assert here["here"]
    assert "98.3% decode to what our classifier takes for that class" in here["words"]
    assert not missing["here"]
    assert "digits-vae-2d has no latent flow yet" in missing["words"]
    quality = data(ask(app))["quality"]
    figures = quality["figures"]["distance"]
    assert figures["flow"][0] is False
    assert figures["flow"][1] < figures["prior"][1] / 10
    agreement = quality["figures"]["agreement"]
    assert list(agreement) == ["flow"]
    assert f"{agreement['flow'][1]:.1%} decode to" in here["words"], "measured as on its card"
    assert "mixture" not in "".join(quality["words"])
    assert any("With a latent flow" in words for words in quality["words"])


def test_where_no_model_has_a_flow_it_has_no_row_and_one_is_made_by_a_click(
    app, tmp_path, monkeypatch
):
    monkeypatch.setenv("AECORE_CACHE_DIR", str(tmp_path))
    short = FlowConfig.suited(0, steps=1000)
    monkeypatch.setattr(FlowConfig, "suited", lambda *_, **__: short)
    app.query_params["codes"] = "flow"
    app.run()
    assert "flow" not in data(app)["quality"]["figures"]["distance"]
    first, second = (each.label for each in app.button)
    assert "digits-vae-2d" in first
    assert "digits-ae-2d" in second
    app.button[1].click().run()
    job = jobs.find(f"flow of {read(find('digits-ae-2d')).digest}")
    seen = []
    while job.running:
        time.sleep(0.02)
        if (drawn := job.so_far) is not None:
            seen.append(drawn)
    assert job.state == "done", job.problem
    assert {drawn.shape for drawn in seen} == {(10, 1, 28, 28)}
    judge = load(classifier_file("digits")).network
    assert (judge(torch.from_numpy(seen[-1])).argmax(1) == torch.arange(10)).sum() >= 8
    assert [path.suffix for path in (tmp_path / "flows").iterdir()] == [".flow"]
    app.run()
    assert [each["here"] for each in data(app)["flows"]] == [False, True]
    assert [each.label for each in app.button] == [first]


def test_no_flow_is_offered_for_a_model_that_is_told_classes_or_has_no_encoder(app):
    app.session_state["model"] = "digits-cvae-2d"
    app.query_params.update(beside="digits-gan-16d", codes="flow")
    app.run()
    assert not app.exception
    assert not app.button
    told, _ = data(app)["flows"]
    assert told["words"].startswith("No latent flow is made of a conditional VAE")


def test_a_flow_of_other_weights_is_said_on_the_page(app, tmp_path, monkeypatch):
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
    for name in ("digits-ae-16d", "digits-vae-16d"):
        shutil.copy(SHIPPED / f"{name}.safetensors", tmp_path)
    shutil.copy(SHIPPED / "digits-vae-16d.flow", tmp_path / "digits-ae-16d.flow")
    app.query_params["codes"] = "flow"
    app.run()
    assert not app.exception
    said = [each["words"] for each in data(app)["flows"]]
    assert any("was made for other weights" in words for words in said)


def test_a_flow_that_is_made_anew_has_its_own_figures(tmp_path, monkeypatch):
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
    shutil.copytree(SHIPPED / "classifiers", tmp_path / "classifiers")
    for suffix in (".safetensors", ".flow"):
        shutil.copy(SHIPPED / f"digits-ae-16d{suffix}", tmp_path)
    model = Opened("digits-ae-16d", read(find("digits-ae-16d")))
    first = sample_quality.distance(model, "flow"), sample_quality.asked(model, 1.0, 12)
    assert first[1]["distance"] == pytest.approx(first[0])
    flow, card = flow_files.load(tmp_path / "digits-ae-16d.flow", model.checkpoint)
    flow_files.save(tmp_path / "digits-ae-16d.flow", replace(flow, scale=2 * flow.scale), card)
    again = sample_quality.distance(model, "flow"), sample_quality.asked(model, 1.0, 12)
    assert again[0] > 5 * first[0]
    assert again[1]["distance"] == pytest.approx(again[0])
