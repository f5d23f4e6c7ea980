"""The page Your image under AppTest: ways in, bad files, what is sent to the browser, links."""

import base64
import io
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from aecore import originals, scoring
from aecore.anomaly.threshold import conformal_threshold
from aecore.checkpoints import build, find, read
from aecore.cli import main
from aecore.data.hand import DIGITS, MNIST
from aecore.data.pictures import Switches, open_picture, prepare
from aecore.scoring import to_csv
from aeview.own_pictures import files as own_files
from aeview.own_pictures import samples as sample_pictures
from aeview.own_pictures import ways as own_ways
from aeview.own_pictures.pad import Drawn, Pasted
from aeview.work.browser_files import FOLDER
from aeview.your_image import view as own_image
from tests.told import told

ROOT = Path(__file__).parent.parent.parent
PAGE = "pages/your_image.py"
TIMEOUT = 120
SHEET = 560


@pytest.fixture
def app(monkeypatch):
    monkeypatch.chdir(ROOT)
    return AppTest.from_file(str(ROOT / PAGE), default_timeout=TIMEOUT)


def data(at, having):
    """What the component that is told `having` was given."""
    return told(at, f'"{having}"')


def of_model(app, name):
    app.session_state["data"] = read(find(name)).card.data
    app.session_state["model"] = name
    return app


def png(picture):
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def packed(contents):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return file.getvalue()


def upload(app, *files):
    """Choose Upload and give files (name, content)."""
    app.query_params["input"] = "upload"
    app.run()
    app.file_uploader[0].set_value([(name, content, "") for name, content in files]).run()
    assert not app.exception
    return app


def settled(app):
    """Run again until no work is done in the background."""
    for thread in threading.enumerate():
        if "score" in thread.name:
            thread.join()
    return app.run()


# ---- what the page shows ------------------------------------------------------------------------


def test_first_visit_has_a_sample_scored_and_the_pad_ready(app):
    app.run()
    assert not app.exception
    given = data(app, "calibration")
    assert given["picture"]["title"] == "a 3 in pen on paper"
    assert given["picture"]["judged"]
    assert not given["picture"]["headline"]
    names = [step["name"] for step in given["picture"]["steps"]]
    assert names[0] == "greyscale"
    assert names[-1] == "centre"
    pad = data(app, "samples")
    assert pad["shown"] == "pen"
    assert pad["hand"] == json.loads(json.dumps(DIGITS._asdict()))
    assert pad["fit"]
    assert len(pad["samples"]) == 8


@pytest.mark.parametrize("path", [
    "digits-pca-2d", "digits-ae-16d", "mnist-bvae-10d-b4", "mnist-ae-2d", "fashion-vae-16d",
    "sprites-vae-10d",
])  # fmt: skip
def test_every_kind_of_shipped_model_judges_its_first_sample(app, path):
    of_model(app, path).run()
    assert not app.exception
    given = data(app, "calibration")
    stored = read(find(path))
    assert given["limit"] == pytest.approx(conformal_threshold(stored.calibration))
    scores = np.frombuffer(base64.b64decode(given["calibration"]), np.float32)
    assert np.array_equal(scores, stored.calibration)
    image = np.frombuffer(base64.b64decode(given["picture"]["image"]), np.uint8) / 255
    images = torch.from_numpy(image.astype(np.float32).reshape(1, *stored.card.model.shape))
    score = float((build(stored).reconstruct(images) - images).square().mean())
    assert given["picture"]["judged"]
    assert score <= given["limit"]


def test_without_a_limit_the_page_says_why(app, monkeypatch):
    stored = read(find("digits-vae-2d"))
    few = stored._replace(calibration=stored.calibration[:12])
    monkeypatch.setattr(own_image.cache, "stored", lambda path, label=0: few)
    app.run()
    given = data(app, "calibration")
    assert given["limit"] is None
    assert given["uncalibrated"].startswith("Only 12 held-out images: too few")
    monkeypatch.setattr(
        own_image.cache,
        "stored",
        lambda path, label=0: few._replace(calibration=stored.calibration[:0]),
    )
    app.run()
    assert "aecore calibrate digits-vae-2d" in data(app, "calibration")["uncalibrated"]


# ---- uploads ------------------------------------------------------------------------------------


SHEET_PNG = sample_pictures.png(sample_pictures._pen())
BAD = {
    "cut.png": (SHEET_PNG[:900], "breaks off before its end"),
    "page.html": (b"<!doctype html><script>alert(1)</script>", "a web page"),
    "drawing.svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG drawing"),
    "program.png": (b"MZ" + bytes(100), "a program"),
    "empty.jpg": (b"", "is empty"),
    "words.docx": (packed({"[Content_Types].xml": b"<x/>"}), "holds no pictures"),
}


