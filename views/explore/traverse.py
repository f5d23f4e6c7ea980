"""Traverse: one slider a latent unit, and what each unit changes."""

from aeview import family, frame, live, traversal

notices = frame.head(
    "Traverse",
    "Drag a slider: the picture follows. Each row shows what one latent unit changes.",
)
chosen = live.chosen_model()
choice = live.natural_map(chosen)
name, held = chosen
traversal.show(held, choice)
live.send(name, held, choice)
family.show(held)
traversal.words()
frame.say_notices(notices)
