"""What the page Your image shows: bounds, starts and names in the address."""

from aeview import shown
from aeview.shown import text


class Shown(shown.Shown):
    """The sample that is looked at, and the steps of its preparation that are overruled."""

    picture: str = text()
    steps: str = text()
