"""Copy as Python: the code of every page runs, and finds what the page shows."""

from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from aecore.checkpoints import build, find, read, round_to_stored
from aecore.data.catalogue import load
from aecore.denoising import quality
from aecore.latents import stored_maps
from aecore.latents.projection import PCA
from aecore.latents.traversal import units
from aecore.models.config import ModelConfig
from aecore.production import fresh_model, load_splits
from aecore.production import run as training
from aecore.recipes import Recipe
from aecore.runs.folder import Plan, create
from aecore.training.config import TrainingConfig
from aeview import pages
from aeview.shell import ends
from tests.cards import gone
from tests.told import all_told

ROOT = Path(__file__).parent.parent.parent
TIMEOUT = 120
MOST_LINES = 12
LOADED = lru_cache(load)


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Data sets are read once; what is measured is small on both sides."""
    from aecore import activations, anomaly, compression, probe, trials
    from aecore.anomaly import parts
    from aecore.data import catalogue
    from aeview.codes_at_work import figures as work_figures
    from aeview.inside import view as inside

    monkeypatch.setattr(catalogue, "load", LOADED)
    small = {
        anomaly: {"N_SHOWN": 60}, parts: {"N_HELD_OUT": 100},
        trials: {"N_PAIRS": 150}, inside: {"N_IMAGES": 150},
        activations: {"N_IMAGES": 150},
        probe: {"N_TRAIN": 120, "N_TEST": 60}, compression: {"N_PACKED": 4},
        work_figures: {"N_PACKED": 4},
    }  # fmt: skip
    for module, values in small.items():
        for name, value in values.items():
            monkeypatch.setattr(module, name, value)


def _written():
    """A page that only writes its code."""
    import streamlit as st

    from aeview.shell import sidebar, snippets

    sidebar.show()
    st.session_state["answer"] = snippets.of(st.session_state["page"].lower().replace(" ", "_"))


def write(page, link=None, **state):
    at = AppTest.from_function(_written, default_timeout=TIMEOUT)
    at.query_params.update(link or {})
    at.session_state["page"] = page
    for name, value in state.items():
        at.session_state[name] = value
    at.run()
    assert not at.exception
    return at.session_state["answer"]


def run(page, link=None, **state):
    """Write a page's code and run it, as a notebook would."""
    answer = write(page, link, **state)
    assert len(answer["code"].splitlines()) <= MOST_LINES
    assert answer["code"].startswith(f"# Autoencoder Explorer, {page}")
    found: dict = {}
    exec(compile(answer["code"], page, "exec"), found)
    if "picture" in found:
        assert np.ptp(np.asarray(found["picture"])) > 40  # something is to be seen on it
    return SimpleNamespace(**found)


def test_every_page_of_the_menu_but_the_lessons_has_its_code():
    written = [page for page in pages.PAGES.values() if page.python]
    assert len(written) == 11
    for page in written:
        assert callable(page.part("snippet").snippet)


def test_the_pinned_place_is_the_one_that_the_map_explains():
    at = AppTest.from_file(str(ROOT / "pages/latent_map.py"), default_timeout=TIMEOUT)
    at.query_params.update({"z": "0.5,-1.25"})
    at.session_state["desk"] = {"ask": {"kind": "python", "stamp": "7"}}
    at.run()
    assert not at.exception
    answer = next(data["answer"] for data in all_told(at) if "keys" in data and "page" in data)
    shown = next(data["start"]["pin"] for data in all_told(at) if "start" in data)
    assert answer["stamp"] == "7"
    found: dict = {}
    exec(compile(answer["code"], "map", "exec"), found)
    assert shown["code"] == [0.5, -1.25]
    assert "lab.explain([0.5, -1.25], plane)" in answer["code"]
    assert 0 <= found["position"].support <= 1


