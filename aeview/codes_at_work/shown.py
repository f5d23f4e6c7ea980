"""What the page Codes at work shows: bounds, starts and names in the address."""

from aeview import shown
from aeview.shown import text


class Shown(shown.Shown, states=("search",)):
    """What codes are used for.

    Attributes:
        work: what is measured.
        files: what codes are compared with.
        of: the image that is searched for.
    """

    work: str = text()
    files: str = text()
    of: str = text()
