"""What a lesson can show of the page Generate."""

from aeview import state
from aeview.generate import view
from aeview.shell.contents import Control
from aeview.shell.lesson_parts import reported, without_fragment
from aeview.work import live
from aeview.work.live import Opened

_USUAL = {"temperature": 1.0, "noise": 2.0, "n": 36, "seed": 0}


def _pair(model: Opened) -> list[Opened]:
    """The chosen model and the one that the link puts beside it."""
    beside = view.linked_partner(model)
    return [model, *([beside] if beside else [])]


def _draw(model: Opened) -> None:
    without_fragment(view.show)(_pair(model))


def _send(model: Opened) -> None:
    for slot, (name, held) in enumerate(_pair(model)):
        live.send(name, held, live.natural(held), slot)


CONTROLS = {
    "generate": Control(_draw, _send, reported(state.GENERATE, "shown", _USUAL), tuple(_USUAL))
}
