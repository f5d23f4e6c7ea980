"""A user's pictures, decoded and prepared in subprocesses; the last ones are cached."""

import hashlib

import streamlit as st

from aecore import scoring
from aecore.checkpoints import Card
from aecore.data.pictures import Picture, Preparation, Switches, open_picture
from aeview.bounded import Bounded
from aeview.work import subprocesses

MOST = 12  # of up to 4 MB
SMALL = 64_000  # bytes; a smaller file is decoded here, faster than a subprocess starts


def digest(content: bytes) -> str:
    """Name a content."""
    return hashlib.sha256(content).hexdigest()[:16]


@st.cache_resource(show_spinner=False)
def _opened() -> Bounded[str, Picture]:
    return Bounded(lambda: MOST)


def opened(content: bytes, title: str) -> Picture:
    """Decode a picture.

    Raises:
        DataError: as `open_picture` does.
    """
    if len(content) <= SMALL:
        return open_picture(content, title)
    return _opened().once(digest(content), lambda: subprocesses.ask(open_picture, content, title))


def prepared(
    content: bytes, title: str, card: Card, switches: Switches | None = None
) -> Preparation:
    """Make a picture ready as a model's data set wants it.

    Raises:
        DataError: as `open_picture` does.
    """
    picture = opened(content, title)
    if len(content) <= SMALL:
        return scoring.prepared(card, picture, switches)
    return subprocesses.ask(scoring.prepared, card, picture, switches)
