"""What a lesson can show of the page Latent map."""

import math
from collections.abc import Mapping

import streamlit as st

from aeview.latent_map import shown as declared
from aeview.latent_map import view
from aeview.latent_map.component import MapState
from aeview.lessons import places
from aeview.shell import map_choice
from aeview.shell.contents import Control
from aeview.shell.lesson_parts import numbers, send, without_fragment
from aeview.work import cache, live
from aeview.work.live import Opened

_USUAL = {"z1": math.nan, "z2": math.nan}


def _draw(model: Opened) -> None:
    show = without_fragment(view.show)
    show(model.held, live.natural(model.held), places.guess())


def _now(model: Opened, linked: Mapping[str, str]) -> dict[str, float]:
    pin = (st.session_state.get(declared.Shown.component) or {}).get("pin")
    return numbers(pin or view.start(model.held, live.natural(model.held))["pin"], linked, _USUAL)


def pinned(model: Opened) -> tuple[float, ...] | None:
    """What the user has pinned: another place than the map begins with."""
    choice = live.natural(model.held)
    key = cache.atlas_key(model.held, choice)
    pin = MapState.of(st.session_state.get(declared.Shown.component), key).pin
    if pin is None or not pin.code:
        return None
    return None if pin.row == map_choice.middle(model.held, choice) else pin.code


CONTROLS = {"map": Control(_draw, send, _now, tuple(_USUAL))}
