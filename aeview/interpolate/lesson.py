"""What a lesson can show of the page Interpolate."""

from aeview.interpolate import sums, view
from aeview.interpolate.shown import Shown
from aeview.shell.contents import Control
from aeview.shell.lesson_parts import reported, send, usual, without_fragment
from aeview.work import live
from aeview.work.live import Opened

_USUAL = usual(Shown)


def _draw(model: Opened) -> None:
    without_fragment(view.show)(*model, live.natural(model.checkpoint))


def _draw_sums(model: Opened) -> None:
    first = view.usual_first(model.checkpoint)
    without_fragment(sums.show)(model.checkpoint, live.natural(model.checkpoint), first)


CONTROLS = {
    "interpolate": Control(_draw, send, reported(Shown.component, "shown", _USUAL), tuple(_USUAL)),
    "arithmetic": Control(_draw_sums, send),
}