@pytest.mark.parametrize(
    ("link", "kind"),
    [
        ({"model": "digits-vae-16d"}, "PCA"),
        ({"model": "digits-vae-16d", "projection": "axes", "x": "4", "y": "7"}, "Axes"),
        ({"model": "digits-vae-2d", "projection": "tsne"}, "PCA"),
    ],
)
def test_the_map_is_drawn_by_the_chosen_projection(link, kind, monkeypatch):
    stands_in = PCA().fit(read(find("digits-vae-2d")).latents.codes)  # t-SNE takes a minute
    monkeypatch.setattr(stored_maps, "stored", lambda *_: stands_in)
    state = {"projection": link["projection"]} if "projection" in link else {}
    state |= {name: int(link[name]) for name in ("x", "y") if name in link}
    found = run("Latent map", link, **state)
    assert type(found.plane.projection).__name__ == kind
    assert found.plane.points.shape == (len(found.plane.codes), 2)
    if kind == "Axes":
        assert np.array_equal(found.plane.points, found.plane.codes[:, [3, 6]])


def test_more_points_are_those_of_the_map():
    from aeview.work import cache

    found = run("Latent map", {"model": "heartbeats-vae-2d"}, points=4500)
    checkpoint = read(find("heartbeats-vae-2d"))
    cache.compute_table(checkpoint, 4500, SimpleNamespace(report=lambda *_: None))
    assert len(found.plane.codes) == 4500
    assert np.allclose(found.plane.codes, cache.table(checkpoint, 4500).codes, atol=1e-6)


def test_interpolation_makes_the_strips_and_the_sum():
    from aeview.interpolate.exports import Order
    from aeview.interpolate.view import _strips

    points = read(find("digits-vae-16d")).latents
    link = {
        "model": "digits-vae-16d", "from": "train-3", "frames": "5",
        "to": ",".join(["0.25"] * 16), "sum": "train-1,train-2,train-3",
    }  # fmt: skip
    found = run("Interpolate", link)
    checkpoint = read(find("digits-vae-16d"))
    order = Order("", points.codes[3], np.full(16, 0.25, np.float32), 5)
    for name, strip in _strips(checkpoint, order).items():
        assert np.allclose(found.made[name].images, strip.images, atol=1e-6)
    named = [int(np.flatnonzero((points.split == 0) & (points.index == i))[0]) for i in (1, 2, 3)]
    a, b, c = points.codes[named]
    expected = build(checkpoint).decode(torch.from_numpy((c + a - b)[None])).numpy()
    assert np.allclose(found.decoded, expected, atol=1e-5)


def test_traversal_pulls_each_unit_from_the_codes_place():
    found = run("Traverse", {"model": "digits-ae-2d", "z": "1.5,-2", "columns": "11"})
    assert found.code == [1.5, -2]
    assert found.pulled.images.shape[:2] == (2, 11)
    first = units(found.lab.stored)[0]
    middle = np.array(found.code, np.float32)
    middle[first.dimension] = first.centre
    expected = found.lab.model.decode(torch.from_numpy(middle[None])).numpy()[0]
    assert np.allclose(found.pulled.images[0][5], expected, atol=1e-6)


def test_samples_are_those_of_the_seed_in_both_models():
    from aecore.noise import normal

    link = {"model": "digits-vae-2d", "seed": "5", "n": "9", "temperature": "0.5"}
    found = run("Generate", link)
    assert list(found.made) == ["digits-vae-2d", "digits-ae-2d"]
    for made in found.made.values():
        assert np.allclose(made.codes, 0.5 * normal(5, "codes", 9, 2), atol=1e-6)


def test_your_image_is_scored_as_on_the_page():
    from aecore.scoring import Scorer
    from aeview.own_pictures import ways as own_ways
    from aeview.work.live import Opened
    from aeview.your_image import view as own_image

    found = run("Your image", {"model": "digits-vae-16d", "picture": "0"})
    checkpoint = read(find("digits-vae-16d"))
    sample = own_ways.samples(checkpoint)[0]
    made = own_image.scoring.prepared(checkpoint.card, _picture(sample), None)
    judged = Scorer(checkpoint).judge(made, "sample")
    assert found.judged.scores[0] == pytest.approx(judged.score, rel=0.02)  # a byte a pixel
    assert found.judged.threshold == judged.threshold
    assert Opened("x", checkpoint)
    drawn = np.zeros((28, 28), np.float32)
    drawn[4:24, 13:16] = 1
    found = run("Your image", carried_drawing=drawn, own_given=None)
    assert np.array_equal(found.image[0, 0], drawn)
    assert "no picture" in write("Your image", carried_drawing=None, own_given=None)["note"]


def _picture(sample):
    from aecore.data.pictures import open_picture

    return open_picture(sample.content, sample.title)


