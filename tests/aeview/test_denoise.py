"""The Denoise page under AppTest: models, rows, the filters' answers, what is in the link."""

import base64
import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter
from streamlit.testing.v1 import AppTest

import aecore
from aecore import trials
from aecore.checkpoints import build, find, read
from aecore.cli import main
from aecore.corruption import CORRUPTIONS, HOLE
from aecore.data.imageset import SPLITS
from aecore.denoising import FILTERS, quality
from aecore.noise import KINDS, live
from aecore.trials import Splits, compare, pair, trial
from aeview.denoise import measuring as denoising_figures
from aeview.denoise import view as denoising
from aeview.work import cache, shipped
from aeview.work.browser_files import FOLDER
from tests.told import told

ROOT = Path(__file__).parent.parent.parent
PAGE = "pages/denoise.py"
TIMEOUT = 120
FIRST = {
    "kind": "gaussian", "level": 0.4, "seed": 0, "n": 8, "first": 0, "show": "pictures",
    "metric": "psnr",
}  # fmt: skip


@pytest.fixture
def app(monkeypatch):
    monkeypatch.chdir(ROOT)
    return AppTest.from_file(str(ROOT / PAGE), default_timeout=TIMEOUT)


def of_data(monkeypatch, model):
    """The page with a model chosen in the sidebar."""
    monkeypatch.chdir(ROOT)
    at = AppTest.from_file(str(ROOT / "pages/main.py"), default_timeout=TIMEOUT)
    at.query_params["model"] = model
    at.run()
    at.switch_page(Path(PAGE).name).run()
    assert not at.exception
    return at


def data(at):
    """What the page's component was given."""
    return told(at, '"unmeasured"')


def rest(at, **changes):
    """Come to rest in a state, as the browser reports it."""
    offered = denoising.offered("digits", (1, 28, 28))
    shown = FIRST | {"n": 3} | changes
    reported = shown | {
        "stamp": "17",
        "images": list(offered.names[: shown["n"]]),
        "paint": changes.get("paint", {}),
    }
    at.session_state["denoise"] = {"shown": reported}
    at.run()
    assert not at.exception
    return offered.pixels[: shown["n"]].astype(np.float32) / 255


def pictures(row):
    content = np.frombuffer(base64.b64decode(row["pixels"]), np.uint8)
    return content.reshape(len(row["psnr"]), 1, 28, 28)


def test_first_run_has_a_denoiser_the_sidebars_model_and_the_filters(app):
    app.run()
    assert not app.exception
    assert not app.info
    given = data(app)
    assert given["start"] == given["first"] == FIRST
    rows = {row["id"]: row for row in given["rows"]}
    assert list(rows) == [
        "original", "noisy", "dae", "ae", "vae", "wiener", "blur", "median", "nlm", "tv",
        "wavelet",
    ]  # fmt: skip
    assert [rows[r]["note"] for r in ("dae", "ae", "vae")] == [
        "digits-dae-784d", "digits-ae-16d", "digits-vae-2d",
    ]  # fmt: skip
    assert [rows[r]["slot"] for r in ("dae", "ae", "vae")] == [0, 1, 2]
    assert given["restored"] is None
    assert given["kinds"]["gaussian"]["trained"] == 0.8
    assert "355 test images of Digits" in given["source"]
    assert not app.query_params


def test_the_filters_answer_for_the_state_at_rest_with_the_browsers_noise(app):
    app.run()
    images = rest(app, kind="salt_and_pepper", level=0.3, seed=5)
    restored = data(app)["restored"]
    assert restored["stamp"] == "17"
    assert list(restored["rows"]) == ["wiener", "blur", "median", "nlm", "tv", "wavelet"]
    spoilt = CORRUPTIONS["salt_and_pepper"].seeded(torch.from_numpy(images), 0.3, 5).numpy()
    noisy = quality(spoilt, images)
    for name, row in restored["rows"].items():
        again = quality(pictures(row).astype(np.float32) / 255, images)
        assert row["psnr"] == pytest.approx(again.psnr, abs=0.05)
        assert row["ssim"] == pytest.approx(again.ssim, abs=0.02)
        if name in ("median", "wiener"):
            assert np.mean(row["psnr"]) > noisy.psnr.mean() + 2
        assert "at 0.3" in row["note"]


