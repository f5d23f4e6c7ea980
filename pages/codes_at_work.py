"""Codes at work: what a code is good for, measured against what one would use without it."""

from aeview import state
from aeview.codes_at_work import view as codes_at_work
from aeview.shell import frame
from aeview.work import live

notices = frame.head(
    "Codes at work",
    "Use the encoder for something: tell classes from few labels, find images, save bytes.",
)
state.resume(state.WORK, state.FILES, state.SUBJECT)
chosen = live.chosen_model()
codes_at_work.show(chosen, codes_at_work.choose())
frame.say_notices(notices)
