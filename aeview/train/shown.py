"""What the page Train shows: bounds, starts and names in the address."""

from aeview import shown
from aeview.shown import text


class Shown(shown.Shown):
    """The run on screen."""

    run: str = text()