def test_an_upload_is_looked_at_under_its_name(app):
    upload(of_model(app, "mnist-vae-16d"), ("sheet.png", SHEET_PNG))
    shown = data(app, "calibration")["picture"]
    assert shown["title"] == "sheet.png"
    assert shown["judged"]
    assert data(app, "samples")["shown"] == ""
    assert "picture" not in app.query_params
    assert [
        html.body.count('alt="sheet.png"') for html in app.get("html") if "own-pic" in html.body
    ] == [1]


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_bad_file_is_one_sentence_and_nothing_is_lost(app, name):
    content, sentence = BAD[name]
    upload(of_model(app, "mnist-vae-16d"), (name, content))
    (error,) = app.error
    assert error.value.startswith(name)
    assert sentence in error.value
    assert error.value.endswith(". Still shown: a 3 in pen on paper.")
    assert data(app, "calibration")["picture"]["title"] == "a 3 in pen on paper"
    app.run()
    assert not app.error


def test_a_zip_of_too_much_is_refused_and_a_bomb_is_not_unpacked(app, bounds):
    upload(app, ("bomb.zip", packed({"bomb.png": bytes(300_000_000)})))
    assert app.error[0].value.startswith("bomb.png has over 20 MB; make it smaller.")
    bounds(unpacked_mb=1)
    upload(app, *[(f"{i}.png", SHEET_PNG + bytes(400_000)) for i in range(3)])
    assert "when unpacked; give fewer at once" in app.error[0].value
    bounds(pictures=2)
    upload(app, ("many.zip", packed({f"{i}.png": b"1" for i in range(3)})))
    assert "over 2 pictures; give fewer at once" in app.error[0].value


def test_several_files_become_a_table_with_a_sentence_where_one_is_bad(app):
    chalk = sample_pictures.png(sample_pictures._chalk())
    upload(
        of_model(app, "mnist-vae-16d"),
        ("sheet.png", SHEET_PNG), ("cut.png", BAD["cut.png"][0]),
        ("class.zip", packed({"a/chalk.png": chalk, "a/blank.png": b""})),
    )  # fmt: skip
    settled(app)
    (table,) = app.dataframe
    frame = table.value
    assert list(frame["file"]) == ["sheet.png", "cut.png", "a/blank.png", "a/chalk.png"]
    assert list(frame["in or out"]) == ["in", "", "", "in"]
    assert "breaks off" in frame["what is wrong"][1]
    assert "is empty" in frame["what is wrong"][2]
    assert frame["nearest"][3].startswith("5")
    assert frame["picture"][0].startswith("data:image/png;base64,")
    assert frame["picture"][1] == ""


def test_the_csv_is_what_the_command_line_prints(app, tmp_path, monkeypatch, capsys):
    sheet = {"sheet.png": SHEET_PNG, "cut.png": BAD["cut.png"][0], "=1+1.png": SHEET_PNG}
    zipped = packed({name: sample_pictures._made(name).content for name in ("two", "smiley")})
    upload(of_model(app, "digits-vae-16d"), *sheet.items(), ("more.zip", _as_png(zipped)))
    settled(app)
    (button,) = app.get("download_button")
    files = [("more.zip", _as_png(zipped)), *sheet.items()]
    for name, content in files:
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    code = main(["score", "--checkpoint", "digits-vae-16d", *sheet, "more.zip", "--csv"])
    assert code == 1
    rows = app.session_state[own_files.OWN_ROWS].values()
    each = (one for row in rows for one in (row.result, *row.drawings))
    assert to_csv(each) == capsys.readouterr().out
    assert button.proto.label == "Download CSV"


def _as_png(zipped):
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        return packed({f"{name}.png": archive.read(name) for name in archive.namelist()})


def test_nothing_of_an_upload_is_written_to_disk(app, monkeypatch):
    written = []
    monkeypatch.setattr(sys.modules["builtins"], "open", _watching(written, open))
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", lambda *a, **k: written.append("temp"))
    upload(of_model(app, "mnist-vae-16d"), ("a.png", SHEET_PNG), ("b.png", SHEET_PNG))
    settled(app)
    assert written == []


def _watching(written, real):
    def opened(file, mode="r", *args, **kwargs):
        if set(mode) & set("wax+"):
            written.append(file)
        return real(file, mode, *args, **kwargs)

    return opened


# ---- steps and links ----------------------------------------------------------------------------


def test_overruled_steps_change_the_image_and_stand_in_the_link(app):
    of_model(app, "mnist-vae-16d").query_params["picture"] = "chalk"
    app.run()
    before = data(app, "calibration")["picture"]
    values = {step["name"]: step["value"] for step in before["steps"] if step["choices"]}
    app.session_state["own_image"] = {
        "switches": {"of": before["of"], "values": values | {"polarity": "dark ink"}}
    }
    app.run()
    after = data(app, "calibration")["picture"]
    assert after["image"] != before["image"]
    assert after["id"] != before["id"]
    assert app.query_params["steps"] == "polarity:dark ink"
    again = AppTest.from_file(str(ROOT / PAGE), default_timeout=TIMEOUT)
    of_model(again, "mnist-vae-16d").query_params.update(
        {"picture": "chalk", "steps": "polarity:dark ink"}
    )
    again.run()
    assert data(again, "calibration")["picture"]["image"] == after["image"]


