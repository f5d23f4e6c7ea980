"""A model without an encoder, on a page that needs one: what is said, and a model that has one."""

import streamlit as st

from aecore.checkpoints import Card, Entry
from aecore.models.family import family_of
from aeview.escape import escaped
from aeview.shell import links, sidebar
from aeview.shell.contents import Page
from aeview.shell.links import Link

SENTENCE = "{name} is a {family}: it draws pictures and has no encoder, so {missing}."


def missing(page: Page) -> str:
    """What a page can't show of the sidebar's model, as a sentence; empty where it shows all."""
    entry = sidebar.chosen()
    if not page.needs_encoder or entry is None or entry.card is None or entry.card.encodes:
        return ""
    family = family_of(entry.card.model.kind).title
    return SENTENCE.format(name=entry.name, family=family, missing=page.needs_encoder)


def say_missing(page: Page) -> bool:
    """Say it, with the way to a model that has an encoder; returns whether the page is to end."""
    said, entry = missing(page), sidebar.chosen()
    if not said or entry is None or entry.card is None:
        return False
    with st.container(horizontal=True, vertical_alignment="center", key="no_encoder"):
        st.info(escaped(said))
        if other := _other(entry.card):
            target = Link(page.address, sidebar.parameters() | {"model": other.name})
            links.button(f"Open {escaped(other.name)}", target, icon=":material/swap_horiz:")
    return not page.partly


def _other(card: Card) -> Entry | None:
    """Of the data set a VAE before others, with as large a code as can be had."""

    def away(entry: Entry) -> tuple[bool, int]:
        assert entry.card is not None
        model = entry.card.model
        return model.kind != "vae", abs(model.code_dim - card.model.code_dim)

    able = [e for e in sidebar.of_data(card.data) if e.card and e.card.encodes]
    fit = [e for e in able if e.card and e.card.model.shape == card.model.shape]
    return min(fit, key=away, default=None)
