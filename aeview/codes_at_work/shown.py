"""What the page Codes at work shows: bounds, starts and names in the address."""

from aeview import shown
from aeview.shown import choice, text

USES = {
    "probe": "Probe: encoder and a new head", "search": "Image search by code",
    "compression": "Compression",
}  # fmt: skip
FILES = {"alone": "each image a file", "together": "all images in one file"}


class Shown(shown.Shown, component="search"):
    """What codes are used for.

    Attributes:
        work: what is measured.
        files: what codes are compared with.
        of: the image that is searched for.
    """

    work: str = choice("probe", USES)
    files: str = choice("alone", FILES)
    of: str = text()
