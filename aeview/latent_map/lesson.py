"""What a lesson can show of the page Latent map."""

import math
from collections.abc import Mapping

import streamlit as st

from aeview import state
from aeview.latent_map import view
from aeview.lessons import places
from aeview.shell.contents import Control
from aeview.shell.lesson_parts import numbers, send, without_fragment
from aeview.work import live
from aeview.work.live import Opened

_USUAL = {"z1": math.nan, "z2": math.nan}


def _draw(model: Opened) -> None:
    show = without_fragment(view.show)
    show(model.held, live.natural(model.held), places.guess())


def _now(model: Opened, linked: Mapping[str, str]) -> dict[str, float]:
    pin = (st.session_state.get(state.MAP) or {}).get("pin")
    return numbers(pin or view.start(model.held, live.natural(model.held))["pin"], linked, _USUAL)


CONTROLS = {"map": Control(_draw, send, _now, tuple(_USUAL))}
