"""Sends our own classifier of a data set to the browser, which asks it what decoded images are."""

from collections.abc import Callable

import streamlit as st

from aecore import classifier_files
from aecore.checkpoints import Card
from aecore.errors import CheckpointError
from aecore.export import classifier_parts, pack
from aeview.work.payload import STORE, payload

CLASSIFIER = "classifier"


def key(card: Card) -> str:
    """Names the classifier of a model's data set; empty where there is none.

    And for a model that the server runs: on the way to another class slopes are asked for.
    """
    if card.served:
        return ""
    file = classifier_files.find(card.data)
    return f"{card.data}/{file.stat().st_mtime_ns}" if file else ""


def is_class(card: Card) -> Callable[[int], str]:
    """A check of a class's number, for `Shown.start`."""

    def check(label: int) -> str:
        last = len(card.classes) - 1
        return "" if label <= last else f"is no class of this data set: the last is {last}"

    return check


def send(card: Card) -> None:
    """Send the classifier of a model's data set to the browser, if there is one."""
    if block := packed(card):
        payload(block, key=CLASSIFIER)


def packed(card: Card) -> bytes | None:
    """The classifier of a model's data set for the browser; None where there is none.

    Of a damaged file, too: what needs it goes on waiting, and the rest works.
    """
    named = key(card)
    try:
        return _packed(named, card.data) if named else None
    except CheckpointError:
        return None


@st.cache_resource(show_spinner=False, max_entries=6)
def _packed(key: str, _data: str) -> bytes:
    file = classifier_files.find(_data)
    if file is None:
        raise CheckpointError(f"there is no classifier of {_data}")
    header, weights = classifier_parts(classifier_files.read(file))
    return pack({"store": STORE, "topic": CLASSIFIER, "key": key, **header}, weights)
