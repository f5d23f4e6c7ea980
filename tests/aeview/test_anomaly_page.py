"""The Anomaly page under AppTest: choices, the block, the link, tables, and what can go wrong."""

import csv
import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from aecore import anomaly
from aecore.anomaly import guarantees, scores, threshold
from aecore.anomaly import parts as normal_parts
from aecore.anomaly.detectors import DETECTORS
from aecore.checkpoints import find, read
from aecore.data import digits
from aecore.metrics import auroc, average_precision
from aecore.noise import KINDS
from aeview.anomaly import own as anomaly_own
from aeview.anomaly import rivals
from aeview.anomaly import rows as anomaly_rows
from aeview.anomaly import sets as anomaly_sets
from aeview.anomaly.shown import Question, Shown
from aeview.shell import sidebar
from aeview.work import jobs, shipped
from aeview.work.browser_files import FOLDER
from tests.told import told

ROOT = Path(__file__).parent.parent.parent
PAGE = "pages/anomaly.py"
TIMEOUT = 120
CARD = read(find("mnist-vae-2d")).card


@pytest.fixture(autouse=True)
def no_jobs_left():
    jobs._jobs.clear()
    yield
    jobs._jobs.clear()


@pytest.fixture
def app(monkeypatch):
    monkeypatch.chdir(ROOT)
    return AppTest.from_file(str(ROOT / PAGE), default_timeout=TIMEOUT)


@pytest.fixture
def few(monkeypatch):
    """A handful of images, where their number does not matter."""
    for module, name, n in (
        (anomaly, "N_SHOWN", 30), (anomaly, "N_REFERENCE", 60),
        (normal_parts, "N_HELD_OUT", 40),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, n)


def unpack(content):
    size = int.from_bytes(content[:4], "little")
    header = json.loads(content[4 : 4 + size])
    arrays = {
        name: np.frombuffer(
            content, entry["type"], int(np.prod(entry["shape"])), 4 + size + entry["offset"]
        ).reshape(entry["shape"])
        for name, entry in header["arrays"].items()
    }
    return header, arrays


def given(at):
    """What the component was given."""
    return told(at, '"start"')


def block(at):
    """What was sent to the browser."""
    protos = [element.proto for element in at.get("bidi_component")]
    return unpack(next(p.bytes for p in protos if p.bytes))


def until_done(at):
    """Run again until the jobs have ended, as the page does by itself."""
    import threading

    for thread in threading.enumerate():
        if thread.name in jobs._jobs():
            thread.join(100)
    return at.run()


# ---- images -----------------------------------------------------------------------------


def test_the_first_view_has_everything_without_a_click(app):
    app.run()
    assert not app.exception
    assert given(app)["start"] == {
        "score": "mse", "rule": "conformal", "value": None, "threshold": None,
    }  # fmt: skip
    header, arrays = block(app)
    assert header["key"] == given(app)["key"]
    assert (header["n_normal"], header["n_strange"]) == (355, 355)
    assert [score["name"] for score in header["scores"]] == list(scores.SCORES)
    assert len(arrays["calibration.mse"]) == len(arrays["near.calibration"]) == 178
    assert (arrays["near.normal"] == digits.load("test").labels).mean() > 0.9
    got = auroc(arrays["normal.mse"], arrays["strange.mse"])
    assert 0.85 < got < 0.99
    assert not app.query_params
    assert any("python benchmarks/detectors.py --write" in c.value for c in app.caption)


def test_the_scores_sent_are_those_of_the_checkpoint(app):
    from aecore.checkpoints import find, read

    app.run()
    _, arrays = block(app)
    calibration = read(find("digits-vae-2d")).calibration
    assert np.allclose(np.sort(arrays["calibration.mse"]), calibration, rtol=1e-5)


def test_pictures_are_the_test_images_and_then_their_reconstructions(app):
    import gzip

    app.run()
    header, arrays = block(app)
    pixels = np.frombuffer(gzip.decompress(arrays["gzip"].tobytes()), np.uint8)
    pixels = pixels.reshape(2, header["n"], 28, 28).astype(np.float64) / 255
    assert np.array_equal(pixels[0, :355] * 255, digits.load("test").pixels[:, 0])
    errors = np.square(pixels[1] - pixels[0]).mean(axis=(1, 2))
    sent = np.concatenate((arrays["normal.mse"], arrays["strange.mse"]))
    assert np.allclose(errors, sent, atol=2e-3)


