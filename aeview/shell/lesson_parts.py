"""What pages need to lend a part of theirs to a lesson's step."""

import inspect
import re
from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

from aeview.shown import Shown
from aeview.work import live
from aeview.work.live import Opened


def without_fragment(show: Callable[..., None]) -> Callable[..., None]:
    """A page's fragment without its own fragment: the step is one, so its formulas follow."""
    return inspect.unwrap(show)


def send(model: Opened) -> None:
    """Send a model and the map that a page shows where it offers no choice."""
    live.send(*model, live.natural(model.checkpoint))


def usual(declared: type[Shown]) -> dict[str, float]:
    """The numbers of what a page shows, as they are at first."""
    return {name: each["start"] for name, each in declared.for_browser().items() if "low" in each}


def reported(
    key: str, part: str, usual: Mapping[str, float]
) -> Callable[[Opened, Mapping[str, str]], dict[str, float]]:
    """Numbers as a component reported them, else as the step's link says, else the usual ones.

    Args:
        key: of the component in the session state.
        part: of what it reports, in which they stand.
        usual: their names and what they are at first.
    """

    def now(_: Opened, linked: Mapping[str, str]) -> dict[str, float]:
        return numbers((st.session_state.get(key) or {}).get(part), linked, usual)

    return now


def numbers(
    values: object, linked: Mapping[str, str], usual: Mapping[str, float]
) -> dict[str, float]:
    """These numbers, of what was reported; of what was not, from the link or the usual ones."""
    found = {}
    for name, first in usual.items():
        value = _number(values, name)
        found[name] = _linked(linked, name, first) if value is None else value
    return found


def _linked(linked: Mapping[str, str], name: str, usual: float) -> float:
    try:
        return float(linked.get(name, usual))
    except ValueError:
        return usual


def _number(values: object, name: str) -> float | None:
    """A number that was reported, by its name: of a code z1, z2 … its units."""
    if not isinstance(values, Mapping):
        return None
    if re.fullmatch(r"z[1-9]\d*", name):
        code = values.get("code") or ()
        place = int(name[1:]) - 1
        return float(code[place]) if place < len(code) else None
    value = values.get(name)
    return float(value) if isinstance(value, (int, float, np.number)) else None