def test_what_is_painted_reaches_the_filters(app):
    app.run()
    painted = np.zeros((28, 28), np.uint8)
    painted[8:20, 8:20] = 1
    paint = {"1": base64.b64encode(painted.tobytes()).decode()}
    images = rest(app, kind="none", paint=paint)
    row = pictures(data(app)["restored"]["rows"]["median"]).astype(np.float32) / 255
    inside = row[1, 0, 10:18, 10:18]
    assert np.ptp(inside) == 0  # one value, which the tone curve made of the hole's
    assert np.abs(inside - HOLE).max() < 0.2
    assert np.abs(row[0, 0] - images[0, 0]).mean() < 0.05


@pytest.mark.parametrize("kind", [*KINDS, "none"])
def test_every_kind_is_answered_and_goes_into_the_link(app, kind):
    app.run()
    rest(
        app, kind=kind, level=0.45, seed=4294967295, n=2, first=7, show="residuals", metric="ssim"
    )
    assert set(data(app)["restored"]["rows"]) >= {"median", "tv", "nlm", "wavelet"}
    shown = {name: app.query_params[name] for name in ("kind", "level", "seed", "n", "first")}
    assert shown == {
        "kind": kind, "level": "0.45", "seed": "4294967295", "n": "2", "first": "7",
    }  # fmt: skip
    assert (app.query_params["show"], app.query_params["figure"]) == ("residuals", "ssim")


def test_images_of_another_data_set_are_not_answered_for(app):
    app.run()
    rest(app)
    app.session_state["denoise"]["shown"]["images"] = ["test image 1, Bag"]
    app.run()
    assert not app.exception
    assert data(app)["restored"] is None


def test_a_link_is_followed(app):
    link = {"kind": "masking", "level": "0.85", "seed": "9", "n": "12", "first": "399",
            "show": "residuals", "figure": "ssim"}  # fmt: skip
    app.query_params.update(link)
    app.run()
    assert not app.info
    assert data(app)["start"] == {
        "kind": "masking", "level": 0.85, "seed": 9, "n": 12, "first": 399, "show": "residuals",
        "metric": "ssim",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "fog"), ("kind", "<b>"), ("level", "0"), ("level", "1.1"), ("level", "nan"),
        ("level", "much"), ("seed", "-1"), ("seed", "1.5"), ("n", "0"), ("n", "13"),
        ("first", "400"), ("first", "-1"), ("show", "all"), ("figure", "mse"),
    ],
)  # fmt: skip
def test_what_is_impossible_in_a_link_is_ignored_with_a_notice(app, name, value):
    app.query_params[name] = value
    app.run()
    assert not app.exception
    assert len(app.info) == 1
    assert "ignored" in app.info[0].value
    assert data(app)["start"] == FIRST


def test_a_level_of_another_kind_is_brought_into_its_range(app):
    app.query_params.update({"kind": "patches", "level": "0.9"})
    app.run()
    assert len(app.info) == 1
    assert data(app)["start"]["level"] == 0.4
    app.query_params.update({"kind": "masking", "level": "0.9"})
    app.run()
    assert data(app)["start"]["level"] == 0.9


def test_the_sidebars_model_has_its_row(monkeypatch):
    at = of_data(monkeypatch, "digits-pca-16d")
    rows = {row["id"]: row["note"] for row in data(at)["rows"]}
    assert rows["pca"] == "digits-pca-16d"
    assert rows["vae"] == "digits-vae-16d"
    at = of_data(monkeypatch, "digits-ae-2d")
    assert {row["id"]: row["note"] for row in data(at)["rows"]}["ae"] == "digits-ae-2d"


