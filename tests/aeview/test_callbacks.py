"""Callbacks that Streamlit would cut short: its own queue of requests, a stand-in session."""

import pytest
from streamlit.runtime.scriptrunner import RerunException
from streamlit.runtime.scriptrunner_utils.script_requests import (
    RerunData,
    ScriptRequests,
    ScriptRequestType,
)

from aeview import callbacks
from aeview.callbacks import uncut


class Session:
    """A session state whose every use is a point where a run may be ended, as in Streamlit."""

    def __init__(self):
        self.script_requests = ScriptRequests()
        self.values = {}

    def write(self, key, value):
        request = self.script_requests.on_scriptrunner_yield()
        if request is not None:
            raise RerunException(request.rerun_data)
        self.values[key] = value


@pytest.fixture
def session(monkeypatch):
    session = Session()
    monkeypatch.setattr(callbacks, "get_script_run_ctx", lambda: session)
    return session


def asking(session, names):
    """A callback during which the browser asks for a run before each of the first writes."""
    waiting = list(names)

    def callback(value):
        for key in "abc":
            if waiting:
                asked = RerunData(query_string=waiting.pop(0))
                session.script_requests.request_rerun(asked)
            session.write(key, value)

    return callback


def test_streamlit_alone_loses_what_a_callback_had_yet_to_do(session):
    with pytest.raises(RerunException):
        asking(session, ["drawn"])(1)
    assert session.values == {}


def test_a_callback_is_run_to_its_end_and_the_request_follows(session):
    with pytest.raises(RerunException) as raised:
        uncut(asking(session, ["drawn"]))(1)
    assert session.values == dict.fromkeys("abc", 1)
    assert raised.value.rerun_data.query_string == "drawn"


def test_of_several_requests_none_is_dropped(session):
    with pytest.raises(RerunException) as raised:
        uncut(asking(session, ["drawn", "uploaded"]))(1)
    assert session.values == dict.fromkeys("abc", 1)
    assert raised.value.rerun_data.query_string == "uploaded"
    kept = session.script_requests.on_scriptrunner_yield()
    assert kept.type is ScriptRequestType.RERUN
    assert kept.rerun_data.query_string == "drawn"


def test_an_undisturbed_callback_is_called_once(session):
    calls = []
    uncut(calls.append)(1)
    assert calls == [1]
    assert uncut(test_an_undisturbed_callback_is_called_once).__name__.startswith("test_")