def test_training_on_all_but_nine_makes_nine_the_stranger(app):
    app.run()
    app.selectbox(key="normal").set_value("without-9").run()
    assert app.selectbox(key="strange").value == "classes"
    until_done(app)
    assert not app.exception
    header, arrays = block(app)
    labels, n = arrays["labels"], header["n_normal"]
    assert 9 not in labels[:n]
    assert set(labels[n:]) == {9}
    assert auroc(arrays["normal.mse"], arrays["strange.mse"]) > 0.85
    assert len(arrays["calibration.mse"]) >= 100
    assert any("trained here on" in c.value for c in app.caption)
    assert app.query_params["normal"] == "without-9"
    assert "strange" not in app.query_params  # the default of this choice
    app.selectbox(key="normal").set_value("all").run()
    assert app.selectbox(key="strange").value == "corrupted"


def test_few_held_out_images_are_completed_by_training_images_that_are_then_not_trained_on():
    parts = anomaly_sets.parts("digits", 28, "only-3")
    assert (parts.train.labels == 3).all()
    assert len(parts.held_out) >= 50
    whole = digits.load("train")
    n_class = int((whole.labels == 3).sum()) + int((digits.load("val").labels == 3).sum())
    assert len(parts.train) + len(parts.held_out) == n_class
    seen = {image.tobytes() for image in parts.train.pixels}
    assert not seen & {image.tobytes() for image in parts.held_out.pixels}


@pytest.mark.parametrize("strange", ["photographs", "sprites"])
def test_other_strangers(app, strange):
    app.query_params["strange"] = strange
    app.run()
    assert not app.exception
    header, arrays = block(app)
    assert header["n_strange"] in (500, 1000)
    assert auroc(arrays["normal.mse"], arrays["strange.mse"]) > 0.8
    labels = arrays["labels"][header["n_normal"] :]
    assert (labels == -1).all() if strange == "photographs" else (labels >= 10).all()


def test_more_damage_is_easier_to_find(app):
    app.run()
    found = []
    for level in (0.1, 0.5):
        app.slider[0].set_value(level).run()
        _, arrays = block(app)
        found.append(auroc(arrays["normal.mse"], arrays["strange.mse"]))
    assert found[1] > found[0] + 0.1
    assert app.query_params["damage_level"] == "0.50"
    app.selectbox(key="damage").set_value("gaussian").run()
    assert not app.exception


def test_a_link_carries_everything_and_what_is_reported_goes_into_it(app, few):
    link = {
        "strange": "photographs", "score": "surprise", "rule": "deviation", "at_most": "2.5",
    }  # fmt: skip
    app.query_params.update(link)
    app.run()
    assert not app.info
    assert given(app)["start"] == {
        "score": "surprise", "rule": "deviation", "value": 2.5, "threshold": None,
    }  # fmt: skip
    shown = {"score": "kl", "rule": "hand", "value": None, "threshold": 0.125}
    app.session_state["anomaly"] = {"shown": shown}
    app.run()
    assert app.query_params["score"] == "kl"
    assert app.query_params["rule"] == "hand"
    assert app.query_params["threshold"] == "0.125"
    assert "at_most" not in app.query_params


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("normal", "without-10"), ("normal", "<b>"), ("strange", "dragons"),
        ("strange", "classes"), ("score", "gan"), ("rule", "magic"), ("at_most", "nan"),
        ("at_most", "99"),
        ("threshold", "x"), ("threshold", "1e99"), ("rule", "hand"), ("damage_level", "7"),
        ("damage", "fire"), ("judge", "sound"),
    ],
)  # fmt: skip
def test_what_is_impossible_in_a_link_is_ignored_with_a_notice(app, few, name, value):
    app.query_params[name] = value
    app.run()
    assert not app.exception
    assert len(app.info) == 1
    assert "ignored" in app.info[0].value
    assert given(app)["start"]["rule"] == "conformal"


