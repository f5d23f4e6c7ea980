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


def test_a_page_that_python_switched_to_is_the_page(session, monkeypatch):
    session.ask("map")
    session.page_script_hash = "generate"  # st.switch_page asks nobody
    session.ask("generate", "samples")
    assert len(session.ran) == 2
    session.ask("train")
    session.page_script_hash = "generate"  # which sent one back at once
    monkeypatch.setattr(leaving, "WINDOW_S", 0.0)
    session.ask("generate", "samples")
    assert len(session.ran) == 4


def test_a_first_visit_names_no_page_yet(session):
    session.ask("")
    session.ask("map", "panel")
    assert len(session.ran) == 2
