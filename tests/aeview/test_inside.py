"""The Inside page under AppTest: what the browser is given, the link, other models."""

import json
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from aecore.checkpoints import find, read
from aecore.cli import main
from aeview.inside import view as inside
from tests.cards import gone
from tests.told import told

ROOT = Path(__file__).parent.parent.parent
PAGE = "pages/inside.py"


@pytest.fixture
def app(monkeypatch):
    monkeypatch.chdir(ROOT)
    return AppTest.from_file(str(ROOT / PAGE), default_timeout=120)


def data(at):
    """What the page's component was given."""
    return told(at, '"masks"')


def unpack(block):
    """Header and arrays of a packed block."""
    size = int.from_bytes(block[:4], "little")
    header = json.loads(block[4 : 4 + size])
    arrays = {
        name: np.frombuffer(
            block, entry["type"], int(np.prod(entry["shape"])), 4 + size + entry["offset"]
        ).reshape(entry["shape"])
        for name, entry in header["arrays"].items()
    }
    return header, arrays


def test_the_first_run_and_what_is_reported_goes_into_the_link(app):
    app.run()
    assert not app.exception
    given = data(app)
    assert given["start"]["part"] == "layers"
    assert not given["masks"]
    assert "--model masked" in given["elsewhere"]["words"] or given["elsewhere"]["model"]
    shown = given["start"] | {"part": "way", "of": "test-3", "level": 0.25, "unit": 1}
    app.session_state["inside"] = {"shown": shown | {"key": given["keys"][0]}}
    app.run()
    assert app.query_params["part"] == "way"
    assert app.query_params["of"] == "test-3"
    assert app.query_params["level"] == "0.25"
    app.session_state["inside"] = {"shown": shown | {"key": given["keys"][0], "of": "own"}}
    app.run()
    assert "of" not in app.query_params  # what is the user's own can't be in a link


def test_a_link_opens_what_it_names_and_the_impossible_is_ignored_with_a_notice(app):
    app.query_params.update(
        {"part": "units", "of": "val-3", "unit": "2", "first": "active", "turns": "3",
         "hidden": "0.75", "level": "0.1", "kind": "masking", "seed": "9"}
    )  # fmt: skip
    app.run()
    assert not app.info
    want = {"part": "units", "of": "val-3", "unit": 2, "first": "active", "repeats": 3,
            "ratio": 0.75, "level": 0.1, "kind": "masking", "seed": 9}  # fmt: skip
    assert data(app)["start"] == want
    wrong = {"part": "cellar", "of": "<b>", "unit": "3", "turns": "11", "hidden": "1",
             "level": "nan", "kind": "rain", "seed": "-1"}  # fmt: skip
    app.query_params.update(wrong)
    app.run()
    assert not app.exception
    assert app.info[0].value.count("ignored") == len(wrong)
    assert data(app)["start"]["part"] == "layers"


def test_units_are_described_over_validation_images():
    checkpoint = read(find("digits-ae-16d"))
    header, arrays = unpack(inside.units("key", checkpoint))
    assert header["n"] == 178
    assert header["words"].startswith("On average ")
    assert "178 validation images" in header["words"]
    assert arrays["most"].shape == (16, 9)
    # What is said of a unit is true of the images that stand for it.
    codes = inside._encoded(checkpoint, arrays["pixels"].reshape(-1, 1, 28, 28) / np.float32(255))
    own = codes[arrays["most"], np.arange(16)[:, None]]
    assert np.allclose(own, arrays["most_values"], atol=1e-3)
    assert np.allclose(own[:, 0], arrays["high"], atol=1e-3)
    assert (arrays["counts"].sum(axis=1) == 178).all()


def test_without_the_set_the_stored_codes_are_described_by_their_own_images(tmp_path, monkeypatch):
    monkeypatch.setenv("AECORE_DATA_DIR", str(tmp_path))
    checkpoint = read(find("mnist-ae-2d"))
    header, arrays = unpack(inside.units("stored", checkpoint))
    assert header["n"] == len(checkpoint.latents)
    assert "2,000 training images that come with the models" in header["words"]
    assert "validation images are not at hand: the sidebar says why" in header["words"]
    images = arrays["pixels"].reshape(-1, 1, 28, 28) / np.float32(255)
    own = inside._encoded(checkpoint, images)[arrays["most"], np.arange(2)[:, None]]
    assert np.allclose(own, arrays["most_values"], atol=2e-2)  # as stored: half precision
    made = unpack(inside.controls("stored", inside._learnt_here(checkpoint.card), checkpoint))
    assert made[0]["n"] == 2000


@pytest.mark.mnist
def test_the_controls_are_fitted_to_the_same_images_with_and_without_the_set(
    tmp_path, monkeypatch
):
    checkpoint = read(find("mnist-ae-2d"))
    whole = inside.controls("whole", True, checkpoint)
    monkeypatch.setenv("AECORE_DATA_DIR", str(tmp_path))
    assert inside.controls("parts", True, checkpoint) == whole.replace(b"whole", b"parts")


def test_where_the_pictures_are_gone_reconstructions_stand_for_them(tmp_path):
    checkpoint = read(gone("mnist-ae-2d", tmp_path))
    header, arrays = unpack(inside.units("gone", checkpoint))
    assert header["n"] == len(checkpoint.latents)
    assert "the originals are not at hand (the sidebar says why)" in header["words"]
    assert arrays["pixels"].shape[1] == 784
    assert not inside._learnt_here(checkpoint.card)
    assert inside.controls("gone", False, checkpoint) is None


def test_a_masked_model_of_one_unit_and_colours_without_labels_works(tmp_path, capsys):
    draw = np.random.default_rng(0)
    images = draw.integers(0, 255, (60, 32, 32, 3), dtype=np.uint8)  # no labels, colours
    np.savez(tmp_path / "set.npz", images=images)
    out = tmp_path / "hide.safetensors"
    words = ["--data", str(tmp_path / "set.npz"), "--side", "32", "--model", "masked",
             "--epochs", "1", "--widths", "8", "--latent-dim", "1", "--out", str(out)]  # fmt: skip
    assert main(["train", *words]) == 0
    checkpoint = read(out)
    header, arrays = unpack(inside.units("key", checkpoint))
    assert header["d"] == 1
    assert "sparseness" not in header["words"]  # of one unit there is none
    assert arrays["pixels"].shape[1] == 3 * 32 * 32
    assert unpack(inside.controls("own", True, checkpoint))[1]["directions"].shape == (3072, 2)


def test_a_masked_model_of_another_set_is_called_so():
    own = inside._elsewhere(read(find("digits-ae-2d")).card)
    other = inside._elsewhere(read(find("mnist-ae-2d")).card)
    assert own["model"] == other["model"] == "digits-masked-16d"
    assert "it is a masked autoencoder, trained" in own["words"]
    assert "it is a masked autoencoder of Digits, trained" in other["words"]
