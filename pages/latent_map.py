"""Latent map: move to decode, click to pin. Controls → aecore → the map component."""

from aeview.latent_map import view as explorer
from aeview.shell import frame
from aeview.work import cache, live

notices = frame.head(
    "Latent map",
    "Move over the map to see what every place decodes to. Click to pin a place and explain it.",
)
name, held = live.chosen_model()
choice = explorer.controls(held)
points = cache.table(held, choice.n_points)
if points is None:
    explorer.wait_for_points(held, choice)
elif cache.projection(held, choice) is None:
    explorer.wait_for_tsne(held, choice)
else:
    explorer.show(held, choice)
    live.send(name, held, choice)
    explorer.words(held, choice)
frame.say_notices(notices)
