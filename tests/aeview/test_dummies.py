"""One entry more in every table of the engine: each page opens with it, and offers it by name."""

import threading
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from aecore.anomaly.detectors import measure_all
from aecore.checkpoints import find, read
from aecore.latents.projection import PROJECTIONS
from aeview.anomaly import rivals
from aeview.interpolate import exports
from aeview.interpolate import view as interpolation
from aeview.latent_map import snippet
from aeview.work import jobs
from aeview.work.cache import MapChoice
from tests import dummies
from tests.told import told

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py") if path.stem != "main")


@pytest.fixture(autouse=True)
def with_dummies(monkeypatch, tmp_path):
    dummies.add(monkeypatch.setitem)
    dummies.write_checkpoints(tmp_path)
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
    monkeypatch.chdir(ROOT)
    yield
    jobs._jobs.clear()


def opened(page, model=dummies.CHECKPOINT, **state):
    """A page with a model of the dummy family, or of the dummy data set."""
    at = AppTest.from_file(str(ROOT / "pages/main.py"), default_timeout=120)
    at.query_params["model"] = model
    at.run()
    for name, value in state.items():
        at.session_state[name] = value
    at.switch_page(f"{page}.py").run()
    for thread in threading.enumerate():
        if thread.name in jobs._jobs():
            thread.join(100)
    at.run()
    assert not at.exception
    return at


def heard(at):
    """All that the browser's components were told."""
    return " ".join(element.proto.json for element in at.get("bidi_component"))


def html(at):
    return " ".join(element.proto.body for element in at.get("html"))


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_with_a_model_of_the_dummy_family(page):
    at = opened(page)
    assert "Dummy blots" in at.selectbox(key="data").options
    titles = at.selectbox(key="model").options
    assert f"{dummies.CHECKPOINT} · dummy autoencoder, 16 units" in titles


@pytest.mark.parametrize("page", ["latent_map", "denoise", "anomaly", "train", "your_image"])
def test_a_page_opens_with_a_model_of_the_dummy_data_set(page):
    assert opened(page, dummies.SET).selectbox(key="data").value == "blots"


def test_a_projection_is_offered_drawn_and_written_down():
    at = opened("latent_map", projection=dummies.NAME)
    assert "Dummy plane" in at.selectbox(key="projection").options
    assert "the dummy plane two units, bent" in at.selectbox(key="projection").help
    assert any("**Dummy plane.** Nothing is straight." in c.value for c in at.caption)
    text = snippet._map(MapChoice(dummies.NAME))
    assert text == repr(dummies.NAME)
    assert PROJECTIONS[dummies.NAME] is dummies.DummyPlane


def test_a_sampler_has_its_button_and_its_row():
    at = opened("generate")
    assert '"title": "dummy Gaussian"' in heard(at).replace('":"', '": "')


def test_a_way_is_in_the_file_and_the_page_says_that_it_is_only_there():
    at = opened("interpolate")
    assert any("and Dummy way, which the browser can't draw" in c.value for c in at.caption)
    assert "Dummy way" not in heard(at)
    checkpoint = read(find("digits-ae-16d"))
    order = exports.Order("x", *checkpoint.latents.codes[:2], 5)
    strips = interpolation._strips(checkpoint, order)
    assert np.isfinite(strips[dummies.NAME].images).all()
    assert exports.strips_png(strips, order, (1, 28, 28))


def test_a_family_and_a_filter_have_their_rows_on_denoise():
    rows = told(opened("denoise"), '"unmeasured"')["rows"]
    assert {"Dummy autoencoder", "Dummy filter"} <= {row["title"] for row in rows}


def test_a_corruption_is_offered_where_python_spoils_and_not_where_the_browser_does():
    at = opened("anomaly", strange="corrupted", damage=dummies.NAME)
    assert "Dummy dusk" in at.selectbox(key="damage").options
    for page in ("denoise", "inside"):
        assert "Dummy dusk" not in heard(opened(page))


def test_a_score_is_judged_by_for_images_and_rows_and_a_detector_measured():
    at = opened("anomaly")
    sent = b" ".join(e.proto.bytes for e in at.get("bidi_component"))
    assert b"dummy darkness" in sent
    assert "dummy darkness" in html(at)
    at = opened("anomaly", judge="table")
    assert b"dummy darkness" in b" ".join(e.proto.bytes for e in at.get("bidi_component"))
    rows = np.random.default_rng(0).normal(size=(40, 6))
    found = measure_all(rows, rows, rows + 3, report=lambda *_: None)
    assert rivals._line(found[dummies.NAME]).title == "Dummy detector"


def test_a_codec_is_compared():
    at = opened("codes_at_work", work="compression")
    assert "Dummy zip" in html(at)
    (chart,) = at.get("plotly_chart")
    assert "Dummy zip" in chart.proto.spec
