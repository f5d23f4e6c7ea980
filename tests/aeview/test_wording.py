"""Signals are called signals and rows rows, in Python and in the browser alike."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from aecore import checkpoints
from aecore.data.imageset import things
from aeview.shell.messages import squeezes

ROOT = Path(__file__).parent.parent.parent
WORDING = ROOT / "aeview" / "browser" / "controls" / "wording.js"
SIGNALS, ROWS = things((1, 1, 140)), things((1, 1, 30), table=True)
SAID = {
    "An image of 28 pixels, not an original": "A signal of 28 samples, not an original",
    "Pixel cross-fade: pixel by pixel": "Sample cross-fade: sample by sample",
    "its picture, the pictures’ class": "its signal, the signals’ class",
    "too dark, Too bright, not dark": "too low, Too high, not dark",
    "my-image, image_2, images/2, imagery": "my-image, image_2, signals/2, imagery",
}
TEXTS = ("caption", "markdown", "info", "title", "header", "subheader")
CALLED_IMAGES = re.compile(r"(?<![\w-])(image|picture|pixel)s?(?![\w-])(?!\"?>)", re.IGNORECASE)


def test_a_sentence_is_said_of_what_is_looked_at():
    assert {text: SIGNALS.say(text) for text in SAID} == SAID
    assert ROWS.say("An image’s pixels") == "A row’s columns"
    assert all(things((1, 28, 28)).say(text) == text for text in ("An image", "Images, pixels"))
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js is not installed; the browser's copy is tested in CI")
    script = (
        f"const {{ say }} = await import({json.dumps(WORDING.as_uri())});"
        f"console.log(JSON.stringify({json.dumps(list(SAID))}"
        f".map((text) => say(text, {json.dumps(list(SIGNALS))}))));"
    )
    made = subprocess.run(
        [node, "--input-type=module", "-e", script], capture_output=True, text=True, check=True
    )
    assert json.loads(made.stdout) == list(SAID.values())


PAGES = (
    "latent_map", "interpolate", "traverse", "generate", "denoise", "anomaly", "inside",
    "codes_at_work", "compare",
)  # fmt: skip


@pytest.mark.parametrize(
    ("model", "names"), [("heartbeats-vae-2d", PAGES), ("cells-ae-8d", ("latent_map", "inside"))]
)
def test_no_page_calls_signals_or_rows_images(monkeypatch, model, names):
    monkeypatch.chdir(ROOT)
    at = AppTest.from_file(str(ROOT / "pages/main.py"), default_timeout=120)
    at.query_params["model"] = model
    at.run()
    for page in names:
        at.switch_page(f"{page}.py").run()
        assert not at.exception
        said = [element.value for kind in TEXTS for element in getattr(at, kind)]
        assert said
        wrong = [
            t for t in said if CALLED_IMAGES.search(t) and "Digits" not in t
        ]  # a digits figure
        assert not wrong, (page, wrong)


def test_what_a_model_does_is_said_by_its_own_numbers():
    said = {e.name: squeezes(e.card) for e in checkpoints.available() if e.card is not None}
    beginning = "An autoencoder squeezes a picture into"
    assert said["digits-vae-2d"] == (
        f"{beginning} two numbers and draws it again from them; near numbers are similar pictures."
    )
    assert said["mnist-ae-16d"].startswith(f"{beginning} 16 numbers and draws")
    assert said["digits-pca-2d"].startswith("PCA squeezes a picture into two numbers")
    assert "squeezes a row into 8 numbers" in said["cells-ae-8d"]
    assert "similar signals" in said["heartbeats-vae-2d"]
    # more numbers than pixels are no squeezing
    assert "turns the 784 pixels of a picture into 1,024 numbers" in said["digits-sparse-1024d"]
    one = replace(
        checkpoints.read(checkpoints.shipped_folder() / "digits-pca-2d.safetensors").card
    )
    one = replace(one, model=replace(one.model, code_dim=1))
    assert "into one number and draws it again from it;" in squeezes(one)


@pytest.mark.parametrize(
    "name", ["digits-vae-2d", "mnist-ae-16d", "digits-pca-16d", "cells-ae-8d"]
)
def test_near_numbers_are_similar_pictures(name):
    stored = checkpoints.read(checkpoints.shipped_folder() / f"{name}.safetensors")
    codes = torch.from_numpy(stored.latents.codes[:300].astype("float32"))
    with torch.no_grad():
        pictures = checkpoints.build(stored).decode(codes).flatten(1)
    apart = torch.cdist(codes, codes).fill_diagonal_(torch.inf)
    differ = torch.cdist(pictures, pictures)
    near = differ.gather(1, apart.argmin(1, keepdim=True)).mean()
    assert near < 0.65 * differ.sum() / (300 * 299)
