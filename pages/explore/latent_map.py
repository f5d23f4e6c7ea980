"""Latent map: move to decode, click to pin. Controls → aecore → the map component."""

import streamlit as st

from aecore.errors import CheckpointError
from aeview import cache, explorer, frame, sidebar
from aeview.components.payload import payload

notices = frame.head(
    "Latent map",
    "Move over the map to see what every place decodes to. Click to pin a place and explain it.",
)
entry = sidebar.chosen()
if entry is None:
    st.info("Choose a data set with a model in the sidebar.")
    st.stop()
try:
    held = cache.stored(entry.path)
    choice = explorer.controls(held)
except (CheckpointError, ValueError) as error:
    st.error(f"{entry.name}: {error}")
    st.stop()

points = cache.table(held, choice.n_points)
if points is None:
    explorer.wait_for_points(held, choice)
elif cache.projection(held, choice) is None:
    explorer.wait_for_tsne(held, choice)
else:
    key = cache.atlas_key(held, choice)
    explorer.show(held, choice)
    payload(cache.atlas(key, entry.name, held, choice), key="atlas")
    here = cache.has_originals(held.card.data)
    pictures = cache.pictures(cache.pictures_key(held, choice), here, held, choice)
    if pictures is not None:
        payload(pictures, key="pictures")
    explorer.words(held, choice)
frame.say_notices(notices)
