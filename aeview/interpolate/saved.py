"""Interpolate in a saved web page: without its downloads and without arithmetic on codes."""

from aeview.interpolate import view
from aeview.interpolate.component import told
from aeview.shell.web_page import pictured
from aeview.work import cache, live
from aeview.work.cache import MapChoice
from aeview.work.live import Opened
from aeview.work.web_page import Content, Mounted


def saved(chosen: Opened, choice: MapChoice) -> Content:
    """The strips as they are on screen."""
    checkpoint = chosen.checkpoint
    start = view.now(checkpoint, live.natural(checkpoint))
    data = told(
        cache.atlas_key(checkpoint, choice), start, view.both_ends(checkpoint, start),
        view.in_browser(checkpoint), pictured(checkpoint, choice),
    )  # fmt: skip
    return Content((Mounted("interpolate", data),))
