"""The user's own pictures on the Denoise page: drawn, uploaded or brought from Your image."""

import base64
from typing import NamedTuple

import numpy as np
import streamlit as st

from aecore.arrays import Pixels
from aecore.checkpoints import Card, Stored
from aecore.data.imageset import is_signal
from aecore.errors import DataError
from aecore.limits import limits
from aeview.denoise.shown import DENOISE_FILES, DENOISE_PAD
from aeview.escape import escaped
from aeview.own_pictures import carried
from aeview.own_pictures import ways as own_ways
from aeview.own_pictures.pad import Drawn, Sheet, can_draw, pad
from aeview.work import pictures
from aeview.work.pixels import as_bytes

# Keys in the session state.
DRAWING = "your drawing"  # the browser knows it by this name, too
MOST = 4
TYPES = ["png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff"]


class Own(NamedTuple):
    """A picture of the user's, ready for the models."""

    name: str
    pixels: np.ndarray

    @property
    def packed(self) -> dict[str, str]:
        """As the component takes it."""
        content = np.ascontiguousarray(self.pixels).tobytes()
        return {"name": self.name, "pixels": base64.b64encode(content).decode()}


def choose(checkpoint: Stored) -> list[Own]:
    """Let the user draw and upload; pictures that can't be read are named with the reason.

    What was drawn or given last on the page Your image is there until something is drawn here.

    A model of signals takes no pictures, so nothing is offered.
    """
    card = checkpoint.card
    if is_signal(card.model.shape):
        return []
    if not can_draw(card.model.shape):
        with st.expander("Your own pictures"):
            return [*_brought(checkpoint), *_uploaded(card)]
    with st.expander("Your own pictures: draw or upload"):
        drawing, files = st.columns([1, 2], gap="medium")
        with drawing:
            drawn = _drawn(card)
        with files:
            return [*(drawn or _brought(checkpoint)), *_uploaded(card)]


def _drawn(card: Card) -> list[Own]:
    written, hand = own_ways.kind(card.data)
    hint = "Draw here: your drawing stands on the left of the images above"
    pad(Sheet(card.model.shape, hand, written, hint, "drawing/denoise"), DENOISE_PAD)
    found = Drawn.of(st.session_state.get(DENOISE_PAD))
    if found is None or found.empty or found.image.shape != tuple(card.model.shape[1:]):
        return []
    return [Own(DRAWING, as_bytes(found.image)[None])]


def _brought(checkpoint: Stored) -> list[Own]:
    found = carried.picture(checkpoint)
    return [Own(found.title, as_bytes(found.image))] if found else []


def _uploaded(card: Card) -> list[Own]:
    files = st.file_uploader(
        f"Up to {MOST} pictures: they stand on the left of the images above",
        type=TYPES,
        accept_multiple_files=True,
        key=DENOISE_FILES,
        max_upload_size=limits().file_mb,
    )
    if len(files) > MOST:
        st.info(f"The first {MOST} of {len(files)} pictures are shown.")
    found = []
    for number, file in enumerate(files[:MOST], 1):
        try:
            image, words = _prepared(file.getvalue(), card.data, card.model.shape, file.name, card)
        except DataError as error:
            st.error(escaped(str(error)))
            continue
        st.caption(f"Picture {number}: {words}")
        found.append(Own(f"your picture {number}", image))
    return found


@st.cache_resource(show_spinner="Preparing the pictures …", max_entries=100)
def _prepared(
    content: bytes, data: str, shape: tuple[int, ...], _title: str, _card: Card
) -> tuple[Pixels, str]:
    del data, shape  # the rest of what the result depends on
    made = pictures.prepared(content, _title, _card)
    return as_bytes(made.image), made.words
