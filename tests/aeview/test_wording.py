"""Signals are called signals and rows rows, in Python and in the browser alike."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from aecore.data.imageset import things

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
