"""Streamlit's private parts: one module touches them, and what they would lose is kept."""

import ast
import asyncio
import copy
import importlib.metadata
import inspect
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import uvicorn
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import RerunException, ScriptRunner
from streamlit.runtime.scriptrunner_utils import script_requests
from streamlit.runtime.scriptrunner_utils.script_requests import (
    RerunData,
    ScriptRequests,
    ScriptRequestType,
)
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import SessionState
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

from aeview import streamlit_fixes
from aeview.streamlit_fixes import WRITTEN_FOR, uncut
from tests.aeview.asgi import finished

ROOT = Path(__file__).parent.parent.parent
FIXES = ROOT / "aeview" / "streamlit_fixes.py"
PUBLIC = {"streamlit", "streamlit.delta_generator.DeltaGenerator"}  # the latter as a type
PRIVATE = {"runtime", "proto", "web", "elements", "commands", "config"}  # of `st`


# ---- which version, and who touches it ----------------------------------------------------------


def test_the_version_that_is_installed_is_the_one_that_is_mended():
    installed = importlib.metadata.version("streamlit")
    assert installed.startswith(f"{WRITTEN_FOR}."), (
        f"Streamlit {installed} is installed, and aeview/streamlit_fixes.py mends {WRITTEN_FOR}: "
        "try each of its functions without it, as their docstrings say, drop those that are not "
        "needed any more, and then name the version in WRITTEN_FOR and in pyproject.toml"
    )
    assert f'"streamlit=={WRITTEN_FOR}.*"' in (ROOT / "pyproject.toml").read_text()


def imported(tree):
    """What a file imports, each with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from ((f"{module}.{alias.name}", node.lineno) for alias in node.names)


def private(tree):
    """What a file imports of Streamlit's private parts, or reaches through `st`."""
    for name, line in imported(tree):
        if name.split(".")[0] == "streamlit" and name not in PUBLIC:
            yield f"{line} imports {name}"
    for node in ast.walk(tree):
        of_st = isinstance(node, ast.Attribute) and ast.unparse(node.value) == "st"
        if of_st and (node.attr in PRIVATE or node.attr.startswith("_")):
            yield f"{node.lineno} reaches st.{node.attr}"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import streamlit as st; st.title('x'); st.session_state", []),
        ("from streamlit.delta_generator import DeltaGenerator", []),
        ("import streamlit.runtime", ["1 imports streamlit.runtime"]),
        ("from streamlit import config", ["1 imports streamlit.config"]),
        ("def late():\n from streamlit.web import cli", ["2 imports streamlit.web.cli"]),
        ("st.runtime.get_instance()", ["1 reaches st.runtime"]),
        ("st._config.set_option('x', 1)", ["1 reaches st._config"]),
    ],
)
def test_private_parts_are_seen(line, found):
    assert list(private(ast.parse(line))) == found


