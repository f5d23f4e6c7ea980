"""Inside: what the chosen model does with an image, layer by layer and unit by unit."""

from aeview import state
from aeview.inside import view as inside
from aeview.shell import frame
from aeview.work import live

notices = frame.head(
    "Inside", "Choose an image and see what every layer, every unit of the model makes of it."
)
state.resume(*state.INSIDE_PARAMETERS)
chosen = live.chosen_model()
inside.show(chosen)
inside.send(chosen)
inside.explain()
frame.say_notices(notices)
