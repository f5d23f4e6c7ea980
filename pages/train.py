"""Train: press Play and watch a latent space form. Controls → a run → its pictures."""

import streamlit as st

from aeview.shell import frame
from aeview.train import form as training_form
from aeview.train import run_table
from aeview.train import view as training

notices = frame.head(
    "Train", "Choose a model and press Play: its map forms, its losses fall, its pictures sharpen."
)
controls, pictures = st.container(key="chosen").columns([1, 3.4], gap="medium")
with controls:
    above = st.container()  # Play is what one sees first; it depends on what stands below
    chosen = training_form.form()
    with above:
        training.buttons(chosen)
with pictures:
    training.watch()
run_table.show()
frame.say_notices(notices)
