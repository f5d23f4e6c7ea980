"""Two browsers on one server: neither sees what the other drew, uploaded or was told."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from aecore.checkpoints import find, read
from aeview.anomaly.own import prepared
from aeview.own_pictures import files as own_files
from aeview.own_pictures import ways as own_ways
from aeview.own_pictures.files import Given, scored
from aeview.shell import links
from aeview.work.live import Opened
from aeview.work.pictures import digest

ROOT = Path(__file__).parent.parent.parent
SECRET = "only-mine.png"


def png(value):
    file = io.BytesIO()
    Image.fromarray(np.full((20, 20), value, np.uint8)).save(file, "PNG")
    return file.getvalue()


def shown(at):
    """All that a session was sent."""
    return str(at._tree) + "".join(str(each.proto) for each in at.get("bidi_component"))


@pytest.fixture
def browsers(monkeypatch):
    monkeypatch.chdir(ROOT)
    page = str(ROOT / "pages/your_image.py")
    return [AppTest.from_file(page, default_timeout=120) for _ in range(2)]


def test_what_one_uploads_the_other_never_gets(browsers):
    mine, theirs = browsers
    for at in browsers:
        at.query_params["input"] = "upload"
        at.run()
    mine.file_uploader[0].set_value([(SECRET, png(7), "image/png")]).run()
    assert mine.session_state[links.GIVEN].title == SECRET
    assert SECRET in shown(mine)
    theirs.run()
    assert not theirs.exception
    assert SECRET not in shown(theirs)
    assert theirs.session_state[links.GIVEN].title != SECRET
    assert own_ways.OWN_UPLOADED not in theirs.session_state


def test_results_are_shared_by_content_and_never_by_name_or_by_chance(monkeypatch):
    asked = []
    monkeypatch.setattr(own_files.jobs, "start", lambda name, work: asked.append(name))
    monkeypatch.setattr(own_files.jobs, "show", lambda name, title: None)
    chosen = Opened("x", read(find("digits-pca-2d")))
    one, two = (Given(digest(png(v)), "a.png", png(v)) for v in (1, 2))
    joined = Given(one.id, f"a.png{two.id}a.png", one.content)  # reads the same when put together
    for batch in ([one, two], [two, one], [joined], [one], [two]):
        assert scored(chosen, batch) is None
    assert len(set(asked)) == 5
    scored(chosen, [one, two])
    assert len(set(asked)) == 5


def test_prepared_pictures_are_kept_by_their_bytes(monkeypatch):
    card = read(find("fashion-pca-2d")).card
    first, second = (
        prepared((("same.png", png(v)),), card.data, card.model.shape, card) for v in (10, 240)
    )
    assert first.digest != second.digest
    assert not np.array_equal(first.pixels, second.pixels)
