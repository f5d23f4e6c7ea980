"""Compare: the same images in several models. Controls → aecore → the linked maps."""

import streamlit as st

from aeview import state
from aeview.compare import measures
from aeview.compare import view as compare
from aeview.latent_map import view as explorer
from aeview.shell import frame

notices = frame.head(
    "Compare",
    "Move over a map: the same image is ringed in every model. Click to pin it.",
)
state.resume(*state.COMPARE_PARAMETERS)
chooser, points = st.columns([5, 1], vertical_alignment="bottom")
with chooser:
    models = compare.chosen_models()
with points:
    n_points = explorer.n_points(models[0].held)
shown = compare.with_maps(models, n_points)
compare.show(shown)
compare.words()
measures.table(models)
measures.code_sizes()
compare.send(shown)
frame.say_notices(notices)
