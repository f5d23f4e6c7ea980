"""Traverse: one slider a latent unit, and what each unit changes."""

import streamlit as st

from aeview import family, frame, live, traversal

notices = frame.head(
    "Traverse",
    "Drag a slider: the picture follows. Each row shows what one latent unit changes.",
)
name, held = live.chosen_model()
try:
    choice = live.natural(held)
except ValueError as error:
    st.error(f"{name}: {error}")
    st.stop()

traversal.show(held, choice)
live.send(name, held, choice)
family.show(held)
traversal.words()
frame.say_notices(notices)