def test_a_data_set_without_a_denoiser_says_how_to_train_one(monkeypatch):
    at = of_data(monkeypatch, "sprites-vae-10d")
    said = [info.value for info in at.info]
    assert len(said) == 1
    assert "--data sprites --side 32 --model dae --body spatial" in said[0]
    assert "--latent-dim 1024" in said[0]
    given = data(at)
    assert "dae" not in {row["id"] for row in given["rows"]}
    assert given["shape"] == [1, 32, 32]
    assert given["curves"] == {}
    by_label(at, "Train a denoising autoencoder").click().run()
    assert not at.exception
    assert at.selectbox(key="train_data").value == "sprites"
    assert at.selectbox(key="train_family").value == "dae"


def by_label(at, label):
    return next(button for button in at.button if button.label == label)


def test_curves_of_another_data_set_are_measured_behind_a_button(monkeypatch):
    monkeypatch.setattr(denoising_figures, "N_OWN", (200, 2, 4))
    monkeypatch.setattr(trials, "N_PAIRS", 200)
    monkeypatch.setattr(
        denoising_figures.jobs, "start", lambda name, work: work(denoising_figures.Job())
    )
    at = of_data(monkeypatch, "sprites-vae-10d")
    (measure,) = (b for b in at.button if not b.label.startswith(("Train", "Bring")))
    measure.click().run()
    assert not at.exception
    given = data(at)
    assert set(given["curves"]) == set(KINDS)
    assert {"noisy", "ae", "vae", "wiener", "median"} - set(
        given["curves"]["gaussian"]["rows"]
    ) == {"ae"}
    assert [b.label for b in at.button] == ["Train a denoising autoencoder", "Bring a model"]


def test_the_command_that_is_named_trains_a_denoiser(tmp_path, capsys, monkeypatch):
    words = denoising.NO_DAE.format(data="sprites", side=32, maps=32, d=1024).split("`")[1].split()
    arguments = words[3:]
    arguments[arguments.index("--out") + 1] = str(tmp_path / "my-dae.safetensors")
    arguments[arguments.index("--data") + 1] = "digits"
    arguments[arguments.index("--latent-dim") + 1] = "784"
    assert main([*arguments, "--epochs", "1", "--widths", "4", "--channels", "4"]) == 0
    at = of_data(monkeypatch, "my-dae")
    assert {row["id"]: row["note"] for row in data(at)["rows"]}["dae"] == "my-dae"
    assert "No curve of my-dae" in data(at)["measured"]


def test_without_the_set_images_that_were_learnt_are_offered_and_said_to_be(monkeypatch, tmp_path):
    monkeypatch.setenv("AECORE_DATA_DIR", str(tmp_path))
    at = of_data(monkeypatch, "mnist-dae-784d")
    given = data(at)
    assert given["source"].startswith("from 400 training images of MNIST that come with the")
    assert "which have learnt them: test images are harder" in given["source"]
    offered = denoising.offered_of(read(find("mnist-dae-784d")).card)
    assert given["images"] == offered.key
    lab = aecore.open("mnist-dae-784d")
    assert np.array_equal(np.rint(lab.images(*offered.places) * 255), offered.pixels)
    assert offered.names[0].startswith(f"training image {offered.places[0].split('-')[1]}, ")
    assert "wiener" not in {row["id"] for row in given["rows"]}
    assert set(given["curves"]) == set(KINDS)


def drawn():
    from io import BytesIO

    from PIL import Image

    page = Image.new("L", (600, 600), 255)
    page.paste(0, (270, 120, 330, 480))
    content = BytesIO()
    page.save(content, "PNG")
    return content.getvalue()


def test_ones_own_pictures_stand_first_and_a_bad_one_is_said(app):
    app.run()
    app.file_uploader(key="denoise_files").upload("<b>7</b>.png", drawn(), "image/png").run()
    assert not app.exception
    (own,) = data(app)["own"]
    assert own["name"] == "your picture 1"
    ink = np.frombuffer(base64.b64decode(own["pixels"]), np.uint8).reshape(28, 28)
    assert ink.max() > 200
    assert ink[:, 0].max() == 0
    app.file_uploader(key="denoise_files").upload("broken.png", b"nothing", "image/png").run()
    assert not app.exception
    assert len(app.error) == 1


