"""What the page Train shows: bounds, starts and names in the address."""

from aecore.data.own import SIDES
from aecore.training.presets import presets
from aeview import shown
from aeview.shown import choice, text


class Shown(shown.Shown):
    """The run on screen; and what a link fills in of the form, which is taken once.

    Attributes:
        run: its name; empty for the newest one.
        family: what is to be trained, of the sidebar's data set; empty for what the form says.
        side: of the images, for a data set of the user's own.
    """

    run: str = text()
    family: str = choice("", lambda: tuple(presets()))
    side: int = choice(SIDES[0], SIDES)