def test_a_set_whose_images_are_not_here_is_said(monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("AECORE_DATA_DIR", str(tmp_path))
    at = AppTest.from_file(str(ROOT / "pages/main.py"), default_timeout=TIMEOUT)
    at.query_params["model"] = "mnist-vae-2d"
    at.run()
    at.switch_page(Path(PAGE).name).run()
    assert not at.exception
    assert any(
        "70,000 images of MNIST only 2,000 training images are on this" in i.value for i in at.info
    )
    labels = [b.label for b in at.button]  # in the sidebar, and below these words
    assert labels.count("Download MNIST (11 MB)") == 2
    asked = []
    monkeypatch.setattr(sidebar, "download", lambda name, progress: asked.append(name))
    at.button(key="download_here").click().run()
    until_done(at)
    assert not at.exception
    assert asked == ["mnist"]


def test_a_cancelled_training_can_be_started_again(app, monkeypatch):
    def stopped(*_):
        raise jobs.Stopped

    monkeypatch.setattr(anomaly_sets, "train", stopped)
    app.query_params["normal"] = "only-1"
    app.run()
    until_done(app)
    assert not app.exception
    assert [b.label for b in app.button] == ["Train the model of what is normal"]


def test_the_component_knows_every_score_and_rule():
    rule = Shown.kinds()["rule"]
    assert (*threshold.RULES, "hand") == rule.options()
    bounds = Shown.kinds()["value"].bounds
    for name, each in threshold.RULES.items():
        low, high = bounds({"rule": name})
        assert (low, high) == (each.low, each.high) if each.setting else low > high
    assert all(kind.first <= kind.high for kind in KINDS.values())


def test_the_browsers_thresholds_are_pythons():
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js is not installed")
    rng = np.random.default_rng(0)
    held, normal, strange = (rng.gamma(2, 1, n).astype(np.float32).round(2) for n in (117, 90, 60))
    strange += 1
    classes = rng.integers(0, 3, 117)
    code = """
      const t = await import(process.argv[1]);
      const g = await import(process.argv[1].replace("thresholds", "guarantees"));
      const [scores, , , classes, sizes] = JSON.parse(process.argv[2]);
      const [held, normal, strange] = JSON.parse(process.argv[2]).map((v) => new t.Sorted(v));
      const { auroc, averagePrecision } = t.curves(normal, strange);
      console.log(JSON.stringify([t.conformal(held, 0.05), t.conformal(held, 0.137),
        t.quantile(held, 0.9), t.deviations(held, 1.7), t.bestF1(normal, strange), auroc,
        averagePrecision, t.pac(held, 0.05, 0.05),
        ...t.byClass((own) => t.conformal(own, 0.1), scores, classes, 3),
        ...sizes.flatMap(([n, rate]) => {
          const { mean, low, high, exceeds } = g.realised(n, g.conformalRank(n, rate), rate, 0.95);
          return [mean, low, high, exceeds, g.pacRank(n, rate, 0.05), g.pacRank(n, rate, 0.2)];
        })]));
    """
    groups = [v.astype(float).tolist() for v in (held, normal, strange)]
    sizes = [(25, 0.05), (59, 0.05), (178, 0.05), (500, 0.002), (2000, 0.05), (2000, 0.5)]
    values = json.dumps([*groups, classes.tolist(), sizes])
    module = str(FOLDER / "anomaly/thresholds.js")
    done = subprocess.run(
        [node, "--input-type=module", "-e", code, module, values],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    want = [
        threshold.conformal_threshold(held, 0.05), threshold.conformal_threshold(held, 0.137),
        threshold.percentile_threshold(held, 0.9), threshold.deviation_threshold(held, 1.7),
        threshold.best_f1_threshold(normal, strange), auroc(normal, strange),
        average_precision(normal, strange), threshold.pac_threshold(held),
        *threshold.thresholds_by_class(
            lambda own: threshold.conformal_threshold(own, 0.1), held, classes, 3
        ),
    ]  # fmt: skip
    for n, rate in sizes:
        want += guarantees.realised(n, guarantees.conformal_rank(n, rate), rate)
        want += [guarantees.pac_rank(n, rate, delta) for delta in (0.05, 0.2)]
    assert np.allclose(json.loads(done.stdout), want, rtol=1e-6)


# ---- own pictures -----------------------------------------------------------------------------


def png(pixels):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def test_pictures_of_ones_own_are_prepared_and_scored(app, few):
    app.query_params["strange"] = "own"
    app.run()
    assert any("Upload pictures" in i.value for i in app.info)
    ink = digits.load("test").pixels[:3, 0]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a/one.png", png(ink[0]))
        file.writestr("a/readme.txt", "not a picture")
        file.writestr("broken.png", b"nonsense")
    drawn = png(255 - ink[1])
    app.file_uploader[0].upload("two.png", drawn, "image/png")
    app.file_uploader[0].upload("all.zip", archive.getvalue(), "application/zip").run()
    assert not app.exception
    header, _ = block(app)
    assert header["n_strange"] == 2
    assert len(app.warning) == 1
    assert "broken.png" in app.warning[0].value


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.zip", b"PK nonsense", "x.zip is not a .zip that can be read"),
        ("empty.zip", b"PK\x05\x06" + 18 * b"\0", "empty.zip holds no pictures"),
        ("x.png", b"", "x.png is empty"),
    ],
)
def test_an_upload_that_cannot_be_used_gets_a_sentence(name, content, words):
    got = anomaly_own.prepared(((name, content),), "mnist", CARD.model.shape, CARD)
    assert len(got.pixels) == 0
    assert len(got.problems) == 1
    assert words in got.problems[0]