def test_denoising_restores_the_images_that_the_page_shows(monkeypatch):
    from aeview.denoise import filtering
    from aeview.denoise import view as denoising
    from aeview.denoise.component import Asked
    from aeview.denoise.shown import Shown

    link = {"model": "digits-dae-784d", "level": "0.3", "seed": "4", "n": "3", "first": "399"}
    found = run("Denoise", link)
    card = read(find("digits-dae-784d")).card
    offered = denoising.offered("digits", (1, 28, 28))
    shown = Shown(level=0.3, seed=4, n=3, first=399)
    rows = np.take(np.arange(len(offered.pixels)), [399, 400, 401], mode="wrap")
    clean = offered.pixels[rows].astype(np.float32) / 255
    assert np.array_equal(found.clean, clean)
    answer = filtering.restore(clean, Asked(shown, "", (), {}), card)
    assert set(answer) < set(found.made)
    for name, values in answer.items():
        assert quality(found.made[name], clean).psnr == pytest.approx(
            np.array(values["psnr"]),
            abs=0.01,  # the page's tone curves are rounded
        )
    monkeypatch.setattr(filtering, "methods", lambda _: ["median"])
    found = run("Denoise", {"model": "digits-vae-16d", "kind": "none", "n": "1"})
    assert np.array_equal(found.made["noisy"], found.clean)


@pytest.mark.parametrize("strange", ["corrupted", "photographs", "sprites"])
def test_anomalies_are_told_apart_as_on_the_page(strange):
    from aeview.anomaly import sets
    from aeview.anomaly.sets import Choice

    link = {"model": "digits-ae-16d", "score": "neighbours", "rule": "percentile", "at_most": "90"}
    found = run("Anomaly", link, strange=strange)
    scored = found.found
    assert len(scored.strange) == 60
    limit = np.sort(scored.held_out)[int(np.ceil(0.9 * len(scored.held_out))) - 1]
    assert np.array_equal(found.flagged.strange, scored.strange > limit)
    if strange != "corrupted":
        return
    checkpoint = read(find("digits-ae-16d"))
    choice = Choice("all", strange, "patches", 0.3)
    made = sets.judge("digits-ae-16d", checkpoint, "all")
    judged = sets.judged(sets.key_of(checkpoint, made, choice), checkpoint, made, choice, None)
    assert scored.auroc == pytest.approx(judged.figures["latent k-NN"][0])


def test_a_part_of_the_classes_is_judged_by_a_model_of_its_own(monkeypatch):
    from aecore.anomaly import oneclass

    monkeypatch.setattr(oneclass, "STEPS", 20)
    found = run("Anomaly", {"model": "digits-ae-16d", "normal": "only-0"}, normal="only-0")
    test = load("digits", "test")
    zeros = test.images[test.labels == 0]
    assert all((image == zeros).all(axis=(1, 2, 3)).any() for image in found.found.normal_images)
    assert len(found.found.strange) == 60
    assert "code can't hold" in write("Anomaly", normal="all", strange="own")["note"]


def test_a_run_is_trained_again_to_the_same_weights():
    recipe = Recipe(
        "digits", ModelConfig(kind="vae", widths=(16,)), TrainingConfig(epochs=1, seed=3)
    )
    assert "no run" in write("Train")["note"]
    create(Plan(recipe, device="cpu"))
    found = run("Train")
    splits = load_splits("digits")
    model = fresh_model(recipe)
    list(training(model, splits, recipe, "cpu"))
    round_to_stored(model)
    for name, weight in model.state_dict().items():
        assert weight.equal(found.lab.model.state_dict()[name])


def test_every_part_of_inside_is_computed_again():
    link = {"model": "digits-masked-16d", "of": "test-4", "seed": "2"}
    test = load("digits", "test")
    found = run("Inside", link | {"part": "layers"})
    assert np.array_equal(found.image[0], test.images[4])
    assert np.allclose(found.outputs[-1].values, found.lab.reconstruct(found.image), atol=1e-6)
    found = run("Inside", link | {"part": "units"})
    units = found.found
    assert units.codes.shape == (150, 16)
    busiest = units.codes.std(axis=0).argmax()
    assert np.array_equal(units.excite(-1)[0], units.images[units.codes[:, busiest].argmax()])
    third = write("Inside", link | {"part": "units", "unit": "3"})["code"]
    assert "excite(2)" in third  # z3; code counts from 0
    found = run("Inside", link | {"part": "way", "turns": "2", "level": "0.3"})
    assert len(found.way) == 3
    found = run("Inside", link | {"part": "masked", "hidden": "0.25"})
    hidden, filled = found.filled.hidden, found.filled.images
    assert hidden.sum() == 12 * 16  # a quarter of the 49 patches
    assert np.array_equal(filled["model"][~hidden], found.image[~hidden])


