"""Your image: draw, upload, paste or photograph something, and see what the model makes of it."""

import streamlit as st

from aeview.own_pictures import ways as own_ways
from aeview.shell import frame
from aeview.work import live
from aeview.your_image import view as own_image

notices = frame.head(
    "Your image",
    "Draw or bring a picture and see what the model makes of it: is it one of its own kind?",
)
chosen = live.chosen_model()
own_ways.pictures_only(chosen)
left, right = st.container(key="drawn").columns([4, 7], gap="medium")
with left:
    own_ways.ways_in(chosen)
with right:
    own_image.show(chosen, own_image.choose_map(chosen.held))
own_image.show_files(chosen)
own_image.explain()
frame.say_notices(notices)