def test_no_other_module_touches_private_parts():
    paths = [ROOT / "app.py", *(ROOT / "aeview").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
    found = [
        f"{path.relative_to(ROOT)}:{each}"
        for path in sorted(paths)
        if path != FIXES
        for each in private(ast.parse(path.read_text()))
    ]
    assert found == [], "only aeview/streamlit_fixes.py touches Streamlit's private parts"


def test_the_fixes_lie_below_everything():
    names = [name for name, _ in imported(ast.parse(FIXES.read_text()))]
    assert [name for name in names if name.startswith(("aeview", "aecore", "."))] == []


# ---- clicks: Streamlit's own queue of requests, a stand-in session -----------------------------


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
    monkeypatch.setattr(streamlit_fixes, "get_script_run_ctx", lambda: session)
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


def told(**values):
    """What a browser sends: the components' values, as JSON; "go" is a trigger."""
    states = WidgetStates()
    for name, value in values.items():
        if name == "go":
            states.widgets.add(id=name, json_trigger_value=value)
        else:
            states.widgets.add(id=name, json_value=value)
    return states


def taken_up(*requests):
    """The values of the run that follows requests which came while another ran."""
    waiting = ScriptRequests()
    for states in requests:
        waiting.request_rerun(RerunData(widget_states=states))
    found = waiting.on_scriptrunner_yield().rerun_data.widget_states.widgets
    return {state.id: state.json_value or state.json_trigger_value for state in found}


@pytest.fixture
def unmended(monkeypatch):
    own = script_requests._coalesce_widget_states
    while closure := inspect.getclosurevars(own).nonlocals.get("merge"):
        own = closure
    monkeypatch.setattr(script_requests, "_coalesce_widget_states", own)


def test_streamlit_alone_loses_what_was_told_before_another_page_was_asked_for(unmended):
    assert taken_up(told(drawn="3", go="x"), told(lecture="1")) == {"go": "x", "lecture": "1"}


def test_what_was_told_before_another_page_was_asked_for_is_kept_and_the_newest_of_it(unmended):
    streamlit_fixes.keep_values()
    streamlit_fixes.keep_values()
    found = taken_up(told(drawn="3", pen="1"), told(drawn="8", pen="1"), told(lecture="1"))
    assert found == {"drawn": "8", "pen": "1", "lecture": "1"}


# ---- files: where to send them survives the start of another run, and no run copies them --------


@pytest.fixture
def fresh(monkeypatch):
    """Streamlit's own parts, whatever a page has done to them in this process before."""
    own = inspect.unwrap(ForwardMsgQueue.clear)
    while closure := inspect.getclosurevars(own).nonlocals.get("forget"):
        own = closure
    monkeypatch.setattr(ForwardMsgQueue, "clear", own)
    monkeypatch.delattr(UploadedFile, "__deepcopy__", raising=False)


def left_of_a_queue():
    queue = ForwardMsgQueue()
    for number in (1, 2):
        message = ForwardMsg()
        message.file_urls_response.response_id = f"file {number}"
        queue.enqueue(message)
    drawn = ForwardMsg()
    drawn.delta.new_element.markdown.body = "of the run before"
    queue.enqueue(drawn)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=None)
    sent = [message.file_urls_response.response_id for message in queue.flush()]
    assert queue.flush() == []  # nothing is sent twice
    return sent


def test_streamlit_alone_forgets_the_addresses(fresh):
    assert left_of_a_queue() == []


def test_they_are_kept_in_order_and_nothing_else_is(fresh):
    streamlit_fixes.keep_addresses()
    streamlit_fixes.keep_addresses()
    assert left_of_a_queue() == ["file 1", "file 2"]


@pytest.fixture
def file():
    record = UploadedFileRec("id", "a.png", "image/png", bytes(range(256)) * 100)
    file = UploadedFile(record, FileURLs(file_id="id", upload_url="/up"))
    file.read(7)
    return file


def test_streamlit_alone_copies_an_uploaded_files_bytes(fresh, file):
    assert copy.deepcopy(file).getvalue() is not file.getvalue()


def test_a_copy_of_an_uploaded_file_shares_its_bytes(fresh, file):
    streamlit_fixes.share_contents()
    content = file.getvalue()
    (copied,) = copy.deepcopy([file])
    assert copied is not file
    assert copied.getvalue() is file.getvalue() is content
    assert (copied.name, copied.size, copied.tell()) == ("a.png", 25_600, 7)
    assert copied == file
    copied.write(b"x")
    assert file.getvalue() is content


# ---- pages: what one asks for after it was left -------------------------------------------------


@pytest.fixture
def runner(monkeypatch):
    """A runner whose page on view is "map", and what it has run: page, link, fragments."""
    ran = []
    monkeypatch.setattr(
        ScriptRunner, "_run_script",
        lambda _, asked: ran.append(
            (asked.page_script_hash, asked.query_string, *asked.fragment_id_queue)
        ),
    )  # fmt: skip
    streamlit_fixes.apply()
    streamlit_fixes.apply()  # every run of the app asks for it
    pages = PagesManager("main.py")
    pages.set_current_page_script_hash("map")
    state = SafeSessionState(SessionState(), lambda: None)
    made = SimpleNamespace(_pages_manager=pages, _session_state=state, ran=ran)
    made.asked = lambda page, *fragments, link="": ScriptRunner._run_script(
        made,
        RerunData(page_script_hash=page, query_string=link, fragment_id_queue=list(fragments)),
    )
    return made