def test_curves_are_of_the_rows_that_are_shown(app):
    app.run()
    given = data(app)
    for kind, curves in given["curves"].items():
        assert tuple(curves["levels"]) == KINDS[kind].levels
        assert set(curves["rows"]) - {"bm3d"} == {r["id"] for r in given["rows"]} - {"original"}
        for figures in curves["rows"].values():
            assert len(figures["psnr"]) == len(figures["ssim"]) == len(curves["levels"])
    assert given["curves"]["gaussian"]["n"] == 355


DENOISERS = {
    "digits": "digits-dae-784d", "mnist": "mnist-dae-784d", "fashion_mnist": "fashion-dae-784d",
}  # fmt: skip
CLASSICAL = {
    "wiener": "Wiener", "blur": "Gaussian blur", "median": "median", "nlm": "non-local means",
    "tv": "total variation", "wavelet": "wavelet", "bm3d": "BM3D",
}  # fmt: skip
BENCHMARKS = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
BENCHMARKS = BENCHMARKS.partition("benchmarks/denoising.py")[2].partition("\n## ")[0]


def measured():
    """Every kind of every data set: (data, kind, levels, figures of the denoiser, of filters)."""
    for data, denoiser in DENOISERS.items():
        for kind, curves in shipped.denoising(data)["kinds"].items():
            filters = {n: curves["rows"][n] for n in CLASSICAL if n in curves["rows"]}
            yield data, kind, curves["levels"], curves["rows"][denoiser], filters


def test_the_benchmarks_say_at_which_levels_a_filter_is_ahead():
    titles = {"digits": "digits", "mnist": "MNIST", "fashion_mnist": "Fashion-MNIST"}
    rows = []
    for data, kind, levels, own, filters in measured():
        for name, row in filters.items():
            ahead = [level for i, level in enumerate(levels) if row["psnr"][i] >= own["psnr"][i]]
            gaps = [one - other for one, other in zip(row["psnr"], own["psnr"], strict=True)]
            if ahead:
                said = f"{', '.join(f'{level:g}' for level in ahead)} | {max(gaps):.2f} dB"
                rows.append(
                    f"| {titles[data]} | {KINDS[kind].title} | {CLASSICAL[name]} | {said} |"
                )
    wanted = re.findall(
        r"^\| (?:digits|MNIST|Fashion-MNIST) \|.* dB \|$", BENCHMARKS, re.MULTILINE
    )
    assert rows == wanted


def test_by_ssim_a_filter_is_ahead_at_the_strongest_gaussian_noise_on_digits_alone():
    ahead = [
        (data, kind, name, level)
        for data, kind, levels, own, filters in measured()
        for name, row in filters.items()
        for level, one, other in zip(levels, row["ssim"], own["ssim"], strict=True)
        if one >= other
    ]
    assert ahead == [("digits", "gaussian", "wiener", 1.0)]


def test_the_benchmarks_table_has_the_measured_figures():
    found = {data: shipped.denoising(data)["kinds"]["gaussian"] for data in DENOISERS}
    names = {
        "denoising autoencoder": "dae-784d", "autoencoder, 16 units": "ae-16d",
        "VAE, 16 units": "vae-16d", "noisy": "noisy",
        **{title: name for name, title in CLASSICAL.items()},
    }  # fmt: skip
    for title, name in names.items():
        (cells,) = re.findall(rf"^\| {title} \| (.*) \|$", BENCHMARKS, re.MULTILINE)
        for (data, level), cell in zip(
            (("digits", 0.4), ("mnist", 0.4), ("fashion_mnist", 0.2), ("fashion_mnist", 1.0)),
            cells.replace("*", "").split(" | "),
            strict=True,
        ):
            rows = {key.split("-", 1)[-1]: row for key, row in found[data]["rows"].items()}
            at, row = found[data]["levels"].index(level), rows[name]
            assert cell == f"{row['psnr'][at]:.2f} / {row['ssim'][at]:.3f}", (title, data, level)


def test_the_networks_were_trained_up_to_the_levels_that_the_benchmarks_say():
    reach = [read(find(n)).card.training.trained_levels["gaussian"] for n in DENOISERS.values()]
    assert reach == [0.8, 0.8, 1.0]
    assert "up to σ = 0.8, of Fashion-MNIST\nup to 1.0." in BENCHMARKS