def test_no_more_pictures_are_taken_than_may_be(bounds):
    bounds(judged_pictures=3)
    ink = png(digits.load("test").pixels[0, 0])
    files = tuple((f"{i}.png", ink) for i in range(5))
    got = anomaly_own.prepared(files, "mnist", CARD.model.shape, CARD)
    assert len(got.pixels) == 3
    assert got.problems == ("More than 3 pictures; the others are left out.",)
    got = anomaly_own.prepared((("pixels.csv", PIXELS),), "mnist", CARD.model.shape, CARD)
    assert len(got.pixels) + len(got.problems) == 4  # three of its rows, and the sentence
    got = anomaly_own.prepared((("table.csv", table_csv()),), "mnist", CARD.model.shape, CARD)
    assert "the rows of table.csv are no pictures" in got.problems[0]


# ---- detectors -----------------------------------------------------------------------------


def test_detectors_are_measured_behind_a_button_and_kept(app):
    app.query_params["judge"] = "table"
    until_done(app.run())
    button = next(b for b in app.button if b.label == "Measure them here")
    assert any("This autoencoder" in each.body for each in app.get("html"))  # at once
    button.click().run()
    until_done(app)
    assert not app.exception
    found = next(iter(rivals._measured().values()))
    assert list(found) == list(DETECTORS)
    assert not [b for b in app.button if b.label == "Measure them here"]


def test_shipped_figures_are_those_that_are_measured():
    split = anomaly_rows.example_split()
    from aecore.anomaly.detectors import measure

    known = {row["name"]: row for row in shipped.detectors()["settings"][anomaly_rows.EXAMPLE]}
    assert list(known) == list(DETECTORS)
    for name in ("lof", "pca", "knn"):
        assert known[name]["auroc"] == pytest.approx(measure(name, *split).auroc, abs=1e-3)
    choice = anomaly_sets.Choice("all", "corrupted", Question().damage, 0.3)
    assert anomaly_sets.setting_of("digits", choice) in shipped.detectors()["settings"]


# ---- tables -----------------------------------------------------------------------------


def table_csv(n=90, header=True, strange=0):
    rng = np.random.default_rng(0)
    out = io.StringIO()
    writer = csv.writer(out)
    if header:
        writer.writerow(["length", "width", "colour", "kind"])
    for i in range(n):
        a = rng.normal(10, 1)
        odd = i >= n - strange
        b = rng.uniform(0, 40) if odd else 2 * a + rng.normal(0, 0.1)
        writer.writerow(
            [f"{a:.3f}", f"{b:.3f}", ["red", "blue"][i % 2], "<b>odd</b>" if odd else "fine"]
        )
    return out.getvalue().encode()


PIXELS = "\n".join(
    [",".join(f"pixel{i}" for i in range(784)), *[",".join(["0", "255"] * 392)] * 50]
).encode()


