"""Every touch of Streamlit's private parts: what it would lose or spoil, and the mending.

No other module imports anything of Streamlit but its public names. Each function says what breaks
without it; who moves to another minor version tries each without it first, and drops it if it may.
Not here: the page's own class names, which `assets/frame.css` and the components know.
"""

import functools
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from socket import socket
from typing import Any, ParamSpec
from urllib.parse import urlencode

import uvicorn
from streamlit import config
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner import RerunException, ScriptRunner, get_script_run_ctx
from streamlit.runtime.scriptrunner_utils import script_requests
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequestType
from streamlit.runtime.state.session_state import SessionState
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

__all__ = ["WRITTEN_FOR", "UploadedFile", "apply", "bound_uploads", "run_whole_page", "uncut"]

WRITTEN_FOR = "1.67"  # the minor version of Streamlit
ADDRESSES = "file_urls_response"
UPLOADED = "server.maxUploadSize"
ENDING_S = 3  # what an open connection is given when the server is to end
ENDING_RUN_S = 0.25  # what a run that is over is given to say so
Arguments = ParamSpec("Arguments")


def apply() -> None:
    """Mend Streamlit in this process, once; every run of the app asks for it."""
    keep_addresses()
    share_contents()
    see_fragments_to_their_page()
    tell_to_the_end()
    list_keys_whole()
    keep_values()
    end_soon()


# ---- the server ---------------------------------------------------------------------------------


def end_soon() -> None:
    """Let the server end on Ctrl-C although a browser has not closed a connection.

    Without it: Streamlit 1.67 sets its web server, uvicorn, no bound. A browser that has just left
    a page may keep the connection for a minute, and as long the server waits.
    """
    end = uvicorn.Server.shutdown
    if getattr(end, "is_bounded", False):
        return

    async def shutdown(server: uvicorn.Server, sockets: list[socket] | None = None) -> None:
        server.config.timeout_graceful_shutdown = ENDING_S
        await end(server, sockets)

    shutdown.is_bounded = True  # type: ignore[attr-defined]
    uvicorn.Server.shutdown = shutdown  # type: ignore[assignment,method-assign]


# ---- clicks -------------------------------------------------------------------------------------


