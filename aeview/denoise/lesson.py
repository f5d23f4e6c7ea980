"""What a lesson can show of the page Denoise."""

from aeview.denoise import view
from aeview.denoise.shown import Shown
from aeview.shell.contents import Control
from aeview.shell.lesson_parts import reported, usual, without_fragment
from aeview.work.live import Opened

_USUAL = usual(Shown)


def _draw(model: Opened) -> None:
    card = model.checkpoint.card
    images = view.offered_of(card)
    without_fragment(view.show)(view.models(model), images, [])


def _send(model: Opened) -> None:
    card = model.checkpoint.card
    view.send(view.models(model), view.offered_of(card))


CONTROLS = {
    "denoise": Control(_draw, _send, reported(Shown.component, "shown", _USUAL), tuple(_USUAL))
}
