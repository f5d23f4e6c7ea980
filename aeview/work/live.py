"""Sends the chosen model, its map and its original images to the browser."""

from typing import NamedTuple

import streamlit as st

from aecore.checkpoints import Stored
from aecore.export import network, pack
from aeview.work import cache, served
from aeview.work.cache import MapChoice
from aeview.work.payload import NETWORK, STORE, payload, topic


class Opened(NamedTuple):
    """The model that the sidebar chose: the checkpoint's name, and what is in it as numpy."""

    name: str
    checkpoint: Stored

    @property
    def call(self) -> str:
        """What `aecore.open` is to be given, as Python."""
        label = self.checkpoint.label
        told = f", told={self.checkpoint.card.classes[label]!r}" if label else ""
        return f"{self.name!r}{told}"


def natural(checkpoint: Stored) -> MapChoice:
    """The map a page shows where it offers no choice: the line or plane of the units, or PCA."""
    return MapChoice({1: "line", 2: "axes"}.get(checkpoint.card.model.code_dim, "pca"))


def send(
    name: str, checkpoint: Stored, choice: MapChoice, slot: int = 0, *, with_originals: bool = True
) -> str:
    """Send a model, its map and (where they are here) its original images to the browser.

    `with_originals=False` leaves the images out, where another slot has the same.

    Returns:
        The key by which the page's component finds them in this slot.
    """
    key = cache.atlas_key(checkpoint, choice)
    served.offer(checkpoint, f"pass{slot}")
    payload(cache.atlas(key, name, slot, checkpoint, choice), key=f"atlas{slot}")
    here = with_originals and cache.has_originals(checkpoint, choice.n_points)
    pictures = cache.pictures(
        cache.pictures_key(checkpoint, choice), here, slot, checkpoint, choice
    )
    if pictures is not None:
        payload(pictures, key=f"pictures{slot}")
    return key


def send_network(checkpoint: Stored, slot: int = 0) -> str:
    """Send a model's networks alone to the browser; returns the key they are found by."""
    served.offer(checkpoint, f"networkpass{slot}")
    payload(_network(checkpoint.digest, slot, checkpoint), key=f"network{slot}")
    return checkpoint.digest


@st.cache_resource(show_spinner=False, max_entries=40)
def _network(digest: str, slot: int, _checkpoint: Stored) -> bytes:
    description, weights = network(_checkpoint)
    header = {"store": STORE, "topic": topic(NETWORK, slot), "key": digest}
    return pack({**header, "network": description}, weights)
