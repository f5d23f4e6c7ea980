"""The facade: its examples run, it agrees with the engine, and opening it costs little."""

import doctest
import importlib
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

import aecore
from aecore.checkpoints import build, find, read
from aecore.errors import CheckpointError
from aecore.lab import given
from aecore.scoring import Scorer

PARTS = ("given", "results", "base", "places", "judging", "learning", "lab", "wrapping")


@pytest.fixture(scope="module")
def lab():
    return aecore.open("digits-vae-2d")


@pytest.mark.parametrize("name", ["aecore.sheet", *(f"aecore.lab.{part}" for part in PARTS)])
def test_the_examples_run(name):
    found = doctest.testmod(importlib.import_module(name))
    assert found.failed == 0


def test_opening_a_model_needs_neither_torch_nor_the_view():
    blocked = ("torch", "sklearn", "openTSNE", "plotly", "streamlit", "skimage")
    program = (
        "import sys, aecore; assert not {'torch', 'numpy'} & set(sys.modules);"
        f"sys.modules.update(dict.fromkeys({blocked!r}));"
        "lab = aecore.open('digits-vae-2d'); lab.map('axes').inverse([0, 1]); lab.nearest([0, 1])"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


def test_all_but_tsne_works_without_the_view_and_opentsne():
    program = (
        "import sys; sys.modules.update(dict.fromkeys(('openTSNE', 'plotly', 'streamlit')));"
        "import aecore; lab = aecore.open('digits-vae-2d'); lab.explain([0, 1]);"
        "lab.paths([0, 1], [1, 0]); lab.sample(4); lab.traverse([0, 1])"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


def test_it_gives_what_the_engine_gives(lab):
    stored = read(find("digits-vae-2d"))
    model = build(stored)
    import torch

    images = lab.data("test", 700).images
    codes = model.encode(torch.from_numpy(images)).mean
    assert np.allclose(lab.encode(images), codes.numpy(), atol=1e-5)
    assert np.allclose(lab.decode(codes.numpy()), model.decode(codes).numpy(), atol=1e-5)
    assert lab.encode(images).dtype == lab.reconstruct(images).dtype == np.float32
    assert aecore.open(str(find("digits-vae-2d"))).name == lab.name
    assert np.array_equal(lab.images("test-3"), lab.data("test").images[[3]])
    assert np.allclose(lab.encode(lab.images(5)), lab.codes[[5]], atol=2e-3)  # kept as float16


def test_images_come_in_every_customary_form(lab):
    whole = lab.images("test-0")
    for form in (whole, whole[0], whole[0, 0], whole[:, 0], whole.tolist()):
        assert np.array_equal(given.images(form, lab.shape), whole)
    as_bytes = np.rint(255 * whole).astype(np.uint8)
    assert np.array_equal(given.images(as_bytes, lab.shape), whole)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda lab: lab.encode(np.zeros((2, 27, 28))), r"shape is \(2, 27, 28\), but must be"),
        (lambda lab: lab.encode(np.full((28, 28), 3.0)), "range is .*within 0 and 1"),
        (lambda lab: lab.decode([1, 2, 3]), r"shape is \(3,\), but must be \(n, 2\)"),
        (lambda lab: lab.decode([np.nan, 0]), "not finite"),
        (lambda lab: lab.explain(lab.codes[:2]), "number of codes is 2, but must be 1"),
        (lambda lab: lab.map("umap"), "projection is 'umap', but must be one of"),
        (lambda lab: lab.interpolate([0, 0], [1, 1], path="up"), "path is 'up'"),
        (lambda lab: lab.traverse([0, 0], unit=2), "unit is 2, but must be 0 to 1"),
        (lambda lab: lab.sample(source="data"), "source is 'data'"),
        (lambda lab: lab.sample(0), "n is 0"),
        (lambda lab: lab.images("test-x"), "names no image"),
        (lambda lab: lab.images("test-99999"), "there is no image test-99999"),
        (lambda lab: lab.images(99999), "there is no row 99999"),
        (lambda lab: lab.unpack("x"), "holds no images"),
        (lambda lab: lab.filter("fog", "gaussian", 0.4), "filter is 'fog'"),
        (lambda lab: lab.spoil(lab.images(0), "rain", 1.0), "noise is 'rain'"),
        (lambda lab: lab.score(lab.images(0), "odd"), "score is 'odd'"),
        (lambda lab: lab.score(lab.images(0), rule="f1"), "rule is 'f1'"),
        (lambda lab: lab.fill(lab.images(0), 1.5), "ratio is 1.5"),
        (lambda lab: lab.detect(normal="none"), "normal is 'none'"),
        (lambda lab: lab.train(depth=3), "unknown setting depth"),
        (lambda lab: lab.train(out="mine.bin"), "out is 'mine.bin'"),
        (lambda lab: aecore.picture(lab.images(0), lab.images(0, 1)), "give each row as many"),
    ],
)
def test_what_does_not_fit_is_said(lab, call, words):
    with pytest.raises(ValueError, match=words):
        call(lab)


def test_an_unknown_model_is_named():
    with pytest.raises(CheckpointError, match="there is no checkpoint 'digits-gan'"):
        aecore.open("digits-gan")


