"""What a lesson can show of the page Generate."""

from aeview.generate import view
from aeview.generate.shown import Shown
from aeview.shell.contents import Control
from aeview.shell.lesson_parts import reported, usual, without_fragment
from aeview.work import live
from aeview.work.live import Opened

_USUAL = usual(Shown)


def _pair(model: Opened) -> list[Opened]:
    """The chosen model and the one that the link puts beside it."""
    beside = view.linked_partner(model)
    return [model, *([beside] if beside else [])]


def _draw(model: Opened) -> None:
    without_fragment(view.show)(_pair(model))


def _send(model: Opened) -> None:
    for slot, (name, checkpoint) in enumerate(_pair(model)):
        live.send(name, checkpoint, live.natural(checkpoint), slot)


CONTROLS = {
    "generate": Control(_draw, _send, reported(Shown.component, "shown", _USUAL), tuple(_USUAL))
}
