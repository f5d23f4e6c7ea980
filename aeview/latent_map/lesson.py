"""What a lesson can show of the page Latent map."""

import math
from collections.abc import Mapping

from aeview.latent_map import view
from aeview.latent_map.shown import PIN, Shown
from aeview.lessons import places
from aeview.shell import map_choice
from aeview.shell.contents import Control
from aeview.shell.lesson_parts import numbers, send, without_fragment
from aeview.work import cache, live
from aeview.work.live import Opened

_USUAL = {"z1": math.nan, "z2": math.nan}


def _draw(model: Opened) -> None:
    show = without_fragment(view.show)
    show(model.checkpoint, live.natural(model.checkpoint), places.guess(), alone=True)


def _now(model: Opened, linked: Mapping[str, str]) -> dict[str, float]:
    shown = view.now(model.checkpoint, live.natural(model.checkpoint))
    return numbers(shown.as_json(), linked, _USUAL)


def pinned(model: Opened) -> tuple[float, ...] | None:
    """What the user has pinned: another place than the map begins with."""
    choice = live.natural(model.checkpoint)
    pin = Shown.reported(PIN, cache.atlas_key(model.checkpoint, choice))
    if pin is None or not pin.code:
        return None
    return None if pin.row == map_choice.middle(model.checkpoint, choice) else pin.code


CONTROLS = {"map": Control(_draw, send, _now, tuple(_USUAL))}
