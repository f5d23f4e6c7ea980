"""The owners of runs in a class: a word for each session, as no names are known.

The words say nothing of the session's token, and hold until the server restarts.
"""

from collections.abc import Iterator
from itertools import count

import streamlit as st

from aecore.runs.folder import Run
from aeview.bounded import Bounded
from aeview.classroom import access

WORDS = (
    "otter", "heron", "lynx", "panda", "raven", "koala", "bison", "gecko", "llama", "moose",
    "newt", "okapi", "puffin", "quail", "robin", "seal", "tapir", "urchin", "vole", "walrus",
    "yak", "zebra", "badger", "camel", "dingo", "egret", "ferret", "goose", "hare", "ibis",
    "jackal", "kiwi", "lemur", "marten", "orca", "parrot", "rhino", "stork", "toad", "wombat",
)  # fmt: skip
BEFORE = "begun before the server was started"


@st.cache_resource(show_spinner=False)
def _known() -> Bounded[str, int]:
    return Bounded(access.n_known)


@st.cache_resource(show_spinner=False)
def _numbers() -> Iterator[int]:
    return count()


def word(session: str) -> str:
    """A session's word: given out in order; when all are used, again with a number.

    A session that was forgotten gets a new word: no two sessions ever have the same.
    """
    place = _known().once(session, lambda: next(_numbers()))
    times, which = divmod(place, len(WORDS))
    return f"{WORDS[which]} {times + 1}" if times else WORDS[which]


def mine(run: Run) -> bool:
    """Whether this session began a run."""
    return access.began(run) == access.session()


def of(run: Run) -> str:
    """Who began a run: "yours", a word, or that nobody knows any more."""
    session = access.began(run)
    if session is None:
        return BEFORE
    return f"yours ({word(session)})" if session == access.session() else word(session)
