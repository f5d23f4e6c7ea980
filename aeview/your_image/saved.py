"""Your image in a saved web page: the pad, and what the model makes of what is drawn there."""

from aecore.data.imageset import is_signal
from aeview.own_pictures import pad, ways
from aeview.work import cache, classifiers
from aeview.work.cache import MapChoice
from aeview.work.live import Opened
from aeview.work.web_page import Content, Missing, Mounted
from aeview.your_image import view
from aeview.your_image.component import Change, told

SENTENCE = "Draw and see what the model makes of it: is it one of its own kind?"
SIGNALS = "it reads {many}, which can't be drawn"
COLOURS = "its pictures are in colour, and the pad has none"


def saved(chosen: Opened, choice: MapChoice) -> Content:
    """An empty pad, and the page's answer to it.

    Raises:
        Missing: for a model of signals or rows, or of pictures in colour.
    """
    card = chosen.checkpoint.card
    if is_signal(card.model.shape):
        raise Missing(SIGNALS.format(many=card.things.many))
    if not pad.can_draw(card.model.shape):
        raise Missing(COLOURS)
    sheet = pad.data(ways.sheet(card, "draw"))
    key = cache.atlas_key(chosen.checkpoint, choice)
    change = Change(classifiers.key(card), view.asked(chosen.checkpoint))
    answer = told(key, view.normal(chosen), view.blank(), change)
    return Content((Mounted("pad", sheet), Mounted("your_image", answer)), SENTENCE)
