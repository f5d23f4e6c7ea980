"""Interpolate: watch one image become another, four ways. Controls → aecore → the strips."""

from aeview import state
from aeview.interpolate import sums
from aeview.interpolate import view as interpolation
from aeview.shell import frame
from aeview.work import live

notices = frame.head(
    "Interpolate",
    "Choose two ends and drag over a strip: which way stays among pictures that mean something?",
)
state.resume(*state.INTERPOLATE_PARAMETERS)
chosen = live.chosen_model()
name, held = chosen
choice = live.natural(held)
interpolation.show(name, held, choice)
sums.show(held, choice, interpolation.usual_first(held))
live.send(name, held, choice)
interpolation.words(held, choice)
frame.say_notices(notices)