def test_a_fragment_of_the_page_on_view_runs_and_one_of_a_page_that_was_left_does_not(runner):
    runner.asked("map", "panel")
    runner._pages_manager.set_current_page_script_hash("train")  # a link, or `st.switch_page`
    runner.asked("map", "panel")
    runner.asked("train", "curves")
    runner.asked("map")  # the page itself: a link leads back
    assert runner.ran == [("map", "", "panel"), ("train", "", "curves"), ("map", "")]


def test_a_fragment_has_the_sessions_link_and_a_page_the_browsers(runner):
    with runner._session_state.query_params() as link:
        link.set_with_no_forward_msg("model", "a b&c")
        link.set_with_no_forward_msg("seed", "3")
    runner.asked("map", "panel", link="seed=2")  # as the browser knew it before the last run
    runner.asked("map", link="seed=2")
    assert runner.ran == [("map", "model=a+b%26c&seed=3", "panel"), ("map", "seed=2")]


async def _told(monkeypatch, fragment, mended):
    """What the browser of a busy server is told: a run is over, and a request comes before it."""
    told, loop = [], asyncio.get_running_loop()
    runner = SimpleNamespace(_requests=ScriptRequests())
    session = SimpleNamespace(
        _scriptrunner=runner, _call_soon_on_event_loop=loop.call_soon_threadsafe
    )

    def tells(what):
        if session._scriptrunner is runner:  # Streamlit drops what comes of another
            told.append(what)

    def runs():
        loop.call_soon_threadsafe(tells, "its parts")
        runner._requests.on_scriptrunner_ready()  # nothing is asked for: it is over
        loop.call_soon_threadsafe(tells, "its end")

    def asks(session, _):
        session._scriptrunner = "another"
        told.append("the next")

    runner._script_thread = threading.Thread(target=runs)
    runner._script_thread.start()
    while runner._requests._state is not ScriptRequestType.STOP:
        time.sleep(0)  # and the loop with it: its messages wait
    monkeypatch.setattr(AppSession, "request_rerun", asks)
    if mended:
        streamlit_fixes.tell_to_the_end()
        streamlit_fixes.tell_to_the_end()
    AppSession.request_rerun(session, SimpleNamespace(fragment_id=fragment))
    await asyncio.sleep(0)
    return told


@pytest.mark.parametrize(
    ("fragment", "mended", "told"),
    [
        ("panel", False, ["the next"]),  # Streamlit alone
        ("panel", True, ["its parts", "its end", "the next"]),
        ("", True, ["the next"]),  # the whole page tells all of it again
    ],
)
def test_a_run_is_told_of_to_its_end_before_a_fragments_is(monkeypatch, fragment, mended, told):
    assert finished(_told(monkeypatch, fragment, mended)) == told


def test_the_keys_of_a_session_are_listed_while_another_run_writes_one(monkeypatch):
    streamlit_fixes.apply()
    state = SessionState()
    state["drawn"] = 1

    def meanwhile(state, key):
        state._old_state[f"{key} of the run before"] = 2
        state._new_session_state[f"{key} of this one"] = 3
        return key

    monkeypatch.setattr(SessionState, "_get_widget_id", meanwhile)
    assert state._keys() == {"drawn"}


# ---- the server: it ends although a browser holds on -------------------------------------------


async def _ended_while_a_browser_waits():
    """Whether a server ends that has not answered a request."""
    asked = asyncio.Event()

    async def never(scope, receive, send):
        asked.set()
        await asyncio.Event().wait()

    config = uvicorn.Config(never, port=0, lifespan="off", log_level="critical")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    _, browser = await asyncio.open_connection("127.0.0.1", port)
    browser.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
    await asked.wait()
    server.should_exit = True
    done, _ = await asyncio.wait([serving], timeout=30)
    server.force_exit = True
    await serving
    browser.close()
    return bool(done)


def test_the_server_ends_although_a_request_is_not_answered(monkeypatch):
    monkeypatch.setattr(streamlit_fixes, "ENDING_S", 0.1)
    streamlit_fixes.end_soon()
    streamlit_fixes.end_soon()
    assert finished(_ended_while_a_browser_waits())
