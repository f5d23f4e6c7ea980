"""Denoise: noise, paint, and what networks and classical filters make of it."""

import streamlit as st

from aeview.denoise import measuring as denoising_figures
from aeview.denoise import own as own_pictures
from aeview.denoise import view as denoising
from aeview.shell import frame
from aeview.work import live

notices = frame.head(
    "Denoise",
    "Drag the noise level and watch networks and classical filters take it off.",
)
chosen = live.chosen_model()
card = chosen.held.card
bench = st.container()
own = own_pictures.choose(chosen.held)
with bench:
    found = denoising.models(chosen)
    images = denoising.offered(card.data, tuple(card.model.shape))
    denoising.show(found, images, own)
    denoising.send(found, images)
    denoising_figures.offer(found)
denoising.explain()
frame.say_notices(notices)