def test_no_strength_was_the_strongest_or_the_weakest_that_does_anything():
    for data, kind, levels, _, filters in measured():
        for name, row in filters.items():
            if name in FILTERS:
                grid = FILTERS[name].parameters
                assert grid[0] == 0
                assert set(row["parameters"]) <= set(grid[:-1]), (data, kind, name)
                for before, after in row["tones"]:
                    assert (np.diff(before) > 0).all()
                    assert (np.diff(after) >= 0).all()
            elif name == "bm3d":  # from 0.3 to 1.8 times the noise's own σ
                shares = np.divide(row["parameters"], levels)
                assert 0.3 < shares.min() < shares.max() < 1.8


def test_a_measured_filter_has_its_figure_by_scipy():
    row = shipped.denoising("digits")["kinds"]["gaussian"]["rows"]["blur"]
    strength, (before, after) = row["parameters"][3], row["tones"][3]
    clean = cache.split("digits", "test", 28).images
    spoilt = pair("test", clean, "gaussian", 0.4).spoilt
    blurred = gaussian_filter(spoilt, (0, 0, strength, strength), mode="reflect")
    errors = np.square(np.interp(blurred, before, after) - clean).mean((1, 2, 3))
    assert np.mean(-10 * np.log10(errors)) == pytest.approx(row["psnr"][3], abs=0.01)


# ---- the browser's arithmetic is the engine's ---------------------------------------------------

COMPARE = """
import { readFileSync } from "node:fs";
const { draws, spoil } = await import("HOME/net/corruption.js");
const { psnr, ssim } = await import("HOME/net/fidelity.js");
const { kinds, images, shape, level, seed } = JSON.parse(readFileSync(0, "utf8"));
const spoilt = (kind) => images.map((image, place) => {
  const original = Float32Array.from(image);
  const out = spoil(kind, original, shape, level, draws(kind, shape, seed, place));
  return { pixels: Array.from(out), psnr: psnr(out, original), ssim: ssim(out, original, shape) };
});
console.log(JSON.stringify(Object.fromEntries(kinds.map((kind) => [kind, spoilt(kind)]))));
"""


@pytest.mark.parametrize(("shape", "level"), [((1, 28, 28), 0.35), ((3, 12, 9), 0.6)])
def test_the_browser_spoils_and_measures_as_the_engine_does(tmp_path, shape, level):
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js is not installed")
    images = np.random.default_rng(0).random((3, *shape)).astype(np.float32)
    script = tmp_path / "compare.mjs"
    script.write_text(COMPARE.replace("HOME", FOLDER.as_uri()))
    given = {"images": images.reshape(3, -1).tolist(), "shape": shape, "level": level, "seed": 123}
    given["kinds"] = list(live())
    done = subprocess.run(
        [node, str(script)], input=json.dumps(given), capture_output=True, text=True, check=True
    )
    for kind, rows in json.loads(done.stdout).items():
        ours = CORRUPTIONS[kind].seeded(torch.from_numpy(images), level, 123).numpy()
        theirs = np.array([row["pixels"] for row in rows], np.float32).reshape(images.shape)
        if kind == "gaussian":
            assert np.abs(ours - theirs).max() < 1e-7  # ln of the two differs in the last digit
        else:
            assert np.array_equal(ours, theirs)
        found = quality(ours, images)
        assert [row["psnr"] for row in rows] == pytest.approx(found.psnr.tolist(), abs=1e-4)
        assert [row["ssim"] for row in rows] == pytest.approx(found.ssim.tolist(), abs=1e-5)


def test_at_the_level_that_heartbeats_begin_with_the_denoiser_is_the_best():
    name = "heartbeats-dae-16d"
    splits = [cache.split("heartbeats", split, 140).images for split in SPLITS]
    images = Splits(splits[0], splits[1][:40], splits[2][:200])
    spoilt = trial("gaussian", denoising.SIGNAL_LEVEL, images)
    found = {one.method: one for one in compare(spoilt, {name: build(read(find(name)))})}
    own = found.pop(name)
    assert own.psnr > max(one.psnr for one in found.values()) + 1
    assert own.ssim > max(one.ssim for one in found.values())