def uncut(callback: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """Run a callback to its end, whatever else the browser asks for meanwhile.

    Without it, in Streamlit 1.67: a browser that asks for another run while a callback runs (a
    component reports, a second file arrives) ends the callback at its next use of the session
    state; what Streamlit then runs holds the widget's new value already, so the callback is never
    called again and the user's action is lost. Here the callback is called again at once, so it
    must do no harm when it is run twice, and what the browser asked for follows it.
    """

    @functools.wraps(callback)
    def whole(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        asked: list[RerunException] = []
        while True:
            try:
                callback(*args, **kwargs)
                break
            except RerunException as cut:
                asked.append(cut)
        if not asked:
            return
        context = get_script_run_ctx()
        if context is not None and context.script_requests is not None:
            for request in asked[:-1]:
                context.script_requests.request_rerun(request.rerun_data)
        raise asked[-1]

    return whole


def run_whole_page() -> None:
    """Have the whole page run after a callback; its last line.

    Without it, in Streamlit 1.67: a button in a fragment asks for that fragment alone. What the
    browser still shows of the run before may belong to one that is gone: then Streamlit calls the
    callback and runs nothing.
    """
    context = get_script_run_ctx()
    if context is not None and context.script_requests is not None:
        context.script_requests.request_rerun(
            RerunData(
                query_string=context.query_string, page_script_hash=context.page_script_hash,
                cached_message_hashes=context.cached_message_hashes,
                context_info=context.context_info,
            )
        )  # fmt: skip


# ---- files --------------------------------------------------------------------------------------


def keep_addresses() -> None:
    """Let a browser have the addresses that it asked for to send its files to.

    Without it: Streamlit 1.67 forgets what it has not sent yet when a run of the whole page
    begins, these among them; the browser then waits for ever, and the file that was given is
    ignored without a word.
    """
    forget = ForwardMsgQueue.clear
    if getattr(forget, "keeps_addresses", False):
        return

    def clear(
        queue: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, *args: Any, **kwargs: Any
    ) -> None:
        if not retain_lifecycle_msgs:  # they are being sent
            forget(queue, retain_lifecycle_msgs, *args, **kwargs)
            return
        asked = [each for each in queue._queue if each.WhichOneof("type") == ADDRESSES]
        forget(queue, retain_lifecycle_msgs, *args, **kwargs)
        left = {id(each) for each in queue._queue}
        queue._queue += [each for each in asked if id(each) not in left]

    clear.keeps_addresses = True  # type: ignore[attr-defined]
    ForwardMsgQueue.clear = clear  # type: ignore[assignment,method-assign]


def share_contents() -> None:
    """Let copies of an uploaded file share its bytes, which nothing changes.

    Without it: Streamlit 1.67 copies what a widget holds at every run of the page; with files of
    20 MB that held everybody up for tens of milliseconds each time.
    """

    def shared(file: UploadedFile, memo: dict[int, Any]) -> UploadedFile:
        record = UploadedFileRec(file.file_id, file.name, file.type, file.getvalue())
        copied = UploadedFile(record, deepcopy(file._file_urls, memo))
        copied.seek(file.tell())
        return copied

    UploadedFile.__deepcopy__ = shared  # type: ignore[attr-defined]


def bound_uploads(megabytes: int) -> None:
    """Refuse larger files while they come in.

    Without it: Streamlit 1.67 reads its bound where it reads its other settings, before it is
    known whether a class is served; what an uploader says of its own size binds no browser.
    """
    if config.get_option(UPLOADED) != megabytes:
        config.set_option(UPLOADED, megabytes)


def list_keys_whole() -> None:
    """Let the keys of a session be listed while the run before it still writes some.

    Without it: in Streamlit 1.67 a run that takes the place of another shares its session state,
    each under a lock of its own; a select box lists all keys, and where the other run adds one
    meanwhile the page shows an error instead ("dictionary changed size during iteration").
    """
    if getattr(SessionState._keys, "whole", False):
        return

    def keys(state: SessionState) -> set[str]:
        named = [*list(state._old_state), *list(state._new_session_state)]
        return {state._get_widget_id(each) for each in named} | set(state._new_widget_state.keys())

    keys.whole = True  # type: ignore[attr-defined]
    SessionState._keys = keys  # type: ignore[assignment,method-assign]


def keep_values() -> None:
    """Let what a component told reach its callback although another page was asked for at once.

    Without it: in Streamlit 1.67 a browser that asks for a page sends no values of the page it
    leaves, and where what it sent before has not been taken up yet, one request replaces the
    other: of the values only triggers are kept. A drawing whose pen was lifted just before a link
    was followed is lost.
    """
    merge = script_requests._coalesce_widget_states
    if getattr(merge, "keeps_values", False):
        return

    def merged(old: WidgetStates | None, new: WidgetStates | None) -> WidgetStates | None:
        found = merge(old, new)
        if old and new and found:
            named = {state.id for state in found.widgets}
            found.widgets.extend(state for state in old.widgets if state.id not in named)
        return found

    merged.keeps_values = True  # type: ignore[attr-defined]
    script_requests._coalesce_widget_states = merged  # type: ignore[assignment]


# ---- pages --------------------------------------------------------------------------------------


def see_fragments_to_their_page() -> None:
    """Let a fragment run only while its page is on view, and with the link that the session has.

    Without the first: a component tells of its state a moment after it changed; who has just
    clicked another page's link, or a button that leads there, is on the way already. Streamlit
    1.67 runs that fragment after the new page's run, which does not know it, as a run of the page
    that was left, and the browser throws the new page's parts away: it stays empty, with "Bad
    delta path index" in its console. Without the second: what the browser sends along is the link
    as it knew it then. What a run of the whole page has written there meanwhile, such as a model
    that was just chosen, is lost from it: only runs of the whole page follow the browser's link.
    """
    run = ScriptRunner._run_script
    if getattr(run, "sees_to_pages", False):
        return

    def run_script(runner: ScriptRunner, asked: RerunData) -> None:
        if asked.fragment_id_queue:
            if asked.page_script_hash != runner._pages_manager.current_page_script_hash:
                return
            with runner._session_state.query_params() as link:
                query = urlencode(link._query_params, doseq=True)
            asked = replace(asked, query_string=query)
        run(runner, asked)

    run_script.sees_to_pages = True  # type: ignore[attr-defined]
    ScriptRunner._run_script = run_script  # type: ignore[assignment,method-assign]


def tell_to_the_end() -> None:
    """Let the browser hear of a run to its end, although a fragment asks for another just then.

    Without it: in Streamlit 1.67 a run's messages wait for the server's loop. Where the run is
    over and a fragment's request comes before them, a new runner takes its place and they are
    dropped as those of an old one: the browser lacks parts of the page, and what the fragment
    draws has no place to go. A request for the whole page may drop them: it sends them all again.
    """
    ask = AppSession.request_rerun
    if getattr(ask, "tells_to_the_end", False):
        return

    def request_rerun(session: AppSession, client_state: ClientState | None) -> None:
        runner = session._scriptrunner
        if client_state and client_state.fragment_id and runner is not None:
            thread = runner._script_thread
            if thread is not None and runner._requests._state is ScriptRequestType.STOP:
                thread.join(ENDING_RUN_S)  # it only has its last word to say
                if not thread.is_alive():  # and has said it: the loop has it before this
                    session._call_soon_on_event_loop(lambda: ask(session, client_state))
                    return
        ask(session, client_state)

    request_rerun.tells_to_the_end = True  # type: ignore[attr-defined]
    AppSession.request_rerun = request_rerun  # type: ignore[assignment,method-assign]