def test_a_threshold_by_class_goes_by_the_nearest_codes_class():
    """Its figures counted again: five nearest of the training codes, then sorted scores."""
    lab16 = aecore.open("digits-vae-16d")
    found, train = lab16.detect("photographs"), lab16.data("train")
    codes = lab16.encode(train.images)
    near = NearestNeighbors(n_neighbors=5).fit(codes).kneighbors(
        lab16.encode(found.normal_images), return_distance=False
    )  # fmt: skip
    most = [Counter(train.labels[row]).most_common(1)[0][0] for row in near]
    assert np.mean(found.normal_classes == most) > 0.98  # equal votes are told otherwise
    limits = found.thresholds("by_class", 10.0)
    own = np.sort(found.held_out[found.held_out_classes == 8])
    assert limits[8] == own[int(np.ceil((len(own) + 1) * 0.9)) - 1]
    flagged = found.flagged("by_class", 10.0)
    assert np.array_equal(flagged.normal, found.normal > limits[found.normal_classes])
    one = found.flagged("conformal", 10.0)
    assert np.array_equal(one.normal, found.normal > found.threshold("conformal", 10.0))
    rates = [[each.normal[found.labels == c].mean() for c in range(10)] for each in (one, flagged)]
    assert np.ptp(rates[1]) < np.ptp(rates[0])  # one line: none of the 0s to 40 % of the 8s
    assert found.threshold("pac") > found.threshold("conformal")
    with pytest.raises(ValueError, match="rule is 'by_class', but must be one of conformal, pac"):
        found.threshold("by_class")


def test_files_are_scored_as_by_the_command(lab, tmp_path):
    aecore.picture(lab.images("test-1"), enlarge=4).save(tmp_path / "one.png")
    (tmp_path / "two.png").write_bytes(b"no picture")
    judged = lab.score(tmp_path)
    assert [each.file.split("/")[-1] for each in judged.files] == ["one.png", "two.png"]
    content = (tmp_path / "one.png").read_bytes()
    assert judged.scores.tolist() == pytest.approx([Scorer(lab.stored).score(content).score])
    assert judged.files[1].error
    assert judged.images.shape == (1, *lab.shape)
    assert np.array_equal(lab.score([tmp_path / "one.png"]).scores, judged.scores)


def test_rows_of_a_table_are_scored(tmp_path):
    cells = aecore.open("cells-ae-8d")
    names = cells.card.axis.names
    path = tmp_path / "mine.csv"
    path.write_text("\n".join([",".join(names), ",".join("1" for _ in names)]))
    judged = cells.score(path)
    assert judged.scores.shape == (1,)
    assert judged.files[0].row == 1


def test_scores_of_the_latent_space_have_no_threshold_of_the_checkpoint(lab):
    judged = lab.score(lab.images("test-0"), "neighbours")
    assert judged.scores.shape == (1,)
    assert judged.threshold is judged.percentiles is judged.anomalous is None


def test_more_points_are_a_sample_of_all_splits(lab):
    plane = lab.map("pca", n=300)
    assert plane.codes.shape == (300, 2)
    assert set(plane.table.split) == {0, 1, 2}
    kept = dict(
        zip(zip(plane.table.split, plane.table.index, strict=True), plane.codes, strict=True)
    )
    for row in range(len(lab.codes)):
        named = lab.stored.latents.split[row], lab.stored.latents.index[row]
        if named in kept:
            assert np.allclose(kept[named], lab.codes[row], atol=5e-3)


def test_ones_own_pictures_are_trained_on_at_their_size(tmp_path):
    for number in range(30):
        folder = tmp_path / "mine" / ("left" if number % 2 else "right")
        folder.mkdir(parents=True, exist_ok=True)
        image = np.zeros((1, 1, 32, 32), np.float32)
        image[..., : 16 + number // 2] = 1
        aecore.picture(image, enlarge=1).save(folder / f"{number}.png")
    first = aecore.train(str(tmp_path / "mine"), side=32, widths=(8,), epochs=1, device="cpu")
    assert first.shape[1:] == (32, 32)
    assert first.train(epochs=2, device="cpu").shape == first.shape


def test_an_image_of_ones_own_can_be_the_strange_one(lab):
    found = lab.detect(np.ones((3, 28, 28)))
    assert found.strange.min() > found.threshold()
    assert found.strangest.shape == (3, 1, 28, 28)


def test_a_model_trained_again_is_the_same_and_can_be_kept(tmp_path):
    told: list = []
    settings = {"widths": (16,), "epochs": 1, "seed": 3, "device": "cpu"}
    first = aecore.train("digits", "vae", report=told.append, **settings)
    again = first.train(out=tmp_path / "mine.safetensors", device="cpu")
    assert [report.epoch for report in told] == [1]
    assert again.name == "mine"
    for name, weights in first.stored.weights.items():
        assert np.array_equal(weights, again.stored.weights[name])
    assert first.train(code_dim=3, device="cpu").codes.shape[1] == 3
    assert "mine" in [entry.name for entry in aecore.available()]


@pytest.mark.parametrize(
    "look",
    [
        lambda lab: lab,
        lambda lab: lab.sample(4),
        lambda lab: lab.traverse([0, 1]),
        lambda lab: lab.interpolate([0, 1], [1, 0]),
        lambda lab: lab.explain([0, 1]),
        lambda lab: lab.score(lab.images(0, 1)),
        lambda lab: lab.detect("photographs"),
    ],
)
def test_what_one_would_look_at_is_a_picture_in_a_notebook(lab, look):
    assert "data:image/png;base64," in look(lab)._repr_html_()


def test_marimo_shows_the_picture_where_the_map_cannot_be(lab, monkeypatch):
    monkeypatch.setattr("aecore.lab.lab.find_spec", lambda name: None)
    assert lab._display_()._repr_html_() == lab._repr_html_()
