"""What a page asks for after it was left."""

from types import SimpleNamespace

import pytest
from streamlit.runtime.app_session import AppSession

from aeview import leaving


@pytest.fixture
def session(monkeypatch):
    """A session on page "map" that notes what it runs."""
    ran = []
    monkeypatch.setattr(AppSession, "request_rerun", lambda _, asked: ran.append(asked))
    leaving.forget_left_pages()
    leaving.forget_left_pages()  # every run of the app asks for it
    made = SimpleNamespace(page_script_hash="map", ran=ran)
    made.ask = lambda page, fragment="": AppSession.request_rerun(
        made, SimpleNamespace(page_script_hash=page, fragment_id=fragment)
    )
    return made


def test_a_fragment_of_the_page_that_is_shown_runs(session):
    session.ask("map")
    session.ask("map", "panel")
    assert len(session.ran) == 2


def test_a_fragment_of_a_page_that_was_left_does_not(session):
    session.ask("train")
    session.ask("map", "panel")  # before the first message of the new page
    session.page_script_hash = "train"
    session.ask("map", "panel")  # and after it
    assert [asked.page_script_hash for asked in session.ran] == ["train"]
    session.ask("train", "curves")
    assert len(session.ran) == 2


def test_who_comes_back_is_heard_again(session, monkeypatch):
    session.ask("train")
    session.page_script_hash = "train"
    session.ask("map")
    session.ask("map", "panel")
    assert len(session.ran) == 3
    session.page_script_hash = "map"
    session.ask("train")
    monkeypatch.setattr(leaving, "WINDOW_S", 0.0)
    session.ask("map", "panel")  # Python has sent one back: st.switch_page asks nobody
    assert len(session.ran) == 5


def test_a_session_that_does_not_know_its_page_yet_hears_everything(session):
    session.page_script_hash = ""  # a first visit names none, and the run has not ended
    session.ask("")
    session.ask("map", "panel")
    session.page_script_hash = "main"
    session.ask("generate", "samples")
    assert len(session.ran) == 3
