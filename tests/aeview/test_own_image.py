"""The page Your image under AppTest: ways in, bad files, what is sent to the browser, links."""

import base64
import io
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from aecore.anomaly.threshold import conformal_threshold
from aecore.checkpoints import build, find, read
from aecore.data.hand import MNIST
from aecore.data.pictures import open_picture, prepare
from aeview import sample_pictures
from aeview.components import FOLDER
from aeview.components.pad import Drawn, Pasted

ROOT = Path(__file__).parent.parent.parent
PAGE = "views/apply/your_image.py"
TIMEOUT = 120
SHEET = 560


@pytest.fixture
def app(monkeypatch):
    monkeypatch.chdir(ROOT)
    return AppTest.from_file(str(ROOT / PAGE), default_timeout=TIMEOUT)


def data(at, having):
    """What the component that is told `having` was given."""
    protos = [element.proto for element in at.get("bidi_component")]
    return next(json.loads(p.json) for p in protos if f'"{having}"' in p.json)


def of_model(app, name):
    app.query_params["model"] = name
    app.session_state["model"] = name
    app.session_state["data"] = read(find(name)).card.data
    return app


def png(picture):
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def upload(app, *files):
    app.session_state["input"] = "upload"
    app.run()
    app.file_uploader[0].upload(*files) if len(files) == 3 else app.file_uploader[0].set_value(
        list(files)
    )
    return app.run()


# ---- the pad ------------------------------------------------------------------------------------


def by_browser(strokes, hand):
    """The ink that the browser's module makes of strokes."""
    module = (FOLDER / "pad" / "ink.js").as_uri()
    code = (
        f'import {{ ink }} from "{module}";'
        f"const pixels = ink({json.dumps(strokes)}, 28, {json.dumps(hand._asdict() | {'fit': True})});"
        "console.log(JSON.stringify(Array.from(pixels)));"
    )
    done = subprocess.run(
        ["node", "--input-type=module", "-e", code], capture_output=True, text=True, check=True
    )
    return np.array(json.loads(done.stdout), dtype=np.float32).reshape(28, 28)


def photographed(strokes, hand):
    """The same strokes with the same pen on a white sheet, dark, as a picture."""
    sheet = Image.new("L", (SHEET, SHEET), 255)
    pen = ImageDraw.Draw(sheet)
    radius = hand.stroke / 28 * SHEET / 2
    for places in strokes:
        for x, y in np.array(places) * SHEET:
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=0)
    return np.repeat(np.asarray(sheet)[..., None], 3, axis=2)


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")
@pytest.mark.parametrize("digit", sorted(sample_pictures.STROKES))
def test_the_browser_makes_of_strokes_what_the_engine_makes_of_their_picture(digit):
    hand = MNIST
    strokes = [
        (0.2 + 0.6 * sample_pictures._curve(np.array(places))).tolist()
        for places in sample_pictures.STROKES[digit]
    ]
    ours = by_browser(strokes, hand)
    made = prepare(open_picture(png(photographed(strokes, hand))))
    assert made.verdict == "scored"
    theirs = made.image[0]
    assert abs(float(ours.sum() / theirs.sum()) - 1) < 0.15
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.9
    stored = read(find("mnist-vae-16d"))
    images = torch.from_numpy(np.stack([ours, theirs])[:, None])
    scores = (build(stored).reconstruct(images) - images).square().mean(dim=(1, 2, 3))
    limit = conformal_threshold(stored.calibration)
    assert (scores < limit).all()


def test_what_the_pad_reports_is_read_and_what_it_can_not_have_sent_is_not():
    image = base64.b64encode(bytes(range(4))).decode()
    report = {"image": image, "side": 2, "empty": False, "at": 7}
    drawn = Drawn.of({"drawn": report})
    assert drawn.at == 7
    assert np.allclose(drawn.image * 255, [[0, 1], [2, 3]])
    assert Drawn.of({"drawn": report | {"side": 3}}) is None
    assert Drawn.of(None) is None
    assert Pasted.of({"name": "a.png", "content": "QUJD"}) == ("a.png", b"ABC")
    assert Pasted.of({"name": "a.png", "content": "?"}) is None
    assert Pasted.of(None) is None
