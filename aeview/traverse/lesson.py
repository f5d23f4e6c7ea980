"""What a lesson can show of the page Traverse."""

from aeview.shell.contents import Control
from aeview.shell.lesson_parts import reported, send, without_fragment
from aeview.traverse import sweep, view
from aeview.traverse.component import PLACE
from aeview.traverse.shown import Shown
from aeview.work import live
from aeview.work.live import Opened

_USUAL = {"z1": 0.0, "z2": 0.0}


def _draw(model: Opened) -> None:
    without_fragment(view.show)(model.checkpoint, live.natural(model.checkpoint))


CONTROLS = {
    "traverse": Control(_draw, send, reported(Shown.component, PLACE, _USUAL), tuple(_USUAL)),
    "rate-distortion": Control(lambda model: sweep.show(model.checkpoint)),
}
