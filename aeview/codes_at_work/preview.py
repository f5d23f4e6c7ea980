"""What is about to be measured: a sentence, and images with the codes that stand for them."""

from html import escape

import numpy as np
import streamlit as st

from aecore.data.imageset import SPLITS, is_signal
from aecore.errors import DataError
from aecore.latents.units import unit_name
from aeview.shell import sidebar
from aeview.work import cache
from aeview.work.live import Opened
from aeview.work.pixels import data_address

N_SHOWN = 8
WORDS = {
    "probe": "How well classes are told from few labels: by this model's codes, by PCA codes of "
    "the same size and by the raw pixels.",
    "search": "How many of the ten nearest training images have the query's class: nearest by "
    "code, and nearest by pixels.",
    "compression": "How many bytes an image takes as a code of 8 bits a unit, and what comes back "
    "from it: beside PNG, JPEG and WebP, on images of its own kind and on photographs.",
}


def show(chosen: Opened, section: str) -> None:
    """Say what will be measured, and show a few test images with their codes."""
    st.markdown(sidebar.say(WORDS[section]))
    if cells := _cells(chosen):
        st.html(
            f'<table class="figures pictures"><caption>Test images, and the first numbers of '
            f"their codes.</caption><tr>{cells}</tr></table>"
        )


def _cells(chosen: Opened) -> str:
    card, table = chosen.checkpoint.card, chosen.checkpoint.latents
    rows = np.flatnonzero(table.split == SPLITS.index("test"))[:N_SHOWN]
    if is_signal(card.model.shape) or not len(rows):
        return ""
    try:
        images = cache.split_of(card, "test").pixels[table.index[rows]]
    except (DataError, OSError, IndexError):
        return ""
    return "".join(map(_cell, images, table.codes[rows]))


def _cell(image: np.ndarray, code: np.ndarray) -> str:
    picture = image[0] if len(image) == 1 else image.transpose(1, 2, 0)
    numbers = "<br>".join(f"{unit_name(j)} {value:.2f}" for j, value in enumerate(code[:2]))
    more = "<br>…" if len(code) > 2 else ""
    return f'<td><img src="{escape(data_address(picture))}" alt=""><br>{numbers}{more}</td>'
