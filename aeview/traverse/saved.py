"""Traverse in a saved web page."""

from aeview.traverse import view
from aeview.traverse.component import told
from aeview.work import cache, live
from aeview.work.cache import MapChoice
from aeview.work.live import Opened
from aeview.work.web_page import Content, Mounted


def saved(chosen: Opened, choice: MapChoice) -> Content:
    """Sliders, picture and grid as they are on screen."""
    checkpoint = chosen.checkpoint
    start = view.now(checkpoint, live.natural(checkpoint))
    key = cache.atlas_key(checkpoint, choice)
    return Content((Mounted("traverse", told(key, start, view.units(checkpoint))),))
