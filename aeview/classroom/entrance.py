"""The door: the join code, the number of places, and the teacher's sign-in."""

from html import escape

import streamlit as st

from aecore.errors import DataError
from aecore.limits import limits
from aeview.classroom import access, led, owners, reach, votes
from aeview.escape import escaped
from aeview.shown import address
from aeview.streamlit_fixes import uncut

# Keys in the session state.
JOIN = "join"
TRIED = "join_tried"
BOARD = "class_board"
LET_TRAIN = "let_students_train"
FULL = "{n} people are here, as many as this server takes at once: try again in a few minutes."
WRONG_CODE = "This is not the code: look at the board once more."
WRONG_KEY = "This is not the key: it was printed where the server was started."
BOARD_S = 3.0
HELP_KEY = "The key was printed where the server was started."


def admit() -> None:
    """Let the visitor in, or say what is missing and end the page."""
    try:
        access.settle()
        most = limits().sessions
    except (ValueError, OSError) as error:
        st.error(f"The server's settings can't be used: {escaped(str(error))}")
        st.stop()
    if len(_here()) >= most and _place() not in _here():
        st.warning(FULL.format(n=most))
        st.stop()
    _here().add(_place())
    if not access.joined():
        _ask()
    if code := access.join_code():  # so that the page opens again after a restart of the server
        if st.query_params.get(JOIN) != code:
            st.query_params[JOIN] = code
    elif JOIN in st.query_params:
        del st.query_params[JOIN]


@st.cache_resource(show_spinner=False)
def _here() -> set[str]:
    return set()


@st.cache_resource(scope="session", show_spinner=False, on_release=lambda name: _leave(name))
def _place() -> str:
    """This session's place; it is free again when the session ends."""
    return access.session()


def _leave(name: str) -> None:
    """Free the place alone: a session that comes back after a network glitch is still known."""
    _here().discard(name)


def _ask() -> None:
    """Ask for the join code; the link's is tried first, once."""
    linked = st.query_params.get(JOIN, "")
    if linked and st.session_state.get(TRIED) != linked:
        if _tried(linked):
            return
        st.session_state[TRIED] = linked
    with st.container(key="door"):
        with st.form("join", width=420):
            st.subheader("Join the class", anchor=False)
            code = st.text_input("The code on the board", max_chars=100)
            if st.form_submit_button("Join", type="primary") and _tried(code):
                st.rerun()
        with st.expander("I am the teacher", width=420):
            if key := _key_form("Sign in as the teacher"):
                _sign_in(key)
    st.stop()


def _tried(code: str) -> bool:
    try:
        right = access.join(code)
    except access.Refused as error:
        st.error(escaped(str(error)))
        return False
    if not right:
        st.error(WRONG_CODE)
    return right


def sign() -> None:
    """In class mode, show who one is below the sidebar, and let the teacher sign in."""
    if not access.class_mode():
        return
    if access.teacher():
        panel = st.sidebar.expander("Class · teacher", key=BOARD, on_change="rerun")
        with panel:  # who looks at it sees them come
            st.fragment(_board, run_every=BOARD_S if panel.open else None)()
            st.toggle("Students may train", access.students_train(), key=LET_TRAIN, on_change=_let)
            st.button("Sign out", on_click=_sign_out, icon=":material/logout:")
        return
    with st.sidebar, st.expander("Class"):
        locked = "" if access.students_train() else " The teacher has locked training."
        me = owners.word(access.session())
        st.caption(
            "What you train and upload is yours; all see the list of runs, in which you are "
            f"“{me}”.{locked}"
        )
        if key := _key_form("Teacher: sign in"):
            _sign_in(key)


def _board() -> None:
    """What the teacher writes on the board, and how many have come; for the teacher alone."""
    if not access.teacher():  # a fragment may be asked for after the teacher has signed out
        return
    address, note = reach.root()
    code = access.join_code()
    st.caption("Students open")
    st.html(f'<p class="board">{escape(address)}</p>')
    if code:
        st.caption("and give the join code")
        st.html(f'<p class="board code">{escape(code)}</p>')
    if note:
        st.caption(note)
    n = len(_here())
    said = "1 browser tab is" if n == 1 else f"{n} browser tabs are"
    st.caption(f"{said} here now, yours among them; there is room for {limits().sessions}.")


@uncut
def _let() -> None:
    try:
        access.let_students_train(bool(st.session_state[LET_TRAIN]))
    except (access.Refused, DataError) as error:
        address.notice(str(error))


@uncut
def _sign_out() -> None:
    led.end()
    votes.leave()
    access.sign_out()


def _key_form(title: str) -> str:
    """Ask for the key; what was entered just now, else nothing."""
    with st.form("teacher", border=False):
        key: str = st.text_input(
            "The teacher's key", type="password", max_chars=100, help=HELP_KEY
        )
        return key if st.form_submit_button(title) else ""


def _sign_in(key: str) -> None:
    try:
        right = access.sign_in(key)
    except (access.Refused, DataError) as error:
        st.error(escaped(str(error)))
        return
    if right:
        st.rerun()
    st.error(WRONG_KEY)
