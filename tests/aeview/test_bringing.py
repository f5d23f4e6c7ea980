"""Bring a model in the sidebar: who may, what is asked, what is refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from aecore.checkpoints import available
from aecore.errors import AmbiguousModelError
from aecore.export import PRODUCTS_A_SECOND, decodes_a_second, n_products
from aecore.foreign.looking import Look, Seen
from aecore.limits import limits
from aecore.models.layers import (
    Add,
    Conv,
    ConvTranspose,
    Linear,
    Recall,
    Reshape,
    RowConv,
    Upsample,
)
from aeview.classroom import access
from aeview.classroom.access import Act, Refused
from aeview.shell import bringing, messages, own_models
from aeview.work import bringing as work
from aeview.work import jobs
from aeview.work.bringing import Brought, Uploaded, checked
from aeview.work.jobs import Job

ROOT = Path(__file__).parent.parent.parent
TWO = (Uploaded("encoder.onnx", b"1"), Uploaded("decoder.onnx", b"2"))
IMAGES = np.random.default_rng(0).random((8, 1, 28, 28)).astype(np.float32)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("AECORE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(ROOT)
    jobs._jobs.clear()
    yield tmp_path / "home"
    jobs._jobs.clear()


@pytest.fixture
def app():
    return AppTest.from_file(str(ROOT / "pages/main.py"), default_timeout=120)


def button(at, label):
    return next(each for each in at.button if each.label == label)


def labels(at):
    return [each.label for each in at.button]


def seen(title="images channels first, 0 to 1; out intensity in [0, 1]", mse=0.01):
    return Seen("vae", title, (f"Found: {title}.",), mse, 0.1, IMAGES)


@pytest.fixture
def found(monkeypatch):
    """found(*readings): what any files are understood as, at once; returns what was asked."""
    asked = []

    def understood(*readings, keeps=None):
        def look(brought, job):
            asked.append(brought)
            brought.look = Look(("encoder.onnx", "decoder.onnx", None), IMAGES, readings)

        def keep(brought, chosen, put, job):
            asked.append(chosen)
            brought.kept = put(ROOT / "checkpoints" / "digits-pca-2d.safetensors").stem

        def start(name, do):
            job = jobs._jobs()[name] = Job()
            jobs._work(job, do)
            return job

        monkeypatch.setattr(work, "look", look)
        monkeypatch.setattr(work, "keep", keep)
        monkeypatch.setattr(jobs, "start", start)
        return asked

    return understood


def given(app, *files):
    app.run()
    button(app, bringing.LABEL).click().run()
    app.file_uploader(key=bringing.BRING_FILES).set_value([(*each, "") for each in files]).run()
    return app


# ---- the dialog -----------------------------------------------------------------------------


def test_readings_are_chosen_by_their_pictures_and_the_model_is_kept(app, found):
    asked = found(seen("as they are"), seen("from −1 to 1"))
    given(app, *TWO)
    button(app, "Read the files").click().run()
    assert not app.exception
    pictures = next(each.value for each in app.html if 'class="brought"' in each.value)
    assert pictures.count("<img") == 3 * len(IMAGES)
    assert 'alt="2: rebuilt, image 8"' in pictures
    app.radio(key=bringing.BRING_READING).set_value(1).run()
    assert any("from −1 to 1" in each.value for each in app.caption)
    app.text_input(key=bringing.BRING_NAME).set_value("brought-one")
    button(app, "Keep it").click().run()
    app.run()
    assert not app.exception
    assert asked[1:] == [1]
    assert app.session_state["model"] == "brought-one"
    assert "Keep it" not in labels(app)
    (entry,) = [each for each in available() if each.name == "brought-one"]
    assert own_models.deletable(entry.path)


def test_one_reading_is_not_asked_about_and_can_be_discarded(app, found):
    found(seen(mse=0.2))
    given(app, *TWO)
    button(app, "Read the files").click().run()
    assert not app.radio
    assert any("no better than their mean does" in each.value for each in app.warning)
    button(app, "Discard").click().run()
    assert not app.exception
    assert bringing.BROUGHT not in app.session_state
    assert "Keep it" not in labels(app)


def test_what_is_wrong_is_said_in_a_sentence_and_the_files_are_still_there(
    app, monkeypatch, found
):
    found(seen())

    def fails(brought, job):
        raise ValueError("encoder.onnx takes 1×3×32×32, but the images are (1, 28, 28)")

    monkeypatch.setattr(work, "look", fails)
    given(app, *TWO)
    button(app, "Read the files").click().run()
    assert [each.value.replace("\\", "") for each in app.error] == [
        "encoder.onnx takes 1×3×32×32, but the images are (1, 28, 28)."
    ]
    assert not button(app, "Read the files").disabled
    app.file_uploader(key=bringing.BRING_FILES).set_value([]).run()
    assert any("Given: encoder.onnx, decoder.onnx" in each.value for each in app.caption)
    button(app, "Read the files").click().run()
    assert app.error


def test_what_is_read_and_kept_is_what_the_dialog_says_when_it_is_pressed(app, found):
    """Before the form has been drawn with it: on a busy server one is that fast."""
    asked = found(seen("as they are"), seen("from −1 to 1"))
    given(app, TWO[0])
    app.file_uploader(key=bringing.BRING_FILES).set_value([(*each, "") for each in TWO])
    app.selectbox(key=bringing.BRING_DATA).set_value("faces")
    button(app, "Read the files").click().run()
    assert not app.exception
    assert [each.name for each in asked[0].files] == [name for name, _ in TWO]
    assert asked[0].data == "faces"
    app.radio(key=bringing.BRING_READING).set_value(1)
    app.text_input(key=bringing.BRING_NAME).set_value("brought-fast")
    button(app, "Keep it").click().run()
    assert asked[1:] == [1]
    assert "brought-fast" in [each.name for each in available()]


def test_own_data_without_a_path_is_asked_for_and_no_folder_is_read(app, found):
    asked = found(seen())
    given(app, *TWO)
    app.selectbox(key=bringing.BRING_DATA).set_value("own")
    button(app, "Read the files").click().run()  # before there is a field for the path
    assert [each.value for each in app.error] == [bringing.NO_PATH]
    assert app.text_input(key=bringing.BRING_PATH).value == ""
    assert not asked


def test_the_data_set_and_the_cut_are_still_chosen_after_what_was_wrong(app, monkeypatch):
    """The form is not drawn while the files are read, and Streamlit forgets its controls then."""
    reading = Job()

    def start(name, do):
        return jobs._jobs().setdefault(name, reading)

    monkeypatch.setattr(jobs, "start", start)
    given(app, Uploaded("vae.onnx", b"1"))
    app.selectbox(key=bringing.BRING_DATA).set_value("faces").run()
    for cut in (None, "second"):
        if cut:
            app.selectbox(key=bringing.BRING_CODE).set_value(cut).run()
        reading.state = "running"
        button(app, "Read the files").click().run()
        assert bringing.BRING_DATA not in [each.key for each in app.selectbox]
        brought = app.session_state[bringing.BROUGHT]
        assert (brought.data, brought.code) == ("faces", cut)
        brought.candidates = {"first": (3,), "second": (3, 2, 2)}
        reading.state, reading.problem = "failed", "vae.onnx: several may be the code"
        app.run()
        assert app.error
        assert app.selectbox(key=bringing.BRING_DATA).value == "faces"
    assert app.selectbox(key=bringing.BRING_CODE).value == "second"


def test_where_a_file_is_cut_is_chosen_in_the_dialog(app, monkeypatch, found):
    look, cuts = work.look, []
    asked = found()

    def reads(function, files, data, cut, job):
        cuts.append(cut)
        if cut is None:
            sizes = {"first": (3,), "second": (3, 2, 2)}
            raise AmbiguousModelError("vae.onnx: several may be the code", "--code NAME", sizes)
        return Look(("vae.onnx", None, None), IMAGES, (seen(),))

    monkeypatch.setattr(work, "look", look)
    monkeypatch.setattr(work.subprocesses, "work", reads)
    given(app, Uploaded("vae.onnx", b"1"))
    button(app, "Read the files").click().run()
    (error,) = app.error
    assert "choose below" in error.value
    assert "--" not in error.value
    cut = app.selectbox(key=bringing.BRING_CODE)
    assert cut.options == ["first (3 numbers)", "second (3×2×2 numbers)"]
    cut.set_value("second").run()
    button(app, "Read the files").click().run()
    assert not app.exception
    assert not app.error
    button(app, "Keep it").click().run()
    assert (cuts, asked) == ([None, "second"], [0])


def test_a_name_that_is_taken_is_said_before_anything_is_measured(app, found):
    asked = found(seen())
    given(app, *TWO)
    button(app, "Read the files").click().run()
    app.text_input(key=bringing.BRING_NAME).set_value("digits-vae-2d")
    button(app, "Keep it").click().run()
    assert len(asked) == 1
    assert any("There is a model called digits-vae-2d already" in e.value for e in app.error)


# ---- who may, and how much ------------------------------------------------------------------


def test_in_a_class_it_is_the_teachers(app, monkeypatch):
    monkeypatch.setenv("AECORE_CLASS", "1")
    app.run()
    assert bringing.LABEL not in labels(app)
    app.session_state[bringing.OPEN] = True
    app.run()
    assert not app.file_uploader
    said, started = {bringing.BRING_NAME: "mine"}, []
    monkeypatch.setattr(st, "session_state", said)
    monkeypatch.setattr(jobs, "start", lambda *_: started.append(1))
    bringing._read(TWO, "digits")
    assert said[bringing.PROBLEM].startswith("Bringing a model is the teacher's part")
    bringing._keep(Brought(TWO, "digits"))
    assert said[bringing.PROBLEM].startswith("Bringing a model is the teacher's part")
    assert not started
    with pytest.raises(Refused):
        access.demand(Act.BRING)
    monkeypatch.setattr(access, "teacher", lambda: True)
    access.demand(Act.BRING)


def test_streamlit_takes_files_as_large_as_the_mode_allows(monkeypatch):
    before = st.get_option("server.maxUploadSize")
    try:
        for mode, most in (("0", limits(False).model_mb), ("1", limits(True).file_mb)):
            monkeypatch.setenv("AECORE_CLASS", mode)
            monkeypatch.setenv("AECORE_TEACHER_KEY", "key")
            access.settle()
            assert st.get_option("server.maxUploadSize") == most
    finally:
        st.config.set_option("server.maxUploadSize", before)


def test_pressed_twice_it_runs_once(monkeypatch):
    started = []
    monkeypatch.setattr(st, "session_state", {})
    monkeypatch.setattr(jobs, "find", lambda name: Job() if started else None)
    monkeypatch.setattr(jobs, "start", lambda name, do: started.append(name))
    for _ in range(2):
        bringing._read(TWO, "digits")
    assert len(started) == 1
    assert access.session() not in started[0]


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ((), "There is no file yet"),
        ((Uploaded("a/x.onnx", b""), Uploaded("b\\x.onnx", b"")), "Two files are called x.onnx"),
        ((Uploaded("..", b""),), "empty, too long or not to be printed"),
        ((Uploaded("a" * 300, b""),), "empty, too long or not to be printed"),
        ((Uploaded("a\nb.onnx", b""),), "empty, too long or not to be printed"),
        ((Uploaded("a.onnx", bytes(60_000_000)), Uploaded("b.onnx", bytes(60_000_000))),
         "These files have 120 MB together; up to 100 MB are taken here"),
    ],
)  # fmt: skip
def test_files_that_can_not_lie_in_a_folder_are_refused(files, sentence):
    with pytest.raises(ValueError, match=sentence):
        checked(files)


def test_nothing_leaves_the_folder_and_no_sentence_names_it(monkeypatch):
    folders = []

    def asked(function, files, data, cut, job):
        folders.append(files[0].parent)
        assert sorted(each.name for each in files[0].parent.iterdir()) == ["sh", "x.onnx"]
        raise ValueError(f"{files[0]} can't be read")

    monkeypatch.setattr(work.subprocesses, "work", asked)
    files = checked((Uploaded("../../x.onnx", b"x"), Uploaded("/bin/sh", b"y")))
    with pytest.raises(ValueError, match=r"^x\.onnx can't be read$"):
        work.look(Brought(files, "digits"), Job())
    assert not folders[0].exists()


# ---- how fast it will be --------------------------------------------------------------------


def test_products_of_a_pass_are_counted():
    """Of each layer, by hand; a convolution's by its output, a transposed one's by its input."""
    layers = (
        Linear(10, 32), Reshape((2, 4, 4)), ConvTranspose(2, 3, 4, 2, 1), Conv(3, 5, 3, 1, 1),
        Recall(1), Upsample(2), Conv(5, 1, 3, 2, 1), Add(0),
    )  # fmt: skip
    by_hand = 320 + 2 * 3 * 16 * 16 + 3 * 5 * 9 * 64 + 5 * 9 * 64
    assert n_products(layers[:-1], (10,)) == by_hand
    assert n_products((RowConv(1, 4, 5, 1, 2),), (1, 1, 100)) == 4 * 5 * 100


def test_only_a_slow_decoder_is_announced():
    cards = [each.card for each in available() if each.card is not None]
    assert not any(messages.speed(card) for card in cards)
    assert min(map(decodes_a_second, cards)) > messages.FLUENT


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "0.2 s for an image, so that the picture follows the mouse about 5 times a second."),
        (1.0, "1.0 s for an image, so that the picture follows the mouse about once a second."),
        (4.0, "4.0 s for an image, so that the picture follows the mouse about every 4 seconds."),
    ],
)
def test_how_often_the_picture_follows_the_mouse(seconds, words):
    card = next(each.card for each in available() if each.name == "digits-vae-2d")
    large = Linear(1, round(seconds * PRODUCTS_A_SECOND))
    assert words in messages.speed(replace(card, decoder=(large,)))