def test_the_built_in_table_is_judged_with_its_columns_named(app):
    app.query_params["judge"] = "table"
    until_done(app.run())
    assert not app.exception
    header, arrays = block(app)
    assert header["kind"] == "rows"
    assert header["features"][:2] == ["mean radius", "mean texture"]
    assert (header["n_normal"], header["n_strange"]) == (72, 212)
    assert arrays["errors"].shape == (284, 30)
    assert len(header["cells"]) == len(header["rebuilt"]) == 284
    lesson = shipped.autoencoder_of(anomaly_rows.EXAMPLE)
    assert auroc(arrays["normal.mse"], arrays["strange.mse"]) == pytest.approx(lesson, abs=0.01)
    assert app.query_params["judge"] == "table"


def test_a_csv_with_a_label_column_is_judged_by_it(app):
    app.query_params["judge"] = "table"
    app.run()
    app.file_uploader[0].upload("my.csv", table_csv(120, strange=20), "text/csv").run()
    column, *_ = (s for s in app.selectbox if s.label == "Column that says what is normal")
    assert column.options == ["none: all rows, mostly normal", "colour", "kind"]
    column.set_value("kind").run()
    until_done(app)
    assert not app.exception
    header, arrays = block(app)
    assert header["n_strange"] == 20
    assert header["classes"] == ["<b>odd</b>", "fine"]
    assert auroc(arrays["normal.mse"], arrays["strange.mse"]) > 0.8
    assert any("one number a value: colour" in c.value for c in app.caption)


def test_a_csv_without_labels_is_judged_row_by_row_and_its_scores_can_be_taken_home(app):
    app.query_params["judge"] = "table"
    app.run()
    app.file_uploader[0].upload("my.csv", table_csv(90, header=False), "text/csv").run()
    until_done(app)
    assert not app.exception
    header, arrays = block(app)
    assert (header["n_normal"], header["n_strange"]) == (90, 0)
    assert header["features"][0] == "column 1"
    plan = anomaly_rows.Plan(anomaly_rows._read(table_csv(90, header=False), "my.csv"))
    found = anomaly_rows._judged()[plan.key]
    rows = list(csv.DictReader(io.StringIO(anomaly_rows._csv(plan, found.judgement))))
    assert len(rows) == 90
    assert float(rows[4]["mse"]) == pytest.approx(arrays["normal.mse"][4], rel=1e-4)
    assert {row["part"] for row in rows} == {"train", "held out", "test"}
    flagged = sum(row["flagged at 5%"] == "True" for row in rows)
    assert flagged <= 15


@pytest.mark.parametrize("n", [40, 60, 90, 1000])
def test_enough_rows_are_held_out_for_five_percent(n):
    from aecore.data.tables import Table

    plan = anomaly_rows.Plan(Table(("a", "b"), (("1", "2"),) * n))
    n_train, n_held, n_test = np.bincount(plan.parts)
    assert n_held >= 19
    assert n_train >= n_held or n < 60
    assert n_test >= n // 20
    assert np.array_equal(plan.parts, plan.parts)


def test_a_bad_table_gets_one_sentence(app):
    app.query_params["judge"] = "table"
    app.run()
    for content, words in (
        (b"", "is empty"),
        (b"PK\x03\x04 and so on", "is a spreadsheet or an archive; save it as CSV"),
        (b"\x89PNG\r\n\0\0\0", "is not a text file"),
        (b"a,b\n1,2\n3\n" * 30, "has 1 cells, but the first has 2"),
        (b"a,b\n1,2\n", "has 1 rows; at least 40 are needed"),
        (b"7\n" * 60, "has one column; at least 2"),
        (b"a,b\n" + b"1,x\n" * 60, "no column is left that varies"),
        (PIXELS, "the rows of my.csv are pictures"),
    ):
        app.file_uploader[0].set_value(("my.csv", content, "text/csv")).run()
        if not app.error:  # what only judging finds out
            until_done(app)
        assert not app.exception
        assert len(app.error) == 1, words
        assert words in app.error[0].value


def test_the_example_is_scikit_learns():
    from sklearn.datasets import load_breast_cancer

    want = load_breast_cancer()
    table = anomaly_rows.example()
    values = np.array([[float(cell) for cell in row[:-1]] for row in table.rows])
    assert np.allclose(values, want.data)
    assert list(table.names[:-1]) == list(want.feature_names)
    assert table.column("diagnosis") == [str(want.target_names[t]) for t in want.target]
