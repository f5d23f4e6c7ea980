"""The latent map in a saved web page: without sweeps, which are of other models."""

from aeview.latent_map import view
from aeview.latent_map.component import Map, Row, told
from aeview.shell import messages
from aeview.shell.web_page import pictured
from aeview.work import cache, classifiers
from aeview.work.cache import MapChoice
from aeview.work.live import Opened
from aeview.work.web_page import Content, Mounted


def saved(chosen: Opened, choice: MapChoice) -> Content:
    """The map as it is on screen."""
    checkpoint = chosen.checkpoint
    card = checkpoint.card
    which = Map(
        cache.atlas_key(checkpoint, choice),
        pictured(checkpoint, choice),
        classifiers.key(card),
    )
    start = view.now(checkpoint, choice).replace(beside=())
    row = Row(messages.squeezes(card), card.encodes)
    return Content((Mounted("latent_map", told(which, start, row) | {"tells": False}),))
