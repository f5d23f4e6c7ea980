"""The user's own picture or drawing, carried from the page Your image to other pages."""

from collections.abc import Callable, Hashable
from typing import NamedTuple, TypeVar

import numpy as np
import streamlit as st

from aecore import scoring
from aecore.checkpoints import Card, Stored
from aecore.data.pictures import Preparation, Switches
from aecore.errors import DataError
from aeview.own_pictures.files import SAMPLE, Given
from aeview.own_pictures.pad import can_draw
from aeview.own_pictures.shown import CARRIED
from aeview.shell import links
from aeview.work import pictures
from aeview.work.pixels import as_base64

Made = TypeVar("Made")

# Keys in the session state.
DRAWN = CARRIED
OWN_PREPARED = "own_prepared"
OWN_DRAWINGS = "own_drawings"
OWN = "own"  # how it is called in a link


class Carried(NamedTuple):
    """A picture as the model sees it.

    Attributes:
        title: of the picture; the user's own words.
        image: (channels, height, width) in [0, 1].
    """

    title: str
    image: np.ndarray

    @property
    def packed(self) -> dict[str, str]:
        """As the browser takes it."""
        return {"title": self.title, "pixels": as_base64(self.image)}


def picture(checkpoint: Stored) -> Carried | None:
    """Return what was last drawn or given on the page Your image, if that was the user's own."""
    given: Given | None = st.session_state.get(links.GIVEN)
    if given is None:
        return _drawing(checkpoint)
    if given.id.startswith(SAMPLE):
        return None
    try:
        made = prepared(given, checkpoint, Switches())
    except DataError:
        return None
    return Carried(given.title, made.image)


def _drawing(checkpoint: Stored) -> Carried | None:
    ink: np.ndarray | None = st.session_state.get(DRAWN)
    shape = checkpoint.card.model.shape
    if ink is None or not can_draw(shape) or ink.shape != tuple(shape[1:]):
        return None
    return Carried("your drawing", ink[None])


def prepared(given: Given, checkpoint: Stored, switches: Switches) -> Preparation:
    """Prepare a picture for a model; the last one is kept."""
    card = checkpoint.card
    return _last(
        OWN_PREPARED, _key(given, card, switches),
        lambda: pictures.prepared(given.content, given.title, card, switches),
    )  # fmt: skip


def drawings(
    given: Given, made: Preparation, checkpoint: Stored, switches: Switches
) -> tuple[Preparation, ...]:
    """Prepare each of several drawings on a picture; the last picture's are kept."""
    card = checkpoint.card
    return _last(
        OWN_DRAWINGS, _key(given, card, switches),
        lambda: tuple(scoring.prepared(card, crop) for crop in made.crops),
    )  # fmt: skip


def _key(given: Given, card: Card, switches: Switches) -> Hashable:
    return given.id, len(given.content), card.data, card.model.shape, switches


def _last(name: str, key: Hashable, make: Callable[[], Made]) -> Made:
    """What was made last in this session, if it was for this key."""
    before = st.session_state.get(name)
    if not before or before[0] != key:
        before = st.session_state[name] = (key, make())
    made: Made = before[1]
    return made
