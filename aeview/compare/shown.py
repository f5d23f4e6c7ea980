"""What the page Compare shows: bounds, starts and names in the address."""

from aeview import shown
from aeview.shown import text


class Shown(shown.Shown, states=("compare", "compared_for")):
    """Models side by side.

    Attributes:
        compared: names of the models beside the sidebar's.
        sample: the pinned image: its split and its place there.
        seed: of the images in the rows.
        gain: by what differences are multiplied before they are coloured.
    """

    compared: str = text(link="with")
    sample: str = text()
    gain: str = text()
    seed: str = text()
