"""Traverse: one slider a latent unit, and what each unit changes."""

from aeview import state
from aeview.shell import frame
from aeview.traverse import family
from aeview.traverse import view as traversal
from aeview.work import live

notices = frame.head(
    "Traverse",
    "Drag a slider: the picture follows. Each row shows what one latent unit changes.",
)
state.resume(*state.TRAVERSE_PARAMETERS)
chosen = live.chosen_model()
name, held = chosen
choice = live.natural(held)
traversal.show(held, choice)
live.send(name, held, choice)
family.show(held)
traversal.words()
frame.say_notices(notices)