@pytest.mark.parametrize("model", ["mnist-vae-16d", "fashion-vae-16d"])
@pytest.mark.parametrize("sample", ["squared", "class-1", "smiley"])
def test_every_switch_on_the_page_can_change_the_result(model, sample):
    checkpoint = read(find(model))
    offered = {s.id: s for s in sample_pictures.samples(checkpoint)}
    if sample not in offered:
        pytest.skip("a sample of other data sets")
    given = own_ways.as_given(offered[sample])
    picture = open_picture(given.content, given.title)
    usual = own_image._shown(
        given, scoring.prepared(checkpoint.card, picture), Switches(), checkpoint
    )
    steps = [step for step in usual.steps if step.choices]
    assert len({step.name for step in steps}) == len(steps) >= 1
    for step in steps:
        results = {usual.image}
        for choice in step.choices[1:]:
            switches = Switches(**{step.name: choice})
            made = scoring.prepared(checkpoint.card, picture, switches)
            results.add(own_image._shown(given, made, switches, checkpoint).image)
        if step.name not in (
            "greyscale",
            "flatten",
            "despeckle",
            "lines",
        ):  # there may be none of it here
            assert len(results) > 1, step.name


def test_without_the_set_its_samples_are_stored_training_images_and_say_so(monkeypatch, tmp_path):
    monkeypatch.setenv("AECORE_DATA_DIR", str(tmp_path))
    checkpoint = read(find("fashion-ae-16d"))
    (first, *_) = sample_pictures.samples(checkpoint)
    assert (first.id, first.title) == ("class-0", "T-shirt, a training image")
    stored = originals.part("fashion_mnist", "train")
    place = np.flatnonzero(stored.labels == 0)[0]
    assert first.content == sample_pictures.png(stored.pixels[place, 0])


def test_a_wrong_link_is_ignored_with_a_notice(app):
    app.query_params.update({"picture": "<b>", "input": "thought"})
    app.run()
    assert not app.exception
    said = " ".join(info.value for info in app.info)
    assert "“picture” names" in said
    assert "“input” is “thought”" in said
    assert data(app, "calibration")["picture"]["title"] == "a 3 in pen on paper"


def test_a_sample_of_one_data_set_does_not_stay_on_another(app):
    of_model(app, "fashion-vae-16d").query_params["picture"] = "class-2"
    app.run()
    fashion = data(app, "calibration")["picture"]
    of_model(app, "mnist-vae-16d").run()
    assert data(app, "calibration")["picture"]["title"] == "a 3 in pen on paper"
    of_model(app, "sprites-vae-10d").run()
    assert data(app, "calibration")["picture"]["image"] != fashion["image"]


# ---- the pad ------------------------------------------------------------------------------------


def by_browser(strokes, hand):
    """The ink that the browser's module makes of strokes."""
    module = (FOLDER / "pad" / "ink.js").as_uri()
    settings = json.dumps(hand._asdict() | {"fit": True})
    code = (
        f'import {{ ink }} from "{module}";'
        f"const pixels = ink({json.dumps(strokes)}, [28, 28], {settings});"
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
    curves = [sample_pictures._curve(np.array(p)) for p in sample_pictures.STROKES[digit]]
    low, high = np.concatenate(curves).min(0), np.concatenate(curves).max(0)
    scale = (20 - hand.stroke) / 28 / (high - low).max()  # as large as the guide on the pad
    strokes = [(0.15 + scale * (curve - low)).tolist() for curve in curves]
    ours = by_browser(strokes, hand)
    made = prepare(open_picture(png(photographed(strokes, hand))))
    assert made.verdict == "scored"
    theirs = made.image[0]
    assert abs(float(ours.sum() / theirs.sum()) - 1) < 0.1
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.93
    stored = read(find("mnist-vae-16d"))
    images = torch.from_numpy(np.stack([ours, theirs])[:, None])
    scores = (build(stored).reconstruct(images) - images).square().mean(dim=(1, 2, 3))
    limit = conformal_threshold(stored.calibration)
    assert (scores < limit).all()


def test_what_the_pad_reports_is_read_and_what_it_can_not_have_sent_is_not():
    image = base64.b64encode(bytes(range(4))).decode()
    report = {"image": image, "height": 1, "width": 4, "empty": False, "at": 7}
    drawn = Drawn.of({"drawn": report})
    assert drawn.at == 7
    assert np.allclose(drawn.image * 255, [[0, 1, 2, 3]])
    assert Drawn.of({"drawn": report | {"width": 3}}) is None
    assert Drawn.of(None) is None
    assert Pasted.of({"name": "a.png", "content": "QUJD"}) == ("a.png", b"ABC")
    assert Pasted.of({"name": "a.png", "content": "?"}) is None
    assert Pasted.of(None) is None
