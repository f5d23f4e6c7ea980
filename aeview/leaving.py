"""A page that was left asks for nothing any more."""

import time

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession

WINDOW_S = 5.0  # after which nothing of the page that was left can be on its way any more


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
        if client_state and client_state.fragment_id:
            left, at = getattr(session, "page_left", ("", 0.0))
            if page and page == left and time.monotonic() - at < WINDOW_S:
                return
        elif page:
            now = session.page_script_hash  # as far as the session knows; it learns that late
            left = now if now != page else ""
            session.page_left = (left, time.monotonic())  # type: ignore[attr-defined]
        ask(session, client_state)

    request_rerun.forgets_left_pages = True  # type: ignore[attr-defined]
    AppSession.request_rerun = request_rerun  # type: ignore[assignment,method-assign]
