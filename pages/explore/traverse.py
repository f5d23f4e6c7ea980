"""Traverse: one slider a latent unit, and what each unit changes."""

import streamlit as st

from aeview import frame, live, traversal

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
traversal.words(held)
frame.say_notices(notices)
