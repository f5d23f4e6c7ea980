"""Sessions across a reload: a tab keeps a pass, and hands it back to its new session.

A pass is a random token that the server issued to one tab in class mode. It lies in the tab's
`sessionStorage` and in the server's memory (its digest alone), never in an address or a log; the
desk (`aeview.shell.desk_component`) carries it. Who signs in or out gets another name
(`access.sign_in`) and another pass: what a student's pass opens never grows.
"""

import hashlib
import secrets
import threading
import time
from contextlib import suppress
from typing import NamedTuple

import streamlit as st

from aecore.limits import limits
from aeview.classroom import access

HOUR = 3600.0
LONGEST = 200  # characters of a token that is looked at


class _Pass(NamedTuple):
    """Its owner, and when it was used last, in seconds of the monotonic clock."""

    name: str
    seen: float


class _Book:
    """The passes of this server, by the digest of their token; all sessions share it."""

    def __init__(self) -> None:
        self.server = secrets.token_urlsafe(6)  # begins each token: others are of another server
        self.passes: dict[str, _Pass] = {}
        self.lock = threading.Lock()

    def issue(self, name: str) -> str:
        token = f"{self.server}.{secrets.token_urlsafe(32)}"
        with self.lock:
            self._tidy()
            self.passes[_digest(token)] = _Pass(name, time.monotonic())
        return token

    def use(self, token: str) -> str | None:
        """The owner of a token; None for one that is unknown or too old."""
        with self.lock:
            found = self.passes.get(_digest(token))
            if found is None or _old(found):
                return None
            self.passes[_digest(token)] = _Pass(found.name, time.monotonic())
            return found.name

    def owner(self, token: str) -> str | None:
        with self.lock:
            found = self.passes.get(_digest(token))
            return None if found is None or _old(found) else found.name

    def drop(self, token: str) -> None:
        with self.lock:
            self.passes.pop(_digest(token), None)

    def _tidy(self) -> None:
        for digest in [each for each, found in self.passes.items() if _old(found)]:
            del self.passes[digest]
        while len(self.passes) >= limits().passes:  # students' go first, those unused longest
            del self.passes[min(self.passes, key=self._worth)]

    def _worth(self, digest: str) -> tuple[bool, float]:
        found = self.passes[digest]
        return access.teaches(found.name), found.seen


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _old(found: _Pass) -> bool:
    return time.monotonic() - found.seen > limits().pass_hours * HOUR


@st.cache_resource(show_spinner=False)
def _book() -> _Book:
    return _Book()


def own() -> tuple[str, bool]:
    """This session's token, and whether the session is new: an older one may be handed back.

    Nobody needs a token who is alone, or stands before the door: it is empty then.
    """
    if not (access.class_mode() and access.joined()):
        return "", False
    return _issued(), not st.session_state.get(access.SETTLED, False)


def beside() -> str:
    """This session's token for requests beside it, for one who is alone, too."""
    return _issued() if access.joined() else ""


def _issued() -> str:
    token: str | None = st.session_state.get(access.PASS)
    if token is None or _book().use(token) != access.session():
        if token is not None:  # too old, or there were too many: the tab must take the new one
            st.session_state[access.SETTLED] = True
        st.session_state[access.PASS] = token = _book().issue(access.session())
    return token


def owner(token: str) -> str | None:
    """Say whose a token is, for requests beside the session; it is not used by that."""
    return _book().owner(token) if 0 < len(token) <= LONGEST else None


def take_up(token: str) -> bool:
    """Make this session the one that a token was issued to; tried once by each new session.

    A wrong token counts as a guess, except one of an earlier start of the server: a class that
    comes back after a restart would lock itself out.

    Returns:
        Whether it was right.
    """
    if st.session_state.get(access.SETTLED) or not access.class_mode():
        return False
    name = _owner(token)
    if name is not None:
        if issued := st.session_state.get(access.PASS):
            _book().drop(issued)
        st.session_state[access.SESSION] = name
        st.session_state[access.PASS] = token
    st.session_state[access.SETTLED] = True  # last: a run that is cut short before tries again
    return name is not None


def _owner(token: str) -> str | None:
    """Look a token up; guesses of others at the same address never block a right one."""
    ours = len(token) <= LONGEST and token.partition(".")[0] == _book().server
    name = _book().use(token) if ours else None
    if ours and name is None:
        with suppress(access.Refused):
            access.counted(lambda: False)
    return name
