"""Generate in a saved web page: one model, from the sources of codes that need no training."""

from aecore.latents.sampling import SAMPLERS
from aeview.generate import view
from aeview.generate.component import Page, told
from aeview.work import cache, sample_quality
from aeview.work.cache import MapChoice
from aeview.work.live import Opened
from aeview.work.web_page import Content, Mounted

SENTENCE = (
    "Draw random codes and see what the model makes of them: throw dice, change the temperature."
)


def saved(chosen: Opened, choice: MapChoice) -> Content:
    """The samples as they are on screen, if their source is there."""
    sources = sample_quality.sources(chosen)
    encodes = chosen.checkpoint.card.encodes
    methods = [
        name for name, each in SAMPLERS.items() if name in sources or (encodes and not each.sent)
    ]
    start = view.now(chosen)
    page = Page(
        keys=(cache.atlas_key(chosen.checkpoint, choice),),
        titles=(view.title(chosen),),
        order=(0,),
        sources=(sources,),
        flows=({"here": False, "key": "", "words": ""},),
        own=None,
        quality={"figures": {}, "pending": False, "done": 0},
        start=start if start.method in methods else start.replace(method=methods[0]),
    )
    return Content((Mounted("generate", told(page, methods, {})),), SENTENCE)
