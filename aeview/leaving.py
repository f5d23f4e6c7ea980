"""A page that was left asks for nothing any more."""

import time

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession

WINDOW_S = 2.0  # between asking for a page and its first message


def forget_left_pages() -> None:
    """Let a session ignore what a fragment of a page asks for after another page was asked for.

    A component tells of its state a moment after it changed; who has just clicked another page's
    link is on the way already. Streamlit 1.67 then runs that fragment, which it does not find, as
    a run of the page that was left, and the browser throws the new page's parts away: it stays
    empty.
    """
    ask = AppSession.request_rerun
    if getattr(ask, "forgets_left_pages", False):
        return

    def request_rerun(session: AppSession, client_state: ClientState | None) -> None:
        page = client_state.page_script_hash if client_state else ""
        if client_state and page and client_state.fragment_id:
            if page != _page(session):
                return
        elif page:
            session.page_asked_for = (page, session.page_script_hash, time.monotonic())  # type: ignore[attr-defined]
        ask(session, client_state)

    request_rerun.forgets_left_pages = True  # type: ignore[attr-defined]
    AppSession.request_rerun = request_rerun  # type: ignore[assignment,method-assign]


def _page(session: AppSession) -> str:
    """The page that a session is on, or is on its way to."""
    now = session.page_script_hash
    asked, before, at = getattr(session, "page_asked_for", (now, now, 0.0))
    on_its_way = before == now and time.monotonic() - at < WINDOW_S
    return str(asked if on_its_way else now)
