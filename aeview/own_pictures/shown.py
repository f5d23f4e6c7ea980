"""Which way in the user's own picture comes."""

from aeview import shown
from aeview.shown import text


class Shown(shown.Shown):
    """Drawing, files, the clipboard or the camera."""

    input: str = text()