def test_codes_at_work_are_measured_again():
    from aeview.codes_at_work import figures as work_figures

    checkpoint = read(find("digits-ae-16d"))
    work_figures._known().clear()
    work_figures.measure(checkpoint, SimpleNamespace(report=lambda *_: None))
    work = work_figures.known(checkpoint)
    link = {"model": "digits-ae-16d"}
    found = run("Codes at work", link)
    assert [score.accuracies for score in found.scores] == [s.accuracies for s in work.scores]
    found = run("Codes at work", link, work="search")
    assert found.found == work.search
    found = run("Codes at work", link, work="compression")
    assert [each.psnr for each in found.packings] == pytest.approx([w.psnr for w in work.own])


def test_compare_rebuilds_the_same_images_in_all_models():
    found = run("Compare", {"model": "digits-vae-2d"}, **{"with": ["digits-ae-2d"]})
    assert list(found.made) == ["original", "digits-vae-2d", "digits-ae-2d"]
    table = read(find("digits-ae-2d")).latents
    at = [ends.image_row(name, table) for name in found.shown]
    assert np.allclose(found.errors, table.error[at], atol=1e-5)
    assert "nothing to compare" in write("Compare", **{"with": []})["note"]


@pytest.mark.parametrize(
    ("page", "link"),
    [("Denoise", {}), ("Inside", {"part": "units"}), ("Codes at work", {}), ("Anomaly", {})],
)
def test_without_the_images_it_says_how_to_get_them(page, link, monkeypatch, tmp_path):
    monkeypatch.setenv("AECORE_DATA_DIR", str(tmp_path))
    answer = write(page, {"model": "mnist-vae-2d", **link})
    assert not answer["code"]
    assert "python -m aecore data fetch mnist" in answer["note"]


def test_the_images_of_stored_codes_need_no_data_set(monkeypatch, tmp_path):
    monkeypatch.setenv("AECORE_DATA_DIR", str(tmp_path))
    table = read(find("mnist-vae-2d")).latents
    found = run("Compare", {"model": "mnist-vae-2d"}, **{"with": ["mnist-pca-2d"]})
    at = [ends.image_row(name, table) for name in found.shown]
    errors = np.square(found.made["mnist-vae-2d"] - found.made["original"]).mean(axis=(1, 2, 3))
    assert np.allclose(errors, table.error[at], atol=2e-4)
    found = run("Inside", {"model": "mnist-vae-2d"})
    assert found.image.shape == (1, 1, 28, 28)


@pytest.mark.parametrize("page", ["Compare", "Inside"])
def test_where_the_pictures_are_gone_it_says_so(page, monkeypatch, tmp_path):
    gone("mnist-vae-2d", tmp_path)
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
    answer = write(page, {"model": "gone"})
    assert not answer["code"]
    assert "no longer lie where the model was trained" in answer["note"]


def test_names_of_files_stay_names(tmp_path):
    from shutil import copy

    from aeview.latent_map.snippet import snippet
    from aeview.work.live import Opened

    bad = "x'); import os; os.abort() #"
    copy(find("digits-vae-2d"), tmp_path / f"{bad}.safetensors")
    text = snippet(Opened(bad, read(find("digits-vae-2d")))).body
    assert f"aecore.open({bad!r})" in text


def test_the_least_change_is_that_of_the_page():
    found = run("Latent map", {"model": "digits-vae-16d", "towards": "9"})
    assert found.change.label == 9
    assert found.change.probability[-1] >= 0.5
    assert found.change.codes[0].shape == (16,)
    found = run("Your image", {"model": "digits-vae-16d", "towards": "8"})
    assert found.change.label == 8
    assert np.allclose(found.change.images[0], found.lab.reconstruct(found.image)[0], atol=1e-5)
